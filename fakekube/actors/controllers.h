// The controllers beside the API server by name, each able to run without the others: what a test
// or a recording needs, and nothing else.
//
//   auto controllers = start_controllers(server, env, {"garbage-collector", "namespace"});
//   ...
//   controllers.reset();   // stops them
//
// Their delays are those of real ones (timings.h): dependants go about 10 ms after their owner, a
// namespace's content 5 s after the deletion, a claim's finalizer about 5 ms.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "core/base/env.h"
#include "fakekube/actors/control_plane.h"

namespace drydock::fakekube {

class ApiServer;

// "garbage-collector", "namespace", "serviceaccount", "root-ca-cert-publisher", "pvc-protection",
// "pv-protection", "statefulset-controller", "node-lifecycle-controller", "pod-gc", "scheduler",
// "attach-detach-controller", "event-expiry", "resourcequota-controller"; all but "volume-binder",
// which needs a storage. CHECKs that the names are known. `server` and `env` must outlive the
// result's tasks. Never suspends.
std::unique_ptr<ControlPlane> start_controllers(ApiServer& server, Env& env,
                                                const std::vector<std::string_view>& names);

}  // namespace drydock::fakekube
