// Headers of a real API server's answers that only clients outside of this process read: Date,
// Audit-Id, and the flow schema and priority level by which requests were queued.
//
//   if (server.options().complete_answers) add_answer_headers(server, request, call, response);
#pragma once

#include "core/base/wire.h"
#include "fakekube/api/api_call.h"
#include "fakekube/api/api_server.h"

namespace drydock::fakekube {

// `call`: null when the request was none (discovery, refusals). Never suspends.
void add_answer_headers(ApiServer& server, const HttpRequest& request, const ApiCall* call,
                        HttpResponse& response);

}  // namespace drydock::fakekube
