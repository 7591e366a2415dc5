// What the recordings look at between requests: polls, contents, files. Each function gives ours
// in the shape of the record.
//
//   json::object ours = observe(cluster, record, home);
#pragma once

#include "core/base/json.h"
#include "harness/conformance/grid/cluster.h"

namespace drydock::harness::conformance::grid {

// The members of `record` that are observations, looked at on our cluster. May suspend.
json::object observe(Cluster& cluster, const json::value& record, const std::string& home);

// HEAD until the status is no longer 202, as often as the recorder asked: {status, at_ms, headers}
// of each change. Gives up when a recorded poll that ended otherwise would have long been over.
json::array poll(Cluster& cluster, const std::string& node, const std::string& target,
                 const json::value& record);

}  // namespace drydock::harness::conformance::grid
