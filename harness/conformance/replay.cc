#include "harness/conformance/replay.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <memory>
#include <set>

#include "harness/conformance/compare.h"
#include "harness/conformance/foreign_writes.h"
#include "harness/conformance/removals.h"
#include "harness/conformance/subject.h"
#include "harness/conformance/texts.h"
#include "harness/conformance/webhook_peer.h"

namespace drydock::harness::conformance {
namespace {

constexpr Duration kAnswerTime = minutes(2);    // the longest recorded watch is shorter
constexpr Duration kLinger = milliseconds(50);  // a client closes a watch so long after its end
constexpr Duration kTimeLimit = hours(6);
constexpr Duration kDateIsCut = seconds(1);  // no recorded time may be later than ours

bool wants_watch_list(const Record& record) {
  return record.path.find("sendInitialEvents=") != std::string::npos && record.code == 200;
}

// Group by group: whether it was recorded with the feature gate on.
std::set<std::string> watch_list_groups(const std::vector<Record>& records) {
  std::set<std::string> groups;
  for (const Record& record : records)
    if (wants_watch_list(record)) groups.insert(record.group);
  return groups;
}

// Only a compaction in the meantime explains such an answer.
bool needs_compaction(const Record& record) { return record.code == 410 && !record.is_stream; }

// "Mon, 23 Nov 2026 05:28:57 GMT"
std::optional<WallTime> parse_http_date(const std::string& date) {
  constexpr std::string_view kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";
  if (date.size() != 29) return std::nullopt;
  const size_t month = kMonths.find(date.substr(8, 3));
  if (month == std::string_view::npos) return std::nullopt;
  return parse_rfc3339(fmt::format("{}-{:02}-{}T{}Z", date.substr(12, 4), month / 3 + 1,
                                   date.substr(5, 2), date.substr(17, 8)));
}

class Replay {
 public:
  Replay(const std::vector<Record>& records, const std::vector<std::string>& crds)
      : records_(records), crds_(crds), subject_(epoch()), watch_list_(watch_list_groups(records)) {
    for (size_t i = 0; i < records_.size(); ++i) index_[records_[i].id] = i;
  }

  Result<std::vector<Outcome>> run() {
    Status setup;
    const sim::RunEnd end = subject_.simulation().run([&] { setup = play(); }, kTimeLimit);
    if (!setup.ok()) return setup;
    if (end != sim::RunEnd::kDone)
      return Status(Code::kInternal,
                    "the replay got stuck: " + subject_.simulation().waiting_report());
    return outcomes();
  }

 private:
  struct Open {
    size_t index;
    TaskHandle task;
  };

  // So that the recorded times and ours are about the same, and ages have the same sign.
  WallTime epoch() const {
    for (const Record& record : records_)
      if (const std::string* date = find_header(record.answer_headers, "Date"))
        if (const std::optional<WallTime> time = parse_http_date(*date))
          return *time - record.start + kDateIsCut;
    return sim::kDefaultEpoch;
  }

  Status play() {
    for (const std::string& yaml : crds_) DRYDOCK_RETURN_IF_ERROR(subject_.install_crds(yaml));
    // Our server is at least as old as the recorded one was: some of its parts wake rarely.
    began_ = std::max(SteadyTime{}, subject_.env().now() - earliest() + seconds(1));
    subject_.storage().admission().set_caller(
        std::make_unique<WebhookPeer>(subject_.client(), began_, records_, names_, differences_));
    fixtures_ = missing_objects(records_);
    const TaskHandle others = subject_.client().spawn("others", [this] { write_elsewhere(); });
    removals_ = unrecorded_removals(records_, fixtures_);
    const std::vector<size_t> sequence = order();
    for (size_t i = 0; i < sequence.size(); ++i) turn_[sequence[i]] = i;
    for (const size_t index : sequence) {
      join_before(index);
      keep_pace(index);
      if (!subject_.env().sleep_until(began_ + records_[index].start).ok()) break;
      place_fixtures(index);
      if (needs_compaction(records_[index])) subject_.compact();
      if (records_[index].is_stream)
        open_.push_back(
            {index, subject_.client().spawn("watch", [this, index] { play_one(index); })});
      else
        play_one(index);
    }
    join_before(records_.size());
    others.cancel();
    return Status();
  }

  void write_elsewhere() {
    for (const ForeignWrite& write : foreign_writes(records_)) {
      while (subject_.env().now() < began_ + write.when)
        if (!subject_.client().sleep_until(began_ + write.when).ok()) return;
      (void)names_.same_revision(std::to_string(write.revision), subject_.write_elsewhere(), "");
    }
  }

  Duration earliest() const {
    Duration first = records_.front().start;
    for (const Record& record : records_) first = std::min(first, record.start);
    return first;
  }

  // A watch before what was sent during it.
  std::vector<size_t> order() const {
    std::vector<size_t> sequence;
    std::set<size_t> placed;
    for (size_t i = 0; i < records_.size(); ++i) {
      if (records_[i].asked || placed.contains(i)) continue;
      const size_t stream = watch_around(i);
      if (stream < records_.size() && placed.insert(stream).second) sequence.push_back(stream);
      if (placed.insert(i).second) sequence.push_back(i);
    }
    std::stable_sort(sequence.begin(), sequence.end(),
                     [this](size_t a, size_t b) { return records_[a].start < records_[b].start; });
    return sequence;
  }

  size_t watch_around(size_t index) const {
    for (size_t i = index + 1; i < records_.size() && records_[i].group == records_[index].group;
         ++i) {
      const std::vector<std::string>& during = records_[i].during;
      if (std::find(during.begin(), during.end(), records_[index].id) != during.end()) return i;
    }
    return records_.size();
  }

  // Waits for the watches that were over before this record.
  void join_before(size_t index) {
    for (Open& open : open_)
      if (open.index < index) (void)open.task.join(subject_.env().now() + kAnswerTime);
    std::erase_if(open_, [index](const Open& open) { return open.index < index; });
  }

  // Late already: everything from here on is so much later, with the recorded distances.
  void keep_pace(size_t index) {
    began_ = std::max(began_, subject_.env().now() - records_[index].start);
  }

  // Streams begin before what stands before them in the file.
  bool is_due(size_t before, size_t index) const {
    const auto turn = turn_.find(before);
    return turn == turn_.end() ? before <= index : turn->second <= turn_.at(index);
  }

  void place_fixtures(size_t index) {
    for (; next_fixture_ < fixtures_.size(); ++next_fixture_) {
      if (!is_due(fixtures_[next_fixture_].before, index)) break;
      place(fixtures_[next_fixture_]);
    }
    for (const Removal& removal : removals_)
      if (removal.before == index) subject_.remove(removal.path);
  }

  void place(const Fixture& fixture) {
    const std::string revision = subject_.put(fixture);
    const std::string recorded = json_string(fixture.object, {"metadata", "resourceVersion"});
    if (fixture.exact && !recorded.empty())
      (void)names_.same_revision(recorded, revision,
                                 json_string(fixture.object, {"metadata", "uid"}));
  }

  void play_one(size_t index) {
    const Record& record = records_[index];
    OurAnswer answer;
    const Status status = ask(record, answer);
    differences_[record.id] =
        status.ok() ? difference(record, answer, names_) : "no answer: " + status.to_string();
  }

  HttpRequest request_of(const Record& record) const {
    HttpRequest request{.method = record.method,
                        .target = names_.translated(record.path),
                        .headers = record.headers,
                        .body = {}};
    for (auto& [name, value] : request.headers)
      if (name == "If-None-Match") value = names_.translated(value);
    if (record.body) request.body = Body(names_.translated(*record.body));
    return request;
  }

  // When the client of the recording closed a watch: after everything that it waited for.
  SteadyTime closed_at(const Record& record) const {
    SteadyTime last = began_ + record.start;
    if (!record.stream.empty())
      last = std::max(last, began_ + record.start + record.stream.back().at);
    for (const std::string& id : record.during)
      if (const auto found = index_.find(id); found != index_.end()) {
        const Record& meanwhile = records_[found->second];
        last = std::max(last, began_ + meanwhile.start + meanwhile.took);
      }
    return last + kLinger;
  }

  Status ask(const Record& record, OurAnswer& answer) {
    const SteadyTime deadline =
        record.ended_by_client ? closed_at(record) : subject_.env().now() + kAnswerTime;
    const Address to = subject_.address(watch_list_.contains(record.group));
    Result<std::unique_ptr<ResponseStream>> stream =
        subject_.wire().open(to, request_of(record), subject_.env().now() + kAnswerTime);
    if (!stream.ok()) return stream.status();
    answer.code = (*stream)->head().status;
    answer.headers = (*stream)->head().headers;
    answer.text = (*stream)->head().body.text();
    while (true) {
      Result<std::optional<Body>> chunk = (*stream)->next(deadline);
      if (chunk.status().code() == Code::kDeadlineExceeded && record.ended_by_client) break;
      if (!chunk.ok()) return chunk.status();
      if (!*chunk) break;
      answer.text += (*chunk)->text();
      if ((*chunk)->is_json()) answer.text += '\n';
    }
    if (record.is_stream) answer.stream = lines_of(answer.text);
    return Status();
  }

  std::vector<Outcome> outcomes() const {
    std::vector<Outcome> all;
    for (const Record& record : records_) {
      const auto found = differences_.find(record.id);
      all.push_back({.id = record.id,
                     .group = record.group,
                     .note = record.note,
                     .request = record.method + " " + record.path,
                     .difference = found != differences_.end() ? found->second
                                   : record.asked              ? "this question was never asked"
                                                               : "never sent"});
    }
    return all;
  }

  const std::vector<Record>& records_;
  const std::vector<std::string>& crds_;
  Names names_;
  std::map<std::string, std::string> differences_;
  std::map<std::string, size_t> index_;
  std::vector<Fixture> fixtures_;
  size_t next_fixture_ = 0;
  std::vector<Removal> removals_;
  std::map<size_t, size_t> turn_;  // when a record is replayed, by its index
  std::vector<Open> open_;
  SteadyTime began_{};
  Subject subject_;
  std::set<std::string> watch_list_;
};

}  // namespace

Result<std::vector<Outcome>> replay(const std::vector<Record>& records,
                                    const std::vector<std::string>& crds) {
  return Replay(records, crds).run();
}

}  // namespace drydock::harness::conformance
