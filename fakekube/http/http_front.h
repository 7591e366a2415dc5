// Between HTTP and the API's calls, in the order of a real API server: who asks (401), may they
// (403), what is at that path (404, 405), which form they accept (406), options (400, 422), body
// (413, 415); after the call its answer in that form, with its headers.
//
//   auto decoded = decode_request(server, request);
//   if (auto* answer = std::get_if<ApiReply>(&decoded))
//     return encode_reply(server, request, nullptr, std::move(*answer));
//   const ApiCall& call = std::get<ApiCall>(decoded);
//   return encode_reply(server, request, &call, server.execute(call));
#pragma once

#include <variant>

#include "core/base/wire.h"
#include "fakekube/api/api_call.h"
#include "fakekube/api/api_server.h"

namespace drydock::fakekube {

// The call that a request means, or the answer that it gets without one: refusals, /readyz,
// discovery. Doesn't suspend.
std::variant<ApiCall, ApiReply> decode_request(ApiServer& server, const HttpRequest& request);

// `call`: what the reply answers; null when there was none.
HttpReply encode_reply(ApiServer& server, const HttpRequest& request, const ApiCall* call,
                       ApiReply reply);
// The same for an answer of whatever stands before a server: JSON whatever the client accepts.
HttpReply encode_reply(ApiReply reply);

}  // namespace drydock::fakekube
