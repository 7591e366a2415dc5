// Numbers of a node's caches: statistics by REST, how entries are spread over the members, and the
// endpoint /metrics. Not all that real ones show: what tells how many entries lie where, and
// whether they move.
#pragma once

#include <boost/json/object.hpp>
#include <string>

#include "core/base/wire.h"
#include "fakegrid/node/node.h"

namespace drydock::fakegrid {

// `?action=stats`, and the part of a cache's details. 14 and later count no entries on demand: they
// give approximations of this node's own, and of those that it owns as primary.
boost::json::object cache_statistics(const Node& node, const std::string& cache);

// `?action=distribution`, from 14 on: what every member holds. May suspend.
HttpResponse distribution_route(Node& node, const std::string& cache, SteadyTime deadline);

// GET /metrics: the size of the cluster, and of each cache with statistics its entries and what is
// in flight to this node. May suspend (12.1 asks the cluster).
HttpResponse metrics_route(Node& node, SteadyTime deadline);

}  // namespace drydock::fakegrid
