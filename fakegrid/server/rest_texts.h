// Routes /rest/v2/schemas and /rest/v2/tasks.
#pragma once

#include <span>
#include <string>

#include "core/base/wire.h"
#include "fakegrid/node/node.h"
#include "fakegrid/server/http_target.h"

namespace drydock::fakegrid {

// `names`: the path behind "schemas" or "tasks". May suspend.
HttpResponse schemas_route(Node& node, const HttpRequest& request,
                           std::span<const std::string> names, SteadyTime deadline);
HttpResponse tasks_route(Node& node, const HttpRequest& request, std::span<const std::string> names,
                         const HttpTarget& target, SteadyTime deadline);

// What a script of one expression gives, as JSON: a literal, or sums of literals and parameters.
// nullopt: more than this model of a script engine can do.
std::optional<std::string> script_result(std::string_view script, const HttpTarget& target);

}  // namespace drydock::fakegrid
