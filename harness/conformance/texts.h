// Small things about texts and objects that the parts of a replay share.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/json.h"

namespace drydock::harness::conformance {

// Without their newlines; the last one needs none.
std::vector<std::string> lines_of(std::string_view text);

// metadata.resourceVersion as a number; 0 when there is none.
uint64_t revision_of(const json::value& object);
// The number that a text begins with; 0 when it doesn't.
uint64_t to_revision(std::string_view text);

}  // namespace drydock::harness::conformance
