// What a node says about itself and its caches, in the shape of zero-capacity.jsonl.
#pragma once

#include "core/base/json.h"
#include "harness/conformance/grid/cluster.h"

namespace drydock::harness::conformance::grid {

// `recorded` says which caches, statistics and metrics to look at. May suspend.
json::object node_state(Cluster& cluster, const std::string& version, const std::string& node,
                        const json::value& recorded);

// The lines of a log by cache and id, and those without an id by how they begin:
// {cache or "-": {"ISPN000094": 1, ...}}.
json::object line_counts(const std::vector<LogLine>& lines);

}  // namespace drydock::harness::conformance::grid
