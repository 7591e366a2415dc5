// What the recorder of splits did to a node: batches of requests to keys and counters, and how two
// batches are compared.
#pragma once

#include <cstdint>
#include <string>

#include "core/base/json.h"
#include "harness/conformance/grid/cluster.h"

namespace drydock::harness::conformance::grid {

// Does what the record of a call says ("read", "write", "sweep", "size", "counter get", "counter
// increment") and gives ours in its shape. May suspend.
json::object probe(Cluster& cluster, const json::value& record);

// Whether of `all` keys as many are left as the recording says: all, none, or about as many. Which
// node has which segments is chance (up to an eighth of the keys), and so is which segments the
// keys are in: twice the variance of a draw, three deviations wide.
bool same_share(int64_t recorded, int64_t ours, int64_t all);

// "" when ours is as recorded.
std::string probe_difference(const json::value& recorded, const json::object& ours);

}  // namespace drydock::harness::conformance::grid
