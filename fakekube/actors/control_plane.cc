#include "fakekube/actors/control_plane.h"

#include <algorithm>
#include <utility>

#include "fakekube/actors/attacher.h"
#include "fakekube/actors/garbage_collector.h"
#include "fakekube/actors/informers.h"
#include "fakekube/actors/namespace_controller.h"
#include "fakekube/actors/node_lifecycle.h"
#include "fakekube/actors/pod_gc.h"
#include "fakekube/actors/scheduler.h"
#include "fakekube/actors/statefulset_controller.h"
#include "fakekube/actors/volume_binder.h"
#include "fakekube/api/api_server.h"
#include "fakekube/clients/api_client.h"

namespace drydock::fakekube {
namespace {

void ensure_namespace(ApiServer& server, std::string_view name) {
  if (server.store().find(kNamespaces, "", name) == nullptr) server.create_namespace(name);
}

}  // namespace

ControlPlane::ControlPlane(Env& env, ApiServer& server, StorageBackend& storage,
                           ControlPlaneOptions options) {
  for (const std::string_view name : {"default", "kube-system", "kube-node-lease"})
    ensure_namespace(server, name);
  const std::shared_ptr<ApiClient> client =
      make_local_client(server, env, "kube-controller-manager");
  const auto informers = std::make_shared<Informers>(env, "control-plane/informers", client);
  const auto add = [&]<class Kind, class... Ports>(std::string_view name, Ports&... ports) {
    const auto& without = options.without;
    if (std::find(without.begin(), without.end(), name) != without.end()) return;
    const auto actor = std::make_shared<Kind>(env, client, informers, ports...);
    DRYDOCK_CHECK(actor->name() == name, "listed under another name: " + actor->name());
    actors_.push_back(actor);
  };
  add.operator()<Scheduler>("scheduler");
  add.operator()<VolumeBinder>("volume-binder", storage);
  add.operator()<Attacher>("attach-detach-controller");
  add.operator()<GarbageCollector>("garbage-collector");
  add.operator()<StatefulSetController>("statefulset-controller");
  add.operator()<NodeLifecycle>("node-lifecycle-controller");
  add.operator()<PodGc>("pod-gc");
  add.operator()<NamespaceController>("namespace-controller");
  actors_.push_back(informers);
}

ControlPlane::~ControlPlane() { stop(); }

void ControlPlane::start() {
  for (const std::shared_ptr<Actor>& actor : actors_) actor->start();
}

void ControlPlane::stop() {
  for (const std::shared_ptr<Actor>& actor : actors_) actor->stop();
}

}  // namespace drydock::fakekube
