#include "fakekube/actors/node_lifecycle.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include "fakekube/actors/pod_view.h"
#include "fakekube/actors/timings.h"

namespace drydock::fakekube {
namespace {

constexpr std::string_view kNodePrefix = "node:";
constexpr std::string_view kPodPrefix = "pod:";
constexpr std::string_view kUnreachable = "node.kubernetes.io/unreachable";
constexpr std::string_view kNotReady = "node.kubernetes.io/not-ready";
constexpr std::array<std::string_view, 4> kConditions = {"MemoryPressure", "DiskPressure",
                                                         "PIDPressure", "Ready"};

struct ConditionTaint {
  std::string_view condition;
  std::string_view status;
  std::string_view taint;
};
// What keeps pods that don't tolerate it away; Ready also drives out those that are there.
constexpr ConditionTaint kConditionTaints[] = {
    {"Ready", "False", kNotReady},
    {"Ready", "Unknown", kUnreachable},
    {"MemoryPressure", "True", kMemoryPressureTaint},
    {"DiskPressure", "True", "node.kubernetes.io/disk-pressure"},
    {"PIDPressure", "True", "node.kubernetes.io/pid-pressure"},
};
constexpr std::string_view kUnschedulable = "node.kubernetes.io/unschedulable";

bool is_ours(std::string_view taint_key) {
  return taint_key == kUnschedulable ||
         std::any_of(std::begin(kConditionTaints), std::end(kConditionTaints),
                     [&](const ConditionTaint& one) { return one.taint == taint_key; });
}

// The taints that the node must have, by key and effect.
std::vector<Taint> wanted_taints(const json::value& node) {
  std::vector<Taint> wanted;
  for (const ConditionTaint& one : kConditionTaints) {
    if (condition_status(node, one.condition) != one.status) continue;
    wanted.push_back({std::string(one.taint), "", "NoSchedule"});
    if (one.condition == "Ready") wanted.push_back({std::string(one.taint), "", "NoExecute"});
  }
  if (json_bool(node, {"spec", "unschedulable"}))
    wanted.push_back({std::string(kUnschedulable), "", "NoSchedule"});
  return wanted;
}

bool has_taint(const json::value& node, std::string_view key, std::string_view effect) {
  for (const Taint& taint : node_taints(node))
    if (taint.key == key && taint.effect == effect) return true;
  return false;
}

// A taint of this controller that the node must not have (any more).
bool is_wrong(const Taint& taint, const std::vector<Taint>& wanted) {
  return is_ours(taint.key) && std::none_of(wanted.begin(), wanted.end(), [&](const Taint& one) {
           return one.key == taint.key && one.effect == taint.effect;
         });
}

bool taints_are_right(const json::value& node, const std::vector<Taint>& wanted) {
  for (const Taint& taint : node_taints(node))
    if (is_wrong(taint, wanted)) return false;
  return std::all_of(wanted.begin(), wanted.end(),
                     [&](const Taint& one) { return has_taint(node, one.key, one.effect); });
}

}  // namespace

NodeLifecycle::NodeLifecycle(Env& env, std::shared_ptr<ApiClient> client,
                             std::shared_ptr<Informers> informers)
    : Controller(env, "node-lifecycle-controller", Duration::zero()),
      client_(std::move(client)),
      informers_(std::move(informers)),
      events_(adopt(std::make_shared<EventRecorder>(env, client_, "node-controller"))) {
  for (const ResourceType* type : {&kNodes, &kLeases, &kPods}) informers_->want(*type);
  informers_->on_change(kLeases, [this](const JsonPtr&, const JsonPtr& after) {
    if (after) heard_from(json_string(*after, {"metadata", "name"}));
  });
  informers_->on_change(kNodes, [this](const JsonPtr& before, const JsonPtr& after) {
    const std::string name = json_string(after ? *after : *before, {"metadata", "name"});
    if (!after) {
      heard_.erase(name);
      return;
    }
    heard_.try_emplace(name, env_.now());
    const bool tainted =
        before && json_array(*before, {"spec", "taints"}) != json_array(*after, {"spec", "taints"});
    if (tainted) queue_pods(name);
    queue_.add(std::string(kNodePrefix) + name);
  });
  informers_->on_change(kPods, [this](const JsonPtr& before, const JsonPtr& after) {
    if (!after) return;
    const bool bound = !pod_node(*after).empty() && (!before || pod_node(*before).empty());
    if (bound) queue_.add(std::string(kPodPrefix) + object_key(*after));
  });
}

void NodeLifecycle::heard_from(const std::string& node) {
  const auto found = heard_.find(node);
  if (found != heard_.end()) found->second = env_.now();
}

void NodeLifecycle::queue_pods(const std::string& node) {
  for (const auto& [key, pod] : informers_->objects(kPods))
    if (pod_node(*pod) == node) queue_.add(std::string(kPodPrefix) + object_key(*pod));
}

Status NodeLifecycle::reconcile(const std::string& key) {
  if (!informers_->synced()) {
    queue_.add_after(key, milliseconds(100));
    return ok_status();
  }
  Status done = ok_status();
  if (key.starts_with(kNodePrefix)) {
    done = sync_node(key.substr(kNodePrefix.size()));
  } else {
    const auto [namespace_name, name] = split_key(key.substr(kPodPrefix.size()));
    done = sync_pod(key, informers_->get(kPods, namespace_name, name));
  }
  return done.code() == Code::kNotFound ? ok_status() : done;
}

Status NodeLifecycle::sync_node(const std::string& name) {
  const JsonPtr node = informers_->get(kNodes, "", name);
  const auto heard = heard_.find(name);
  if (!node || heard == heard_.end()) return ok_status();
  const SteadyTime deadline = heard->second + timings::kNodeMonitorGrace;
  const std::string ready = condition_status(*node, "Ready");
  if (env_.now() >= deadline && ready != "Unknown") return mark_silent(node);
  if (env_.now() < deadline)
    queue_.add_after(std::string(kNodePrefix) + name, deadline - env_.now());
  if (ready.empty()) return ok_status();  // its kubelet has only just registered it
  if (ready == "Unknown") DRYDOCK_RETURN_IF_ERROR(mark_pods_not_ready(name));
  return set_taints(node);
}

Status NodeLifecycle::mark_silent(const JsonPtr& node) {
  const std::string name = json_string(*node, {"metadata", "name"});
  events_->normal(*node, "NodeNotReady", fmt::format("Node {} status is now: NodeNotReady", name));
  return edit_object(*client_, kNodes, "", name, object_uid(*node), WritePart::kStatus,
                     [this](json::value& object) {
                       bool changed = false;
                       for (const std::string_view type : kConditions)
                         changed |=
                             set_condition(object, type, "Unknown", "NodeStatusUnknown",
                                           "Kubelet stopped posting node status.", env_.wall_now());
                       return changed;
                     });
}

Status NodeLifecycle::set_taints(const JsonPtr& node) {
  const std::vector<Taint> wanted = wanted_taints(*node);
  if (taints_are_right(*node, wanted)) return ok_status();
  const std::string name = json_string(*node, {"metadata", "name"});
  return edit_object(
      *client_, kNodes, "", name, object_uid(*node), WritePart::kObject, [&](json::value& object) {
        if (taints_are_right(object, wanted)) return false;
        json::array taints;
        for (const json::value& taint : json_array(object, {"spec", "taints"}))
          if (!is_wrong({json_string(taint, {"key"}), "", json_string(taint, {"effect"})}, wanted))
            taints.push_back(taint);
        for (const Taint& taint : wanted) {
          if (has_taint(object, taint.key, taint.effect)) continue;
          json::object added{{"key", taint.key}, {"effect", taint.effect}};
          if (taint.effect == "NoExecute") added["timeAdded"] = format_rfc3339(env_.wall_now());
          taints.push_back(std::move(added));
        }
        json_at(object, {"spec", "taints"}) = std::move(taints);
        return true;
      });
}

Status NodeLifecycle::mark_pods_not_ready(const std::string& node) {
  std::vector<JsonPtr> ready;
  for (const auto& [key, pod] : informers_->objects(kPods))
    if (pod_node(*pod) == node && condition_status(*pod, "Ready") == "True") ready.push_back(pod);
  for (const JsonPtr& pod : ready) {
    const auto [namespace_name, name] = split_key(object_key(*pod));
    events_->warning(*pod, "NodeNotReady", "Node is not ready");
    const Status written = edit_object(
        *client_, kPods, namespace_name, name, object_uid(*pod), WritePart::kStatus,
        [this](json::value& object) {
          const json::value* condition = find_condition(object, "Ready");
          if (condition == nullptr || json_string(*condition, {"status"}) != "True") return false;
          return set_condition(object, "Ready", "False", json_string(*condition, {"reason"}),
                               json_string(*condition, {"message"}), env_.wall_now());
        });
    if (!written.ok() && written.code() != Code::kNotFound) return written;
  }
  return ok_status();
}

SteadyTime NodeLifecycle::eviction_time(const json::value& pod) const {
  const JsonPtr node = informers_->get(kNodes, "", pod_node(pod));
  if (!node) return kForever;
  SteadyTime earliest = kForever;
  for (const Taint& taint : node_taints(*node)) {
    if (taint.effect != "NoExecute") continue;
    const std::optional<int64_t> tolerated = toleration_seconds(pod, taint);
    if (tolerated && *tolerated < 0) continue;
    const auto since = tainted_.find(pod_node(pod) + "/" + taint.key);
    const SteadyTime from = since == tainted_.end() ? env_.now() : since->second;
    earliest = std::min(earliest, from + seconds(tolerated.value_or(0)));
  }
  return earliest;
}

Status NodeLifecycle::sync_pod(const std::string& key, const JsonPtr& pod) {
  if (!pod || is_deleting(*pod) || is_terminal_pod(*pod)) {
    evictions_.erase(key);
    return ok_status();
  }
  const std::string node = pod_node(*pod);
  const JsonPtr object = informers_->get(kNodes, "", node);
  for (const std::string_view taint : {kUnreachable, kNotReady}) {
    const std::string since = node + "/" + std::string(taint);
    if (object && has_taint(*object, taint, "NoExecute")) {
      tainted_.try_emplace(since, env_.now());
    } else {
      tainted_.erase(since);
    }
  }
  const SteadyTime at = eviction_time(*pod);
  if (at == kForever) {
    if (evictions_.erase(key) > 0)
      events_->normal(*pod, "TaintManagerEviction",
                      "Cancelling deletion of Pod " + object_key(*pod));
    return ok_status();
  }
  evictions_[key] = {object_uid(*pod), at};
  if (env_.now() < at) {
    queue_.add_after(key, at - env_.now());
    return ok_status();
  }
  evictions_.erase(key);
  return evict(pod);
}

Status NodeLifecycle::evict(const JsonPtr& pod) {
  const auto [namespace_name, name] = split_key(object_key(*pod));
  events_->normal(*pod, "TaintManagerEviction", "Marking for deletion Pod " + object_key(*pod));
  DRYDOCK_RETURN_IF_ERROR(edit_object(
      *client_, kPods, namespace_name, name, object_uid(*pod), WritePart::kStatus,
      [this](json::value& object) {
        return set_condition(object, "DisruptionTarget", "True", "DeletionByTaintManager",
                             "Taint manager: deleting due to NoExecute taint", env_.wall_now());
      }));
  return client_->remove(kPods, namespace_name, name, {.uid = object_uid(*pod)});
}

}  // namespace drydock::fakekube
