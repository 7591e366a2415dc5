#include "fakegrid/topology/topology_log.h"

#include <utility>
#include <vector>

#include "core/base/log.h"
#include "fakegrid/node/core.h"
#include "fakegrid/topology/topology_text.h"

namespace drydock::fakegrid {
namespace {

constexpr std::string_view kCluster = "o.i.CLUSTER";
constexpr std::string_view kStatus = "o.i.t.ClusterCacheStatus";
constexpr std::string_view kLocal = "o.i.t.LocalTopologyManagerImpl";

std::string view_label(const View& view) {
  return fmt::format("[{}|{}] ({}) {}", view.coordinator().name, view.id, view.members->size(),
                     names_of(*view.members));
}

spdlog::level::level_enum level_of(NoticeLevel level) {
  switch (level) {
    case NoticeLevel::kInfo: return spdlog::level::info;
    case NoticeLevel::kWarn: return spdlog::level::warn;
    case NoticeLevel::kError: return spdlog::level::err;
    case NoticeLevel::kFatal: break;
  }
  return spdlog::level::critical;
}

std::vector<Member> missing_from(const std::vector<Member>& from, const std::vector<Member>& in) {
  std::vector<Member> missing;
  for (const Member& member : from)
    if (position_of(in, member.address) < 0) missing.push_back(member);
  return missing;
}

}  // namespace

bool TopologyLog::verbose() const { return core_.config.verbose_log; }

bool TopologyLog::wants_debug() const {
  return verbose() && core_.env.logger().should_log(spdlog::level::debug);
}

void TopologyLog::cluster(spdlog::level::level_enum level, const std::string& cache,
                          std::string_view text) const {
  if (verbose())
    log_at(core_.env, level, "[{}] [Context={}]{}", kCluster, cache, text);
  else
    log_at(core_.env, level, "[Context={}] {}", cache, text);
}

void TopologyLog::lifecycle(const std::string& cache, std::string_view text) const {
  if (verbose() && core_.version.at_least(14))
    log_info(core_.env, "[o.i.LIFECYCLE] [Context={}][Scope={}]{}", cache, core_.config.name, text);
}

void TopologyLog::debug(std::string_view category, std::string_view text) const {
  log_debug(core_.env, "[{}] {}", category, text);
}

void TopologyLog::mode_changed(bool was_degraded, const CacheTopology& topology) const {
  const auto name_of = [](bool degraded) { return degraded ? "DEGRADED_MODE" : "AVAILABLE"; };
  const std::string& cache = topology.config->name;
  if (wants_debug())
    debug(kCluster,
          fmt::format("ISPN000520: Updating availability mode for cache {} from {} to "
                      "{}, topology {}",
                      cache, name_of(was_degraded), name_of(topology.degraded), text_of(topology)));
  cluster(spdlog::level::info, cache,
          fmt::format("ISPN100011: Entering availability mode {}, topology id {}",
                      name_of(topology.degraded), topology.id));
}

void TopologyLog::recovered(const CacheTopology& topology) const {
  if (wants_debug())
    debug(kCluster, fmt::format("ISPN000521: Cache {} recovered after merge with topology = {}, "
                                "availability mode {}",
                                topology.config->name, text_of(topology),
                                topology.degraded ? "DEGRADED_MODE" : "AVAILABLE"));
  cluster(spdlog::level::info, topology.config->name,
          fmt::format("ISPN100007: After merge (or coordinator change), recovered members {} with "
                      "topology id {}",
                      names_of(*topology.members), topology.id));
}

void TopologyLog::change(const CacheTopology& before, const TopologyChange& change) const {
  if (verbose() && before.config->mode == CacheMode::kLocal) return;  // real ones have none
  const std::string& cache = before.config->name;
  for (const Detail& one : change.details) debug(one.category, one.text);
  for (const Notice& one : change.notices) cluster(level_of(one.level), cache, one.text);
  if (change.steps.empty()) return;
  const std::vector<Member>& members = *change.steps.back()->members;
  bool queued = before.config->mode == CacheMode::kLocal || !wants_debug();
  const auto queue = [&] {
    if (!std::exchange(queued, true))
      debug(kStatus, fmt::format("Queueing rebalance for cache {} with members {}", cache,
                                 names_of(members)));
  };
  // What a leave changes is told before a rebalance is asked for.
  if (only_joins(before, members) && change.recovered.empty()) queue();
  for (const TopologyPtr& step : change.steps) {
    if (change.recovered.count(step->id) > 0) {
      recovered(*step);
    } else if (change.mode_only.count(step->id) > 0) {
      mode_changed(before.degraded, *step);
    } else if (step->phase == Phase::kNone) {
      members_changed(*step);
      queue();
    } else {
      queue();
      rebalance_begins(*step);
    }
  }
}

void TopologyLog::members_changed(const CacheTopology& topology) const {
  const std::string& name = topology.config->name;
  if (wants_debug())
    debug(kCluster, fmt::format("ISPN000518: Updating topology for cache {}, topology {}, "
                                "availability mode AVAILABLE",
                                name, text_of(topology)));
  cluster(spdlog::level::info, name,
          fmt::format("ISPN100008: Updating cache members list {}, topology id {}",
                      names_of(*topology.members), topology.id));
}

void TopologyLog::rebalance_begins(const CacheTopology& topology) const {
  const std::string& name = topology.config->name;
  if (wants_debug())
    debug(kCluster,
          fmt::format("ISPN000310: Starting new rebalance phase for cache {}, topology {}", name,
                      text_of(topology)));
  cluster(spdlog::level::info, name,
          fmt::format("ISPN100002: Starting rebalance with members {}, phase {}, topology id {}",
                      names_of(*topology.members), phase_name(topology.phase), topology.id));
}

void TopologyLog::confirmed(const CacheTopology& topology, std::string_view address) const {
  if (!wants_debug()) return;
  const int at = position_of(*topology.members, address);
  debug(kCluster,
        fmt::format("ISPN000328: Rebalance phase {} confirmed for cache {} on node {}, topology id "
                    "= {}",
                    phase_name(topology.phase), topology.config->name,
                    (*topology.members)[static_cast<size_t>(at)].name, topology.id));
}

void TopologyLog::next_phase(const CacheTopology& topology) const {
  const std::string& name = topology.config->name;
  const bool finished = topology.phase == Phase::kNone;
  if (wants_debug())
    debug(kCluster, fmt::format("{} for cache {}, topology {}",
                                finished ? "ISPN000336: Finished rebalance"
                                         : "ISPN000310: Starting new rebalance phase",
                                name, text_of(topology)));
  if (!finished) {
    cluster(spdlog::level::info, name,
            fmt::format("ISPN100009: Advancing to rebalance phase {}, topology id {}",
                        phase_name(topology.phase), topology.id));
    return;
  }
  cluster(spdlog::level::info, name,
          fmt::format("ISPN100010: Finished rebalance with members {}, topology id {}",
                      names_of(*topology.members), topology.id));
  if (wants_debug())
    debug(kStatus, fmt::format("ISPN000519: Updating stable topology for cache {}, topology {}",
                               name, text_of(topology)));
}

void TopologyLog::installed(const CacheTopology& topology, bool superseded) const {
  if (!verbose() || topology.config->mode == CacheMode::kLocal) return;
  const std::string& name = topology.config->name;
  const bool begins = topology.phase == Phase::kReadOld;
  if (begins)
    lifecycle(name,
              fmt::format("ISPN100002: Starting rebalance with members {}, phase {}, "
                          "topology id {}",
                          names_of(*topology.members), phase_name(topology.phase), topology.id));
  if (!wants_debug()) return;
  const std::string text = text_of(topology);
  const bool joining = position_of(*topology.members, core_.self) < 0;
  const bool tells_stable = core_.version.at_least(15);
  if (joining && tells_stable)
    debug(kLocal, fmt::format("Cache {} received join response StatusResponse{{cacheJoinInfo=null, "
                              "cacheTopology={}, stableTopology={}}}",
                              name, text, text));
  debug(kLocal, fmt::format("Updating local topology for cache {}: {}", name, text));
  if (begins)
    debug(kLocal, fmt::format("Starting local rebalance for cache {}, topology = {}", name, text));
  const bool has_stable = topology.config->mode != CacheMode::kInvalidation || joining;
  if (tells_stable && has_stable && topology.phase == Phase::kNone && !superseded)
    debug(kLocal, fmt::format("Cache {} stable topology complete {}", name, text));
}

void TopologyLog::state_received(const CacheTopology& topology) const {
  if (!verbose()) return;
  lifecycle(topology.config->name,
            fmt::format("ISPN100010: Finished rebalance with members {}, topology id {}",
                        names_of(*topology.members), topology.id));
}

void TopologyLog::view(const View* before, const View& after) const {
  const std::string& channel = core_.config.cluster_name;
  const std::string category = verbose() ? fmt::format("[{}] ", kCluster) : "";
  if (after.merged)
    log_info(core_.env,
             "{}ISPN000093: Received new, MERGED cluster view for channel {}: MergeView::{}, {}",
             category, channel, view_label(after), after.parts);
  else
    log_info(core_.env, "{}ISPN000094: Received new cluster view for channel {}: {}", category,
             channel, view_label(after));
  if (before == nullptr) return;
  for (const Member& member : missing_from(*after.members, *before->members))
    came_or_went(fmt::format("ISPN100000: Node {} joined the cluster", member.name));
  for (const Member& member : missing_from(*before->members, *after.members))
    came_or_went(fmt::format("ISPN100001: Node {} left the cluster", member.name));
}

void TopologyLog::came_or_went(std::string_view text) const {
  if (!verbose()) return log_info(core_.env, "{}", text);
  if (!core_.version.at_least(14)) return log_info(core_.env, "[{}] {}", kCluster, text);
  for (int time = 0; time < 2; ++time)
    log_info(core_.env, "[{}] [Scope={}]{}", kCluster, core_.config.name, text);
}

}  // namespace drydock::fakegrid
