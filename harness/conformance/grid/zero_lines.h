// Log lines of joins, leaves and crashes, as far as two runs of one cluster share them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/json.h"
#include "harness/conformance/grid/cluster.h"

namespace drydock::harness::conformance::grid {

// Whether the recorder kept a line: it did those of views and of their members, and those whose
// text speaks of a topology or a rebalance.
bool is_kept_line(const LogLine& line);

// How often which line was logged, "" when as recorded: {cache or "-": {"ISPN000094": 1, ...}}.
// Lines of stack traces were counted too and do not count here. Two messages of the coordinator are
// handled by two threads, and which is first is chance: where the recorded node was told of a
// topology that it knew already, how often it installed one of that cache is not compared.
std::string line_counts_difference(const json::value& recorded, const std::vector<LogLine>& ours,
                                   const std::string& node);

// The text with the cache's members sorted: caches are created by all nodes at once, so that the
// first member of one is nobody's choice.
std::string with_sorted_members(std::string text);

}  // namespace drydock::harness::conformance::grid
