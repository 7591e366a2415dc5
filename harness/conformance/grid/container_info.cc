#include "harness/conformance/grid/container_info.h"

#include <fmt/format.h>

#include <optional>

#include "harness/conformance/grid/cluster.h"
#include "harness/conformance/grid/compare.h"
#include "harness/conformance/grid/steps.h"

namespace drydock::harness::conformance::grid {
namespace {

constexpr const char* kFile = "container-info.jsonl";
constexpr Duration kTimeLimit = hours(1);
constexpr Duration kSettled = seconds(5);  // after a join or an orderly leave

// The number behind `word` in the text.
std::optional<int> number_after(const std::string& text, const std::string& word) {
  const size_t at = text.find(word);
  if (at == std::string::npos) return std::nullopt;
  return std::atoi(text.c_str() + at + word.size());
}

std::string node_name(int64_t number) { return fmt::format("node{}", number); }

class ContainerInfoReplay {
 public:
  ContainerInfoReplay(const VersionFolder& folder, std::vector<json::value> records)
      : folder_(folder),
        records_(std::move(records)),
        cluster_({.version = folder.version, .home = "/peer"}) {}

  Result<std::vector<Outcome>> run() {
    DRYDOCK_RETURN_IF_ERROR(cluster_.run([this] { return play(); }, kTimeLimit));
    return std::move(outcomes_);
  }

 private:
  Status play() {
    DRYDOCK_RETURN_IF_ERROR(cluster_.start("node0", false));
    DRYDOCK_RETURN_IF_ERROR(cluster_.start("node1", false));
    std::string when;
    for (const json::value& record : records_) {
      if (json_string(record, {"when"}) != when) {
        when = json_string(record, {"when"});
        DRYDOCK_RETURN_IF_ERROR(come_to(when, node_name(json_int(record, {"node"}))));
      }
      ask(record);
    }
    return ok_status();
  }

  // "zero-capacity node 3 joined", "node 3 left", "data node 1 killed 9 s ago". `asked` must run.
  Status come_to(const std::string& when, const std::string& asked) {
    const std::optional<int> killed = number_after(when, "data node ");
    const std::optional<int> left = when.ends_with(" left") ? number_after(when, "node ") : killed;
    if (left && !killed) stop_by_rest(cluster_, node_name(*left));
    const std::optional<int> joined = number_after(when, "zero-capacity node ");
    if (joined) DRYDOCK_RETURN_IF_ERROR(cluster_.start(node_name(*joined), true));
    if (!runs(asked)) DRYDOCK_RETURN_IF_ERROR(cluster_.start(asked, asked == "node3"));
    if (!killed) return cluster_.env().sleep_for(kSettled);
    if (cluster_.alive(node_name(*killed))) {
      DRYDOCK_RETURN_IF_ERROR(cluster_.env().sleep_for(kSettled));
      cluster_.kill(node_name(*killed));
      killed_at_ = cluster_.env().now();
    }
    return cluster_.env().sleep_until(killed_at_ + seconds(number_after(when, "killed ").value()));
  }

  bool runs(const std::string& name) const {
    const std::vector<std::string> names = cluster_.names();
    return std::find(names.begin(), names.end(), name) != names.end() && cluster_.alive(name);
  }

  void ask(const json::value& record) {
    const std::string node = node_name(json_int(record, {"node"}));
    const std::string path = json_string(record, {"path"});
    const Answer answer = get(cluster_, node, path);
    json::object recorded = record.as_object();
    recorded["body"] = json::object{{"text", json_string(record, {"body"})}};
    recorded["headers"].get_object().erase("connection");  // the client asked for it
    outcomes_.push_back(
        {.id = fmt::format("{}/container-info/{}", folder_.version, outcomes_.size() + 1),
         .group = folder_.version + "/container-info",
         .note = json_string(record, {"when"}),
         .request = fmt::format("{} GET {}", node, path),
         .difference = answer_difference(recorded, answer)});
  }

  const VersionFolder& folder_;
  std::vector<json::value> records_;
  Cluster cluster_;
  SteadyTime killed_at_{};
  std::vector<Outcome> outcomes_;
};

}  // namespace

Result<std::vector<Outcome>> replay_container_info(const VersionFolder& folder) {
  DRYDOCK_ASSIGN(std::vector<json::value> records, read_lines(folder, kFile));
  return ContainerInfoReplay(folder, std::move(records)).run();
}

}  // namespace drydock::harness::conformance::grid
