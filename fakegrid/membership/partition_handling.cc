#include "fakegrid/membership/partition_handling.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "core/base/check.h"
#include "fakegrid/membership/topology_steps.h"
#include "fakegrid/topology/topology_text.h"

namespace drydock::fakegrid {
namespace {

bool prefers_consistency(const CacheTopology& topology) {
  return topology.config->when_split != WhenSplit::kAllowReadWrites;
}

const CacheTopology& stable_of(const CacheTopology& topology) {
  return topology.stable ? *topology.stable : topology;
}

// Those of `first` that are left, then whoever is new.
std::vector<Member> in_order(const std::vector<Member>& first, const std::vector<Member>& view) {
  std::vector<Member> out = retained(first, view);
  for (const Member& member : view)
    if (position_of(out, member.address) < 0) out.push_back(member);
  return out;
}

// Whether some segment of the topology has no owner among these members.
bool loses_a_segment(const CacheTopology& topology, const OwnerTable& table,
                     const std::vector<Member>& members) {
  std::vector<bool> there;
  for (const Member& member : *topology.members)
    there.push_back(position_of(members, member.address) >= 0);
  if (std::find(there.begin(), there.end(), false) == there.end()) return false;
  for (int s = 0; s < table.segments; ++s) {
    const std::vector<int> owners = table.owners(s);
    if (!owners.empty() && std::none_of(owners.begin(), owners.end(), [&](int owner) {
          return there[static_cast<size_t>(owner)];
        }))
      return true;
  }
  return false;
}

bool loses_half(const std::vector<Member>& stable, const std::vector<Member>& lost,
                const PartitionRules& rules) {
  const auto count = [&](const std::vector<Member>& members) {
    return std::count_if(members.begin(), members.end(), [&](const Member& member) {
      return rules.zero_capacity_counts || !member.zero_capacity;
    });
  };
  return count(lost) > 0 && count(lost) * 2 >= count(stable);
}

std::string members_text(const std::vector<Member>& now, const std::vector<Member>& lost,
                         const std::vector<Member>& stable) {
  return "Current members are " + names_of(now) + ", lost members are " + names_of(lost) +
         ", stable members are " + names_of(stable);
}

bool left_abruptly(const std::vector<Member>& left, const std::set<std::string>& abrupt) {
  return std::any_of(left.begin(), left.end(),
                     [&](const Member& member) { return abrupt.count(member.address) > 0; });
}

// Says what a cache that goes on has lost with its members.
void note_loss(TopologySteps& steps, const CacheTopology& stable, const std::vector<Member>& stay,
               bool abrupt, const PartitionRules& rules) {
  const std::vector<Member> lost = missing(*stable.members, stay);
  if (loses_a_segment(stable, *stable.current, stay)) {
    if (abrupt)
      steps.note(NoticeLevel::kFatal,
                 "ISPN000313: Lost data because of abrupt leavers " + names_of(lost));
    else
      for (const Member& leaver : lost)
        steps.note(NoticeLevel::kWarn,
                   "ISPN000312: Lost data because of graceful leaver " + leaver.name);
  } else if (loses_half(*stable.members, lost, rules) && abrupt) {
    steps.note(NoticeLevel::kWarn,
               "ISPN000314: Lost at least half of the stable members, possible split brain causing "
               "data inconsistency. " +
                   members_text(stay, lost, *stable.members));
  }
}

// True when the cache must not go on with these members; says why.
bool must_degrade(TopologySteps& steps, const CacheTopology& stable,
                  const std::vector<Member>& stay, const std::vector<Member>& left, bool abrupt,
                  const PartitionRules& rules) {
  const std::vector<Member> lost = missing(*stable.members, stay);
  if (loses_a_segment(stable, *stable.current, stay)) {
    steps.note(abrupt ? NoticeLevel::kError : NoticeLevel::kWarn,
               abrupt ? "ISPN000317: Lost data because of abrupt leavers " + names_of(lost) +
                            ", assuming a network split and entering degraded mode"
                      : "ISPN000315: Lost data because of graceful leaver " + left.front().name +
                            ", entering degraded mode");
    return true;
  }
  if (!abrupt || !loses_half(*stable.members, lost, rules)) return false;
  steps.note(NoticeLevel::kError,
             "ISPN000316: Lost at least half of the stable members, assuming a network split and "
             "entering degraded mode. " +
                 members_text(stay, lost, *stable.members));
  return true;
}

// Local and invalidation caches hold nothing that could move. Those of mode invalidation take two
// ids when somebody leaves.
TopologyChange renumbered(const CacheTopology& before, const std::vector<Member>& expected) {
  TopologyChange change;
  CacheTopology next = before;
  ++next.id;
  next.members = std::make_shared<const std::vector<Member>>(expected);
  if (next.current) {
    const HashMembers hashed = hash_members_of(expected, *next.config);
    if (!any_capable(hashed)) return change;
    next.current = balanced_table(hashed, owners_of(*next.config), next.config->segments);
    if (!missing(*before.members, expected).empty()) {
      change.steps.push_back(std::make_shared<const CacheTopology>(next));
      ++next.id;
    }
  }
  change.steps.push_back(std::make_shared<const CacheTopology>(std::move(next)));
  return change;
}

CacheTopology remembering_stable(const TopologyPtr& topology) {
  CacheTopology copy = *topology;
  if (!copy.stable) copy.stable = topology;
  return copy;
}

// --- after a merge or a change of coordinator ---

// Members with one view of a cache, as far as their topologies tell.
struct Part {
  TopologyPtr topology;
  std::vector<std::string> senders;

  const OwnerTable& readers() const { return topology->readers(); }
};

bool overlap(const std::vector<Member>& a, const std::vector<Member>& b) {
  return !retained(a, b).empty();
}

// Whether the newer part has all that the older one's sender could have: then that is no part of
// its own.
bool covers(const Part& newer, const Part& older) {
  if (!overlap(*newer.topology->members, *older.topology->members)) return false;
  if (newer.topology->id == older.topology->id)
    return newer.topology == older.topology ||
           (*newer.topology->members == *older.topology->members &&
            newer.readers() == older.readers() &&
            newer.topology->reachable() == older.topology->reachable());
  // Who is still among the newer one's members is only behind: nothing moved without it.
  if (position_of(*newer.topology->members, older.senders.front()) >= 0) return true;
  return !loses_a_segment(*older.topology, older.readers(), newer.topology->reachable());
}

const char* const kStatus = "o.i.t.ClusterCacheStatus";
const char* const kAvailability = "o.i.p.i.PreferAvailabilityStrategy";
const char* const kConsistency = "o.i.p.i.PreferConsistencyStrategy";

// How many topologies the members of a cache told.
void tell_partitions(TopologySteps& steps, const std::vector<CacheStatus>& newest_first) {
  std::set<std::pair<int, std::string>> known;
  std::string texts;
  for (auto status = newest_first.rbegin(); status != newest_first.rend(); ++status) {
    const CacheTopology& topology = *status->topology;
    if (!known.emplace(topology.id, names_of(topology.reachable())).second) continue;
    texts += (texts.empty() ? "" : ", ") + text_of(topology);
  }
  steps.detail(kStatus, "Recovered " + std::to_string(known.size()) + " partition(s) for cache " +
                            steps.now().config->name + ": [" + texts + "]");
}

// Newest first.
std::vector<CacheStatus> by_age(std::vector<CacheStatus> statuses) {
  std::stable_sort(
      statuses.begin(), statuses.end(),
      [](const CacheStatus& a, const CacheStatus& b) { return a.topology->id > b.topology->id; });
  return statuses;
}

std::vector<Part> parts_of(const std::vector<CacheStatus>& newest_first) {
  std::vector<Part> parts;
  for (const CacheStatus& status : newest_first) {
    if (position_of(*status.topology->members, status.sender) < 0) continue;  // not joined yet
    Part part{status.topology, {status.sender}};
    const auto found = std::find_if(parts.begin(), parts.end(),
                                    [&](const Part& known) { return covers(known, part); });
    if (found == parts.end())
      parts.push_back(std::move(part));
    else
      found->senders.push_back(status.sender);
  }
  return parts;
}

const Part& preferred(const std::vector<Part>& parts) {
  const Part* best = &parts.front();
  for (const Part& part : parts)
    if (best->senders.size() < part.senders.size() ||
        (best->senders.size() == part.senders.size() &&
         best->topology->reachable().size() < part.topology->reachable().size()))
      best = &part;
  return *best;
}

std::vector<Member> expected_members(const std::vector<CacheStatus>& newest_first,
                                     const std::vector<Member>& view) {
  std::vector<Member> out;
  for (const CacheStatus& status : newest_first)
    for (const Member& member : retained(*status.topology->members, view))
      if (position_of(out, member.address) < 0) out.push_back(member);
  return in_order(out, view);
}

// Those of the part's members that follow none of the others: whoever does has dropped and moved
// what the part's tables say it has.
std::vector<Member> loyal_members(const Part& part, const std::vector<Part>& parts,
                                  const std::vector<Member>& expected) {
  std::vector<Member> out = retained(expected, *part.topology->members);
  std::erase_if(out, [&](const Member& member) {
    return std::any_of(parts.begin(), parts.end(), [&](const Part& other) {
      return &other != &part && std::find(other.senders.begin(), other.senders.end(),
                                          member.address) != other.senders.end();
    });
  });
  return out;
}

TopologyChange recover_available(const std::vector<CacheStatus>& newest_first,
                                 const std::vector<Member>& expected, const PartitionRules& rules) {
  const std::vector<Part> parts = parts_of(newest_first);
  if (parts.empty()) return {};
  const Part& best = preferred(parts);
  int id = 0, rebalance_id = 0;
  for (const Part& part : parts) {
    id = std::max(id, part.topology->id);
    rebalance_id = std::max(rebalance_id, part.topology->rebalance_id);
  }
  TopologySteps steps(remembering_stable(best.topology), expected);
  if (rules.explain) {
    tell_partitions(steps, newest_first);
    if (parts.size() == 1)
      steps.detail(kAvailability, "Recovered a single partition for cache " +
                                      best.topology->config->name + ": " + text_of(*best.topology));
  }
  const std::vector<Member> stay = loyal_members(best, parts, expected);
  if (stay.size() < best.topology->members->size())
    note_loss(steps, stable_of(*best.topology), stay, true, rules);
  steps.recovered(id + 1, rebalance_id + 1, std::make_shared<const std::vector<Member>>(stay));
  if (!any_member_has_capacity(expected, *best.topology->config)) return steps.take();
  // Real servers leave this step out when one part is all there is and none of it is gone.
  if (parts.size() > 1 || stay != *best.topology->members)
    steps.drop_leavers(retained(*best.topology->members, stay));
  steps.rebalance();
  return steps.take();
}

bool must_stay_degraded(TopologySteps& steps, const CacheTopology& stable,
                        const std::vector<Member>& stay, const PartitionRules& rules) {
  const std::vector<Member> lost = missing(*stable.members, steps.expected());
  const std::string members = members_text(stay, lost, *stable.members);
  if (loses_a_segment(stable, *stable.current, stay)) {
    steps.note(NoticeLevel::kError,
               "ISPN000319: After merge (or coordinator change), cache still hasn't recovered all "
               "its data and must stay in degraded mode. " +
                   members);
    return true;
  }
  if (!loses_half(*stable.members, lost, rules)) return false;
  steps.note(NoticeLevel::kWarn,
             "ISPN000320: After merge (or coordinator change), cache still hasn't recovered a "
             "majority of members and must stay in degraded mode. " +
                 members);
  return true;
}

TopologyChange recover_consistent(const std::vector<CacheStatus>& newest_first,
                                  const std::vector<Member>& expected,
                                  const PartitionRules& rules) {
  const auto active =
      std::find_if(newest_first.begin(), newest_first.end(),
                   [](const CacheStatus& status) { return !status.topology->degraded; });
  const TopologyPtr& base =
      active != newest_first.end() ? active->topology : newest_first.front().topology;
  const CacheTopology* stable = &stable_of(*base);
  for (const CacheStatus& status : newest_first)
    if (stable_of(*status.topology).id > stable->id) stable = &stable_of(*status.topology);
  std::vector<Member> stay = retained(expected, base->degraded ? *stable->members : *base->members);
  TopologySteps steps(remembering_stable(base), expected);
  if (rules.explain) {
    tell_partitions(steps, newest_first);
    steps.detail(kConsistency,
                 base->degraded
                     ? "No active partitions, so all the partitions must be in degraded mode."
                     : "One of the partitions is available, using that partition's topology");
  }
  steps.recovered(newest_first.front().topology->id + 1, base->rebalance_id,
                  std::make_shared<const std::vector<Member>>(stay));
  const bool degraded = must_stay_degraded(steps, *stable, stay, rules);
  if (rules.explain)
    steps.detail(kConsistency, "After merge, cache " + base->config->name +
                                   (degraded ? " is staying in degraded mode"
                                             : " has recovered and is entering available mode"));
  if (degraded) {
    if (rules.explain)  // once more, for the view that it follows
      steps.detail(kConsistency, "Cache " + base->config->name +
                                     " is not available, updating the actual members only");
    steps.set_mode(std::move(stay), true);
    return steps.take();
  }
  steps.set_mode(std::move(stay), false);
  steps.drop_leavers();
  steps.rebalance();
  return steps.take();
}

}  // namespace

TopologyChange follow_view(const TopologyPtr& before, const std::vector<Member>& view,
                           const std::set<std::string>& abrupt, const PartitionRules& rules) {
  const std::vector<Member> expected = in_order(*before->members, view);
  if (before->local()) return renumbered(*before, expected);
  if (!any_member_has_capacity(expected, *before->config)) return {};
  std::vector<Member> left = missing(before->reachable(), view);
  std::erase_if(left, [&](const Member& one) { return rules.overlooked.contains(one.address); });
  std::vector<Member> stay = missing(before->reachable(), left);
  TopologySteps steps(remembering_stable(before), expected);
  if (before->degraded) {
    if (!left.empty()) steps.set_mode(std::move(stay), true);
    return steps.take();
  }
  if (left.empty() && expected == *before->members) return {};
  const bool crashed = left_abruptly(left, abrupt);
  const CacheTopology& stable = stable_of(*before);
  if (!left.empty() && prefers_consistency(*before)) {
    const bool degrades = must_degrade(steps, stable, stay, left, crashed, rules);
    steps.set_mode(std::move(stay), degrades);
    if (degrades) return steps.take();
  } else if (!left.empty()) {
    note_loss(steps, stable, stay, crashed, rules);
  }
  if (!left.empty()) steps.drop_leavers();
  steps.rebalance();
  return steps.take();
}

TopologyChange recover_cache(const std::vector<CacheStatus>& statuses,
                             const std::vector<Member>& view, const PartitionRules& rules) {
  DRYDOCK_CHECK(!statuses.empty(), "a cache that nobody knows can't be recovered");
  const std::vector<CacheStatus> newest_first = by_age(statuses);
  const CacheTopology& newest = *newest_first.front().topology;
  const std::vector<Member> expected = expected_members(newest_first, view);
  if (newest.local()) return renumbered(newest, expected);
  return prefers_consistency(newest) ? recover_consistent(newest_first, expected, rules)
                                     : recover_available(newest_first, expected, rules);
}

}  // namespace drydock::fakegrid
