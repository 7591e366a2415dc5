// /healthz, /livez and /readyz, with ?verbose and a single check's path below them.
//
//   if (auto answer = health_answer(server, url)) return *std::move(answer);
#pragma once

#include <optional>

#include "fakekube/api/api_call.h"
#include "fakekube/api/api_server.h"
#include "fakekube/http/url.h"

namespace drydock::fakekube {

// nullopt: another path. A server whose caches are not filled yet lives, but isn't ready (500).
std::optional<ApiReply> health_answer(const ApiServer& server, const UrlParts& url);

}  // namespace drydock::fakekube
