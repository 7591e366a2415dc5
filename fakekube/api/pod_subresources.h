// pods/binding (and core/v1 Bindings) and pods/eviction.
//
//   return bind_pod(server, call);      // call.name: the pod; call.body: the Binding
#pragma once

#include "fakekube/api/api_call.h"
#include "fakekube/api/api_server.h"

namespace drydock::fakekube {

// Sets spec.nodeName and condition PodScheduled; annotations of the Binding go to the pod. 201;
// 404, or 409 for a pod that has a node already, is being deleted or is gated.
ApiReply bind_pod(ApiServer& server, const ApiCall& call);

// Sets condition DisruptionTarget and deletes the pod. 201; 404, or 429 while the pod's disruption
// budget allows none (a pod that doesn't run yet or any more needs no budget).
ApiReply evict_pod(ApiServer& server, const ApiCall& call);

}  // namespace drydock::fakekube
