// Warnings as headers, with a real server's bounds: 4,096 characters in all; where there is more,
// each is cut to 256 characters until those are used up.
//
//   add_warnings({"unknown field \"x\""}, response.headers);   // Warning: 299 - "unknown ..."
#pragma once

#include <string>
#include <vector>

#include "core/base/wire.h"

namespace drydock::fakekube {

// Equal texts are said once. Never suspends.
void add_warnings(const std::vector<std::string>& warnings, Headers& headers);

}  // namespace drydock::fakekube
