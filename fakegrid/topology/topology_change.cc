#include "fakegrid/topology/topology_change.h"

#include <algorithm>

#include "core/base/check.h"

namespace drydock::fakegrid {
namespace {

bool any_capable(const Capacities& capacities) {
  return std::find(capacities.begin(), capacities.end(), true) != capacities.end();
}

std::vector<std::string> missing_from(const std::vector<Member>& from,
                                      const std::vector<Member>& in) {
  std::vector<std::string> missing;
  for (const Member& member : from)
    if (position_of(in, member.address) < 0) missing.push_back(member.address);
  return missing;
}

std::vector<int> mapping_between(const std::vector<Member>& from, const std::vector<Member>& to) {
  std::vector<int> mapping;
  for (const Member& member : from) mapping.push_back(position_of(to, member.address));
  return mapping;
}

// Gives segments without owner a new, empty one, and remembers them as lost.
void replace_lost(CacheTopology& topology, const Capacities& capacities, TopologyChange& change) {
  std::set<int> lost = topology.lost ? *topology.lost : std::set<int>();
  for (int s = 0; s < topology.current->segments; ++s)
    if (topology.current->primary(s) < 0) {
      ++change.newly_lost;
      lost.insert(s);
    }
  if (change.newly_lost == 0) return;
  change.owners_changed += change.newly_lost;
  topology.lost = std::make_shared<const std::set<int>>(std::move(lost));
  topology.current = filled_table(topology.current, rebalanced_table(topology.current, capacities,
                                                                     owners_of(*topology.config)));
}

// `before` without its rebalance, for `members`, owners that are gone taken out.
CacheTopology pruned(const CacheTopology& before, const MemberList& members,
                     const Capacities& capacities, TopologyChange& change) {
  CacheTopology next = before;
  next.id = before.id + 1;
  next.phase = Phase::kNone;
  next.members = members;
  next.pending = nullptr;
  // While READ_NEW the new owners are complete; before that the old ones are.
  const OwnerTablePtr& base = before.phase == Phase::kReadNew ? before.pending : before.current;
  next.current = renumbered_table(base, mapping_between(*before.members, *members));
  replace_lost(next, capacities, change);
  return next;
}

TopologyPtr share(CacheTopology topology) {
  return std::make_shared<const CacheTopology>(std::move(topology));
}

// Partition handling counts every member, zero-capacity ones too, as real servers do.
bool must_degrade(const CacheTopology& before, const std::vector<std::string>& left,
                  const std::set<std::string>& abrupt, uint64_t newly_lost) {
  if (!before.config->partition_handling) return false;
  const bool crashed = std::any_of(left.begin(), left.end(), [&](const std::string& address) {
    return abrupt.count(address) > 0;
  });
  if (!crashed) return false;
  const size_t survivors = before.members->size() - left.size();
  return newly_lost > 0 || survivors * 2 <= before.members->size();
}

}  // namespace

TopologyChange follow_members(const CacheTopology& before, const MemberList& members,
                              const std::set<std::string>& abrupt) {
  TopologyChange change;
  if (before.local()) {
    CacheTopology next = before;
    ++next.id;
    next.members = members;
    change.steps.push_back(share(std::move(next)));
    return change;
  }
  const Capacities capacities = capacities_of(*members, *before.config);
  if (!any_capable(capacities)) return change;
  const std::vector<std::string> left = missing_from(*before.members, *members);
  if (before.degraded && !left.empty()) return change;
  CacheTopology next = pruned(before, members, capacities, change);
  if (must_degrade(before, left, abrupt, change.newly_lost)) {
    next = before;
    ++next.id;
    next.phase = Phase::kNone;
    next.pending = nullptr;
    next.degraded = true;
    change = {};
    change.entered_degraded = true;
    change.steps.push_back(share(std::move(next)));
    return change;
  }
  change.left_degraded = before.degraded;
  next.degraded = false;
  const OwnerTablePtr target =
      rebalanced_table(next.current, capacities, owners_of(*before.config));
  change.rebalances = left.empty() || target != next.current;
  if (!left.empty() || !change.rebalances) change.steps.push_back(share(next));
  if (!change.rebalances) return change;
  change.owners_changed += changed_segments(*next.current, *target);
  if (!left.empty()) ++next.id;
  ++next.rebalance_id;
  next.started_at = next.id;
  next.phase = Phase::kReadOld;
  next.pending = target;
  change.steps.push_back(share(std::move(next)));
  return change;
}

TopologyPtr first_topology(const CacheConfigPtr& config, const MemberList& members) {
  CacheTopology topology;
  topology.config = config;
  topology.id = 1;
  topology.rebalance_id = 1;
  topology.members = members;
  if (!topology.local())
    topology.current =
        balanced_table(capacities_of(*members, *config), owners_of(*config), config->segments);
  return share(std::move(topology));
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
      break;
    case Phase::kNone: DRYDOCK_CHECK(false, "no rebalance is going on");
  }
  return share(std::move(next));
}

}  // namespace drydock::fakegrid
