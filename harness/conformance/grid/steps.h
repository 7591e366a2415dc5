// What recordings of joins, leaves and crashes have in common.
#pragma once

#include <string>

#include "harness/conformance/grid/cluster.h"

namespace drydock::harness::conformance::grid {

// A GET as the recorder's client sent it; an error of the way is an answer of status 0.
Answer get(Cluster& cluster, const std::string& node, const std::string& target);
// Stops it by REST and waits until its process has ended.
void stop_by_rest(Cluster& cluster, const std::string& node);
// Where a release has what is about the whole container.
std::string container_path(const std::string& version);

}  // namespace drydock::harness::conformance::grid
