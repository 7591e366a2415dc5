// Faults of a scenario: each waits for its trigger in a task of its own, is injected, and heals.
#pragma once

#include "harness/world/run.h"

namespace drydock::harness {

// Spawns the fault's task.
void arm_fault(Run& run, const scenario::Fault& fault);

}  // namespace drydock::harness
