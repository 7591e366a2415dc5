#include "harness/conformance/grid/split_case.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/base/text.h"
#include "fakegrid/node/readout.h"
#include "harness/conformance/grid/archives.h"
#include "harness/conformance/grid/restart_probe.h"
#include "harness/conformance/grid/split_probe.h"
#include "harness/conformance/grid/steps.h"

namespace drydock::harness::conformance::grid {
namespace {

constexpr int kNodes = 4;
constexpr int kEntries = 200;
constexpr int kBigEntries = 6'000;
constexpr size_t kBigBytes = 10'240;
constexpr int64_t kFewer = 10;
constexpr size_t kBatch = 200;
constexpr int64_t kHealed = 75'000;
constexpr int64_t kNear = 3'000;  // how far apart equal looks may be
constexpr Duration kLookInterval = milliseconds(250);
constexpr Duration kSetUpTime = seconds(60);
constexpr Duration kOperation = seconds(30);
constexpr Duration kSimulated = hours(2);
constexpr Duration kVerify = seconds(1);
const char* const kDirectory = "/backups-of-splits";
const char* const kFileStore = "<persistence><file-store/></persistence>";

std::string text_at(const json::value& record, const char* field) {
  return json_string(record, {field});
}

int64_t time_of(const json::value& record) { return json_int(record, {"t_ms"}, 0); }

std::string cache_xml(const std::string& name) {
  const auto with = [&](const std::string& attributes, const std::string& split,
                        const std::string& store = "") {
    return fmt::format(
        "<distributed-cache name=\"{0}\"{1}>{2}{3}</distributed-cache>", name, attributes,
        split.empty() ? "" : fmt::format("<partition-handling when-split=\"{}\"/>", split), store);
  };
  if (name == "repl") return "<replicated-cache name=\"repl\"/>";
  if (name == "prepl")
    return fmt::format("<replicated-cache name=\"prepl\">{}</replicated-cache>", kFileStore);
  if (name == "d1" || name == "big1") return with(" owners=\"1\"", "");
  if (name == "deny") return with(" owners=\"2\"", "DENY_READ_WRITES");
  if (name == "pd1") return with(" owners=\"1\"", "", kFileStore);
  if (name == "pd2") return with(" owners=\"2\"", "", kFileStore);
  if (name == "pdeny") return with(" owners=\"2\"", "DENY_READ_WRITES", kFileStore);
  if (name == "reads") return with(" owners=\"2\"", "ALLOW_READS");
  return with(" owners=\"2\"", "");
}

// The numbers in "SIGSTOP [2]" or "split off [1, 2]", as nodes' names.
std::vector<std::string> nodes_in(const std::string& what) {
  std::vector<std::string> names;
  const size_t begin = what.find('[');
  if (begin == std::string::npos) return names;
  for (const std::string_view part :
       split(std::string_view(what).substr(begin + 1, what.find(']') - begin - 1), ','))
    names.push_back("node" + std::string(trim(part)));
  return names;
}

bool is_mark(const json::value& record) {
  return text_at(record, "kind") == "mark" && text_at(record, "node") == "driver";
}

bool is_probe(const json::value& record) {
  static const std::set<std::string> kOps = {
      "read", "write", "sweep", "size", "counter get", "counter increment", "container+health"};
  return text_at(record, "kind") == "call" && kOps.count(text_at(record, "op")) > 0;
}

std::string plain_text(const json::value& value) {
  return value.is_string() ? std::string(value.get_string()) : json::serialize(value);
}

int64_t parse_number(std::string_view digits) {
  int64_t number = 0;
  for (const char digit : digits)
    if (digit >= '0' && digit <= '9') number = number * 10 + (digit - '0');
  return number;
}

// How long it took at most, for the moment at which it began.
int64_t duration_of(const json::value& record) {
  return json_int(record, {"ms"}, json_int(record, {"max_ms"}, 0));
}

}  // namespace

SplitCase::SplitCase(const std::string& version, std::vector<json::value> records)
    : records_(std::move(records)), differences_(records_.size()) {
  ClusterOptions options{.version = version, .home = "/peer", .debug_log = true};
  restarts_ = text_at(records_.front(), "case").starts_with('D');
  caches_ = restarts_ ? std::vector<std::string>{"d2", "pd2", "pd1", "prepl", "pdeny"}
                      : std::vector<std::string>{"d2", "d1", "repl", "deny", "reads"};
  for (const std::string& name : caches_) options.caches.push_back({name, cache_xml(name)});
  for (const json::value& record : records_) {
    big_ = big_ || json::serialize(record).find("big1") != std::string::npos;
    const std::string message = text_at(record, "msg");
    const size_t lane = message.find("for channel ");
    if (lane != std::string::npos)
      options.name = message.substr(lane + 12, message.find(':', lane) - lane - 12);
  }
  if (big_)
    for (const char* name : {"big2", "big1"}) options.caches.push_back({name, cache_xml(name)});
  options.adjust = [this](const std::string& name, fakegrid::NodeConfig& config) {
    config = adjusted(name, std::move(config));
  };
  cluster_ = std::make_unique<Cluster>(std::move(options));
}

// When silence was noticed and parts were merged is chance: as recorded.
fakegrid::NodeConfig SplitCase::adjusted(const std::string& name,
                                         fakegrid::NodeConfig config) const {
  config.all_internal_caches = true;
  if (restarts_) return config;
  int64_t noticed = 0, merged = 0;
  for (const json::value& record : records_) {
    if (text_at(record, "kind") != "view" || time_of(record) <= 0) continue;
    const bool merge = text_at(record, "msg").find("ISPN000093") != std::string::npos;
    if (merge && merged == 0) merged = time_of(record);
    if (!merge && noticed == 0 && text_at(record, "node") == name) noticed = time_of(record);
  }
  if (noticed > 0) {
    config.failure_timeout = milliseconds(noticed) - kVerify;
    config.failure_interval = milliseconds(1);
  }
  if (merged > kHealed) {
    config.merge_min = milliseconds(merged - kHealed);
    config.merge_max = config.merge_min + milliseconds(1);
  }
  return config;
}

Result<std::vector<std::string>> SplitCase::replay() {
  DRYDOCK_RETURN_IF_ERROR(cluster_->run([this] { return play(); }, kSimulated));
  return std::move(differences_);
}

Status SplitCase::play() {
  DRYDOCK_RETURN_IF_ERROR(set_up());
  zero_ = cluster_->env().now() + seconds(30);
  for (const std::string& name : cluster_->names()) (void)cluster_->take_log(name);
  if (restarts_) {
    spawn_health();
    spawn_ends();
  } else {
    begin_watch();
  }
  spawn_probes();
  spawn_backups();
  for (size_t i = 0; i < records_.size(); ++i) {
    if (!is_mark(records_[i])) continue;
    sleep_until(time_of(records_[i]));
    take_lines();
    if (restarts_)
      restart(i);
    else
      fault(text_at(records_[i], "what"));
  }
  sleep_until(time_of(records_.back()) + 1);
  while (running_ > 0 && cluster_->env().sleep_for(seconds(1)).ok()) {
  }
  take_lines();
  judge_watched();
  return ok_status();
}

// What was logged since the last mark.
void SplitCase::take_lines() {
  for (const std::string& name : cluster_->names())
    for (const LogLine& line : cluster_->take_log(name)) {
      lines_.ours(name, line, part_);
      json::value topology = topology_in(line);
      if (!topology.is_null()) topologies_.ours(name, std::move(topology));
    }
  ++part_;
}

Status SplitCase::set_up() {
  for (int i = 0; i < kNodes; ++i)
    DRYDOCK_RETURN_IF_ERROR(cluster_->start(fmt::format("node{}", i), i == kNodes - 1));
  cluster_->make_directories(kDirectory);
  for (const std::string& name : caches_) DRYDOCK_RETURN_IF_ERROR(fill(name, kEntries, 0));
  if (big_)
    for (const char* name : {"big2", "big1"})
      DRYDOCK_RETURN_IF_ERROR(fill(name, kBigEntries, kBigBytes));
  fakegrid::Node& node = cluster_->node("node0");
  for (const char* name : {restarts_ ? "cp" : "strong", restarts_ ? "cv" : "weak"}) {
    CounterRecord counter{.name = name, .configuration = {}, .value = 10};
    counter.configuration.initial_value = 10;
    if (std::string_view(name) == "weak") counter.configuration.type = CounterType::kWeak;
    if (std::string_view(name) == "cp") counter.configuration.storage = CounterStorage::kPersistent;
    if (restarts_) counter.value = 11;
    DRYDOCK_RETURN_IF_ERROR(
        node.create_counter(counter, cluster_->env().now() + kOperation).status());
  }
  return cluster_->env().sleep_for(kSetUpTime);
}

Status SplitCase::fill(const std::string& cache, int entries, size_t bytes) {
  std::vector<CacheRecord> batch;
  for (int i = 0; i < entries; ++i) {
    CacheRecord record{.key = fmt::format("k{}", i), .value = "orig"};
    record.value.resize(std::max(record.value.size(), bytes), '.');
    record.metadata = encode_metadata({});
    batch.push_back(std::move(record));
    if (batch.size() < kBatch && i + 1 < entries) continue;
    DRYDOCK_RETURN_IF_ERROR(
        cluster_->node("node0").put(cache, batch, cluster_->env().now() + kOperation));
    batch.clear();
  }
  return ok_status();
}

void SplitCase::sleep_until(int64_t t_ms) {
  (void)cluster_->env().sleep_until(zero_ + milliseconds(t_ms));
}

int64_t SplitCase::now_ms() const {
  return Duration(cluster_->env().now() - zero_) / milliseconds(1);
}

void SplitCase::fault(const std::string& what) {
  const std::vector<std::string> names = nodes_in(what);
  const std::set<std::string> off(names.begin(), names.end());
  if (what.starts_with("SIGSTOP")) {
    for (const std::string& name : names) cluster_->pause(name);
    frozen_ = off;
  } else if (what.starts_with("SIGCONT")) {
    for (const std::string& name : frozen_) cluster_->resume(name);
    frozen_.clear();
  } else if (what.starts_with("split")) {
    for (const std::string& one : cluster_->names())
      for (const std::string& other : off)
        if (off.count(one) == 0)
          cuts_.push_back(
              cluster_->simulation().network().cut("host-" + one, "host-" + other, true));
  } else if (what.starts_with("heal")) {
    for (const sim::CutId cut : cuts_) cluster_->simulation().network().heal(cut);
    cuts_.clear();
  }
}

void SplitCase::look() {
  for (const std::string& name : cluster_->names()) {
    const fakegrid::Health health = cluster_->node(name).health();
    json::object said;
    json::array names;
    for (const std::string& node : health.node_names) names.emplace_back(node);
    json::object unwell;
    for (const auto& [cache, status] : health.cache_status)
      if (status != "HEALTHY") {
        if (!unwell.contains(status)) unwell[status] = json::array();
        unwell[status].get_array().emplace_back(cache);
      }
    said["status"] = health.status;
    said["names"] = std::move(names);
    said["not_healthy"] = std::move(unwell);
    size_t topologies = 0;
    for (const auto& [cache, installed] : cluster_->topologies(name))
      topologies += installed.size();
    looks_[name].push_back({now_ms(), frozen_.count(name) == 0, std::move(said), topologies});
  }
}

void SplitCase::begin_watch() {
  cluster_->env().spawn("look", [this] {
    const int64_t end = time_of(records_.back()) + kNear;
    while (now_ms() < end) {
      look();
      if (!cluster_->env().sleep_for(kLookInterval).ok()) return;
    }
  });
}

// Probes of one node begin together, one lane for each cache and one for the counters; within a
// lane one follows the other.
void SplitCase::spawn_probes() {
  std::map<std::pair<std::string, std::string>, int64_t> begins;  // by tag and node
  std::map<std::vector<std::string>, std::vector<size_t>> lanes;
  for (size_t i = 0; i < records_.size(); ++i) {
    const json::value& record = records_[i];
    if (!is_probe(record)) continue;
    const std::string tag = text_at(record, "tag"), node = text_at(record, "node");
    const int64_t begin = time_of(record) - duration_of(record);
    const auto [known, added] = begins.emplace(std::pair{tag, node}, begin);
    known->second = std::min(known->second, begin);
    // Of restarts one call follows the other.
    lanes[{tag, node, restarts_ ? "" : text_at(record, "cache")}].push_back(i);
  }
  for (const auto& [lane, places] : lanes) {
    ++running_;
    const int64_t begin = begins.at({lane[0], lane[1]});
    cluster_->env().spawn("probe", [this, begin, places = places] {
      sleep_until(begin);
      for (const size_t at : places) {
        // Counters are few and quick: they were asked at their own moments.
        const int64_t took = duration_of(records_[at]);
        if (!restarts_ && text_at(records_[at], "cache").empty() && took < 1'000)
          sleep_until(time_of(records_[at]) - took / 2);
        json::object ours = probe(*cluster_, records_[at]);
        if (text_at(records_[at], "cache").starts_with("big"))
          ours["size"] = std::to_string(kFewer * parse_number(ours.at("size").as_string()));
        differences_[at] = probe_difference(records_[at], ours);
      }
      --running_;
    });
  }
}

std::string SplitCase::head(const std::string& node, const std::string& name) {
  HttpRequest request{.method = "HEAD", .target = "/rest/v2/container/backups/" + name};
  const Result<Answer> answer = cluster_->call(node, std::move(request), seconds(6));
  return answer.ok() ? std::to_string(answer->status) : name_of_failure(answer.status());
}

void SplitCase::spawn_backups() {
  for (size_t i = 0; i < records_.size(); ++i) {
    const json::value& record = records_[i];
    const std::string op = text_at(record, "op"), node = text_at(record, "node");
    const bool posts = op == "backup POST", ends = op == "backup end";
    if (!posts && !ends && text_at(record, "kind") != "head") continue;
    ++running_;
    cluster_->env().spawn("backup", [this, i, posts, ends, node, &record] {
      sleep_until(time_of(record) - duration_of(record));
      if (posts) {
        const json::object body{
            {"directory", kDirectory},
            {"resources", json::object{{"caches", *json_find(record, {"caches"})}}}};
        HttpRequest request{.method = "POST",
                            .target = "/rest/v2/container/backups/" + text_at(record, "name"),
                            .headers = {{"Content-Type", "application/json"}},
                            .body = Body(json::serialize(body))};
        const Result<Answer> answer = cluster_->call(node, std::move(request), seconds(20));
        const std::string wanted = plain_text(*json_find(record, {"status"}));
        const std::string ours =
            answer.ok() ? std::to_string(answer->status) : name_of_failure(answer.status());
        if (ours != wanted)
          differences_[i] = fmt::format("status: recorded {}, ours {}", wanted, ours);
      } else if (ends) {
        end_backup(i);
      } else {
        // The recorder polled; what it saw must be seen near that moment.
        const std::string wanted = plain_text(*json_find(record, {"status"}));
        std::string ours;
        for (int64_t waited = 0; waited <= kNear && ours != wanted; waited += 100) {
          ours = head(node, text_at(record, "name"));
          if (ours != wanted) (void)cluster_->env().sleep_for(milliseconds(100));
        }
        if (ours != wanted)
          differences_[i] = fmt::format("HEAD: recorded {}, ours {}", wanted, ours);
      }
      --running_;
    });
  }
}

void SplitCase::end_backup(size_t at) {
  const json::value& record = records_[at];
  const std::string node = text_at(record, "node"), name = text_at(record, "name");
  const std::string wanted = plain_text(*json_find(record, {"head"}));
  std::string ours = head(node, name);
  for (int64_t waited = 0; ours != wanted && waited < kNear; waited += 100) {
    (void)cluster_->env().sleep_for(milliseconds(100));
    ours = head(node, name);
  }
  if (ours != wanted) {
    differences_[at] = fmt::format("HEAD: recorded {}, ours {}", wanted, ours);
    return;
  }
  const json::object& counts = json_object(record, {"records"});
  if (counts.empty()) return;
  const auto zip = cluster_->get_file(fmt::format("{}/{}/{}.zip", kDirectory, name, name));
  if (!zip.ok()) {
    differences_[at] = "no archive";
    return;
  }
  Archives archives(cluster_->simulation());
  const Result<Entries> entries = archives.read(*zip);
  for (const auto& [file, count] : counts) {
    const std::string cache = std::string(file).substr(0, file.size() - 4);
    const auto found =
        entries.ok() ? entries->find("containers/default/caches/" + cache + "/" + std::string(file))
                     : Entries::const_iterator();
    if (!entries.ok() || found == entries->end()) {
      differences_[at] = "the archive has no " + std::string(file);
      return;
    }
    const bool big = cache.starts_with("big");
    const int64_t mine = records_in(found->second) * (big ? kFewer : 1);
    if (!same_share(count.to_number<int64_t>(), mine, big ? kFewer * kBigEntries : kEntries))
      differences_[at] = fmt::format("{}: recorded {} records, ours {}", std::string_view(file),
                                     json::serialize(count), mine);
  }
}

void SplitCase::judge_watched() {
  bool last_line_right = true;
  std::vector<size_t> marks;
  for (size_t i = 0; i < records_.size(); ++i) {
    const json::value& record = records_[i];
    const std::string kind = text_at(record, "kind");
    if (is_mark(record)) {
      marks.push_back(i);
    } else if (kind == "health") {
      if (!restarts_) differences_[i] = health_difference(record);
    } else if (kind == "state files") {
      differences_[i] = "nodes of ours have no state directory";
    } else if (kind == "topology") {
      differences_[i] = topologies_.difference(record);
    } else if (kind == "view" || (kind == "log" && json_find(record, {"msg"}) != nullptr)) {
      const bool there = lines_.take(record, marks.size());
      if (kind == "log") last_line_right = there;
      if (!there)
        differences_[i] = "ours has no such line: " + text_at(record, "msg").substr(0, 200);
    } else if (kind == "log" && !last_line_right) {
      differences_[i] = "the line that it belongs to is missing";
    }
  }
  for (size_t part = 0; part < marks.size(); ++part) {
    const std::vector<std::string> more = lines_.additional(part);
    if (!more.empty() && differences_[marks[part]].empty())
      differences_[marks[part]] =
          fmt::format("before it ours also logged {} lines: {}", more.size(), more.front());
  }
}

std::string SplitCase::health_difference(const json::value& record) const {
  const std::string node = text_at(record, "node");
  const auto of_node = looks_.find(node);
  if (of_node == looks_.end()) return "no such node";
  const bool answered = json_find(record, {"status"}) != nullptr;
  const bool rebalancing = text_at(record, "status") == "HEALTHY_REBALANCING";
  const Look* first = nullptr;
  std::string closest = "nothing";
  for (const Look& look : of_node->second) {
    if (std::abs(look.t_ms - time_of(record)) > kNear + (answered ? 0 : 5'000)) continue;
    if (first == nullptr) first = &look;
    if (!answered) {
      if (!look.awake) return "";
      continue;
    }
    json::object mine = look.health;
    if (rebalancing && look.topologies > first->topologies) {
      mine["status"] = "HEALTHY_REBALANCING";  // passed faster than anybody looks
      mine["not_healthy"] = *json_find(record, {"not_healthy"});
    }
    json::object wanted;
    for (const char* field : {"status", "names", "not_healthy"})
      wanted[field] = *json_find(record, {field});
    const auto order = [](json::object& health) {
      json::array& names = health["names"].get_array();
      std::sort(names.begin(), names.end(), [](const json::value& a, const json::value& b) {
        return a.get_string() < b.get_string();
      });
    };
    order(mine);
    order(wanted);
    if (mine == wanted) return "";
    closest = json::serialize(mine);
  }
  return "ours said " + closest.substr(0, 300);
}

}  // namespace drydock::harness::conformance::grid
