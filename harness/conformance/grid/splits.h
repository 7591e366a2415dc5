// splits.jsonl: a node is frozen or cut off for 75 seconds and comes back; what callers, health,
// views, topologies and logs say meanwhile, and what is left.
#pragma once

#include "harness/conformance/grid/version_folder.h"
#include "harness/conformance/outcome.h"

namespace drydock::harness::conformance::grid {

// See GroupReplay::run. Each case is a cluster of its own. Taken from the recording, as inputs of
// chance: when a silent member was noticed and when parts were merged. Chance too: which keys are
// whose (members' points on the ring are random), so that of answers of several kinds to one batch
// of keys each kind must come about as often (same_share()); the order of a cache's members, and
// who coordinates a merged view, which are not compared; numbers of requests. A line of a stack
// trace is as right as the line that it belongs to. The recorder polled health each second: ours
// must have said the same within three seconds. A mark of the recorder is right when ours, since
// the mark before it, logged no more lines of the recorded kinds than were recorded.
// The recorded big caches have 60 000 entries of 1 KiB; ours have a tenth of them, each ten times
// as large: that takes as long in the simulation and much less outside of it.
// Cases D: a container is shut down, or killed, and its nodes come back with their directories.
// Ours have none, and come back as new ones.
Result<std::vector<Outcome>> replay_splits(const VersionFolder& folder);

}  // namespace drydock::harness::conformance::grid
