// How cache topologies follow from one another: pure functions, used by the coordinator.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "fakegrid/topology/topology.h"

namespace drydock::fakegrid {

// What partition handling has to say in the log, without the cache's name.
enum class NoticeLevel { kInfo, kWarn, kError, kFatal };
struct Notice {
  NoticeLevel level;
  std::string text;
};

// What it looked at, for logs of level DEBUG.
struct Detail {
  std::string category;
  std::string text;
};

struct TopologyChange {
  std::vector<Detail> details;
  std::vector<Notice> notices;
  // Ids of steps that only say what was found after a merge, or that only change the mode.
  std::set<int> recovered, mode_only;
  std::vector<TopologyPtr> steps;  // to be published in this order; empty: nothing can be done now
  uint64_t owners_changed = 0;
  uint64_t newly_lost = 0;  // segments whose last owner is gone
  bool rebalances = false;  // the last step begins a rebalance
};

// Of a new cache. Real members come one by one, each with a rebalance: the ids are as after that.
// The first topology of a cache that all members start at once: whoever comes while the second
// one's rebalance runs shares the next rebalance.
TopologyPtr first_topology(const CacheConfigPtr& config, const MemberList& members);
// That of a cache as old as its cluster, whose members joined one after the other.
TopologyPtr grown_topology(const CacheConfigPtr& config, const MemberList& members);

// Every member of `before` is still there.
bool only_joins(const CacheTopology& before, const std::vector<Member>& next);

// The phase after this one; CHECK: a rebalance is going on.
TopologyPtr next_phase(const CacheTopology& topology);

}  // namespace drydock::fakegrid
