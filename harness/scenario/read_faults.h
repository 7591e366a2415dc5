// Readers of triggers (`when:`, `wait:`) and of faults.
#pragma once

#include "harness/scenario/fields.h"
#include "harness/scenario/steps.h"

namespace drydock::harness::scenario {

// The fields of a trigger; without any kind it is kNow. Leaves finish() to the caller, who may have
// fields of his own.
Trigger read_trigger(Fields& fields);

Fault read_fault(const YamlNode& node, Context& context);

}  // namespace drydock::harness::scenario
