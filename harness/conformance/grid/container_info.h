// container-info.jsonl: what servers say about themselves while members come and go.
#pragma once

#include "harness/conformance/grid/version_folder.h"
#include "harness/conformance/outcome.h"

namespace drydock::harness::conformance::grid {

// See GroupReplay::run.
Result<std::vector<Outcome>> replay_container_info(const VersionFolder& folder);

}  // namespace drydock::harness::conformance::grid
