// What a client asks before it knows any kind: /api, /apis and below in both forms (classic lists,
// aggregated v2), the root's paths, /version, /openapi. Everything follows from the server's kinds,
// so that a CRD shows as soon as it is served.
//
//   if (auto answer = discovery_answer(server, request, path)) return *std::move(answer);
//
// Lists and order are those of a real server 1.33 (recorded); descriptions in OpenAPI documents are
// left out.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/base/wire.h"
#include "fakekube/api/api_call.h"
#include "fakekube/api/api_server.h"

namespace drydock::fakekube {

// `path`: without the query. nullopt: not a path of discovery (resources, /readyz, unknown ones).
// An unknown group or version is a plain 404. Doesn't suspend.
std::optional<ApiReply> discovery_answer(const ApiServer& server, const HttpRequest& request,
                                         std::string_view path);

// Eight bytes of a hash over the stored version, by which clients notice that it changed.
std::string storage_version_hash(const ResourceType& type);

}  // namespace drydock::fakekube
