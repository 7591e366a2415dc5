// Runs one scenario in a world of its own, from its first step to its last expectation.
//
//   ScenarioResult result = run_scenario(scenario, {.seed = 7});
//   if (result.outcome != Outcome::kPassed) std::cout << to_text(result);
#pragma once

#include <cstdint>

#include "harness/report/result.h"
#include "harness/scenario/scenario.h"

namespace drydock::harness {

struct RunOptions {
  uint64_t seed = 1;
  bool keep_trace = false;     // fill ScenarioResult::trace
  bool text_bodies = false;    // JSON crosses the network as text; the result is the same
  bool describe_grid = false;  // fill ScenarioResult::grid: nodes, views, caches with owners
};

// Never suspends: it makes its own simulation and must not be called from inside one. The same
// scenario and options give the same result, in any process; `wall` is left at zero. What goes
// wrong in the world is in the result; a defect of drydock itself aborts (check.h).
ScenarioResult run_scenario(const scenario::Scenario& scenario, const RunOptions& options);

}  // namespace drydock::harness
