// GET pods/<name>/log: which container, which lines, and the refusals of a real API server and of
// its kubelets.
//
//   return read_pod_log(server, call);      // options are in call.other_parameters
#pragma once

#include "fakekube/api/api_call.h"
#include "fakekube/api/api_server.h"

namespace drydock::fakekube {

// With `follow` the reply is a stream that ends when the container stops; else text. Suspends only
// when the server has a KubeletConnection.
ApiReply read_pod_log(ApiServer& server, const ApiCall& call);

}  // namespace drydock::fakekube
