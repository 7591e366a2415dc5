// Between HTTP and the API's calls: paths and queries in, bodies and headers out.
#pragma once

#include <variant>

#include "core/base/wire.h"
#include "fakekube/api/api_call.h"
#include "fakekube/api/api_server.h"

namespace drydock::fakekube {

// The call that a request means, or the answer that it gets without one (404, 405, 415, /readyz).
std::variant<ApiCall, ApiReply> decode_request(const ApiServer& server, const HttpRequest& request);
HttpReply encode_reply(ApiReply reply);

}  // namespace drydock::fakekube
