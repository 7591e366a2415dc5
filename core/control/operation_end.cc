// From the outcome to the end phase: record it, end the pod, then write Succeeded or Failed.
//
// A pod is never deleted: its object and log stay until the CR is deleted.
#include <fmt/format.h>

#include "core/base/log.h"
#include "core/control/operation_controller.h"

namespace drydock::control {
namespace {

// How often the server is asked to stop before the kubelet is made to end its container.
constexpr int kMaxFailedStops = 3;

}  // namespace

OperationController::Next OperationController::succeed(Pass& pass) {
  OperationStatus next = pass.operation.status;
  next.reason.clear();
  set_condition(next.conditions,
                {std::string(condition::kSucceeded),
                 "True",
                 "Completed",
                 strategy_->completed(pass.operation.meta.name),
                 {}},
                env_.wall_now());
  DRYDOCK_RETURN_IF_ERROR(writer_.write(pass.operation, next, {}));
  return finish(pass);
}

OperationController::Next OperationController::fail(Pass& pass, const std::string& reason,
                                                    const std::string& message) {
  OperationStatus next = pass.operation.status;
  next.reason = message;
  set_condition(next.conditions, {std::string(condition::kSucceeded), "False", reason, message, {}},
                env_.wall_now());
  DRYDOCK_RETURN_IF_ERROR(writer_.write(pass.operation, next, {}));
  return finish(pass);
}

OperationController::Next OperationController::finish(Pass& pass) {
  Memory& memory = pass.memory;
  if (!memory.outcome_since) memory.outcome_since = env_.now();
  DRYDOCK_ASSIGN(const LivePod live, look_at_own_pod(pass));
  const std::string type(condition::kPodEnded);
  const std::string& name = pass.operation.meta.name;
  if (live.presence == PodPresence::kEnded)
    return settle(pass, {type,
                         "True",
                         "ContainerTerminated",
                         fmt::format("pod '{}' has ended ({}); its log is kept", name,
                                     describe_end(live.pod)),
                         {}});
  if (live.presence != PodPresence::kPresent)
    return settle(pass, {type, "True", "PodGone", fmt::format("there is no pod '{}'", name), {}});
  if (env_.now() - *memory.outcome_since >= options_.stop_deadline)
    return settle(pass, {type,
                         "Unknown",
                         "NotSeen",
                         fmt::format("the end of pod '{}' was not seen within {}", name,
                                     format_duration(options_.stop_deadline)),
                         {}});
  DRYDOCK_RETURN_IF_ERROR(stop_pod(pass, live));
  return again_after(options_.poll_interval);
}

// A pod that this CR's uid owns, also when its creation was never recorded.
Result<OperationController::LivePod> OperationController::look_at_own_pod(const Pass& pass) {
  DRYDOCK_ASSIGN(LivePod live, look_at_pod(pass));
  if (!pass.operation.status.pod_uid.empty() || live.object == nullptr) return live;
  const auto owner = controller_of(*live.object);
  if (!owner || owner->uid != pass.operation.meta.uid) return LivePod{};
  live.presence = live.pod.ended() ? PodPresence::kEnded : PodPresence::kPresent;
  return live;
}

Status OperationController::stop_pod(Pass& pass, const LivePod& live) {
  Memory& memory = pass.memory;
  if (live.pod.active_deadline_s) return ok_status();  // the kubelet was asked already
  if (memory.stop_accepted) {
    const bool overdue = env_.now() - *memory.stop_accepted >= options_.stop_deadline / 2;
    return overdue ? kill_container(live) : ok_status();
  }
  if (memory.failed_stops >= kMaxFailedStops) return kill_container(live);
  acted_on(pass, live.object.get());
  Status stopped = connect(pass, live.pod);
  if (stopped.ok()) stopped = session_of(pass).stop();
  if (stopped.code() == Code::kCancelled) return stopped;
  if (stopped.ok()) {
    memory.stop_accepted = env_.now();
    return ok_status();
  }
  log_info(env_, "the server in pod '{}' did not take the stop: {}", live.pod.meta.name,
           stopped.to_string());
  if (++memory.failed_stops >= kMaxFailedStops || live.pod.pod_ip.empty())
    return kill_container(live);
  return ok_status();
}

// The kubelet ends a pod that is active for longer than this; object and log stay.
Status OperationController::kill_container(const LivePod& live) {
  json::value patch =
      json::object{{"metadata", json::object{{"resourceVersion", live.pod.meta.resource_version}}},
                   {"spec", json::object{{"activeDeadlineSeconds", 1}}}};
  const Status patched = kube_.patch(kPods, live.pod.meta.name, std::move(patch)).status();
  if (patched.code() == Code::kNotFound || patched.code() == Code::kConflict)
    return ok_status();  // looked at again in the next pass
  if (patched.code() != Code::kForbidden) return patched;
  log_warn(env_, "pod '{}' can't be ended: {}", live.pod.meta.name, patched.to_string());
  return ok_status();
}

OperationController::Next OperationController::settle(Pass& pass, Condition pod_ended) {
  const Condition* outcome =
      find_condition(pass.operation.status.conditions, condition::kSucceeded);
  DRYDOCK_CHECK(outcome != nullptr, "an end phase needs its outcome");
  const bool succeeded = outcome->status == "True";
  const News news{outcome->reason, outcome->message};
  OperationStatus next = pass.operation.status;
  next.phase = succeeded ? Phase::kSucceeded : Phase::kFailed;
  set_condition(next.conditions, std::move(pod_ended), env_.wall_now());
  if (find_condition(next.conditions, condition::kReachable) != nullptr)
    set_condition(next.conditions,
                  {std::string(condition::kReachable),
                   "True",
                   "OutcomeKnown",
                   "the operation's outcome is known",
                   {}},
                  env_.wall_now());
  DRYDOCK_RETURN_IF_ERROR(writer_.write(pass.operation, next, news));
  return ReconcileResult{};
}

}  // namespace drydock::control
