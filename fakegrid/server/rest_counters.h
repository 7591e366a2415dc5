// Routes /rest/v2/counters and /rest/v2/counters/{counter}.
#pragma once

#include <string>

#include "core/base/wire.h"
#include "fakegrid/node/node.h"
#include "fakegrid/server/http_target.h"

namespace drydock::fakegrid {

// May suspend.
HttpResponse counters_route(Node& node, const HttpRequest& request, SteadyTime deadline);
HttpResponse counter_route(Node& node, const HttpRequest& request, const std::string& name,
                           const HttpTarget& target, SteadyTime deadline);

// What GET …/config answers.
std::string counter_configuration(const CounterRecord& counter, const ServerVersion& version);

}  // namespace drydock::fakegrid
