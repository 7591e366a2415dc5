#include "fakekube/actors/statefulset_controller.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "fakekube/actors/pod_view.h"
#include "fakekube/actors/timings.h"

namespace drydock::fakekube {
namespace {

constexpr std::string_view kRevisionLabel = "controller-revision-hash";
constexpr std::string_view kPodNameLabel = "statefulset.kubernetes.io/pod-name";
constexpr std::string_view kPodIndexLabel = "apps.kubernetes.io/pod-index";

std::string set_name(const json::value& set) { return json_string(set, {"metadata", "name"}); }

std::string pod_name(const json::value& set, int64_t ordinal) {
  return fmt::format("{}-{}", set_name(set), ordinal);
}

std::string claim_name(const json::value& claim_template, const json::value& set, int64_t ordinal) {
  return fmt::format("{}-{}", json_string(claim_template, {"metadata", "name"}),
                     pod_name(set, ordinal));
}

// The ordinal in "<set>-<ordinal>"; -1: another name.
int64_t ordinal_of(const std::string& set, const std::string& pod) {
  if (!pod.starts_with(set + "-")) return -1;
  const std::string_view digits = std::string_view(pod).substr(set.size() + 1);
  int64_t out = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), out);
  return error == std::errc() && end == digits.data() + digits.size() ? out : -1;
}

std::string pod_revision(const json::value& pod) {
  return json_string(pod, {"metadata", "labels", kRevisionLabel});
}

bool is_running_and_ready(const json::value& pod) {
  return json_string(pod, {"status", "phase"}) == "Running" &&
         condition_status(pod, "Ready") == "True";
}

bool is_ordered(const json::value& set) {
  return json_string(set, {"spec", "podManagementPolicy"}, "OrderedReady") != "Parallel";
}

// Pods below it keep the revision that the set had before.
int64_t partition_of(const json::value& set) {
  return json_int(set, {"spec", "updateStrategy", "rollingUpdate", "partition"}, 0);
}

bool rolls(const json::value& set) {
  return json_string(set, {"spec", "updateStrategy", "type"}, "RollingUpdate") == "RollingUpdate";
}

bool is_deleted_with(const json::value& set, std::string_view when) {
  return json_string(set, {"spec", "persistentVolumeClaimRetentionPolicy", when}) == "Delete";
}

// What the claims of a pod go with: the pod, the set, or nothing (null). `pod`: null before it is
// made.
json::value claim_owner(const json::value& set, const json::value* pod) {
  const bool condemned =
      pod != nullptr && ordinal_of(set_name(set), json_string(*pod, {"metadata", "name"})) >=
                            json_int(set, {"spec", "replicas"}, 1);
  if (condemned && is_deleted_with(set, "whenScaled"))
    return controller_reference(*pod, "v1", "Pod");
  if (is_deleted_with(set, "whenDeleted"))
    return controller_reference(set, "apps/v1", "StatefulSet");
  return nullptr;
}

// The claim's owners as they must be: those of others stay.
json::array wanted_owners(const json::value& set, const json::value& pod,
                          const json::value& claim) {
  json::array out;
  for (const json::value& owner : json_array(claim, {"metadata", "ownerReferences"})) {
    const std::string uid = json_string(owner, {"uid"});
    if (uid != object_uid(set) && uid != object_uid(pod)) out.push_back(owner);
  }
  json::value own = claim_owner(set, &pod);
  if (!own.is_null()) out.push_back(std::move(own));
  return out;
}

// Volumes of the claim templates replace those of the same name in the pod template.
void set_claim_volumes(json::value& pod, const json::value& set, int64_t ordinal) {
  json::array volumes;
  const json::array& templates = json_array(set, {"spec", "volumeClaimTemplates"});
  for (const json::value& one : templates)
    volumes.push_back(json::object{
        {"name", json_string(one, {"metadata", "name"})},
        {"persistentVolumeClaim", json::object{{"claimName", claim_name(one, set, ordinal)}}}});
  for (const json::value& volume : json_array(pod, {"spec", "volumes"})) {
    bool replaced = false;
    for (const json::value& one : templates)
      replaced |= json_string(one, {"metadata", "name"}) == json_string(volume, {"name"});
    if (!replaced) volumes.push_back(volume);
  }
  if (!volumes.empty()) json_at(pod, {"spec", "volumes"}) = std::move(volumes);
}

json::value make_pod(const json::value& set, int64_t ordinal, const std::string& revision) {
  json::value pod = json::object{{"apiVersion", "v1"}, {"kind", "Pod"}};
  const std::string name = pod_name(set, ordinal);
  if (const json::value* pod_template = json_find(set, {"spec", "template"})) {
    if (const json::value* metadata = json_find(*pod_template, {"metadata"}))
      json_at(pod, {"metadata"}) = *metadata;
    if (const json::value* spec = json_find(*pod_template, {"spec"}))
      json_at(pod, {"spec"}) = *spec;
  }
  json_at(pod, {"metadata", "name"}) = name;
  json_at(pod, {"metadata", "namespace"}) = json_string(set, {"metadata", "namespace"});
  json_at(pod, {"metadata", "labels", kRevisionLabel}) = revision;
  json_at(pod, {"metadata", "labels", kPodNameLabel}) = name;
  json_at(pod, {"metadata", "labels", kPodIndexLabel}) = std::to_string(ordinal);
  json_at(pod, {"metadata", "ownerReferences"}) =
      json::array{controller_reference(set, "apps/v1", "StatefulSet")};
  json_at(pod, {"spec", "hostname"}) = name;
  const std::string service = json_string(set, {"spec", "serviceName"});
  if (!service.empty()) json_at(pod, {"spec", "subdomain"}) = service;
  set_claim_volumes(pod, set, ordinal);
  return pod;
}

}  // namespace

StatefulSetController::StatefulSetController(Env& env, std::shared_ptr<ApiClient> client,
                                             std::shared_ptr<Informers> informers)
    : Controller(env, "statefulset-controller", timings::kStatefulSetTime),
      client_(std::move(client)),
      informers_(std::move(informers)),
      events_(adopt(std::make_shared<EventRecorder>(env, client_, "statefulset-controller"))),
      revisions_(client_) {
  informers_->want(kStatefulSets);
  informers_->want(kPods);
  informers_->want(kPersistentVolumeClaims);
  informers_->on_change(kStatefulSets, [this](const JsonPtr&, const JsonPtr& after) {
    if (after) queue_.add(object_key(*after));
  });
  informers_->on_change(kPods, [this](const JsonPtr& before, const JsonPtr& after) {
    for (const JsonPtr& pod : {before, after}) {
      const json::value* owner = pod ? controller_of(*pod) : nullptr;
      if (owner == nullptr || json_string(*owner, {"kind"}) != "StatefulSet") continue;
      queue_.add(json_string(*pod, {"metadata", "namespace"}) + "/" +
                 json_string(*owner, {"name"}));
    }
  });
}

Status StatefulSetController::reconcile(const std::string& key) {
  if (!informers_->synced()) {
    queue_.add_after(key, milliseconds(100));
    return ok_status();
  }
  const auto [namespace_name, name] = split_key(key);
  const JsonPtr set = informers_->get(kStatefulSets, namespace_name, name);
  if (!set || is_deleting(*set)) return ok_status();
  const std::string updated = revision_name(*set);
  DRYDOCK_RETURN_IF_ERROR(revisions_.record(*set, updated));
  const Revisions revisions{json_string(*set, {"status", "currentRevision"}, updated), updated};
  const Status synced = sync_pods(*set, pods_of(*set), revisions);
  if (synced.code() == Code::kCancelled) return synced;
  const Status reported = report(set, revisions);
  return synced.ok() ? reported : synced;
}

StatefulSetController::Pods StatefulSetController::pods_of(const json::value& set) const {
  Pods out;
  const std::string namespace_name = json_string(set, {"metadata", "namespace"});
  for (const auto& [key, pod] : informers_->objects(kPods)) {
    const json::value* owner = controller_of(*pod);
    if (key.first != namespace_name || owner == nullptr ||
        json_string(*owner, {"uid"}) != object_uid(set))
      continue;
    const int64_t ordinal = ordinal_of(set_name(set), key.second);
    if (ordinal >= 0) out[ordinal] = pod;
  }
  return out;
}

Status StatefulSetController::sync_pods(const json::value& set, const Pods& pods,
                                        const Revisions& revisions) {
  const int64_t replicas = json_int(set, {"spec", "replicas"}, 1);
  const bool ordered = is_ordered(set);
  bool settled = true;
  for (int64_t ordinal = 0; ordinal < replicas; ++ordinal) {
    DRYDOCK_ASSIGN(const bool ready, ensure_pod(set, pods, ordinal, revisions));
    settled = settled && ready;
    if (!ready && ordered) return ok_status();
  }
  DRYDOCK_RETURN_IF_ERROR(scale_down(set, pods, replicas, ordered));
  if ((ordered && !settled) || !rolls(set)) return ok_status();
  return replace_outdated(set, pods, replicas, revisions.update);
}

Result<bool> StatefulSetController::ensure_pod(const json::value& set, const Pods& pods,
                                               int64_t ordinal, const Revisions& revisions) {
  const auto found = pods.find(ordinal);
  if (found == pods.end()) {
    DRYDOCK_RETURN_IF_ERROR(create_claims(set, ordinal));
    const bool old =
        rolls(set) && ordinal < partition_of(set) && revisions.current != revisions.update;
    DRYDOCK_RETURN_IF_ERROR(
        old ? create_pod(revisions_.as_of(set, revisions.current), ordinal, revisions.current)
            : create_pod(set, ordinal, revisions.update));
    return false;
  }
  const JsonPtr& pod = found->second;
  DRYDOCK_RETURN_IF_ERROR(settle_claims(set, *pod));
  if (is_deleting(*pod)) return false;
  if (is_terminal_pod(*pod)) {
    events_->warning(set, "RecreatingTerminatedPod",
                     fmt::format("StatefulSet {} is recreating terminated Pod {}", object_key(set),
                                 pod_name(set, ordinal)));
    DRYDOCK_RETURN_IF_ERROR(delete_pod(set, pod));
    return false;
  }
  return is_running_and_ready(*pod);
}

Status StatefulSetController::scale_down(const json::value& set, const Pods& pods, int64_t replicas,
                                         bool ordered) {
  for (auto pod = pods.rbegin(); pod != pods.rend() && pod->first >= replicas; ++pod) {
    if (!is_deleting(*pod->second)) {
      DRYDOCK_RETURN_IF_ERROR(settle_claims(set, *pod->second));
      DRYDOCK_RETURN_IF_ERROR(delete_pod(set, pod->second));
    }
    if (ordered) return ok_status();
  }
  return ok_status();
}

Status StatefulSetController::replace_outdated(const json::value& set, const Pods& pods,
                                               int64_t replicas, const std::string& revision) {
  for (int64_t ordinal = replicas - 1; ordinal >= partition_of(set); --ordinal) {
    const auto found = pods.find(ordinal);
    if (found == pods.end()) return ok_status();
    const json::value& pod = *found->second;
    if (pod_revision(pod) != revision && !is_deleting(pod)) return delete_pod(set, found->second);
    if (is_deleting(pod) || !is_running_and_ready(pod)) return ok_status();
  }
  return ok_status();
}

Status StatefulSetController::create_claims(const json::value& set, int64_t ordinal) {
  const std::string namespace_name = json_string(set, {"metadata", "namespace"});
  for (const json::value& one : json_array(set, {"spec", "volumeClaimTemplates"})) {
    const std::string name = claim_name(one, set, ordinal);
    const Result<JsonPtr> existing = client_->get(kPersistentVolumeClaims, namespace_name, name);
    if (existing.ok()) continue;
    if (existing.code() != Code::kNotFound) return existing.status();
    json::value claim = one;
    json_at(claim, {"apiVersion"}) = "v1";
    json_at(claim, {"kind"}) = "PersistentVolumeClaim";
    json_at(claim, {"metadata", "name"}) = name;
    json_at(claim, {"metadata", "namespace"}) = namespace_name;
    for (const auto& [key, value] : json_object(set, {"spec", "selector", "matchLabels"}))
      json_at(claim, {"metadata", "labels", key}) = value;
    if (json::value owner = claim_owner(set, nullptr); !owner.is_null())
      json_at(claim, {"metadata", "ownerReferences"}) = json::array{std::move(owner)};
    const Status created = client_->create(kPersistentVolumeClaims, std::move(claim)).status();
    if (!created.ok() && created.code() != Code::kAlreadyExists) return created;
  }
  return ok_status();
}

Status StatefulSetController::settle_claims(const json::value& set, const json::value& pod) {
  const auto [namespace_name, name] = split_key(object_key(pod));
  for (const json::value& one : json_array(set, {"spec", "volumeClaimTemplates"})) {
    const std::string claim = claim_name(one, set, ordinal_of(set_name(set), name));
    const auto settle = [&](json::value& object) {
      json::array wanted = wanted_owners(set, pod, object);
      if (json_array(object, {"metadata", "ownerReferences"}) == wanted) return false;
      json_at(object, {"metadata", "ownerReferences"}) = std::move(wanted);
      return true;
    };
    const JsonPtr seen = informers_->get(kPersistentVolumeClaims, namespace_name, claim);
    if (!seen ||
        json_array(*seen, {"metadata", "ownerReferences"}) == wanted_owners(set, pod, *seen))
      continue;
    const Status written = edit_object(*client_, kPersistentVolumeClaims, namespace_name, claim,
                                       object_uid(*seen), WritePart::kObject, settle);
    if (!written.ok() && written.code() != Code::kNotFound) return written;
  }
  return ok_status();
}

Status StatefulSetController::create_pod(const json::value& set, int64_t ordinal,
                                         const std::string& revision) {
  const std::string name = pod_name(set, ordinal);
  const Status created = client_->create(kPods, make_pod(set, ordinal, revision)).status();
  if (created.ok()) {
    events_->normal(set, "SuccessfulCreate",
                    fmt::format("create Pod {} in StatefulSet {} successful", name, set_name(set)));
    return ok_status();
  }
  if (created.code() == Code::kAlreadyExists) {
    // Ours and not in the cache yet, or somebody else's: only the latter is a failure.
    const Result<JsonPtr> live =
        client_->get(kPods, json_string(set, {"metadata", "namespace"}), name);
    const json::value* owner = live.ok() ? controller_of(**live) : nullptr;
    if (owner != nullptr && json_string(*owner, {"uid"}) == object_uid(set)) return ok_status();
  }
  if (created.code() != Code::kCancelled)
    events_->warning(set, "FailedCreate",
                     fmt::format("create Pod {} in StatefulSet {} failed error: {}", name,
                                 set_name(set), created.message()));
  return created;
}

Status StatefulSetController::delete_pod(const json::value& set, const JsonPtr& pod) {
  const auto [namespace_name, name] = split_key(object_key(*pod));
  const Status removed = client_->remove(kPods, namespace_name, name, {.uid = object_uid(*pod)});
  if (removed.code() == Code::kNotFound || removed.code() == Code::kConflict) return ok_status();
  if (removed.ok())
    events_->normal(set, "SuccessfulDelete",
                    fmt::format("delete Pod {} in StatefulSet {} successful", name, set_name(set)));
  return removed;
}

// The set has the new revision when every pod has it and is ready.
json::object StatefulSetController::status_of(const json::value& set,
                                              const Revisions& revisions) const {
  int64_t ready = 0;
  int64_t current = 0;
  int64_t updated = 0;
  const Pods pods = pods_of(set);
  for (const auto& [ordinal, pod] : pods) {
    if (is_deleting(*pod)) continue;
    ready += is_running_and_ready(*pod) ? 1 : 0;
    current += pod_revision(*pod) == revisions.current ? 1 : 0;
    updated += pod_revision(*pod) == revisions.update ? 1 : 0;
  }
  const auto all = static_cast<int64_t>(pods.size());
  const bool complete = rolls(set) && updated == all && ready == all;
  json::object status{{"observedGeneration", json_int(set, {"metadata", "generation"})}};
  status["replicas"] = all;
  status["readyReplicas"] = ready;
  status["currentReplicas"] = complete ? updated : current;
  status["updatedReplicas"] = updated;
  status["currentRevision"] = complete ? revisions.update : revisions.current;
  status["updateRevision"] = revisions.update;
  status["collisionCount"] = 0;
  status["availableReplicas"] = ready;
  return status;
}

Status StatefulSetController::report(const JsonPtr& set, const Revisions& revisions) {
  const json::object wanted = status_of(*set, revisions);
  const auto same = [&](const json::value& object) {
    return std::all_of(wanted.begin(), wanted.end(), [&](const json::key_value_pair& member) {
      const json::value* is = json_find(object, {"status", member.key()});
      return is == nullptr ? member.value() == 0 && member.key() != "replicas"
                           : *is == member.value();
    });
  };
  if (same(*set)) return ok_status();
  const auto [namespace_name, name] = split_key(object_key(*set));
  const auto change = [&](json::value& object) {
    if (same(object)) return false;
    json_at(object, {"status"}) = wanted;
    return true;
  };
  const Status written = edit_object(*client_, kStatefulSets, namespace_name, name,
                                     object_uid(*set), WritePart::kStatus, change);
  return written.code() == Code::kNotFound ? ok_status() : written;
}

}  // namespace drydock::fakekube
