// What one run of a scenario knows: the world, the marks, the phase history, traffic, failures.
// Steps, faults and checks (steps.h, faults.h, checks.h) all work on it.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "harness/oracles/phase_oracles.h"
#include "harness/report/result.h"
#include "harness/scenario/scenario.h"
#include "harness/world/world.h"

namespace drydock::harness {

// A named moment, with what the grids had counted by then.
struct Moment {
  SteadyTime at{};
  uint64_t revision = 0;                     // of the API's storage
  std::map<std::string, GridCounts> counts;  // by cluster
};

struct TrafficSample {
  SteadyTime begin{};
  Duration latency{};
  bool ok = false;
};

class Run {
 public:
  Run(World& world, const scenario::Scenario& scenario);

  World& world() { return world_; }
  const scenario::Scenario& scenario() const { return scenario_; }

  // Names this moment; the first of a name counts.
  void mark(const std::string& name);
  // "" = the start for `from`, now for `to`. nullopt: no such moment (yet).
  std::optional<Moment> moment(const std::string& name, bool is_from) const;
  Moment now() const;

  const std::vector<SeenPhase>& phases() const { return phases_; }
  // What a cluster held before an operation on it began, and when it had succeeded.
  struct Snapshots {
    scenario::ObjectRef object;
    std::string cluster;
    JsonPtr cr;
    std::optional<fakegrid::Content> before;
    std::optional<fakegrid::Content> after;
    WallTime succeeded_at{};
  };
  const std::map<std::string, Snapshots>& snapshots() const { return snapshots_; }  // by CR uid
  // Uids of the pods that were made for each CR, by CR uid.
  const std::map<std::string, std::set<std::string>>& pods_of_crs() const { return pods_of_crs_; }

  // The machine that ran the pod when it was last seen; "" = never seen on one.
  std::string machine_of(const std::string& pod) const;
  std::map<std::string, std::vector<TrafficSample>>& traffic() { return traffic_; }

  // How often a fault acted: 0 before its moment.
  void count_fault(const std::string& name, std::function<int64_t()> fired);
  int64_t fault_fired(const std::string& name) const;

  void fail(const scenario::Position& position, std::string expected, std::string seen);
  void fail_liveness(const scenario::Position& position, std::string expected, std::string seen);
  bool failed() const { return !failures_.empty(); }
  bool stuck() const { return stuck_; }
  const std::vector<Failure>& failures() const { return failures_; }

 private:
  void watch_phases();
  void watch_pods();
  void note_intent(const fakekube::ResourceType& type, const json::value& object);
  void note_phase(const fakekube::ResourceType& type, const json::value& object);
  void take_snapshot(const fakekube::ResourceType& type, const JsonPtr& object);

  World& world_;
  const scenario::Scenario& scenario_;
  std::map<std::string, Moment> moments_;
  std::vector<SeenPhase> phases_;
  std::map<std::string, std::string> machines_;  // by pod
  std::map<std::string, Snapshots> snapshots_;
  std::map<std::string, std::set<std::string>> pods_of_crs_;
  std::map<std::string, std::vector<TrafficSample>> traffic_;
  std::map<std::string, std::function<int64_t()>> faults_;
  std::vector<Failure> failures_;
  bool stuck_ = false;
  std::vector<fakekube::Subscription> subscriptions_;
};

// The kind's resource type; nullptr: fakekube doesn't know it.
const fakekube::ResourceType* type_of_kind(std::string_view kind);
JsonPtr find_object(const World& world, const scenario::ObjectRef& ref);

}  // namespace drydock::harness
