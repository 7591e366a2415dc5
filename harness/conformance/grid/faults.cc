#include "harness/conformance/grid/faults.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <optional>

#include "harness/conformance/grid/archives.h"
#include "harness/conformance/grid/cluster.h"
#include "harness/conformance/grid/compare.h"
#include "harness/conformance/grid/logs.h"
#include "harness/conformance/grid/split_lines.h"
#include "harness/conformance/grid/steps.h"

namespace drydock::harness::conformance::grid {
namespace {

constexpr const char* kFile = "faults.jsonl";
constexpr const char* kDirectory = "/backups-of-faults";
constexpr const char* kZero = "node3";
constexpr const char* kCrashed = "node2";
constexpr Duration kTimeLimit = hours(1);
constexpr Duration kOperation = minutes(1);
constexpr Duration kPoll = milliseconds(20);
constexpr Duration kSettled = seconds(3);
constexpr int kBatch = 1000;
// Recorded values have 1 KiB; ours take as long a length on the wire.
constexpr int64_t kRecordedValue = 1024;
constexpr int64_t kValue = 128;
// A tenth of a backup's time passed before the fault, as the entries tell that were read by then.
constexpr int kPartBeforeFault = 10;
constexpr double kNearShare = 0.1;  // of all entries: what was read of a node before it crashed

bool holds(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

// The number behind `word` in a title.
int number_after(const std::string& title, std::string_view word) {
  const size_t at = title.find(word);
  return at == std::string::npos ? 0 : std::atoi(title.c_str() + at + word.size());
}

bool is_kept_line(const LogLine& line) {
  return holds(line.text, "ISPN000") || holds(line.text, "ISPN005") || holds(line.text, "ISPN012");
}

std::string number_difference(std::string_view what, int64_t recorded, int64_t ours) {
  return recorded == ours ? "" : fmt::format("{}: recorded {}, ours {}", what, recorded, ours);
}

struct Share {
  int64_t entries = 0;
  int64_t of = 0;

  double part() const { return static_cast<double>(entries) / static_cast<double>(of); }
};

// More than all are some of those that came meanwhile.
std::string share_difference(std::string_view what, Share recorded, Share ours) {
  const auto kind = [](const Share& share) {
    return share.entries == 0          ? 0
           : share.entries < share.of  ? 1
           : share.entries == share.of ? 2
                                       : 3;
  };
  const double apart = recorded.part() - ours.part();
  if (kind(recorded) == kind(ours) && apart <= kNearShare && apart >= -kNearShare) return "";
  return fmt::format("{}: recorded {} of {}, ours {} of {}", what, recorded.entries, recorded.of,
                     ours.entries, ours.of);
}

class FaultsReplay {
 public:
  FaultsReplay(const VersionFolder& folder, std::vector<json::value> records)
      : version_(folder.version),
        records_(std::move(records)),
        cluster_({.version = folder.version, .home = "/peer"}),
        archives_(cluster_.simulation()) {}

  Result<std::vector<Outcome>> run() {
    DRYDOCK_RETURN_IF_ERROR(cluster_.run([this] { return play(); }, kTimeLimit));
    return std::move(outcomes_);
  }

 private:
  Status play() {
    for (const char* node : {"node0", "node1", kCrashed})
      DRYDOCK_RETURN_IF_ERROR(cluster_.start(node, false));
    DRYDOCK_RETURN_IF_ERROR(cluster_.start(kZero, true));
    cluster_.make_directories(kDirectory);
    DRYDOCK_RETURN_IF_ERROR(create_caches());
    DRYDOCK_RETURN_IF_ERROR(refill());
    for (const json::value& record : records_) {
      const std::string what = json_string(record, {"what"});
      std::string difference;
      if (what == "restart and refill") {
        DRYDOCK_ASSIGN(difference, restart(record));
      } else if (what == "fault") {
        DRYDOCK_ASSIGN(difference, backup_with_fault(record));
      } else {
        difference = sizes_difference(json::object{{"f2", *json_find(record, {"size"})}});
      }
      add(record, std::move(difference));
    }
    return ok_status();
  }

  void add(const json::value& record, std::string difference) {
    outcomes_.push_back({.id = fmt::format("{}/faults/{}", version_, outcomes_.size() + 1),
                         .group = version_ + "/faults",
                         .note = json_string(record, {"what"}),
                         .request = json_string(record, {"title"}),
                         .difference = std::move(difference)});
  }

  Status create_caches() {
    for (const int owners : {1, 2}) {
      const std::string name = fmt::format("f{}", owners);
      const std::string xml =
          fmt::format("<distributed-cache name=\"{}\" owners=\"{}\"/>", name, owners);
      DRYDOCK_RETURN_IF_ERROR(cluster_.node("node0")
                                  .create_cache({name, xml}, cluster_.env().now() + kOperation)
                                  .status());
    }
    return cluster_.env().sleep_for(kSettled);
  }

  // As many as the first backup found.
  Status refill() {
    for (const char* cache : {"f1", "f2"}) {
      const int64_t entries = recorded_size(records_[0], cache);
      for (int64_t from = 0; from < entries; from += kBatch)
        DRYDOCK_RETURN_IF_ERROR(put(cache, "key", from, std::min<int64_t>(entries, from + kBatch)));
    }
    return ok_status();
  }

  Status put(const std::string& cache, std::string_view prefix, int64_t from, int64_t to) {
    std::vector<CacheRecord> batch;
    for (int64_t i = from; i < to; ++i) {
      CacheRecord record{.key = fmt::format("{}-{:07}", prefix, i),
                         .value = std::string(kValue, 'v')};
      record.metadata = encode_metadata({});
      batch.push_back(std::move(record));
    }
    return cluster_.node("node0").put(cache, batch, cluster_.env().now() + kOperation);
  }

  static int64_t recorded_size(const json::value& record, std::string_view cache) {
    return std::atoll(json_string(record, {"size_before", cache}).c_str());
  }

  int64_t size(const std::string& cache) {
    return std::atoll(
        get(cluster_, "node0", "/rest/v2/caches/" + cache + "?action=size").body.c_str());
  }

  // {"f1": "39451", "f2": "60000"}.
  std::string sizes_difference(const json::object& recorded) {
    for (const auto& [cache, entries] : recorded) {
      const int64_t all = recorded_size(records_[0], std::string(cache));
      std::string differs =
          share_difference(fmt::format("size of {}", std::string_view(cache)),
                           {std::atoll(entries.as_string().c_str()), all}, {size(cache), all});
      if (!differs.empty()) return differs;
    }
    return "";
  }

  Result<std::string> restart(const json::value& record) {
    if (!cluster_.alive(kCrashed)) DRYDOCK_RETURN_IF_ERROR(cluster_.start(kCrashed, false));
    DRYDOCK_RETURN_IF_ERROR(cluster_.env().sleep_for(kSettled));
    DRYDOCK_RETURN_IF_ERROR(refill());
    return sizes_difference(json_object(record, {"size"}));
  }

  // --- one backup ---

  int post(const std::string& node, const std::string& name, const json::array& caches) {
    const json::object body{{"directory", kDirectory},
                            {"resources", json::object{{"caches", caches}}}};
    HttpRequest request{.method = "POST",
                        .target = container_path(version_) + "/backups/" + name,
                        .headers = {{"Content-Type", "application/json"}},
                        .body = Body(json::serialize(body))};
    const Result<Answer> answer = cluster_.call(node, std::move(request));
    return answer.ok() ? answer->status : 0;
  }

  int head(const std::string& node, const std::string& name) {
    const Result<Answer> answer = cluster_.call(
        node, {.method = "HEAD", .target = container_path(version_) + "/backups/" + name});
    return answer.ok() ? answer->status : 0;
  }

  int final_head(const std::string& node, const std::string& name) {
    int status = head(node, name);
    while (status == 202 && cluster_.env().sleep_for(kPoll).ok()) status = head(node, name);
    return status;
  }

  Result<std::string> backup_with_fault(const json::value& record) {
    const std::string title = json_string(record, {"title"});
    const std::string first_file(json_array(record, {"left_in_dir"}).at(0).as_string());
    const std::string name = first_file.substr(0, first_file.find('/'));
    json::array caches;
    std::map<std::string, int64_t> before;
    for (const auto& [cache, entries] : json_object(record, {"size_before"})) {
      caches.emplace_back(cache);
      before[std::string(cache)] = size(cache);
    }
    for (const std::string& node : cluster_.names()) (void)cluster_.take_log(node);
    const SteadyTime began = cluster_.env().now();
    std::string differs =
        number_difference("POST", json_int(record, {"post"}), post(kZero, name, caches));
    (void)cluster_.env().sleep_for(whole_ / kPartBeforeFault);
    if (differs.empty())
      differs = number_difference("HEAD before the fault",
                                  json_int(record, {"head_before_the_fault"}), head(kZero, name));
    DRYDOCK_RETURN_IF_ERROR(fault(title));
    const int ended = final_head(kZero, name);
    const Duration took = cluster_.env().now() - began;
    if (title == "no fault") whole_ = took;
    if (differs.empty())
      differs = number_difference("HEAD at the end", json_int(record, {"final_head"}), ended);
    if (differs.empty()) differs = waiting_difference(record, title, took);
    DRYDOCK_RETURN_IF_ERROR(cluster_.env().sleep_for(kSettled));
    if (differs.empty()) differs = files_difference(record, name);
    if (differs.empty()) differs = archive_difference(record, name, before);
    if (differs.empty()) differs = aftermath_difference(record, name);
    if (differs.empty()) differs = logs_difference(record);
    return differs;
  }

  // What the title says; what takes its time goes on in a task of its own.
  Status fault(const std::string& title) {
    if (holds(title, "SIGSTOP")) {
      cluster_.pause(kCrashed);
      const Duration length = seconds(number_after(title, "for "));
      cluster_.env().spawn("resume", [this, length] {
        if (cluster_.env().sleep_for(length).ok()) cluster_.resume(kCrashed);
      });
    } else if (holds(title, "SIGKILL of the zero")) {
      cluster_.kill(kZero);
    } else if (holds(title, "SIGKILL")) {
      cluster_.kill(kCrashed);
    } else if (holds(title, "graceful stop")) {
      stop_by_rest(cluster_, kCrashed);
    } else if (holds(title, "joins")) {
      return cluster_.start(kCrashed, false);
    } else if (holds(title, "new keys")) {
      return write(std::atoi(title.c_str()));
    }
    return ok_status();
  }

  // One after the other, as one client does.
  Status write(int entries) {
    for (int i = 0; i < entries; ++i) DRYDOCK_RETURN_IF_ERROR(put("f2", "new", i, i + 1));
    return ok_status();
  }

  static std::string waiting_difference(const json::value& record, const std::string& title,
                                        Duration took) {
    const int paused = holds(title, "SIGSTOP") ? number_after(title, "for ") : 0;
    const bool waited = json_find(record, {"s"})->to_number<double>() >= paused;
    return waited == (took >= seconds(paused)) ? "" : "the backup did not wait for the frozen node";
  }

  json::array files_of(const std::string& name) {
    json::array files;
    const std::string directory = fmt::format("{}/{}", kDirectory, name);
    for (const std::string& file : cluster_.names_below(directory))
      if (cluster_.get_file(fmt::format("{}/{}", directory, file)).ok())
        files.emplace_back(fmt::format("{}/{}", name, file));
    return files;
  }

  std::string files_difference(const json::value& record, const std::string& name) {
    return value_difference(*json_find(record, {"left_in_dir"}), files_of(name), "files");
  }

  // Records and the bytes that each takes beyond its value, per cache.
  std::string archive_difference(const json::value& record, const std::string& name,
                                 const std::map<std::string, int64_t>& before) {
    const json::object& recorded = json_object(record, {"records"});
    if (recorded.empty()) return "";
    const Result<std::string> zip =
        cluster_.get_file(fmt::format("{}/{}/{}.zip", kDirectory, name, name));
    if (!zip.ok()) return "no archive: " + zip.status().message();
    const Result<Entries> entries = archives_.read(*zip);
    if (!entries.ok()) return "the archive: " + entries.status().message();
    int64_t bytes = 0, records = 0;
    bool whole = true;
    for (const auto& [file, content] : *entries) {
      if (!file.ends_with(".dat")) continue;
      const std::string dat = file.substr(file.rfind('/') + 1);
      const std::string cache = dat.substr(0, dat.size() - 4);
      const json::value* count = recorded.if_contains(dat);
      if (count == nullptr) return fmt::format("{} is additional", dat);
      const int64_t all = before.contains(cache) ? before.at(cache) : size(cache);
      const int64_t theirs = count->to_number<int64_t>();
      const int64_t mine = records_in(content);
      const int64_t of = recorded_size(record, cache) > 0 ? recorded_size(record, cache) : all;
      std::string differs = share_difference(dat, {theirs, of}, {mine, all});
      if (!differs.empty()) return differs;
      whole = whole && theirs <= of;
      bytes += static_cast<int64_t>(content.size()) - mine * kValue;
      records += mine;
    }
    return whole ? overhead_difference(record, bytes, records) : "";
  }

  // Written keys have other lengths.
  static std::string overhead_difference(const json::value& record, int64_t bytes,
                                         int64_t records) {
    int64_t theirs = 0;
    for (const auto& [dat, count] : json_object(record, {"records"}))
      theirs += count.to_number<int64_t>();
    if (theirs == 0 || records == 0) return theirs == records ? "" : "no records";
    return number_difference("bytes of a record beyond its value",
                             json_int(record, {"dat_bytes"}) / theirs - kRecordedValue,
                             bytes / records);
  }

  std::string aftermath_difference(const json::value& record, const std::string& name) {
    const json::value* then = json_find(record, {"then"});
    if (then == nullptr) return "";
    if (json_find(*then, {"backup_on_node0"}) != nullptr) return second_backups(*then, name);
    const json::value* sizes = json_find(*then, {"size"});
    if (sizes->is_object()) return sizes_difference(sizes->get_object());
    const json::object& backed_up = json_object(record, {"size_before"});
    std::string differs = sizes_difference(json::object{{backed_up.begin()->key(), *sizes}});
    for (const json::value& number : json_array(*then, {"alive"}))
      if (const std::string node = fmt::format("node{}", number.to_number<int64_t>());
          !cluster_.alive(node))
        differs = node + " does not run";
    return differs;
  }

  // The zero-capacity node is gone: another backup, elsewhere, and the old name on a new one.
  std::string second_backups(const json::value& then, const std::string& name) {
    const json::array f2 = {"f2"};
    std::string differs = value_difference(*json_find(then, {"files"}), files_of(name), "files");
    const auto check = [&](std::string_view what, int ours) {
      if (differs.empty()) differs = number_difference(what, json_int(then, {what}), ours);
    };
    check("backup_on_node0_post", post("node0", name + "-elsewhere", f2));
    check("backup_on_node0", final_head("node0", name + "-elsewhere"));
    const Status started = cluster_.start(kZero, true);
    if (!started.ok()) return started.to_string();
    (void)cluster_.env().sleep_for(kSettled);
    check("old_name_head_on_new_zero", head(kZero, name));
    check("old_name_post", post(kZero, name, f2));
    check("old_name_final", final_head(kZero, name));
    if (!differs.empty()) return differs;
    const json::value* zip = json_find(then, {"zip"});
    return archive_difference(*zip, name, {});
  }

  std::string logs_difference(const json::value& record) {
    LogComparison comparison;
    for (const json::value* part : {&record, json_find(record, {"then"})}) {
      if (part == nullptr) continue;
      for (const auto& [node, lines] : json_object(*part, {"logs"}))
        for (const json::value& text : lines.as_array())
          if (const auto line = parse_log_line(text.as_string()); line)
            comparison.recorded(std::string(node), 0, *line);
    }
    for (const std::string& node : cluster_.names())
      for (LogLine& line : cluster_.take_log(node))
        if (is_kept_line(line)) comparison.ours(node, 0, std::move(line));
    const auto differences = comparison.differences();
    return differences.empty() ? "" : differences.begin()->second;
  }

  const std::string version_;
  std::vector<json::value> records_;
  Cluster cluster_;
  Archives archives_;
  Duration whole_ = seconds(1);  // how long a backup without a fault takes
  std::vector<Outcome> outcomes_;
};

}  // namespace

Result<std::vector<Outcome>> replay_faults(const VersionFolder& folder) {
  DRYDOCK_ASSIGN(std::vector<json::value> records, read_lines(folder, kFile));
  if (records.empty()) return std::vector<Outcome>();
  return FaultsReplay(folder, std::move(records)).run();
}

}  // namespace drydock::harness::conformance::grid
