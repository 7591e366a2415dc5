// Reader of `steps:` lists.
#pragma once

#include <vector>

#include "harness/scenario/fields.h"
#include "harness/scenario/scenario.h"

namespace drydock::harness::scenario {

std::vector<Step> read_steps(const YamlNode& node, Context& context);

}  // namespace drydock::harness::scenario
