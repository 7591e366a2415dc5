#include "fakekube/actors/container_record.h"

#include <algorithm>
#include <utility>

namespace drydock::fakekube {
namespace {

constexpr std::string_view kStatusTrue = "True";
constexpr std::string_view kStatusFalse = "False";

struct Counts {
  int waiting = 0;  // never ran
  int running = 0;
  int stopped = 0;    // ended, or waiting to run again
  int succeeded = 0;  // of the stopped ones: ended with code 0 for good
};

Counts count(const std::vector<ContainerRecord>& containers) {
  Counts out;
  for (const ContainerRecord& container : containers) {
    switch (container.phase) {
      case ContainerPhase::kRunning: ++out.running; break;
      case ContainerPhase::kWaiting: container.last ? ++out.stopped : ++out.waiting; break;
      case ContainerPhase::kTerminated:
        ++out.stopped;
        if (container.terminated.exit_code == 0) ++out.succeeded;
        break;
    }
  }
  return out;
}

bool init_done(const ContainerRecord& container) {
  if (container.is_sidecar) return container.ever_started;
  return container.phase == ContainerPhase::kTerminated && container.terminated.exit_code == 0;
}

bool init_failed(const ContainerRecord& container) {
  if (container.is_sidecar) return false;
  if (container.phase == ContainerPhase::kTerminated) return container.terminated.exit_code != 0;
  return container.phase == ContainerPhase::kWaiting && container.last &&
         container.last->exit_code != 0;
}

bool is_terminal(std::string_view phase) { return phase == "Succeeded" || phase == "Failed"; }

bool any_running(const PodRecord& record) {
  return count(record.init_containers).running + count(record.containers).running > 0;
}

std::string phase_when_all_stopped(const Counts& main, const PodRecord& record,
                                   RestartPolicy policy) {
  const bool all_succeeded = main.stopped == main.succeeded;
  if (record.stopped) return all_succeeded ? "Succeeded" : "Failed";
  if (policy == RestartPolicy::kAlways) return "Running";
  if (all_succeeded) return "Succeeded";
  return policy == RestartPolicy::kNever ? "Failed" : "Running";
}

std::string phase_of_containers(const PodRecord& record, RestartPolicy policy) {
  const bool failed =
      std::any_of(record.init_containers.begin(), record.init_containers.end(), init_failed);
  if (failed && (policy == RestartPolicy::kNever || record.stopped)) return "Failed";
  const bool initialized =
      std::all_of(record.init_containers.begin(), record.init_containers.end(), init_done);
  const Counts main = count(record.containers);
  if (!initialized || main.waiting > 0) return "Pending";
  if (main.running > 0) return "Running";
  return phase_when_all_stopped(main, record, policy);
}

std::string bracketed(const std::vector<std::string>& names) {
  std::string out = "[";
  for (const std::string& name : names) {
    if (out.size() > 1) out += ' ';
    out += name;
  }
  return out + "]";
}

struct Condition {
  std::string_view type;
  std::string_view status;
  std::string_view reason;
  std::string message;
};

Condition initialized_condition(const PodRecord& record, std::string_view phase) {
  if (phase == "Succeeded") return {"Initialized", kStatusTrue, "PodCompleted", ""};
  std::vector<std::string> incomplete;
  for (const ContainerRecord& container : record.init_containers)
    if (!init_done(container)) incomplete.push_back(container.name);
  if (incomplete.empty()) return {"Initialized", kStatusTrue, "", ""};
  return {"Initialized", kStatusFalse, "ContainersNotInitialized",
          "containers with incomplete status: " + bracketed(incomplete)};
}

Condition readiness_condition(std::string_view type, const PodRecord& record,
                              std::string_view phase) {
  if (phase == "Succeeded") return {type, kStatusFalse, "PodCompleted", ""};
  if (phase == "Failed") return {type, kStatusFalse, "PodFailed", ""};
  std::vector<std::string> unready;
  for (const ContainerRecord& container : record.init_containers)
    if (container.is_sidecar && !container.ready) unready.push_back(container.name);
  for (const ContainerRecord& container : record.containers)
    if (!container.ready) unready.push_back(container.name);
  if (unready.empty()) return {type, kStatusTrue, "", ""};
  return {type, kStatusFalse, "ContainersNotReady",
          "containers with unready status: " + bracketed(unready)};
}

const json::value* find_condition(const json::array& conditions, std::string_view type) {
  for (const json::value& condition : conditions)
    if (json_string(condition, {"type"}) == type) return &condition;
  return nullptr;
}

json::value print_condition(const Condition& condition, const json::array& current,
                            const std::string& now) {
  const json::value* before = find_condition(current, condition.type);
  const bool same = before != nullptr && json_string(*before, {"status"}) == condition.status;
  json::object out{{"type", condition.type}, {"status", condition.status}};
  out["lastProbeTime"] = nullptr;
  out["lastTransitionTime"] = same ? json_string(*before, {"lastTransitionTime"}, now) : now;
  if (!condition.reason.empty()) out["reason"] = condition.reason;
  if (!condition.message.empty()) out["message"] = condition.message;
  return out;
}

// The kubelet's own conditions, then everybody else's as they are.
json::array print_conditions(const PodRecord& record, std::string_view phase,
                             const json::array& current, const std::string& now) {
  std::vector<Condition> own;
  if (record.reason == "Evicted" && is_terminal(phase))
    own.push_back({"DisruptionTarget", kStatusTrue, "TerminationByKubelet", record.message});
  const bool has_sandbox = !record.pod_ip.empty() && !is_terminal(phase);
  own.push_back({"PodReadyToStartContainers", has_sandbox ? kStatusTrue : kStatusFalse, "", ""});
  own.push_back(initialized_condition(record, phase));
  own.push_back(readiness_condition("Ready", record, phase));
  own.push_back(readiness_condition("ContainersReady", record, phase));
  if (find_condition(current, "PodScheduled") == nullptr)
    own.push_back({"PodScheduled", kStatusTrue, "", ""});

  json::array out;
  for (const Condition& condition : own) out.push_back(print_condition(condition, current, now));
  for (const json::value& other : current) {
    const std::string type = json_string(other, {"type"});
    const bool mine =
        std::any_of(own.begin(), own.end(), [&](const Condition& c) { return c.type == type; });
    if (!mine) out.push_back(other);
  }
  return out;
}

json::value print_terminated(const TerminatedState& state) {
  json::object out{{"exitCode", state.exit_code}, {"reason", state.reason}};
  if (!state.message.empty()) out["message"] = state.message;
  out["startedAt"] = format_rfc3339(state.started_at);
  out["finishedAt"] = format_rfc3339(state.finished_at);
  if (!state.container_id.empty()) out["containerID"] = state.container_id;
  return json::object{{"terminated", std::move(out)}};
}

json::value print_state(const ContainerRecord& container) {
  switch (container.phase) {
    case ContainerPhase::kTerminated: return print_terminated(container.terminated);
    case ContainerPhase::kRunning:
      return json::object{
          {"running", json::object{{"startedAt", format_rfc3339(container.started_at)}}}};
    case ContainerPhase::kWaiting: break;
  }
  json::object waiting{{"reason", container.waiting_reason}};
  if (!container.waiting_message.empty()) waiting["message"] = container.waiting_message;
  return json::object{{"waiting", std::move(waiting)}};
}

json::array print_containers(const std::vector<ContainerRecord>& containers) {
  json::array out;
  for (const ContainerRecord& container : containers) {
    json::object one{{"name", container.name}, {"state", print_state(container)}};
    one["lastState"] =
        container.last ? print_terminated(*container.last) : json::value(json::object());
    one["ready"] = container.ready;
    one["restartCount"] = container.restart_count;
    one["image"] = container.image;
    one["imageID"] = container.container_id.empty() ? "" : container.image;
    if (!container.container_id.empty()) one["containerID"] = container.container_id;
    one["started"] = container.started;
    out.push_back(std::move(one));
  }
  return out;
}

json::value rejected_status(const json::value& pod, const PodRecord& record) {
  json::object out = json_object(pod, {"status"});
  out["phase"] = "Failed";
  out["message"] = record.message;
  out["reason"] = record.reason;
  if (record.start_time) out["startTime"] = format_rfc3339(*record.start_time);
  return out;
}

std::vector<ContainerRecord> make_containers(const json::value& pod, std::string_view list,
                                             bool are_init, std::string_view reason) {
  std::vector<ContainerRecord> out;
  for (const json::value& spec : json_array(pod, {"spec", list})) {
    ContainerRecord record;
    record.name = json_string(spec, {"name"});
    record.image = json_string(spec, {"image"});
    record.is_init = are_init;
    record.is_sidecar = are_init && json_string(spec, {"restartPolicy"}) == "Always";
    record.waiting_reason = reason;
    out.push_back(std::move(record));
  }
  return out;
}

}  // namespace

RestartPolicy restart_policy(const json::value& pod) {
  const std::string policy = json_string(pod, {"spec", "restartPolicy"});
  if (policy == "Never") return RestartPolicy::kNever;
  return policy == "OnFailure" ? RestartPolicy::kOnFailure : RestartPolicy::kAlways;
}

PodRecord make_pod_record(const json::value& pod) {
  PodRecord out;
  out.namespace_name = json_string(pod, {"metadata", "namespace"});
  out.name = json_string(pod, {"metadata", "name"});
  out.uid = json_string(pod, {"metadata", "uid"});
  const bool has_init = !json_array(pod, {"spec", "initContainers"}).empty();
  const std::string_view reason = has_init ? "PodInitializing" : "ContainerCreating";
  out.init_containers = make_containers(pod, "initContainers", true, reason);
  out.containers = make_containers(pod, "containers", false, reason);
  return out;
}

bool will_restart(const ContainerRecord& container, RestartPolicy policy) {
  if (container.phase != ContainerPhase::kTerminated) return false;
  if (container.is_sidecar) return true;
  if (policy == RestartPolicy::kNever) return false;
  if (policy == RestartPolicy::kAlways && !container.is_init) return true;
  return container.terminated.exit_code != 0;
}

std::string derive_phase(const PodRecord& record, RestartPolicy policy,
                         std::string_view current_phase) {
  if (is_terminal(current_phase)) return std::string(current_phase);
  // A pod never looks ended while something of it may still run.
  const bool runs = any_running(record);
  if (!record.reason.empty() && !runs) return "Failed";
  std::string phase = phase_of_containers(record, policy);
  return runs && is_terminal(phase) ? "Running" : phase;
}

json::value derive_pod_status(const json::value& pod, const PodRecord& record,
                              std::string_view node_ip, WallTime now) {
  const std::string now_text = format_rfc3339(now);
  const std::string phase =
      derive_phase(record, restart_policy(pod), json_string(pod, {"status", "phase"}));
  json::object out{{"phase", phase}};
  if (record.rejected) return rejected_status(pod, record);
  out["conditions"] =
      print_conditions(record, phase, json_array(pod, {"status", "conditions"}), now_text);
  if (!record.reason.empty() && phase == "Failed") {
    out["message"] = record.message;
    out["reason"] = record.reason;
  }
  out["hostIP"] = node_ip;
  out["hostIPs"] = json::array{json::object{{"ip", node_ip}}};
  if (!record.pod_ip.empty()) {
    out["podIP"] = record.pod_ip;
    out["podIPs"] = json::array{json::object{{"ip", record.pod_ip}}};
  }
  if (record.start_time) out["startTime"] = format_rfc3339(*record.start_time);
  if (!record.init_containers.empty())
    out["initContainerStatuses"] = print_containers(record.init_containers);
  out["containerStatuses"] = print_containers(record.containers);
  for (const auto& [key, value] : json_object(pod, {"status"}))
    if (!out.contains(key)) out[key] = value;
  return out;
}

}  // namespace drydock::fakekube
