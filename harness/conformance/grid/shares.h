// Numbers that are a node's share of a cache: of entries, or of segments.
//
//   align_shares(recorded, ours);   // then compare them as values
#pragma once

#include "core/base/json.h"

namespace drydock::harness::conformance::grid {

// Gives `ours` the recorded number wherever both are a share of about the same size: neither is
// nothing or everything, and they are near one another. Members pair by their place and name.
void align_shares(const json::value& recorded, json::value& ours);

}  // namespace drydock::harness::conformance::grid
