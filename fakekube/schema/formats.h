// The formats of strings that a real API server checks in custom resources; others, and those of
// numbers, say nothing.
#pragma once

#include <string_view>

namespace drydock::fakekube {

// True for a format that is not checked.
bool fits_format(std::string_view format, std::string_view text);

}  // namespace drydock::fakekube
