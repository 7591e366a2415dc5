#include "harness/conformance/grid/transcripts.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/base/digest.h"
#include "core/base/text.h"
#include "harness/conformance/grid/archives.h"
#include "harness/conformance/grid/cluster.h"
#include "harness/conformance/grid/compare.h"
#include "harness/conformance/grid/fixtures.h"
#include "harness/conformance/grid/home.h"
#include "harness/conformance/grid/logs.h"
#include "harness/conformance/grid/observation.h"
#include "harness/conformance/grid/record_times.h"

namespace drydock::harness::conformance::grid {
namespace {

constexpr Duration kTimeLimit = hours(3);
constexpr Duration kJoined = seconds(2);  // after which a join has no more to log
constexpr const char* kZeroNode = "node3";

bool is_request(const json::value& record) { return json_find(record, {"request"}) != nullptr; }
bool is_poll(const json::value& record) { return json_find(record, {"polls"}) != nullptr; }

// "restore of a damaged archive: v11" and "backup odd backup-name dot.ted" are of families.
std::string family(const std::string& scenario) {
  std::string name = scenario.substr(0, scenario.find(": "));
  name = name.substr(0, name.find(" restored into"));
  for (const std::string_view kind : {"cache name", "backup error", "backup odd", "restore error"})
    if (name.starts_with(kind)) return std::string(kind);
  if (name.starts_with("replicated caches") || name.starts_with("local, invalidation"))
    return "backup by place";
  const size_t blank = name.find(' ');
  const bool plain = name.starts_with("backup ") || name.starts_with("restore ");
  return plain ? name.substr(0, blank) : name;
}

// What a file was recorded with.
struct Setting {
  std::string file;  // without its extension
  std::vector<std::string> data_nodes;
  bool has_static_definitions = false;
  bool has_start_on_record = false;  // the first record shows what nodes logged when they started
};

class TranscriptReplay {
 public:
  TranscriptReplay(Setting setting, VersionFolder folder, std::vector<json::value> records,
                   Places places)
      : setting_(std::move(setting)),
        folder_(std::move(folder)),
        records_(std::move(records)),
        home_(places.home),
        golden_(places.golden),
        times_(folder_, records_),
        cluster_(options()),
        archives_(cluster_.simulation()),
        fixtures_(cluster_, archives_, folder_, home_),
        differences_(records_.size()) {
    for (const auto& [name, content] : folder_.files)
      if (name.ends_with(".zip"))
        archives_by_hash_[hash_hex(DigestAlgorithm::kSha256, content)] = &content;
  }

  Result<std::vector<Outcome>> run() {
    DRYDOCK_RETURN_IF_ERROR(cluster_.run([this] { return play(); }, kTimeLimit));
    for (const auto& [index, text] : logs_.differences())
      if (differences_[index].empty()) differences_[index] = text;
    return outcomes();
  }

 private:
  ClusterOptions options() const {
    ClusterOptions options{.version = folder_.version, .home = home_, .epoch = times_.begin()};
    if (setting_.has_static_definitions) add_static_definitions(folder_, records_, options);
    return options;
  }

  Status play() {
    cluster_.make_directories(home_ + "/backups-" + folder_.version);
    for (const auto& [name, content] : folder_.files)
      if (name.ends_with("/all.zip"))
        DRYDOCK_RETURN_IF_ERROR(cluster_.put_file(golden_ + "/" + name, content));
    for (const std::string& name : setting_.data_nodes)
      DRYDOCK_RETURN_IF_ERROR(cluster_.start(name, false));
    if (!setting_.has_start_on_record) forget_logs();
    for (size_t i = 0; i < records_.size(); ++i) {
      (void)cluster_.env().sleep_until(times_.start(i));
      DRYDOCK_RETURN_IF_ERROR(start_zero_node_before(i));
      fixtures_.before(records_, i);
      play_one(i);
      collect_logs(i);
    }
    return ok_status();
  }

  // It was started when it was needed first, and what that made the nodes log is not on record.
  Status start_zero_node_before(size_t index) {
    if (is_zero_node_up_ || json_string(records_[index], {"request", "node"}) != kZeroNode)
      return ok_status();
    is_zero_node_up_ = true;
    collect_ours(index);
    DRYDOCK_RETURN_IF_ERROR(cluster_.start(kZeroNode, true));
    DRYDOCK_RETURN_IF_ERROR(cluster_.env().sleep_for(kJoined));
    forget_logs();
    return ok_status();
  }

  void forget_logs() {
    for (const std::string& name : cluster_.names()) (void)cluster_.take_log(name);
  }

  void play_one(size_t index) {
    const json::value& record = records_[index];
    if (is_request(record))
      ask(index);
    else if (is_poll(record))
      differences_[index] = poll_difference(index);
    else
      differences_[index] = observed_difference(record);
  }

  std::string observed_difference(const json::value& record) {
    json::object ours = observe(cluster_, record, home_);
    if (json_find(record, {"final"}) != nullptr) ours["final"] = last_polled_;
    return value_difference(observed(record), ours);
  }

  // The record without what says who made it.
  static json::value observed(const json::value& record) {
    json::object out = record.as_object();
    for (const char* name : {"version", "scenario", "step", "note", "logs", "seq"}) out.erase(name);
    return out;
  }

  HttpRequest request_of(const json::value& record) const {
    HttpRequest request{.method = json_string(record, {"request", "method"}),
                        .target = json_string(record, {"request", "path"})};
    for (const auto& [name, value] : json_object(record, {"request", "headers"}))
      request.headers.emplace_back(name, value.as_string());
    if (json_find(record, {"request", "body", "sha256"}) != nullptr)
      request.body = Body(fixtures_.upload());
    else
      request.body = Body(json_string(record, {"request", "body", "text"}));
    return request;
  }

  void ask(size_t index) {
    const json::value& record = records_[index];
    const SteadyTime began = cluster_.env().now();
    Result<Answer> answer =
        cluster_.call(json_string(record, {"request", "node"}), request_of(record));
    differences_[index] = answer.ok() ? whole_difference(record, *answer)
                                      : "no answer: " + answer.status().to_string();
    if (const json::value* took = json_find(record, {"response", "ms"}))
      (void)cluster_.env().sleep_until(
          began + microseconds(static_cast<int64_t>(took->to_number<double>() * 1000)));
  }

  std::string whole_difference(const json::value& record, const Answer& answer) {
    const json::value& recorded = *json_find(record, {"response"});
    std::string found = answer_difference(recorded, answer);
    const auto archive = archives_by_hash_.find(json_string(recorded, {"body", "sha256"}));
    if (!found.empty() || archive == archives_by_hash_.end()) return found;
    return archives_.difference(*archive->second, answer.body);
  }

  // The request that began what is polled: "poll HEAD backups/all" follows POST .../backups/all.
  const json::value* polled(size_t index) const {
    const std::string suffix =
        "/" + json_string(records_[index], {"step"}).substr(std::string("poll HEAD ").size());
    for (size_t i = index; i-- > 0;)
      if (is_request(records_[i]) &&
          json_string(records_[i], {"request", "path"}).ends_with(suffix))
        return &records_[i];
    return nullptr;
  }

  std::string poll_difference(size_t index) {
    const json::value* of = polled(index);
    if (of == nullptr) return "no request on record began what is polled";
    const json::array ours = poll(cluster_, json_string(*of, {"request", "node"}),
                                  json_string(*of, {"request", "path"}), records_[index]);
    last_polled_ = json_int(ours.back(), {"status"});
    return statuses_difference(records_[index], ours);
  }

  // Whether the first HEAD, a millisecond or two after the POST, still finds it running is a race:
  // when the second one found the end already, the 202 may be missing.
  static json::array without_race(const json::value& record, json::array changes) {
    const bool is_race = json_int(record, {"polls"}) <= 2 && changes.size() > 1 &&
                         json_int(changes.front(), {"status"}) == 202;
    if (is_race) changes.erase(changes.begin());
    return changes;
  }

  static std::string statuses_difference(const json::value& record, json::array ours) {
    const json::array recorded = without_race(record, json_array(record, {"statuses"}));
    ours = without_race(record, std::move(ours));
    const auto text = [](const json::array& changes) {
      std::string out;
      for (const json::value& change : changes)
        out += fmt::format("{}{}", out.empty() ? "" : ", ", json_int(change, {"status"}));
      return out;
    };
    if (text(recorded) != text(ours))
      return fmt::format("statuses: recorded {}, ours {}", text(recorded), text(ours));
    for (size_t i = 0; i < recorded.size(); ++i) {
      Headers headers;
      for (const json::value& pair : json_array(ours[i], {"headers"}))
        headers.emplace_back(pair.at(0).as_string(), pair.at(1).as_string());
      std::string found = headers_difference(*json_find(recorded[i], {"headers"}), headers, true);
      if (!found.empty()) return found;
    }
    return "";
  }

  static bool has_id(const LogLine& line, std::string_view id) {
    return line.text.find(id) != std::string::npos;
  }

  // A cache is removed by all members at once; whom of them the coordinator sees leave before
  // itself differs from one removal to the next.
  static bool is_race(const LogLine& line) {
    return has_id(line, "ISPN000312: Lost data because of graceful leaver");
  }

  // Lines that the recorder left out: of joins, leaves and rebalances (the same servers print them
  // in zero-capacity.jsonl), and of the server's own start and stop.
  static bool is_left_out(const LogLine& line) {
    return has_id(line, "ISPN10000") || has_id(line, "ISPN100010") || has_id(line, "ISPN0800");
  }

  void collect_ours(size_t index) {
    for (const std::string& name : cluster_.names())
      for (LogLine& line : cluster_.take_log(name))
        if (!is_race(line) && !is_left_out(line)) logs_.ours(name, index, std::move(line));
  }

  void collect_logs(size_t index) {
    collect_ours(index);
    for (const auto& [node, lines] : json_object(records_[index], {"logs"}))
      for (const json::value& line : lines.as_array())
        if (std::optional<LogLine> parsed = parse_log_line(line.as_string());
            parsed && !is_race(*parsed))
          logs_.recorded(node, index, std::move(*parsed));
  }

  std::vector<Outcome> outcomes() const {
    std::vector<Outcome> all;
    for (size_t i = 0; i < records_.size(); ++i) {
      const json::value& record = records_[i];
      const std::string scenario = json_string(record, {"scenario"});
      Outcome outcome{
          .id = fmt::format("{}/{}/{}", folder_.version, setting_.file, i + 1),
          .group = fmt::format("{}/{}/{}", folder_.version, setting_.file, family(scenario)),
          .note = scenario,
          .request = json_string(record, {"step"}),
          .difference = differences_[i]};
      if (is_request(record))
        outcome.request = fmt::format(
            "{}: {} {} {}", outcome.request, json_string(record, {"request", "node"}),
            json_string(record, {"request", "method"}), json_string(record, {"request", "path"}));
      all.push_back(std::move(outcome));
    }
    return all;
  }

  Setting setting_;
  VersionFolder folder_;
  std::vector<json::value> records_;
  std::string home_;
  std::string golden_;
  RecordTimes times_;
  Cluster cluster_;
  Archives archives_;
  Fixtures fixtures_;
  std::map<std::string, const std::string*> archives_by_hash_;
  LogComparison logs_;
  bool is_zero_node_up_ = false;
  int64_t last_polled_ = 0;
  std::vector<std::string> differences_;
};

Result<std::vector<Outcome>> replay(Setting setting, const VersionFolder& folder) {
  const std::string file = setting.file + ".jsonl";
  DRYDOCK_ASSIGN(const std::vector<json::value> lines, read_lines(folder, file));
  const Places places = places_of(lines);
  VersionFolder placed = with_places(folder, places);
  DRYDOCK_ASSIGN(std::vector<json::value> records, read_lines(placed, file));
  return TranscriptReplay(std::move(setting), std::move(placed), std::move(records), places).run();
}

}  // namespace

Result<std::vector<Outcome>> replay_transcripts(const VersionFolder& folder) {
  return replay({"transcripts", {"node0", "node1", "node2"}, true, true}, folder);
}

Result<std::vector<Outcome>> replay_cross_version(const VersionFolder& folder) {
  return replay({"cross-version", {"node0", "node1"}, false, false}, folder);
}

}  // namespace drydock::harness::conformance::grid
