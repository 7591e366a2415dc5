// Topologies as real servers print them into their logs.
#pragma once

#include <string>
#include <string_view>

#include "fakegrid/topology/topology.h"

namespace drydock::fakegrid {

// "READ_OLD_WRITE_ALL", "NO_REBALANCE" and so on.
std::string_view phase_name(Phase phase);
// "CacheTopology{id=6, phase=..., actualMembers=[...], persistentUUIDs=[...]}". Counts the segments
// of every member: call it only when the line is wanted.
std::string text_of(const CacheTopology& topology);

}  // namespace drydock::fakegrid
