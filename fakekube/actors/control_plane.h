// All actors beside the API server, in one process: scheduler, volume binder and attacher, garbage
// collector, StatefulSet, service account, node lifecycle, pod and namespace collectors. Kubelets
// are apart (one per node, kubelet.h).
//
//   ControlPlane control_plane(env, server, storage);
//   control_plane.start();
//
// Some of them alone: controllers.h.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/env.h"
#include "fakekube/actors/actor.h"
#include "fakekube/actors/pod_program.h"

namespace drydock::fakekube {

class ApiServer;

struct ControlPlaneOptions {
  // Actors that are not to run; names as in controllers.h, and "volume-binder".
  std::vector<std::string> without;
};

class ControlPlane {
 public:
  // `env` (of the control plane's process), `server` and `storage` must outlive its tasks.
  ControlPlane(Env& env, ApiServer& server, StorageBackend& storage,
               ControlPlaneOptions options = {});
  // Only the actors of these names. CHECKs that each is known and needs no storage.
  ControlPlane(Env& env, ApiServer& server, const std::vector<std::string_view>& names);
  // stop().
  ~ControlPlane();
  ControlPlane(const ControlPlane&) = delete;
  ControlPlane& operator=(const ControlPlane&) = delete;

  void start();
  // Cancels every task; never suspends.
  void stop();

 private:
  std::vector<std::shared_ptr<Actor>> actors_;  // the informers last
};

}  // namespace drydock::fakekube
