// The proof that a run depends on nothing but scenario and seed.
#pragma once

#include <functional>

#include "harness/report/result.h"

namespace drydock::cli {

// Runs the scenario of `result` again with its seed, in a fresh process in another directory and
// time zone. When that run's trace differs: the outcome becomes kNondeterministic and a failure
// shows the first differing event; `rerun` makes the same run here once more, with its trace, for
// that. Leaves results that are kInternal alone.
void verify_determinism(harness::ScenarioResult& result,
                        const std::function<harness::ScenarioResult()>& rerun);

}  // namespace drydock::cli
