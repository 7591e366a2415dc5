// Checks what single fields can't know: that the names which a scenario uses are defined in it.
#pragma once

#include "harness/scenario/fields.h"
#include "harness/scenario/scenario.h"

namespace drydock::harness::scenario {

// Adds an error for each reference in the context whose name isn't defined, and for each mark,
// fault or traffic name given twice.
void check_references(const Scenario& scenario, Context& context);

}  // namespace drydock::harness::scenario
