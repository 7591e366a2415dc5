// faults.jsonl: something happens to a cluster of three data nodes while the zero-capacity node
// takes a backup of caches with one owner (f1) and with two (f2); what the backup's name answers,
// what is in the archive, what nodes log, what is left.
#pragma once

#include "harness/conformance/grid/version_folder.h"
#include "harness/conformance/outcome.h"

namespace drydock::harness::conformance::grid {

// See GroupReplay::run. As many entries as recorded, with values of an eighth of their size, and
// the fault at the same part of the way. Chance, and compared as none, some or all with some
// entries to spare: how many of the entries of a node that crashes were read before. Not compared:
// how long a backup took, but for whether it waited for a frozen node; bytes of archives, whose
// values were random on record.
Result<std::vector<Outcome>> replay_faults(const VersionFolder& folder);

}  // namespace drydock::harness::conformance::grid
