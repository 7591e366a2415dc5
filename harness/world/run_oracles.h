// Every oracle, over one finished run. They see behaviour only.
#pragma once

#include <vector>

#include "harness/world/run.h"

namespace drydock::harness {

// After the last step, before the world is shut down. Never suspends.
std::vector<Failure> run_oracles(Run& run);

}  // namespace drydock::harness
