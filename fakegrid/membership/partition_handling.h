// Partition handling: what becomes of a cache's topology when members of the cluster go or come,
// when another member takes over as coordinator, and when the parts of a split meet again. Pure
// functions; the coordinator publishes what they give.
//
//   TopologyChange change = follow_view(topology, view->members, {"10.0.0.3"}, {});
//   TopologyChange merged = recover_cache({{"10.0.0.1", one}, {"10.0.0.3", other}}, members, {});
//
// Two ways, as real servers have them (docs/facts/grid.md): a cache with when-split
// ALLOW_READ_WRITES goes on with whoever is left, and after a split the part with the most members
// wins whole; one with DENY_READ_WRITES or ALLOW_READS is degraded by the loss of a segment's last
// owner or of half of its stable members, and keeps its tables until enough of them are back.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "fakegrid/topology/topology_change.h"

namespace drydock::fakegrid {

struct PartitionRules {
  // Quirk F45: members without capacity count when a majority is looked for.
  bool zero_capacity_counts = false;
  // Say at level DEBUG what was found and decided, as real servers do.
  bool explain = false;
  // Addresses of members that are gone without that the cache took notice; it does with this
  // change.
  std::set<std::string> overlooked = {};
};

// `before` for the members of a new view. `abrupt`: addresses that left without saying so. A
// rebalance that was going on is given up and begun anew. Nothing while no member has capacity, or
// while the cache is degraded and nobody is lost.
TopologyChange follow_view(const TopologyPtr& before, const std::vector<Member>& view,
                           const std::set<std::string>& abrupt, const PartitionRules& rules);

// What one member says it has of a cache.
struct CacheStatus {
  std::string sender;  // address
  TopologyPtr topology;
};

// The cache after a merge or a change of coordinator. `statuses`: of members of the view, at least
// one.
TopologyChange recover_cache(const std::vector<CacheStatus>& statuses,
                             const std::vector<Member>& view, const PartitionRules& rules);

}  // namespace drydock::fakegrid
