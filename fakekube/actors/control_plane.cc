#include "fakekube/actors/control_plane.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "fakekube/actors/attacher.h"
#include "fakekube/actors/controllers.h"
#include "fakekube/actors/event_expiry.h"
#include "fakekube/actors/garbage_collector.h"
#include "fakekube/actors/informers.h"
#include "fakekube/actors/namespace_controller.h"
#include "fakekube/actors/namespace_defaults.h"
#include "fakekube/actors/node_lifecycle.h"
#include "fakekube/actors/pod_gc.h"
#include "fakekube/actors/protection.h"
#include "fakekube/actors/quota_controller.h"
#include "fakekube/actors/scheduler.h"
#include "fakekube/actors/statefulset_controller.h"
#include "fakekube/actors/volume_binder.h"
#include "fakekube/api/api_server.h"
#include "fakekube/clients/api_client.h"

namespace drydock::fakekube {
namespace {

// What every actor is made of; `storage` may be null.
struct Parts {
  Env& env;
  ApiServer& server;
  StorageBackend* storage;
  std::shared_ptr<ApiClient> client;
  std::shared_ptr<Informers> informers;
};

struct Row {
  std::string_view name;
  std::shared_ptr<Actor> (*make)(const Parts& parts);
};

template <class Kind>
std::shared_ptr<Actor> make_plain(const Parts& parts) {
  return std::make_shared<Kind>(parts.env, parts.client, parts.informers);
}

std::shared_ptr<Actor> make_binder(const Parts& parts) {
  DRYDOCK_CHECK(parts.storage != nullptr, "the volume binder needs a storage");
  return std::make_shared<VolumeBinder>(parts.env, parts.client, parts.informers, *parts.storage);
}

std::shared_ptr<Actor> make_collector(const Parts& parts) {
  return std::make_shared<GarbageCollector>(parts.env, parts.client, parts.informers, parts.server);
}

std::shared_ptr<Actor> make_quota_controller(const Parts& parts) {
  return std::make_shared<QuotaController>(parts.env, parts.client, parts.informers, parts.server);
}

std::shared_ptr<Actor> make_namespace_controller(const Parts& parts) {
  return std::make_shared<NamespaceController>(parts.env, parts.client, parts.informers,
                                               parts.server);
}

std::shared_ptr<Actor> make_event_expiry(const Parts& parts) {
  return std::make_shared<EventExpiry>(parts.env, parts.server);
}

constexpr Row kRows[] = {
    {"scheduler", make_plain<Scheduler>},
    {"volume-binder", make_binder},
    {"attach-detach-controller", make_plain<Attacher>},
    {"garbage-collector", make_collector},
    {"statefulset-controller", make_plain<StatefulSetController>},
    {"node-lifecycle-controller", make_plain<NodeLifecycle>},
    {"pod-gc", make_plain<PodGc>},
    {"namespace", make_namespace_controller},
    {"serviceaccount", make_plain<ServiceAccountController>},
    {"root-ca-cert-publisher", make_plain<RootCaPublisher>},
    {"pvc-protection", make_plain<PvcProtection>},
    {"pv-protection", make_plain<PvProtection>},
    {"event-expiry", make_event_expiry},
    {"resourcequota-controller", make_quota_controller},
};

void ensure_namespace(ApiServer& server, std::string_view name) {
  if (server.store().find(kNamespaces, "", name) == nullptr) server.create_namespace(name);
}

// The informers come last: subscribers first.
std::vector<std::shared_ptr<Actor>> make_actors(
    Env& env, ApiServer& server, StorageBackend* storage,
    const std::function<bool(std::string_view)>& chosen) {
  const std::shared_ptr<ApiClient> client =
      make_local_client(server, env, "kube-controller-manager");
  const auto informers = std::make_shared<Informers>(env, "control-plane/informers", client);
  const Parts parts{env, server, storage, client, informers};
  std::vector<std::shared_ptr<Actor>> actors;
  for (const Row& row : kRows) {
    if (!chosen(row.name)) continue;
    actors.push_back(row.make(parts));
    DRYDOCK_CHECK(actors.back()->name() == row.name,
                  "listed under another name: " + actors.back()->name());
  }
  actors.push_back(informers);
  return actors;
}

}  // namespace

ControlPlane::ControlPlane(Env& env, ApiServer& server, StorageBackend& storage,
                           ControlPlaneOptions options) {
  for (const std::string_view name : {"default", "kube-system", "kube-node-lease"})
    ensure_namespace(server, name);
  const std::vector<std::string>& without = options.without;
  actors_ = make_actors(env, server, &storage, [&](std::string_view name) {
    return std::find(without.begin(), without.end(), name) == without.end();
  });
}

ControlPlane::ControlPlane(Env& env, ApiServer& server,
                           const std::vector<std::string_view>& names) {
  actors_ = make_actors(env, server, nullptr, [&](std::string_view name) {
    return std::find(names.begin(), names.end(), name) != names.end();
  });
  DRYDOCK_CHECK(actors_.size() == names.size() + 1, "a controller of an unknown name");
}

ControlPlane::~ControlPlane() { stop(); }

void ControlPlane::start() {
  for (const std::shared_ptr<Actor>& actor : actors_) actor->start();
}

void ControlPlane::stop() {
  for (const std::shared_ptr<Actor>& actor : actors_) actor->stop();
}

std::unique_ptr<ControlPlane> start_controllers(ApiServer& server, Env& env,
                                                const std::vector<std::string_view>& names) {
  auto controllers = std::make_unique<ControlPlane>(env, server, names);
  controllers->start();
  return controllers;
}

}  // namespace drydock::fakekube
