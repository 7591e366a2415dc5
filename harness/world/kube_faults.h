// Faults of the Kubernetes API, from a scenario's words to fakekube's controls.
#pragma once

#include <functional>

#include "harness/world/run.h"

namespace drydock::harness {

// A fault that has begun.
struct Injection {
  std::function<void()> heal;                                  // empty: nothing to undo
  std::function<int64_t()> fired = [] { return int64_t{1}; };  // how often it acted so far
};

Injection inject(Run& run, const scenario::CallFault& fault);
Injection inject(Run& run, const scenario::CutWatches& fault);
Injection inject(Run& run, const scenario::SlowWatches& fault);
Injection inject(Run& run, const scenario::BreakWebhook& fault);
Injection inject(Run& run, const scenario::Pause& fault);
Injection inject(Run& run, const scenario::CrashAtCommit& fault);
Injection inject(Run& run, const scenario::RemoveDefinition& fault);
Injection inject(Run& run, const scenario::RestartApiServer& fault);
Injection inject(Run& run, const scenario::FreezeView& fault);
Injection inject(Run& run, const scenario::StorageTrouble& fault);
Injection inject(Run& run, const scenario::ReuseAddresses& fault);

// Of one moment: it acted, or there was nothing to act on.
inline Injection acted(bool did) {
  return {.heal = {}, .fired = [did] { return int64_t{did ? 1 : 0}; }};
}

// Whether any fault of the scenario stands between the API server and its clients.
bool touches_calls(const scenario::Scenario& scenario);

}  // namespace drydock::harness
