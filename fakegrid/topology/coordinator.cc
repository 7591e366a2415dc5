#include "fakegrid/topology/coordinator.h"

#include <algorithm>
#include <utility>

#include "core/base/log.h"
#include "fakegrid/data/registry_keys.h"
#include "fakegrid/node/core.h"

namespace drydock::fakegrid {

void Coordinator::on_view(const ViewPtr& before, const std::set<std::string>& abrupt) {
  const View& view = *core_.membership.view();
  if (!core_.membership.is_coordinator()) {
    active_ = recovering_ = false;
    caches_.clear();
    unsent_.clear();
    return;
  }
  abrupt_.insert(abrupt.begin(), abrupt.end());
  if (!before) {
    found();
  } else if (!active_ || recovering_ || view.merged) {
    recover();
  } else {
    std::vector<TopologyPtr> known;
    for (const auto& [name, kept] : caches_) known.push_back(kept.topology);
    for (const TopologyPtr& topology : known) follow(topology);
    abrupt_.clear();
    flush();
  }
}

void Coordinator::adopt(const std::vector<TopologyPtr>& topologies) {
  active_ = true;
  for (const TopologyPtr& topology : topologies) caches_[topology->config->name] = {topology, {}};
}

void Coordinator::found() {
  active_ = true;
  for (const CacheConfigPtr& config : internal_caches(core_.internal_caches()))
    publish(first_topology(config, core_.membership.view()->members));
  flush();
}

void Coordinator::recover() {
  active_ = recovering_ = true;
  caches_.clear();
  statuses_.clear();
  const View& view = *core_.membership.view();
  statuses_[core_.self] = core_.caches.status(view.id);
  for (const Member& member : *view.members)
    if (member.address != core_.self) core_.send(member.address, StatusRequest{view.id});
  finish_recovery();
}

void Coordinator::handle(const std::string& from, const StatusReply& message) {
  if (!recovering_ || message.view_id != core_.membership.view()->id) return;
  statuses_[from] = message;
  finish_recovery();
}

void Coordinator::finish_recovery() {
  const View& view = *core_.membership.view();
  if (statuses_.size() < view.members->size()) return;
  recovering_ = false;
  std::map<std::string, std::vector<CacheStatus>> known;
  for (const auto& [address, status] : statuses_)
    for (const TopologyPtr& topology : status.topologies)
      known[topology->config->name].push_back({address, topology});
  for (const auto& [name, of_cache] : known) {
    const TopologyPtr base = of_cache.front().topology;
    apply(base, recover_cache(of_cache, *view.members, partition_rules()));
  }
  statuses_.clear();
  abrupt_.clear();
  for (const auto& [name, xml] : core_.caches.definitions(kCacheKeyPrefix)) ensure_cache(name, xml);
  flush();
}

void Coordinator::ensure_cache(const std::string& name, const std::string& xml) {
  if (!active_ || recovering_ || caches_.count(name) > 0) return;
  Result<CacheConfigPtr> config = parse_cache_config(name, xml, core_.config.segments);
  if (!config.ok()) return;  // its creator was told
  const MemberList& members = core_.membership.view()->members;
  const std::optional<Member> first = creator(*members);
  if (core_.config.new_caches_rebalance && (*config)->mode != CacheMode::kLocal && first)
    begin_with(*config, *first);
  else
    publish(first_topology(*config, members));
  flush();
}

// The first member that may hold entries.
std::optional<Member> Coordinator::creator(const std::vector<Member>& members) {
  for (const Member& member : members)
    if (!member.zero_capacity) return member;
  return std::nullopt;
}

// The second member joins at once; who comes while its rebalance runs takes part in the next one.
void Coordinator::begin_with(const CacheConfigPtr& config, const Member& first) {
  auto alone = std::make_shared<const std::vector<Member>>(std::vector<Member>{first});
  const TopologyPtr born = first_topology(config, alone);
  if (config->mode == CacheMode::kInvalidation) {  // which has two before anybody joins
    CacheTopology first_of_all = *born;
    --first_of_all.id;
    publish(std::make_shared<const CacheTopology>(std::move(first_of_all)));
  }
  publish(born);
  std::vector<Member> joined = {first};
  for (const Member& member : *core_.membership.view()->members)
    if (joined.size() == 1 && member.address != first.address) joined.push_back(member);
  if (joined.size() == 2) apply(born, follow_view(born, joined, {}, partition_rules()));
}

PartitionRules Coordinator::partition_rules() const {
  return {.zero_capacity_counts = core_.config.quirks.has(Quirk::kZeroCountsInMajority),
          .explain = log_.wants_debug()};
}

// Its members stop it one after the other: the first after whom fewer are left than it has owners
// takes the last copy of some segment along. Which one that is differs from run to run.
void Coordinator::warn_of_removal(const CacheTopology& topology) const {
  if (!core_.config.verbose_log || topology.config->mode != CacheMode::kDistributed) return;
  std::vector<std::string> holders;
  for (const Member& member : *topology.members)
    if (!member.zero_capacity) holders.push_back(member.name);
  const auto owners = static_cast<size_t>(topology.config->owners);
  if (holders.size() <= owners) return;
  log_warn(core_.env,
           "[o.i.CLUSTER] [Context={}]ISPN000312: Lost data because of graceful leaver {}",
           topology.config->name, holders[holders.size() - owners]);
}

void Coordinator::forget(const std::string& name) {
  const auto found = caches_.find(name);
  if (found == caches_.end()) return;
  warn_of_removal(*found->second.topology);
  caches_.erase(found);
  std::erase_if(unsent_, [&](const TopologyPtr& one) { return one->config->name == name; });
}

void Coordinator::follow(const TopologyPtr& before) {
  const std::vector<Member>& members = *core_.membership.view()->members;
  if (refuses_joiners(*before))
    return refuse_joiners(*before,
                          "There must be at least one node with a non-zero capacity factor");
  if (stumbles_over_joiners(*before))
    return refuse_joiners(*before, "java.lang.NullPointerException: \"stableCH\" is null");
  welcome_joiners(before);
  // Who comes while a rebalance runs takes part in the next one.
  if (before->phase != Phase::kNone && only_joins(*before, members)) return;
  if (overlooks_crash(*before)) return;
  PartitionRules rules = partition_rules();
  if (before->config->name == kLockCache) rules.overlooked = std::exchange(overlooked_, {});
  apply(before, follow_view(before, members, abrupt_, rules));
}

// Before 15 the coordinator fails over an abrupt leave when it looks at the cache of locks, which
// stays as it was until somebody comes or leaves in order. Measured for no other cache.
bool Coordinator::overlooks_crash(const CacheTopology& topology) {
  if (core_.version.at_least(15) || topology.config->name != kLockCache) return false;
  overlooked_.insert(abrupt_.begin(), abrupt_.end());
  return !abrupt_.empty();
}

void Coordinator::apply(const TopologyPtr& before, TopologyChange change) {
  log_.change(*before, change);
  Counted& counted = counted_[before->config->name];
  counted.owners_changed += change.owners_changed;
  counted.rebalances += change.rebalances ? 1 : 0;
  if (change.steps.empty()) caches_[before->config->name] = {before, {}};
  for (TopologyPtr& step : change.steps) publish(std::move(step));
}

// Quirk F54: the check of who joins stumbles over the members that a degraded cache has lost.
bool Coordinator::stumbles_over_joiners(const CacheTopology& topology) const {
  return topology.degraded && core_.config.quirks.has(Quirk::kJoinerOfDegradedFails) &&
         somebody_waits(topology);
}

// Quirk F46: the cache has lost everybody with capacity, and this member keeps it from those that
// come.
bool Coordinator::refuses_joiners(const CacheTopology& topology) const {
  if (!core_.config.zero_capacity || !core_.config.quirks.has(Quirk::kZeroBlocksReturn))
    return false;
  const std::vector<Member>& view = *core_.membership.view()->members;
  return !topology.local() && !topology.config->copied_to_all && somebody_waits(topology) &&
         std::none_of(topology.members->begin(), topology.members->end(), [&](const Member& old) {
           return !old.zero_capacity && position_of(view, old.address) >= 0;
         });
}

void Coordinator::refuse_joiners(const CacheTopology& topology, std::string_view why) {
  log_error(core_.env, "ISPN000071: Caught exception when handling command for cache {}: {}",
            topology.config->name, why);
  for (const Member& member : *core_.membership.view()->members)
    if (position_of(*topology.members, member.address) < 0)
      core_.send(member.address,
                 JoinRefusal{"cache " + topology.config->name + ": " + std::string(why)});
}

// Who joins is told what there is before it takes part.
void Coordinator::welcome_joiners(const TopologyPtr& before) {
  for (const Member& member : *core_.membership.view()->members)
    if (position_of(*before->members, member.address) < 0 && member.address != core_.self)
      for_joiners_[member.address].push_back(before);
}

void Coordinator::publish(TopologyPtr topology) {
  Kept& kept = caches_[topology->config->name];
  kept.topology = topology;
  kept.unconfirmed.clear();
  if (topology->phase != Phase::kNone)
    for (const Member& member : *topology->members) kept.unconfirmed.insert(member.address);
  unsent_.push_back(std::move(topology));
}

void Coordinator::handle(const std::string& from, const PhaseConfirm& message) {
  for (const auto& [cache, topology_id] : message.done) confirm(from, cache, topology_id);
  flush();
}

void Coordinator::confirm(const std::string& from, const std::string& cache, int topology_id) {
  const auto found = caches_.find(cache);
  if (found == caches_.end()) return;
  Kept& kept = found->second;
  if (kept.topology->id != topology_id || kept.unconfirmed.erase(from) == 0) return;
  log_.confirmed(*kept.topology, from);
  if (!kept.unconfirmed.empty()) return;
  const TopologyPtr next = next_phase(*kept.topology);
  log_.next_phase(*next);
  publish(next);
  if (next->phase == Phase::kNone && somebody_waits(*next)) follow(next);
}

// Members that came while a rebalance ran.
bool Coordinator::somebody_waits(const CacheTopology& topology) const {
  const std::vector<Member>& view = *core_.membership.view()->members;
  return std::any_of(view.begin(), view.end(), [&](const Member& member) {
    return position_of(*topology.members, member.address) < 0;
  });
}

// Sends what is new to every member in one message each; installing it here may confirm phases and
// so make more.
void Coordinator::flush() {
  if (flushing_) return;
  flushing_ = true;
  for (auto& [address, topologies] : std::exchange(for_joiners_, {}))
    core_.send(address, TopologyUpdate{core_.membership.view()->id, std::move(topologies)});
  while (!unsent_.empty()) {
    TopologyUpdate update{core_.membership.view()->id, std::exchange(unsent_, {})};
    std::vector<std::string> others;
    for (const Member& member : *core_.membership.view()->members)
      if (member.address != core_.self) others.push_back(member.address);
    core_.send_to_all(others, update);
    const PhaseConfirm own = core_.caches.install(update.topologies);
    for (const auto& [cache, topology_id] : own.done) confirm(core_.self, cache, topology_id);
  }
  flushing_ = false;
  core_.notify();
}

uint64_t Coordinator::rebalances(const std::string& cache) const {
  const auto found = counted_.find(cache);
  return found == counted_.end() ? 0 : found->second.rebalances;
}

uint64_t Coordinator::owners_changed(const std::string& cache) const {
  const auto found = counted_.find(cache);
  return found == counted_.end() ? 0 : found->second.owners_changed;
}

}  // namespace drydock::fakegrid
