// Routes /rest/v2/caches and /rest/v2/caches/{cache}: list, create, configuration, size,
// statistics, clear, remove.
#pragma once

#include <string>

#include "core/base/wire.h"
#include "fakegrid/node/node.h"
#include "fakegrid/server/http_target.h"
#include "fakegrid/server/rest_container.h"

namespace drydock::fakegrid {

// May suspend.
HttpResponse caches_route(Node& node, const HttpRequest& request);
HttpResponse cache_route(Node& node, ContainerState& state, const HttpRequest& request,
                         const std::string& cache, const HttpTarget& target, SteadyTime deadline);

}  // namespace drydock::fakegrid
