// What a path and a method mean: resource, object, subresource and verb.
//
//   ApiCall call;
//   if (auto refused = route(server, request.method, url, call)) return *std::move(refused);
#pragma once

#include <optional>
#include <string_view>

#include "fakekube/api/api_call.h"
#include "fakekube/api/api_server.h"
#include "fakekube/http/url.h"

namespace drydock::fakekube {

// Whether the path can be one of a resource; others are for discovery.
bool is_resource_path(const UrlParts& url);

// Fills in type, namespace, name, subresource and verb. A reply: 404 or 405 in the words of that
// group (built-in ones answer in others than CRDs), or 400 where an object's name is missing.
std::optional<ApiReply> route(const ApiServer& server, std::string_view method, const UrlParts& url,
                              ApiCall& call);

}  // namespace drydock::fakekube
