#include "fakegrid/topology/coordinator.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "core/base/log.h"
#include "fakegrid/data/registry_keys.h"
#include "fakegrid/node/core.h"

namespace drydock::fakegrid {
namespace {

std::string_view phase_name(Phase phase) {
  switch (phase) {
    case Phase::kReadOld: return "READ_OLD_WRITE_ALL";
    case Phase::kReadAll: return "READ_ALL_WRITE_ALL";
    case Phase::kReadNew: return "READ_NEW_WRITE_ALL";
    case Phase::kNone: break;
  }
  return "NO_REBALANCE";
}

}  // namespace

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
  for (const CacheConfigPtr& config : internal_caches(core_.config.segments))
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
  std::set<std::string> names;
  for (const auto& [address, status] : statuses_)
    for (const TopologyPtr& topology : status.topologies) names.insert(topology->config->name);
  for (const std::string& name : names) {
    int highest_id = 0;
    auto base = std::make_shared<CacheTopology>(*chosen(name, highest_id));
    base->id = highest_id;
    log_info(core_.env,
             "[Context={}] ISPN100007: After merge (or coordinator change), recovered members {} "
             "with topology id {}",
             name, names_of(*base->members), highest_id);
    follow(base);
  }
  statuses_.clear();
  abrupt_.clear();
  for (const auto& [name, xml] : core_.caches.definitions(kCacheKeyPrefix)) ensure_cache(name, xml);
  flush();
}

// After a split the part with the most data members is right, whole; within a part the newest
// topology is. Only what every part knows counts towards `highest_id`.
TopologyPtr Coordinator::chosen(const std::string& cache, int& highest_id) const {
  const View& view = *core_.membership.view();
  using Part = std::pair<int64_t, std::string>;  // id and coordinator of the view before
  const auto part_of = [&](const StatusReply& status) {
    if (!view.merged || !status.under) return Part{};
    return Part{status.under->id, status.under->coordinator().address};
  };
  std::map<Part, int> data_members;
  for (const auto& [address, status] : statuses_) {
    const int at = position_of(*view.members, address);
    if (!(*view.members)[static_cast<size_t>(at)].zero_capacity) ++data_members[part_of(status)];
  }
  TopologyPtr best;
  std::tuple<int, Part, int> best_rank{-1, {}, 0};
  for (const auto& [address, status] : statuses_)
    for (const TopologyPtr& topology : status.topologies) {
      if (topology->config->name != cache) continue;
      highest_id = std::max(highest_id, topology->id);
      const Part part = part_of(status);
      const auto known = data_members.find(part);
      const std::tuple<int, Part, int> rank{known == data_members.end() ? 0 : known->second, part,
                                            topology->id};
      if (best && rank <= best_rank) continue;
      best = topology;
      best_rank = rank;
    }
  return best;
}

void Coordinator::ensure_cache(const std::string& name, const std::string& xml) {
  if (!active_ || recovering_ || caches_.count(name) > 0) return;
  Result<CacheConfigPtr> config = parse_cache_config(name, xml, core_.config.segments);
  if (!config.ok()) return;  // its creator was told
  publish(first_topology(*config, core_.membership.view()->members));
  flush();
}

void Coordinator::follow(const TopologyPtr& before) {
  TopologyChange change = follow_members(*before, core_.membership.view()->members, abrupt_);
  log_change(*before, change);
  Counted& counted = counted_[before->config->name];
  counted.owners_changed += change.owners_changed;
  counted.rebalances += change.rebalances ? 1 : 0;
  if (change.steps.empty()) caches_[before->config->name] = {before, {}};
  for (TopologyPtr& step : change.steps) publish(std::move(step));
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
  if (!kept.unconfirmed.empty()) return;
  TopologyPtr next = next_phase(*kept.topology);
  log_phase(*next);
  publish(std::move(next));
}

// Sends what is new to every member in one message each; installing it here may confirm phases and
// so make more.
void Coordinator::flush() {
  if (flushing_) return;
  flushing_ = true;
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

void Coordinator::log_change(const CacheTopology& before, const TopologyChange& change) {
  Env& env = core_.env;
  const std::string& name = before.config->name;
  if (change.newly_lost > 0) {
    std::vector<Member> gone;
    for (const Member& member : *before.members)
      if (!core_.membership.is_member(member.address)) gone.push_back(member);
    log_error(env, "[Context={}] ISPN000313: Lost data because of abrupt leavers {}", name,
              names_of(gone));
  }
  if (change.entered_degraded)
    log_error(env,
              "[Context={}] ISPN000317: Lost at least half of the stable members, assuming a "
              "network split and entering degraded mode",
              name);
  if (change.entered_degraded || change.left_degraded)
    log_info(env, "[Context={}] ISPN100011: Entering availability mode {}, topology id {}", name,
             change.left_degraded ? "AVAILABLE" : "DEGRADED_MODE", change.steps.front()->id);
  for (const TopologyPtr& step : change.steps)
    if (step->phase == Phase::kNone)
      log_info(env, "[Context={}] ISPN100008: Updating cache members list {}, topology id {}", name,
               names_of(*step->members), step->id);
    else
      log_info(env,
               "[Context={}] ISPN100002: Starting rebalance with members {}, phase {}, topology id "
               "{}",
               name, names_of(*step->members), phase_name(step->phase), step->id);
}

void Coordinator::log_phase(const CacheTopology& topology) {
  const std::string& name = topology.config->name;
  if (topology.phase == Phase::kNone)
    log_info(core_.env,
             "[Context={}] ISPN100010: Finished rebalance with members {}, topology id {}", name,
             names_of(*topology.members), topology.id);
  else
    log_info(core_.env, "[Context={}] ISPN100009: Advancing to rebalance phase {}, topology id {}",
             name, phase_name(topology.phase), topology.id);
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
