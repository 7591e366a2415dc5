// Numbers that are a node's share of a cache: of entries, or of segments.
//
//   align_shares(recorded, ours);   // then compare them as values
#pragma once

#include "core/base/json.h"

namespace drydock::harness::conformance::grid {

// How far apart shares of segments may be, of 256: of balanced tables (measured: 125 and 131; 83,
// 86 and 87), and of those that a leave left behind, where chance decides which of the others
// inherits a segment (measured: 116 to 142 of two).
inline constexpr int kBalancedSegments = 12;
inline constexpr int kInheritedSegments = 28;

// Gives `ours` the recorded number, of segments or of "entries", wherever both are a share of about
// the same size: neither is nothing or everything, and they are near one another. Members pair by
// their place and name. Of stored entries ("total_number_of_entries") a few that moved between old
// members are chance too.
void align_shares(const json::value& recorded, json::value& ours,
                  int segments_apart = kBalancedSegments);

}  // namespace drydock::harness::conformance::grid
