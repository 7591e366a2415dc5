// GET pods/<name>/log: which container, which lines, and the refusals of a real API server.
#pragma once

#include "fakekube/api/api_call.h"
#include "fakekube/api/api_server.h"

namespace drydock::fakekube {

// `follow` gives the lines so far and ends: a follower asks again.
ApiReply read_pod_log(ApiServer& server, const ApiCall& call);

}  // namespace drydock::fakekube
