// Readers of the faults of the Kubernetes API: a call that is refused, an answer that is lost, …
#pragma once

#include <span>

#include "harness/scenario/kinds.h"
#include "harness/scenario/steps.h"

namespace drydock::harness::scenario {

// Rows for the table of faults.
std::span<const Kind<FaultAction>> kube_fault_kinds();

}  // namespace drydock::harness::scenario
