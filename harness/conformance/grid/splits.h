// splits.jsonl: a node is frozen or cut off for 75 seconds and comes back; what callers, health,
// views, topologies and logs say meanwhile, and what is left.
#pragma once

#include "harness/conformance/grid/version_folder.h"
#include "harness/conformance/outcome.h"

namespace drydock::harness::conformance::grid {

// See GroupReplay::run. Each case is a cluster of its own. Taken from the recording, as inputs of
// chance: when a silent member was noticed and when parts were merged. Chance too, and not
// compared: which keys are whose (members' points on the ring are random), so that of answers of
// several kinds to one batch of keys only the kinds count; the order of a cache's members, and who
// coordinates a merged view; numbers of requests. A line of a stack trace is as right as the line
// that it belongs to. The recorder polled health each second: ours must have said the same within
// three seconds. Cases D (restarts with state directories) are not replayed here.
Result<std::vector<Outcome>> replay_splits(const VersionFolder& folder);

}  // namespace drydock::harness::conformance::grid
