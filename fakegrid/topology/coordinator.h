// Coordinator: what the first member of the view does about caches: keeps their topologies, follows
// members that come and go, drives rebalances through their phases. Idle on every other member.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "fakegrid/membership/partition_handling.h"
#include "fakegrid/node/message.h"
#include "fakegrid/topology/topology_log.h"

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
  // Its definition was removed.
  void forget(const std::string& name);

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
  static std::optional<Member> creator(const std::vector<Member>& members);
  void begin_with(const CacheConfigPtr& config, const Member& first);
  void warn_of_removal(const CacheTopology& topology) const;
  void recover();
  void finish_recovery();
  PartitionRules partition_rules() const;
  void follow(const TopologyPtr& before);
  bool overlooks_crash(const CacheTopology& topology);
  bool refuses_joiners(const CacheTopology& topology) const;
  bool stumbles_over_joiners(const CacheTopology& topology) const;
  void refuse_joiners(const CacheTopology& topology, std::string_view why);
  void welcome_joiners(const TopologyPtr& before);
  // Logs, counts and publishes.
  void apply(const TopologyPtr& before, TopologyChange change);
  void publish(TopologyPtr topology);
  void confirm(const std::string& from, const std::string& cache, int topology_id);
  bool somebody_waits(const CacheTopology& topology) const;
  void flush();

  NodeCore& core_;
  const TopologyLog log_{core_};
  bool active_ = false;
  bool recovering_ = false;
  bool flushing_ = false;
  std::map<std::string, Kept> caches_;
  std::vector<TopologyPtr> unsent_;
  std::map<std::string, std::vector<TopologyPtr>> for_joiners_;  // by address, sent before those
  std::map<std::string, StatusReply> statuses_;                  // by address, while recovering
  std::set<std::string> abrupt_;                                 // left abruptly, not yet acted on
  std::set<std::string> overlooked_;  // left abruptly, and kLockCache does not know
  std::map<std::string, Counted> counted_;
};

}  // namespace drydock::fakegrid
