#include "fakekube/actors/volume_binder.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "fakekube/actors/attacher.h"
#include "fakekube/actors/pod_view.h"
#include "fakekube/actors/timings.h"
#include "fakekube/store/quantity.h"

namespace drydock::fakekube {
namespace {

constexpr std::string_view kClaimPrefix = "claim:";
constexpr std::string_view kVolumePrefix = "volume:";
constexpr std::string_view kVolumeProtection = "kubernetes.io/pv-protection";
constexpr std::string_view kSelectedNode = "volume.kubernetes.io/selected-node";
constexpr std::string_view kBindCompleted = "pv.kubernetes.io/bind-completed";
constexpr std::string_view kBoundByController = "pv.kubernetes.io/bound-by-controller";
constexpr std::string_view kDefaultClass = "storageclass.kubernetes.io/is-default-class";
constexpr std::string_view kNoProvisioner = "kubernetes.io/no-provisioner";

std::string claim_key(const json::value& claim) {
  return std::string(kClaimPrefix) + object_key(claim);
}

std::string phase_of(const json::value& object) { return json_string(object, {"status", "phase"}); }

// Whether the volume is reserved for this very claim, or for its name before it existed.
bool refers_to(const json::value& volume, const json::value& claim) {
  const std::string uid = json_string(volume, {"spec", "claimRef", "uid"});
  return json_string(volume, {"spec", "claimRef", "namespace"}) ==
             json_string(claim, {"metadata", "namespace"}) &&
         json_string(volume, {"spec", "claimRef", "name"}) ==
             json_string(claim, {"metadata", "name"}) &&
         (uid.empty() || uid == object_uid(claim));
}

bool has_claim_ref(const json::value& volume) {
  return !json_string(volume, {"spec", "claimRef", "name"}).empty();
}

int64_t capacity_of(const json::value& volume) {
  return quantity_units(json_string(volume, {"spec", "capacity", "storage"}));
}

bool satisfies(const json::value& volume, const json::value& claim, std::string_view class_name) {
  if (json_string(volume, {"spec", "storageClassName"}) != class_name) return false;
  if (json_string(volume, {"spec", "volumeMode"}, "Filesystem") !=
      json_string(claim, {"spec", "volumeMode"}, "Filesystem"))
    return false;
  const std::vector<std::string> offered = json_strings(volume, {"spec", "accessModes"});
  for (const std::string& mode : json_strings(claim, {"spec", "accessModes"}))
    if (std::find(offered.begin(), offered.end(), mode) == offered.end()) return false;
  return capacity_of(volume) >=
         quantity_units(json_string(claim, {"spec", "resources", "requests", "storage"}));
}

json::value claim_reference(const json::value& claim) {
  json::object out{{"kind", "PersistentVolumeClaim"}};
  out["namespace"] = json_string(claim, {"metadata", "namespace"});
  out["name"] = json_string(claim, {"metadata", "name"});
  out["uid"] = object_uid(claim);
  out["apiVersion"] = "v1";
  out["resourceVersion"] = json_string(claim, {"metadata", "resourceVersion"});
  return out;
}

json::value make_volume(const json::value& claim, const json::value& storage_class,
                        const std::string& name) {
  const std::string provisioner = json_string(storage_class, {"provisioner"});
  json::object metadata{{"name", name}};
  metadata["annotations"] = json::object{{"pv.kubernetes.io/provisioned-by", provisioner}};
  metadata["finalizers"] = json::array{kVolumeProtection};
  json::object spec;
  spec["capacity"] = json::object{
      {"storage", json_string(claim, {"spec", "resources", "requests", "storage"}, "1Gi")}};
  spec["csi"] = json::object{{"driver", provisioner}, {"volumeHandle", name}};
  spec["accessModes"] = json_array(claim, {"spec", "accessModes"});
  spec["claimRef"] = claim_reference(claim);
  spec["persistentVolumeReclaimPolicy"] = json_string(storage_class, {"reclaimPolicy"}, "Delete");
  spec["storageClassName"] = json_string(storage_class, {"metadata", "name"});
  spec["volumeMode"] = json_string(claim, {"spec", "volumeMode"}, "Filesystem");
  return json::object{{"apiVersion", "v1"},
                      {"kind", "PersistentVolume"},
                      {"metadata", std::move(metadata)},
                      {"spec", std::move(spec)}};
}

}  // namespace

VolumeBinder::VolumeBinder(Env& env, std::shared_ptr<ApiClient> client,
                           std::shared_ptr<Informers> informers, StorageBackend& storage)
    : Controller(env, "volume-binder", timings::kBinderTime),
      client_(std::move(client)),
      informers_(std::move(informers)),
      storage_(storage),
      events_(adopt(std::make_shared<EventRecorder>(env, client_, "persistentvolume-controller"))) {
  for (const ResourceType* type :
       {&kPersistentVolumeClaims, &kPersistentVolumes, &kStorageClasses, &kPods, &kNodes})
    informers_->want(*type);
  informers_->on_change(kPersistentVolumeClaims,
                        [this](const JsonPtr& b, const JsonPtr& a) { claim_changed(b, a); });
  informers_->on_change(kPersistentVolumes,
                        [this](const JsonPtr& b, const JsonPtr& a) { volume_changed(b, a); });
  informers_->on_change(kPods, [this](const JsonPtr& b, const JsonPtr& a) { pod_changed(b, a); });
  informers_->on_change(kStorageClasses,
                        [this](const JsonPtr&, const JsonPtr&) { pending_claims(); });
}

void VolumeBinder::claim_changed(const JsonPtr& before, const JsonPtr& after) {
  if (after) queue_.add(claim_key(*after));
  const bool gone = before && (!after || object_uid(*before) != object_uid(*after));
  const std::string volume = gone ? json_string(*before, {"spec", "volumeName"}) : "";
  if (!volume.empty()) queue_.add(std::string(kVolumePrefix) + "/" + volume);
}

void VolumeBinder::volume_changed(const JsonPtr& before, const JsonPtr& after) {
  const json::value& volume = after ? *after : *before;
  if (after) queue_.add(std::string(kVolumePrefix) + object_key(volume));
  if (has_claim_ref(volume))
    queue_.add(std::string(kClaimPrefix) + json_string(volume, {"spec", "claimRef", "namespace"}) +
               "/" + json_string(volume, {"spec", "claimRef", "name"}));
  pending_claims();
}

// A pod that ended may free a claim under deletion; a new one may be a claim's first consumer.
void VolumeBinder::pod_changed(const JsonPtr& before, const JsonPtr& after) {
  const json::value& pod = after ? *after : *before;
  const bool ended = before && !is_terminal_pod(*before) && (!after || is_terminal_pod(*after));
  const bool is_new = !before;
  if (!ended && !is_new) return;
  for (const PodClaim& use : pod_claims(pod))
    queue_.add(std::string(kClaimPrefix) + json_string(pod, {"metadata", "namespace"}) + "/" +
               use.claim);
}

void VolumeBinder::pending_claims() {
  for (const auto& [key, claim] : informers_->objects(kPersistentVolumeClaims)) {
    const std::string phase = phase_of(*claim);
    if (phase != "Bound" && phase != "Lost") queue_.add(claim_key(*claim));
  }
}

Status VolumeBinder::reconcile(const std::string& key) {
  if (!informers_->synced()) {
    queue_.add_after(key, milliseconds(100));
    return ok_status();
  }
  const bool is_claim = key.starts_with(kClaimPrefix);
  const ResourceType& type = is_claim ? kPersistentVolumeClaims : kPersistentVolumes;
  const auto [namespace_name, name] =
      split_key(key.substr(is_claim ? kClaimPrefix.size() : kVolumePrefix.size()));
  const JsonPtr object = informers_->get(type, namespace_name, name);
  if (!object) return ok_status();
  const Status done = is_claim ? sync_claim(object) : sync_volume(object);
  return done.code() == Code::kNotFound ? ok_status() : done;
}

// --- Claims

Status VolumeBinder::sync_claim(const JsonPtr& claim) {
  if (is_deleting(*claim)) return ok_status();
  const std::string phase = phase_of(*claim);
  if (phase == "Lost") return ok_status();
  return phase == "Bound" ? sync_bound_claim(claim) : sync_pending_claim(claim);
}

Status VolumeBinder::sync_bound_claim(const JsonPtr& claim) {
  const std::string volume_name = json_string(*claim, {"spec", "volumeName"});
  if (informers_->get(kPersistentVolumes, "", volume_name)) {
    const JsonPtr volume = informers_->get(kPersistentVolumes, "", volume_name);
    if (refers_to(*volume, *claim)) return ok_status();
    return lose(claim, "ClaimMisbound",
                "Two claims are bound to the same volume, this one is bound incorrectly");
  }
  const Result<JsonPtr> live = client_->get(kPersistentVolumes, "", volume_name);
  if (live.ok()) return ok_status();
  if (live.code() != Code::kNotFound) return live.status();
  return lose(claim, "ClaimLost",
              "Bound claim has lost its PersistentVolume. Data on the volume is lost!");
}

Status VolumeBinder::lose(const JsonPtr& claim, std::string_view reason, std::string message) {
  events_->warning(*claim, reason, std::move(message));
  const auto [namespace_name, name] = split_key(object_key(*claim));
  return edit_object(*client_, kPersistentVolumeClaims, namespace_name, name, object_uid(*claim),
                     WritePart::kStatus, [](json::value& object) {
                       json_at(object, {"status"}) = json::object{{"phase", "Lost"}};
                       return true;
                     });
}

std::optional<std::string> VolumeBinder::class_of(const json::value& claim) const {
  const json::value* named = json_find(claim, {"spec", "storageClassName"});
  if (named != nullptr && named->is_string()) return std::string(named->as_string());
  std::optional<std::string> newest;
  std::string newest_time;
  for (const auto& [key, storage_class] : informers_->objects(kStorageClasses)) {
    if (annotation(*storage_class, kDefaultClass) != "true") continue;
    const std::string created = json_string(*storage_class, {"metadata", "creationTimestamp"});
    if (newest && created <= newest_time) continue;
    newest = key.second;
    newest_time = created;
  }
  return newest;
}

JsonPtr VolumeBinder::find_volume(const json::value& claim) const {
  const std::string wanted = json_string(claim, {"spec", "volumeName"});
  const std::string class_name = class_of(claim).value_or("");
  JsonPtr best;
  for (const auto& [key, volume] : informers_->objects(kPersistentVolumes)) {
    if (is_deleting(*volume)) continue;
    if (has_claim_ref(*volume)) {
      if (!refers_to(*volume, claim)) continue;
      if (wanted.empty() || wanted == key.second) return volume;
      continue;
    }
    if (!wanted.empty() ? wanted != key.second : !satisfies(*volume, claim, class_name)) continue;
    if (!best || capacity_of(*volume) < capacity_of(*best)) best = volume;
  }
  return best;
}

Status VolumeBinder::sync_pending_claim(const JsonPtr& claim) {
  const std::string class_name = class_of(*claim).value_or("");
  const JsonPtr storage_class = informers_->get(kStorageClasses, "", class_name);
  const JsonPtr volume = find_volume(*claim);
  const bool prebound =
      !json_string(*claim, {"spec", "volumeName"}).empty() || (volume && has_claim_ref(*volume));
  if (volume && prebound) return bind(claim, volume);
  if (prebound) return ok_status();  // until that volume appears
  if (storage_class && waits_for_consumer(*claim, *storage_class)) return ok_status();
  if (volume) return bind(claim, volume);
  if (class_name.empty()) {
    events_->normal(*claim, "FailedBinding",
                    "no persistent volumes available for this claim and no storage class is set");
    return ok_status();
  }
  if (!storage_class) {
    events_->warning(*claim, "ProvisioningFailed",
                     fmt::format("storageclass.storage.k8s.io \"{}\" not found", class_name));
    return ok_status();
  }
  if (json_string(*storage_class, {"provisioner"}) != kNoProvisioner)
    start_provisioning(claim, storage_class);
  return ok_status();
}

bool VolumeBinder::waits_for_consumer(const json::value& claim, const json::value& storage_class) {
  if (json_string(storage_class, {"volumeBindingMode"}) != "WaitForFirstConsumer" ||
      !annotation(claim, kSelectedNode).empty())
    return false;
  const auto [namespace_name, name] = split_key(object_key(claim));
  for (const auto& [key, pod] : informers_->objects(kPods)) {
    if (key.first != namespace_name || !pod_uses_claim(*pod, name)) continue;
    events_->normal(claim, "WaitForPodScheduled",
                    fmt::format("waiting for pod {} to be scheduled", key.second));
    return true;
  }
  events_->normal(claim, "WaitForFirstConsumer",
                  "waiting for first consumer to be created before binding");
  return true;
}

// Volume first, then claim: whoever restarts in between finds the volume reserved.
Status VolumeBinder::bind(const JsonPtr& claim, const JsonPtr& volume) {
  const auto [namespace_name, name] = split_key(object_key(*claim));
  const std::string volume_name = json_string(*volume, {"metadata", "name"});
  DRYDOCK_RETURN_IF_ERROR(
      edit_object(*client_, kPersistentVolumes, "", volume_name, object_uid(*volume),
                  WritePart::kObject, [&](json::value& object) {
                    if (has_claim_ref(object) && !refers_to(object, *claim)) return false;
                    if (json_string(object, {"spec", "claimRef", "uid"}) == object_uid(*claim))
                      return false;
                    const bool reserved = has_claim_ref(object);
                    json_at(object, {"spec", "claimRef"}) = claim_reference(*claim);
                    if (!reserved)
                      json_at(object, {"metadata", "annotations", kBoundByController}) = "yes";
                    return true;
                  }));
  DRYDOCK_ASSIGN(const JsonPtr reserved, client_->get(kPersistentVolumes, "", volume_name));
  if (json_string(*reserved, {"spec", "claimRef", "uid"}) != object_uid(*claim))
    return Status(Code::kConflict, "the volume went to another claim");
  DRYDOCK_RETURN_IF_ERROR(set_volume_phase(*reserved, "Bound"));
  const std::optional<std::string> class_name = class_of(*claim);
  DRYDOCK_RETURN_IF_ERROR(
      edit_object(*client_, kPersistentVolumeClaims, namespace_name, name, object_uid(*claim),
                  WritePart::kObject, [&](json::value& object) {
                    if (annotation(object, kBindCompleted) == "yes") return false;
                    const bool chosen = json_string(object, {"spec", "volumeName"}).empty();
                    json_at(object, {"spec", "volumeName"}) = volume_name;
                    if (class_name) json_at(object, {"spec", "storageClassName"}) = *class_name;
                    json_at(object, {"metadata", "annotations", kBindCompleted}) = "yes";
                    if (chosen)
                      json_at(object, {"metadata", "annotations", kBoundByController}) = "yes";
                    return true;
                  }));
  return edit_object(*client_, kPersistentVolumeClaims, namespace_name, name, object_uid(*claim),
                     WritePart::kStatus, [&](json::value& object) {
                       if (phase_of(object) == "Bound") return false;
                       json::object status{{"phase", "Bound"}};
                       status["accessModes"] = json_array(*reserved, {"spec", "accessModes"});
                       status["capacity"] = json_object(*reserved, {"spec", "capacity"});
                       json_at(object, {"status"}) = std::move(status);
                       return true;
                     });
}

void VolumeBinder::start_provisioning(const JsonPtr& claim, const JsonPtr& storage_class) {
  const std::string uid = object_uid(*claim);
  if (!provisioning_.insert(uid).second) return;
  events_->normal(*claim, "ExternalProvisioning",
                  fmt::format("Waiting for a volume to be created either by the external "
                              "provisioner '{}' or manually by the system administrator. If volume "
                              "creation is delayed, please verify that the provisioner is running "
                              "and correctly registered.",
                              json_string(*storage_class, {"provisioner"})));
  spawn(name() + "/provision", [this, claim, storage_class, uid] {
    const Status done = provision(claim, storage_class);
    provisioning_.erase(uid);
    const std::string key = claim_key(*claim);
    if (done.ok()) {
      queue_.add(key);
    } else if (done.code() != Code::kCancelled) {
      queue_.add_failed(key, seconds(1), minutes(5));
    }
  });
}

Status VolumeBinder::provision(const JsonPtr& claim, const JsonPtr& storage_class) {
  const std::string class_name = json_string(*storage_class, {"metadata", "name"});
  const std::string volume_name = "pvc-" + object_uid(*claim);
  events_->normal(*claim, "Provisioning",
                  fmt::format("External provisioner is provisioning volume for claim \"{}\"",
                              object_key(*claim)));
  DRYDOCK_RETURN_IF_ERROR(env_.sleep_for(timings::kProvisionTime));
  const int64_t bytes =
      quantity_units(json_string(*claim, {"spec", "resources", "requests", "storage"}, "1Gi"));
  const Status made = storage_.provision(volume_name, static_cast<uint64_t>(bytes), class_name);
  if (!made.ok() && made.code() != Code::kAlreadyExists) {
    events_->warning(*claim, "ProvisioningFailed",
                     fmt::format("failed to provision volume with StorageClass \"{}\": {}",
                                 class_name, made.message()));
    return made;
  }
  const Status created =
      client_->create(kPersistentVolumes, make_volume(*claim, *storage_class, volume_name))
          .status();
  if (!created.ok() && created.code() != Code::kAlreadyExists) return created;
  events_->normal(*claim, "ProvisioningSucceeded",
                  "Successfully provisioned volume " + volume_name);
  return ok_status();
}

// --- Volumes

Status VolumeBinder::sync_volume(const JsonPtr& volume) {
  const std::string name = json_string(*volume, {"metadata", "name"});
  if (!has_claim_ref(*volume) || json_string(*volume, {"spec", "claimRef", "uid"}).empty()) {
    if (is_deleting(*volume)) return ok_status();
    return set_volume_phase(*volume, "Available");
  }
  const Result<JsonPtr> claim =
      client_->get(kPersistentVolumeClaims, json_string(*volume, {"spec", "claimRef", "namespace"}),
                   json_string(*volume, {"spec", "claimRef", "name"}));
  if (!claim.ok() && claim.code() != Code::kNotFound) return claim.status();
  if (claim.ok() && refers_to(*volume, **claim)) {
    const bool bound = json_string(**claim, {"spec", "volumeName"}) == name;
    return bound ? set_volume_phase(*volume, "Bound") : ok_status();
  }
  return reclaim(volume);
}

Status VolumeBinder::reclaim(const JsonPtr& volume) {
  const std::string name = json_string(*volume, {"metadata", "name"});
  DRYDOCK_RETURN_IF_ERROR(set_volume_phase(*volume, "Released"));
  const bool keep =
      json_string(*volume, {"spec", "persistentVolumeReclaimPolicy"}, "Retain") != "Delete";
  if (!keep && is_attached(name)) {
    events_->warning(*volume, "VolumeFailedDelete",
                     fmt::format("persistentvolume {} is still attached to node", name));
    return Status(Code::kFailedPrecondition, "still attached: " + name);
  }
  if (keep) return ok_status();
  storage_.remove(name);
  const Status removed =
      client_->remove(kPersistentVolumes, "", name, {.uid = object_uid(*volume)});
  return removed.code() == Code::kNotFound ? ok_status() : removed;
}

Status VolumeBinder::set_volume_phase(const json::value& volume, std::string_view phase) {
  if (phase_of(volume) == phase) return ok_status();
  return edit_object(*client_, kPersistentVolumes, "", json_string(volume, {"metadata", "name"}),
                     object_uid(volume), WritePart::kStatus, [&](json::value& object) {
                       if (phase_of(object) == phase) return false;
                       json_at(object, {"status", "phase"}) = phase;
                       return true;
                     });
}

bool VolumeBinder::is_attached(const std::string& volume) const {
  for (const auto& [key, node] : informers_->objects(kNodes))
    if (lists_volume(*node, "volumesAttached", volume)) return true;
  return false;
}

}  // namespace drydock::fakekube
