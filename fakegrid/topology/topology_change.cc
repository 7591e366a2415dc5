#include "fakegrid/topology/topology_change.h"

#include <algorithm>

#include "core/base/check.h"

namespace drydock::fakegrid {
namespace {

TopologyPtr share(CacheTopology topology) {
  return std::make_shared<const CacheTopology>(std::move(topology));
}

OwnerTablePtr target_of(const CacheTopology& topology, const HashMembers& members) {
  return balanced_table(members, owners_of(*topology.config), topology.config->segments);
}

TopologyPtr topology_after(const CacheConfigPtr& config, const MemberList& members, int joins) {
  CacheTopology topology;
  topology.config = config;
  topology.id = 1;
  topology.rebalance_id = 1;
  topology.members = members;
  if (config->mode == CacheMode::kInvalidation) topology.id = 2 + joins;
  if (!topology.local()) {
    topology.id += 4 * joins;
    topology.rebalance_id += joins;
  }
  if (config->mode != CacheMode::kLocal)
    topology.current = target_of(topology, hash_members_of(*members, *config));
  return share(std::move(topology));
}

}  // namespace

bool only_joins(const CacheTopology& before, const std::vector<Member>& next) {
  return std::all_of(before.members->begin(), before.members->end(),
                     [&](const Member& member) { return position_of(next, member.address) >= 0; });
}

TopologyPtr first_topology(const CacheConfigPtr& config, const MemberList& members) {
  return topology_after(config, members, std::min(static_cast<int>(members->size()) - 1, 2));
}

TopologyPtr grown_topology(const CacheConfigPtr& config, const MemberList& members) {
  return topology_after(config, members, static_cast<int>(members->size()) - 1);
}

TopologyPtr next_phase(const CacheTopology& topology) {
  CacheTopology next = topology;
  ++next.id;
  switch (topology.phase) {
    case Phase::kReadOld: next.phase = Phase::kReadAll; break;
    case Phase::kReadAll: next.phase = Phase::kReadNew; break;
    case Phase::kReadNew:
      next.phase = Phase::kNone;
      next.current = topology.pending;
      next.pending = nullptr;
      next.stable = nullptr;
      break;
    case Phase::kNone: DRYDOCK_CHECK(false, "no rebalance is going on");
  }
  return share(std::move(next));
}

}  // namespace drydock::fakegrid
