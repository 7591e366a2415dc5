// transcripts.jsonl: requests to a cluster of three data nodes and a zero-capacity one that take
// backups, restore them, and go wrong in every way that somebody thought of.
#pragma once

#include "harness/conformance/grid/version_folder.h"
#include "harness/conformance/outcome.h"

namespace drydock::harness::conformance::grid {

// See GroupReplay::run.
Result<std::vector<Outcome>> replay_transcripts(const VersionFolder& folder);

// cross-version.jsonl: archives of other releases (files "<version>/all.zip" of the folder) are
// restored into an empty cluster of two data nodes and a zero-capacity one.
Result<std::vector<Outcome>> replay_cross_version(const VersionFolder& folder);

}  // namespace drydock::harness::conformance::grid
