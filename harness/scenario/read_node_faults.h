// Readers of the faults of machines, kubelets and storage: memory that runs out, an image that
// can't be pulled, a kubelet that restarts, …
#pragma once

#include <span>

#include "harness/scenario/kinds.h"
#include "harness/scenario/steps.h"

namespace drydock::harness::scenario {

// Rows for the table of faults.
std::span<const Kind<FaultAction>> node_fault_kinds();

}  // namespace drydock::harness::scenario
