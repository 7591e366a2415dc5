// Faults of machines, kubelets and storage, from a scenario's words to the world's controls.
#pragma once

#include "harness/world/kube_faults.h"

namespace drydock::harness {

Injection inject(Run& run, const scenario::UseMemory& fault);
Injection inject(Run& run, const scenario::WriteLog& fault);
Injection inject(Run& run, const scenario::BreakImage& fault);
Injection inject(Run& run, const scenario::SlowImage& fault);
Injection inject(Run& run, const scenario::RestartKubelet& fault);
Injection inject(Run& run, const scenario::SlowStatus& fault);
Injection inject(Run& run, const scenario::ExhaustVolumes& fault);
Injection inject(Run& run, const scenario::FillNode& fault);
Injection inject(Run& run, const scenario::LoseVolume& fault);

}  // namespace drydock::harness
