#include "harness/world/pod_end.h"

#include <fmt/format.h>

#include "core/base/resources.h"

namespace drydock::harness {
namespace {

// A kubelet on a machine that was cut off or removed reports nothing.
bool machine_reports(Run& run, const json::value& pod) {
  const std::string machine = json_string(pod, {"spec", "nodeName"});
  const JsonPtr node = run.world().object(fakekube::kNodes, machine);
  return node != nullptr && condition_true(parse_conditions(*node), "Ready");
}

// Only a container that has started has an id, and a log.
bool has_started(const json::value& pod) {
  for (const json::value& status : json_array(pod, {"status", "containerStatuses"}))
    if (json_string(status, {"name"}) == kOperationContainer &&
        !json_string(status, {"containerID"}).empty())
      return true;
  return false;
}

std::vector<Failure> check_pod(Run& run, const std::string& cr, const std::string& name) {
  const JsonPtr pod = run.world().object(fakekube::kPods, name);
  if (pod == nullptr || !machine_reports(run, *pod)) return {};
  const auto owner = controller_of(*pod);
  if (!owner || owner->kind + "/" + owner->name != cr) return {};
  const std::string phase = json_string(*pod, {"status", "phase"});
  if (phase != "Succeeded" && phase != "Failed")
    return {{"pod-ended", "the pod of an ended operation has ended",
             fmt::format("{} has ended, its pod is {}", cr, phase)}};
  if (has_started(*pod) && !run.world().pod_log(name))
    return {{"log-readable", "the log stays until the CR is deleted",
             fmt::format("the log of {} can't be read", cr)}};
  return {};
}

}  // namespace

std::vector<Failure> check_pods_ended(Run& run) {
  std::vector<Failure> violations;
  for (const fakekube::ResourceType* type : {&fakekube::kBackups, &fakekube::kRestores}) {
    for (const auto& [key, object] : run.world().api_server().store().objects(*type)) {
      const auto phase = parse_phase(json_string(*object.value, {"status", "phase"}));
      if (!phase || !is_terminal(*phase)) continue;
      for (Failure& one : check_pod(run, std::string(type->kind) + "/" + key.second, key.second))
        violations.push_back(std::move(one));
    }
  }
  return violations;
}

}  // namespace drydock::harness
