// How a server's node comes into its grid and out of it, whatever else the server is.
#pragma once

#include "fakegrid/node/node.h"
#include "harness/world/program.h"

namespace drydock::harness {

// REST of a member that owns data.
inline constexpr uint16_t kDataPort = 11222;
// A JVM's start until the join of a member that owns data (docs/facts/grid.md).
inline constexpr Duration kDataStartTime = milliseconds(2900);

// Born into the formed grid of its cluster, or joins it after `start_time`. True once it is a
// member; false: the process is over, or was ended because the grid refused it. May suspend.
bool enter_grid(const ProgramContext& context, fakegrid::Node& node, Duration start_time);

// What a server does on SIGTERM, in a task of its own: leaves in order and ends. `node` must live
// as long as its process.
void leave_grid(const ProgramContext& context, fakegrid::Node& node);

}  // namespace drydock::harness
