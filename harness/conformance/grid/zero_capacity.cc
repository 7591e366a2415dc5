#include "harness/conformance/grid/zero_capacity.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "core/base/text.h"
#include "harness/conformance/grid/cluster.h"
#include "harness/conformance/grid/compare.h"
#include "harness/conformance/grid/logs.h"
#include "harness/conformance/grid/node_state.h"
#include "harness/conformance/grid/shares.h"
#include "harness/conformance/grid/steps.h"
#include "harness/conformance/grid/zero_lines.h"
#include "harness/conformance/names.h"

namespace drydock::harness::conformance::grid {
namespace {

constexpr const char* kFile = "zero-capacity.jsonl";
constexpr Duration kTimeLimit = hours(1);
constexpr Duration kSettled = seconds(6);  // between a change and the look at the logs
constexpr int kEntries = 200;

bool holds(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

// How the recordings' caches are configured, by their names.
std::string configuration(const std::string& cache) {
  constexpr std::string_view kEncoding =  // as every release understands it
      "<encoding><key media-type=\"text/plain\"/><value media-type=\"text/plain\"/></encoding>";
  const auto element = [&](std::string_view kind, std::string_view attributes) {
    return fmt::format("<{0} name=\"{1}\"{2} statistics=\"true\">{3}</{0}>", kind, cache,
                       attributes, kEncoding);
  };
  if (cache == "repl") return element("replicated-cache", " mode=\"SYNC\"");
  if (cache == "inval") return element("invalidation-cache", " mode=\"SYNC\"");
  if (cache == "local") return element("local-cache", "");
  return element("distributed-cache",
                 fmt::format(" mode=\"SYNC\" owners=\"{}\"", cache == "d1" ? 1 : 2));
}

class ZeroCapacityReplay {
 public:
  ZeroCapacityReplay(const VersionFolder& folder, std::vector<json::value> records)
      : folder_(folder),
        records_(std::move(records)),
        cluster_({.version = folder.version,
                  .home = "/peer",
                  .debug_log = true,
                  .adjust = [](const std::string&, fakegrid::NodeConfig& config) {
                    config.all_internal_caches = true;
                    config.new_caches_rebalance = true;
                  }}) {}

  Result<std::vector<Outcome>> run() {
    DRYDOCK_RETURN_IF_ERROR(cluster_.run([this] { return play(); }, kTimeLimit));
    return std::move(outcomes_);
  }

 private:
  Status play() {
    DRYDOCK_RETURN_IF_ERROR(cluster_.start("node0", false));
    DRYDOCK_RETURN_IF_ERROR(cluster_.start("node1", false));
    fill();
    for (const json::value& record : records_) {
      const std::string step = json_string(record, {"step"});
      if (json_find(record, {"per_node"}) != nullptr) {
        DRYDOCK_RETURN_IF_ERROR(change_members(record));
        add(record, "log lines", step, logs_difference(record));
      } else if (json_find(record, {"nodes"}) != nullptr) {
        add(record, "state", step, state_difference(record));
      } else if (json_find(record, {"get"}) != nullptr) {
        add(record, "reads", step, read_difference(record));
      } else if (json_find(record, {"cache"}) != nullptr) {
        const std::string cache = json_string(record, {"cache"});
        add(record, "topologies", "topologies of " + cache, topologies_difference(record, cache));
      } else {
        add(record, "start time", step, "not compared");
      }
    }
    return ok_status();
  }

  void add(const json::value& record, const std::string& group, const std::string& what,
           std::string difference) {
    outcomes_.push_back(
        {.id = fmt::format("{}/zero-capacity/{}", folder_.version, outcomes_.size() + 1),
         .group = fmt::format("{}/zero-capacity/{}", folder_.version, group),
         .note = json_string(record, {"step"}),
         .request = what,
         .difference = std::move(difference)});
  }

  // The caches that the first state shows, each with the same keys.
  void fill() {
    for (const json::value& record : records_) {
      const json::object& caches = json_object(record, {"nodes", "node0", "caches"});
      for (const auto& [name, state] : caches) fill_cache(name);
      if (!caches.empty()) break;
    }
    (void)cluster_.env().sleep_for(kSettled);
    for (const std::string& name : cluster_.names()) (void)cluster_.take_log(name);
  }

  void fill_cache(const std::string& name) {
    const std::string target = "/rest/v2/caches/" + percent_encode(name);
    HttpRequest create{.method = "POST",
                       .target = target,
                       .headers = {{"Content-Type", "application/xml"}},
                       .body = Body(configuration(name))};
    (void)cluster_.call("node0", std::move(create));
    for (int i = 0; i < kEntries; ++i) {
      HttpRequest put{.method = "PUT",
                      .target = fmt::format("{}/k{}", target, i),
                      .headers = {{"Content-Type", "text/plain"}},
                      .body = Body("v")};
      (void)cluster_.call("node0", std::move(put));
    }
  }

  // Does what the step's name says to the node that the views in its lines name.
  Status change_members(const json::value& record) {
    const std::string step = json_string(record, {"step"});
    const std::string node = changed_node(record, step);
    const bool joins = holds(step, " joined");
    if (node.empty()) return Status(Code::kInvalid, "no node comes or goes in: " + step);
    if (joins)
      DRYDOCK_RETURN_IF_ERROR(cluster_.start(node, step.starts_with("zero-capacity")));
    else if (holds(step, "SIGKILLed"))
      cluster_.kill(node);
    else
      stop_by_rest(cluster_, node);
    return cluster_.env().sleep_for(kSettled);
  }

  // Who is in the recorded view of node0 and does not run, or the other way round.
  std::string changed_node(const json::value& record, const std::string& step) const {
    std::set<std::string> after;
    for (const json::value& line : json_array(record, {"per_node", "node0", "lines"})) {
      const std::string text(line.as_string());
      if (!holds(text, "ISPN000094")) continue;
      after.clear();
      const std::string members = text.substr(text.rfind('[') + 1);
      const std::string list = members.substr(0, members.find(']'));
      for (const std::string_view name : split(list, ',')) after.insert(std::string(trim(name)));
    }
    const bool joins = holds(step, " joined");
    for (const std::string name : {"node0", "node1", "node2", "node3"})
      if (after.contains(name) == joins && runs(name) != joins) return name;
    return "";
  }

  bool runs(const std::string& name) const {
    const std::vector<std::string> names = cluster_.names();
    return std::find(names.begin(), names.end(), name) != names.end() && cluster_.alive(name);
  }

  std::string logs_difference(const json::value& record) {
    std::map<std::string, std::vector<LogLine>> ours;
    for (const std::string& name : cluster_.names()) {
      ours[name] = cluster_.take_log(name);
      std::erase_if(ours[name], [](const LogLine& line) { return !is_kept_line(line); });
    }
    for (const auto& [node, recorded] : json_object(record, {"per_node"})) {
      const std::vector<LogLine>& lines = ours[node];
      std::string found =
          line_counts_difference(*json_find(recorded, {"counts"}), lines, std::string(node));
      if (found.empty()) found = texts_difference(recorded, node, lines);
      if (!found.empty()) return found;
    }
    return "";
  }

  // Recorded lines were cut off after some number; then only the counts are whole.
  static std::string texts_difference(const json::value& recorded, std::string_view node,
                                      const std::vector<LogLine>& lines) {
    int64_t counted = 0;
    for (const auto& [cache, ids] : json_object(recorded, {"counts"}))
      for (const auto& [id, count] : ids.as_object()) counted += count.to_number<int64_t>();
    const json::array& texts = json_array(recorded, {"lines"});
    if (static_cast<size_t>(counted) != texts.size()) return "";
    LogComparison comparison;
    const auto shown = [](const LogLine& line) {
      return LogLine{line.level, with_sorted_members(line.text)};
    };
    for (const json::value& text : texts)
      if (const auto line = parse_log_line(text.as_string()); line && line->level != "DEBUG")
        comparison.recorded(std::string(node), 0, shown(*line));
    for (const LogLine& line : lines)
      if (line.level != "DEBUG") comparison.ours(std::string(node), 0, shown(line));
    const auto differences = comparison.differences();
    return differences.empty() ? "" : differences.begin()->second;
  }

  std::string state_difference(const json::value& record) {
    for (const auto& [node, recorded] : json_object(record, {"nodes"})) {
      if (!runs(node)) return fmt::format("{} does not run", std::string_view(node));
      json::value ours = node_state(cluster_, folder_.version, node, recorded);
      align_shares(recorded, ours);
      std::string found = value_difference(recorded, ours, std::string(node));
      if (!found.empty()) return found;
    }
    return "";
  }

  // "read through the zero-capacity node d1".
  std::string read_difference(const json::value& record) {
    const std::string step = json_string(record, {"step"});
    const std::string target = "/rest/v2/caches/" + step.substr(step.rfind(' ') + 1);
    json::object ours;
    ours["step"] = step;
    ours["version"] = folder_.version;
    ours["get"] = get(cluster_, "node3", target + "/k5").status;
    ours["size_zero"] = get(cluster_, "node3", target + "?action=size").body;
    ours["size_data"] = get(cluster_, "node0", target + "?action=size").body;
    return value_difference(record, ours);
  }

  // Nobody chose who of the first members was first.
  static json::array in_any_order(const json::array& topologies) {
    json::array out = topologies;
    for (json::value& topology : out) {
      topology.get_object().erase("t");
      json::array& members = topology.get_object()["members"].get_array();
      std::sort(members.begin(), members.end(), [](const json::value& a, const json::value& b) {
        return a.get_string() < b.get_string();
      });
    }
    return out;
  }

  // Both nodes create a cache at once: the one that came first may be the other one here.
  static json::array same_first(const json::array& recorded, const json::array& ours) {
    const std::string theirs = only_owner(recorded, 0);
    const std::string mine = only_owner(ours, 0);
    if (theirs.empty() || mine.empty() || theirs == mine) return ours;
    json::array out = ours;
    for (size_t i = 0; i < out.size() && !only_owner(out, i).empty(); ++i) {
      std::string text = json_text(out[i]);
      replace_all(text, "\"" + theirs + "\"", "\"other\"");
      replace_all(text, "\"" + mine + "\"", "\"" + theirs + "\"");
      replace_all(text, "\"other\"", "\"" + mine + "\"");
      out[i] = json_parse(text).value();
    }
    return out;
  }

  // Who alone owns everything in that topology; "": several do.
  static std::string only_owner(const json::array& topologies, size_t at) {
    if (at >= topologies.size()) return "";
    const json::object& owners = json_object(topologies[at], {"current"});
    return owners.size() == 1 ? std::string(owners.begin()->key()) : std::string();
  }

  std::string topologies_difference(const json::value& record, const std::string& cache) const {
    const auto& all = cluster_.topologies("node0");
    const auto found = all.find(cache);
    if (found == all.end()) return "node0 has no cache " + cache;
    const json::array& shown = json_array(record, {"primary+backup segments"});
    const json::array recorded = in_any_order(shown);
    const json::array ours = in_any_order(same_first(shown, found->second));
    bool inherited = false;  // a leave was not followed by a whole rebalance yet
    for (size_t i = 0; i < std::min(recorded.size(), ours.size()); ++i) {
      json::value mine = ours[i];
      if (json_string(recorded[i], {"phase"}) == "NO_REBALANCE")
        inherited = i > 0 && json_find(recorded[i - 1], {"pending"})->is_null();
      align_shares(recorded[i], mine, inherited ? kInheritedSegments : kBalancedSegments);
      std::string differs = value_difference(recorded[i], mine, fmt::format("topology {}", i + 1));
      if (!differs.empty()) return differs;
    }
    if (recorded.size() == ours.size()) return "";
    return fmt::format("{} topologies recorded, {} ours", recorded.size(), ours.size());
  }

  const VersionFolder& folder_;
  std::vector<json::value> records_;
  Cluster cluster_;
  std::vector<Outcome> outcomes_;
};

}  // namespace

Result<std::vector<Outcome>> replay_zero_capacity(const VersionFolder& folder) {
  DRYDOCK_ASSIGN(std::vector<json::value> records, read_lines(folder, kFile));
  return ZeroCapacityReplay(folder, std::move(records)).run();
}

}  // namespace drydock::harness::conformance::grid
