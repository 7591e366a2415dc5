#include "fakegrid/membership/topology_steps.h"

#include <utility>

namespace drydock::fakegrid {
namespace {

MemberList shared(std::vector<Member> members) {
  return std::make_shared<const std::vector<Member>>(std::move(members));
}

// The table that is complete everywhere: while READ_NEW that of the new owners.
OwnerTablePtr complete_table(const CacheTopology& topology) {
  return topology.phase == Phase::kReadNew ? topology.pending : topology.current;
}

}  // namespace

std::vector<Member> retained(const std::vector<Member>& from, const std::vector<Member>& in) {
  std::vector<Member> out;
  for (const Member& member : from)
    if (position_of(in, member.address) >= 0) out.push_back(member);
  return out;
}

std::vector<Member> missing(const std::vector<Member>& from, const std::vector<Member>& in) {
  std::vector<Member> out;
  for (const Member& member : from)
    if (position_of(in, member.address) < 0) out.push_back(member);
  return out;
}

bool any_member_has_capacity(const std::vector<Member>& members, const CacheConfig& config) {
  return any_capable(hash_members_of(members, config));
}

TopologySteps::TopologySteps(CacheTopology from, std::vector<Member> expected)
    : now_(std::move(from)), expected_(std::move(expected)) {}

void TopologySteps::note(NoticeLevel level, std::string text) {
  change_.notices.push_back({level, std::move(text)});
}

void TopologySteps::detail(std::string category, std::string text) {
  change_.details.push_back({std::move(category), std::move(text)});
}

void TopologySteps::publish() {
  change_.steps.push_back(std::make_shared<const CacheTopology>(now_));
}

void TopologySteps::recovered(int id, int rebalance_id, MemberList actual) {
  now_.current = complete_table(now_);
  now_.pending = nullptr;
  now_.phase = Phase::kNone;
  now_.id = id;
  now_.rebalance_id = rebalance_id;
  now_.actual = std::move(actual);
  change_.recovered.insert(id);
  publish();
}

void TopologySteps::set_mode(std::vector<Member> actual, bool degraded) {
  if (degraded == now_.degraded && actual == now_.reachable()) return;
  if (degraded && !now_.degraded) {
    now_.phase = Phase::kNone;
    now_.pending = nullptr;
  }
  ++now_.id;
  now_.actual = shared(std::move(actual));
  now_.degraded = degraded;
  change_.mode_only.insert(now_.id);
  publish();
}

void TopologySteps::drop_leavers(std::vector<Member> stay) {
  if (stay == *now_.members && expected_ == *now_.members) return;
  std::vector<int> mapping;
  for (const Member& member : *now_.members) mapping.push_back(position_of(stay, member.address));
  const CacheConfig& config = *now_.config;
  const PrunedTable pruned =
      pruned_table(complete_table(now_), mapping, hash_members_of(stay, config), owners_of(config));
  if (!pruned.lost.empty()) {
    auto lost = std::make_shared<std::set<int>>();
    if (now_.lost) *lost = *now_.lost;
    lost->insert(pruned.lost.begin(), pruned.lost.end());
    now_.lost = std::move(lost);
    change_.newly_lost += pruned.lost.size();
    change_.owners_changed += pruned.lost.size();
  }
  ++now_.id;
  now_.phase = Phase::kNone;
  now_.pending = nullptr;
  now_.current = pruned.table;
  now_.members = shared(std::move(stay));
  now_.actual = nullptr;
  publish();
}

void TopologySteps::rebalance() {
  const CacheConfig& config = *now_.config;
  const OwnerTablePtr target =
      balanced_table(hash_members_of(expected_, config), owners_of(config), config.segments);
  if (expected_ == *now_.members && *target == *now_.current) {
    if (change_.steps.empty()) return;
    now_.stable = nullptr;
    change_.steps.back() = std::make_shared<const CacheTopology>(now_);
    return;
  }
  std::vector<int> mapping;
  for (const Member& member : *now_.members)
    mapping.push_back(position_of(expected_, member.address));
  now_.current =
      pruned_table(now_.current, mapping, hash_members_of(expected_, config), owners_of(config))
          .table;
  change_.rebalances = true;
  change_.owners_changed += changed_segments(*now_.current, *target);
  ++now_.id;
  ++now_.rebalance_id;
  now_.started_at = now_.id;
  now_.phase = Phase::kReadOld;
  now_.members = shared(expected_);
  now_.actual = nullptr;
  now_.pending = target;
  publish();
}

}  // namespace drydock::fakegrid
