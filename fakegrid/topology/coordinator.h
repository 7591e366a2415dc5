// Coordinator: what the first member of the view does about caches: keeps their topologies, follows
// members that come and go, drives rebalances through their phases. Idle on every other member.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "fakegrid/node/message.h"
#include "fakegrid/topology/topology_change.h"

namespace drydock::fakegrid {

class NodeCore;

class Coordinator {
 public:
  explicit Coordinator(NodeCore& core) : core_(core) {}

  // After each view; `before` is null for the first. `abrupt`: who left without saying so.
  void on_view(const ViewPtr& before, const std::set<std::string>& abrupt);
  // A member from birth: takes over what it has installed.
  void adopt(const std::vector<TopologyPtr>& topologies);
  // A definition was stored in org.infinispan.CONFIG: makes the cache's first topology.
  void ensure_cache(const std::string& name, const std::string& xml);

  void handle(const std::string& from, const PhaseConfirm& message);
  void handle(const std::string& from, const StatusReply& message);

  uint64_t rebalances(const std::string& cache) const;
  uint64_t owners_changed(const std::string& cache) const;

 private:
  struct Kept {
    TopologyPtr topology;
    std::set<std::string> unconfirmed;
  };
  struct Counted {
    uint64_t rebalances = 0, owners_changed = 0;
  };

  void found();
  void recover();
  void finish_recovery();
  TopologyPtr chosen(const std::string& cache, int& highest_id) const;
  void follow(const TopologyPtr& before);
  void publish(TopologyPtr topology);
  void confirm(const std::string& from, const std::string& cache, int topology_id);
  void flush();
  void log_change(const CacheTopology& before, const TopologyChange& change);
  void log_phase(const CacheTopology& topology);

  NodeCore& core_;
  bool active_ = false;
  bool recovering_ = false;
  bool flushing_ = false;
  std::map<std::string, Kept> caches_;
  std::vector<TopologyPtr> unsent_;
  std::map<std::string, StatusReply> statuses_;  // by address, while recovering
  std::set<std::string> abrupt_;                 // left abruptly, not yet acted on
  std::map<std::string, Counted> counted_;
};

}  // namespace drydock::fakegrid
