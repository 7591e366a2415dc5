// How cache topologies follow from one another: pure functions, used by the coordinator.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "fakegrid/topology/topology.h"

namespace drydock::fakegrid {

struct TopologyChange {
  std::vector<TopologyPtr> steps;  // to be published in this order; empty: nothing can be done now
  uint64_t owners_changed = 0;
  uint64_t newly_lost = 0;  // segments whose last owner is gone
  bool rebalances = false;  // the last step begins a rebalance
  bool entered_degraded = false, left_degraded = false;
};

// `before` for new cluster members. A rebalance that was going on is given up and begun anew.
// `abrupt`: addresses that left without saying so (partition handling looks at them). Without any
// member that has capacity nothing changes.
TopologyChange follow_members(const CacheTopology& before, const MemberList& members,
                              const std::set<std::string>& abrupt);

// The first topology of a new cache.
TopologyPtr first_topology(const CacheConfigPtr& config, const MemberList& members);

// The phase after this one; CHECK: a rebalance is going on.
TopologyPtr next_phase(const CacheTopology& topology);

}  // namespace drydock::fakegrid
