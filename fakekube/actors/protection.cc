#include "fakekube/actors/protection.h"

#include <utility>

#include "fakekube/actors/pod_view.h"
#include "fakekube/actors/timings.h"

namespace drydock::fakekube {
namespace {

constexpr std::string_view kClaimProtection = "kubernetes.io/pvc-protection";
constexpr std::string_view kVolumeProtection = "kubernetes.io/pv-protection";

bool uses_claim(const json::value& pod, std::string_view claim) {
  return !pod_node(pod).empty() && pod_uses_claim(pod, claim);
}

}  // namespace

PvcProtection::PvcProtection(Env& env, std::shared_ptr<ApiClient> client,
                             std::shared_ptr<Informers> informers)
    : Controller(env, "pvc-protection", timings::kProtectionTime),
      client_(std::move(client)),
      informers_(std::move(informers)) {
  informers_->want(kPersistentVolumeClaims);
  informers_->want(kPods);
  informers_->on_change(kPersistentVolumeClaims, [this](const JsonPtr&, const JsonPtr& after) {
    if (after && is_deleting(*after)) queue_.add(object_key(*after));
  });
  informers_->on_change(
      kPods, [this](const JsonPtr& before, const JsonPtr& after) { pod_changed(before, after); });
}

// Only a pod that has gone can free a claim.
void PvcProtection::pod_changed(const JsonPtr& before, const JsonPtr& after) {
  const bool gone = before && (!after || object_uid(*before) != object_uid(*after));
  if (gone) queue_claims(*before);
}

void PvcProtection::queue_claims(const json::value& pod) {
  for (const PodClaim& use : pod_claims(pod)) {
    const std::string namespace_name = json_string(pod, {"metadata", "namespace"});
    const JsonPtr claim = informers_->get(kPersistentVolumeClaims, namespace_name, use.claim);
    if (claim && is_deleting(*claim)) queue_.add(object_key(*claim));
  }
}

Status PvcProtection::reconcile(const std::string& key) {
  const auto [namespace_name, name] = split_key(key);
  const JsonPtr claim = informers_->get(kPersistentVolumeClaims, namespace_name, name);
  if (!claim || !is_deleting(*claim) || !has_finalizer(*claim, kClaimProtection))
    return ok_status();
  for (const auto& [at, pod] : informers_->objects(kPods))
    if (at.first == namespace_name && uses_claim(*pod, name)) return ok_status();
  // Asked live too: a pod bound a moment ago may not be in the cache yet.
  DRYDOCK_ASSIGN(const ListResult pods, client_->list(kPods, {.namespace_name = namespace_name}));
  for (const JsonPtr& pod : pods.items)
    if (uses_claim(*pod, name)) return ok_status();
  const Status done = edit_object(*client_, kPersistentVolumeClaims, namespace_name, name,
                                  object_uid(*claim), WritePart::kObject, [](json::value& object) {
                                    return remove_finalizer(object, kClaimProtection);
                                  });
  return done.code() == Code::kNotFound ? ok_status() : done;
}

PvProtection::PvProtection(Env& env, std::shared_ptr<ApiClient> client,
                           std::shared_ptr<Informers> informers)
    : Controller(env, "pv-protection", timings::kProtectionTime),
      client_(std::move(client)),
      informers_(std::move(informers)) {
  informers_->want(kPersistentVolumes);
  informers_->on_change(kPersistentVolumes, [this](const JsonPtr&, const JsonPtr& after) {
    if (after && is_deleting(*after)) queue_.add(object_key(*after));
  });
}

Status PvProtection::reconcile(const std::string& key) {
  const std::string name = split_key(key).second;
  const JsonPtr volume = informers_->get(kPersistentVolumes, "", name);
  if (!volume || !is_deleting(*volume) || json_string(*volume, {"status", "phase"}) == "Bound")
    return ok_status();
  const Status done =
      edit_object(*client_, kPersistentVolumes, "", name, object_uid(*volume), WritePart::kObject,
                  [](json::value& object) { return remove_finalizer(object, kVolumeProtection); });
  return done.code() == Code::kNotFound ? ok_status() : done;
}

}  // namespace drydock::fakekube
