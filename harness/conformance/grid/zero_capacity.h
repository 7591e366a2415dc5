// zero-capacity.jsonl: zero-capacity and normal nodes join, leave and crash; what nodes log, say
// and hold, and which topologies are installed.
#pragma once

#include "harness/conformance/grid/version_folder.h"
#include "harness/conformance/outcome.h"

namespace drydock::harness::conformance::grid {

// See GroupReplay::run. Not compared: how long starts took; DEBUG lines without an id are counted,
// not read. Where entries and segments are is the chance of the members' random identities: of
// numbers between nothing and all only the size is compared. Caches are created by all nodes at
// once, so that the order of their first members is nobody's choice.
Result<std::vector<Outcome>> replay_zero_capacity(const VersionFolder& folder);

}  // namespace drydock::harness::conformance::grid
