// One case of splits.jsonl played against a simulated cluster of its own.
//
//   DRYDOCK_ASSIGN(std::vector<std::string> differences, SplitCase(version, records).replay());
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/base/json.h"
#include "core/base/status.h"
#include "harness/conformance/grid/cluster.h"
#include "harness/conformance/grid/split_lines.h"
#include "harness/conformance/grid/split_topologies.h"

namespace drydock::harness::conformance::grid {

class SplitCase {
 public:
  // `records`: of one case, in the order of their times. Times count from the fault.
  SplitCase(const std::string& version, std::vector<json::value> records);

  // Per record what differs; "" = as recorded. kInternal: no progress. Not from inside a
  // simulation.
  Result<std::vector<std::string>> replay();

 private:
  struct Look {  // what a node said of itself
    int64_t t_ms = 0;
    bool awake = true;
    json::object health;
    size_t topologies = 0;
  };

  fakegrid::NodeConfig adjusted(const std::string& name, fakegrid::NodeConfig config) const;
  Status play();
  Status set_up();
  Status fill(const std::string& cache, int entries, size_t bytes);
  void begin_watch();
  void spawn_probes();
  void spawn_backups();
  void fault(const std::string& what);
  void spawn_ends();
  void spawn_health();
  // What the mark at this place says was done, or seen.
  void restart(size_t at);
  std::string shutdown_target() const;
  void look();
  void sleep_until(int64_t t_ms);
  int64_t now_ms() const;
  void end_backup(size_t at);
  std::string head(const std::string& node, const std::string& name);
  void take_lines();
  void judge_watched();
  std::string health_difference(const json::value& record) const;

  std::vector<json::value> records_;
  std::vector<std::string> differences_;
  bool big_ = false;
  bool restarts_ = false;
  std::vector<std::string> caches_;
  std::unique_ptr<Cluster> cluster_;
  SteadyTime zero_{};
  std::map<std::string, std::vector<Look>> looks_;
  SplitLines lines_;
  SplitTopologies topologies_;
  size_t part_ = 0;  // how many marks are behind us
  std::set<std::string> frozen_;
  std::vector<sim::CutId> cuts_;
  int running_ = 0;
};

}  // namespace drydock::harness::conformance::grid
