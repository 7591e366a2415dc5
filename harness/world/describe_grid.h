// The grids of a run as tables for people: `drydock run --show grid`.
#pragma once

#include <string>

#include "harness/world/run.h"

namespace drydock::harness {

// Per cluster and node: view, caches with primary and backup segments, entries, what was moved.
std::string describe_grids(Run& run);

}  // namespace drydock::harness
