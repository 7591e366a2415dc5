// Expectations of a scenario, looked at in one instant.
#pragma once

#include "harness/world/run.h"

namespace drydock::harness {

// Adds a failure with what was seen when the expectation doesn't hold. Never suspends.
void check(Run& run, const scenario::Expectation& expectation);

}  // namespace drydock::harness
