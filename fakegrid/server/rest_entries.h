// Routes /rest/v2/caches/{cache}/{key}, and the documents that list a cache's keys and entries.
#pragma once

#include <string>
#include <string_view>

#include "core/base/wire.h"
#include "fakegrid/node/node.h"
#include "fakegrid/server/http_target.h"

namespace drydock::fakegrid {

// GET, HEAD, PUT, POST, DELETE of one entry. May suspend.
HttpResponse entry_route(Node& node, const HttpRequest& request, const std::string& cache,
                         const std::string& key, SteadyTime deadline);
// ?action=keys and ?action=entries. May suspend.
HttpResponse keys_route(Node& node, const std::string& cache, const HttpTarget& target);
HttpResponse entries_route(Node& node, const std::string& cache, const HttpTarget& target);

// As in the header Etag: a hash of the value.
std::string etag_of(std::string_view value);

}  // namespace drydock::fakegrid
