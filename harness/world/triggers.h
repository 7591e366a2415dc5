// The moments that faults and waits name.
#pragma once

#include <string>

#include "harness/world/run.h"

namespace drydock::harness {

// Whether the trigger's condition holds now (its `after` left aside). kNow always holds.
bool holds(Run& run, const scenario::Trigger& trigger);

// Whether it can't hold any more as long as nobody makes the object anew: another end was reached.
bool is_hopeless(Run& run, const scenario::Trigger& trigger);

// Suspends the harness task until it holds and `after` has passed since; kDeadlineExceeded.
Status await(Run& run, const scenario::Trigger& trigger, SteadyTime deadline);

// What is there instead, for a wait that timed out.
std::string describe_now(Run& run, const scenario::Trigger& trigger);

}  // namespace drydock::harness
