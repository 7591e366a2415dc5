// POST and PUT /rest/v2/caches/{cache}: from XML, JSON, YAML, a template or nothing.
#pragma once

#include <string>

#include "core/base/wire.h"
#include "fakegrid/node/node.h"
#include "fakegrid/server/config_element.h"
#include "fakegrid/server/http_target.h"

namespace drydock::fakegrid {

// May suspend.
HttpResponse create_cache_route(Node& node, const HttpRequest& request, const std::string& cache,
                                const HttpTarget& target, SteadyTime deadline);

// What an element without a parser is answered with.
std::string no_parser(std::string_view element, const ServerVersion& version);

}  // namespace drydock::fakegrid
