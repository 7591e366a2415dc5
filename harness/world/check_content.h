// Comparing what a cluster or an archive holds with a scenario's `holds` and `lacks`.
#pragma once

#include <optional>
#include <string>

#include "fakegrid/node/content.h"
#include "harness/scenario/content.h"

namespace drydock::harness {

// What is not as it should be; nullopt: everything is.
std::optional<std::string> differs(const fakegrid::Content& content, const scenario::Holds& holds,
                                   const scenario::Lacks& lacks);

}  // namespace drydock::harness
