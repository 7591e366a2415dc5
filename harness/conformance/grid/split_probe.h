// What the recorder of splits did to a node: batches of requests to keys and counters, and how two
// batches are compared.
#pragma once

#include <string>

#include "core/base/json.h"
#include "harness/conformance/grid/cluster.h"

namespace drydock::harness::conformance::grid {

// Does what the record of a call says ("read", "write", "sweep", "size", "counter get", "counter
// increment") and gives ours in its shape. May suspend.
json::object probe(Cluster& cluster, const json::value& record);

// "" when ours is as recorded.
std::string probe_difference(const json::value& recorded, const json::object& ours);

}  // namespace drydock::harness::conformance::grid
