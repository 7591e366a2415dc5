// Reader of `expect:` lists.
#pragma once

#include <vector>

#include "harness/scenario/expectations.h"
#include "harness/scenario/fields.h"

namespace drydock::harness::scenario {

std::vector<Expectation> read_expectations(const YamlNode& node, Context& context);

}  // namespace drydock::harness::scenario
