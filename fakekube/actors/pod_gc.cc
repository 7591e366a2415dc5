#include "fakekube/actors/pod_gc.h"

#include <utility>

#include "fakekube/actors/pod_view.h"
#include "fakekube/actors/timings.h"

namespace drydock::fakekube {

namespace {

// An administrator's word that the machine is off for good.
bool is_out_of_service(const json::value& node) {
  if (is_ready_node(node)) return false;
  for (const Taint& taint : node_taints(node))
    if (taint.key == "node.kubernetes.io/out-of-service") return true;
  return false;
}

}  // namespace

PodGc::PodGc(Env& env, std::shared_ptr<ApiClient> client, std::shared_ptr<Informers> informers)
    : Controller(env, "pod-gc", Duration::zero()),
      client_(std::move(client)),
      informers_(std::move(informers)) {
  informers_->want(kPods);
  informers_->want(kNodes);
  informers_->on_change(kPods, [this](const JsonPtr& before, const JsonPtr& after) {
    if (!after) return;
    const bool bound = !pod_node(*after).empty() && (!before || pod_node(*before).empty());
    const bool lost = is_deleting(*after) && (!before || !is_deleting(*before));
    if (bound || lost) queue_.add(object_key(*after));
  });
  informers_->on_change(kNodes, [this](const JsonPtr& before, const JsonPtr& after) {
    const std::string node = json_string(after ? *after : *before, {"metadata", "name"});
    if (after) missing_since_.erase(node);
    if (after && !is_out_of_service(*after)) return;
    for (const auto& [key, pod] : informers_->objects(kPods))
      if (pod_node(*pod) == node) queue_.add(object_key(*pod));
  });
}

Status PodGc::reconcile(const std::string& key) {
  if (!informers_->synced()) {
    queue_.add_after(key, milliseconds(100));
    return ok_status();
  }
  const auto [namespace_name, name] = split_key(key);
  const JsonPtr pod = informers_->get(kPods, namespace_name, name);
  if (!pod) return ok_status();
  const std::string node = pod_node(*pod);
  if (node.empty()) return is_deleting(*pod) ? remove_orphan(pod, false) : ok_status();
  if (const JsonPtr object = informers_->get(kNodes, "", node))
    return is_out_of_service(*object) && is_deleting(*pod) ? remove_orphan(pod, false)
                                                           : ok_status();
  const SteadyTime since = missing_since_.try_emplace(node, env_.now()).first->second;
  const SteadyTime due = since + timings::kPodGcQuarantine;
  if (env_.now() < due) {
    queue_.add_after(key, due - env_.now());
    return ok_status();
  }
  const Result<JsonPtr> live = client_->get(kNodes, "", node);
  if (live.ok()) return ok_status();
  return live.code() == Code::kNotFound ? remove_orphan(pod, true) : live.status();
}

Status PodGc::remove_orphan(const JsonPtr& pod, bool node_gone) {
  const auto [namespace_name, name] = split_key(object_key(*pod));
  const Status marked =
      edit_object(*client_, kPods, namespace_name, name, object_uid(*pod), WritePart::kStatus,
                  [&](json::value& object) {
                    if (pod_node(object).empty() || is_terminal_pod(object)) return false;
                    json_at(object, {"status", "phase"}) = "Failed";
                    if (node_gone)
                      set_condition(object, "DisruptionTarget", "True", "DeletionByPodGC",
                                    "PodGC: node no longer exists", env_.wall_now());
                    return true;
                  });
  if (marked.code() == Code::kNotFound) return ok_status();
  DRYDOCK_RETURN_IF_ERROR(marked);
  const Status removed = client_->remove(kPods, namespace_name, name,
                                         {.grace_period_seconds = 0, .uid = object_uid(*pod)});
  return removed.code() == Code::kNotFound ? ok_status() : removed;
}

}  // namespace drydock::fakekube
