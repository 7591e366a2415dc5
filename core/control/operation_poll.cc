// Running and Unknown: what the server says, else what the pod says.
#include <fmt/format.h>

#include <algorithm>

#include "core/control/operation_controller.h"

namespace drydock::control {
namespace {

bool is_definite(const Observation& observation) {
  return observation.report && observation.report->state != OperationState::kAbsent;
}

}  // namespace

OperationController::Next OperationController::poll(Pass& pass) {
  DRYDOCK_ASSIGN(const ReconcileResult next, poll_once(pass));
  if (outcome_is_known(pass.operation.status)) return next;
  return yield_if_asked(pass, next);
}

OperationController::Next OperationController::poll_once(Pass& pass) {
  Observation observation;
  observation.accepted = condition_true(pass.operation.status.conditions, condition::kStarted);
  observation.call = Status(Code::kUnavailable, "it was not asked");
  std::string asked_ip;
  if (const JsonPtr known = pods_.get(pass.operation.meta.name)) {
    const Pod pod = parse_pod(*known);
    if (pod.meta.uid == pass.operation.status.pod_uid && !pod.ended()) {
      acted_on(pass, known.get());
      asked_ip = pod.pod_ip;
      ask(pass, pod, observation);
      if (observation.call.code() == Code::kCancelled) return observation.call;
    }
  }
  if (is_definite(observation))
    return apply(pass, decide(pass.operation, observation, options_), nullptr);

  // No definite answer: the copy of the pod may be old, so the API server is asked.
  DRYDOCK_ASSIGN(LivePod live, look_at_pod(pass));
  if (live.presence == PodPresence::kPresent && live.pod.pod_ip != asked_ip) {
    acted_on(pass, live.object.get());
    ask(pass, live.pod, observation);
    if (observation.call.code() == Code::kCancelled) return observation.call;
  }
  // Seldom needed, and one more call: not before Unknown is written.
  if (live.presence == PodPresence::kPresent && !observation.report &&
      pass.operation.status.phase == Phase::kUnknown && node_is_gone(live.pod))
    live.presence = PodPresence::kNodeGone;
  note_pod(live, observation);
  note_absence(pass, observation);
  return apply(pass, decide(pass.operation, observation, options_), &live);
}

void OperationController::ask(Pass& pass, const Pod& pod, Observation& observation) {
  observation.ready = pod.ready;
  observation.report.reset();
  observation.call = connect(pass, pod);
  if (!observation.call.ok()) return;
  Result<OperationReport> report =
      session_of(pass).status(strategy_->kind(), pass.operation.meta.name);
  observation.call = report.status();
  if (report.ok()) observation.report = *std::move(report);
}

void OperationController::note_pod(const LivePod& live, Observation& observation) const {
  observation.presence = live.presence;
  observation.ready = live.presence == PodPresence::kPresent && live.pod.ready;
  if (live.presence != PodPresence::kEnded) return;
  observation.outcome = parse_termination_outcome(live.pod.termination_message);
  observation.end_details = describe_end(live.pod);
}

void OperationController::note_absence(Pass& pass, Observation& observation) {
  std::optional<SteadyTime>& since = pass.memory.absent_since;
  const bool absent = observation.report && observation.report->state == OperationState::kAbsent;
  if (!absent || !observation.ready) {
    since.reset();
    return;
  }
  if (!since) since = env_.now();
  observation.absent_for = env_.now() - *since;
}

bool OperationController::node_is_gone(const Pod& pod) {
  return !pod.node.empty() && kube_.get(kNodes, pod.node).code() == Code::kNotFound;
}

OperationController::Next OperationController::apply(Pass& pass, const Decision& decision,
                                                     const LivePod* live) {
  if (decision.step != Step::kUnknown) {
    pass.memory.unknown_since.reset();
    pass.memory.unknown_polls = 0;
  }
  switch (decision.step) {
    case Step::kRunning: pass.memory.absent_since.reset(); return running(pass);
    case Step::kKeep: return again_after(options_.poll_interval);
    case Step::kStart:
      DRYDOCK_CHECK(live != nullptr, "a start needs the pod as it is now");
      return try_start(pass, *live);
    case Step::kUnknown: return become_unknown(pass, decision.reason, decision.message);
    case Step::kSucceed: return succeed(pass);
    case Step::kFail: break;
  }
  return fail(pass, decision.reason, decision.message);
}

OperationController::Next OperationController::running(Pass& pass) {
  OperationStatus next = pass.operation.status;
  const std::string message = fmt::format("pod '{}' works on it", pass.operation.meta.name);
  next.phase = Phase::kRunning;
  next.reason.clear();
  set_condition(next.conditions,
                {std::string(condition::kStarted), "True", "Accepted", message, {}},
                env_.wall_now());
  if (find_condition(next.conditions, condition::kReachable) != nullptr)
    set_condition(next.conditions,
                  {std::string(condition::kReachable),
                   "True",
                   "Answered",
                   "the operation's state is known again",
                   {}},
                  env_.wall_now());
  DRYDOCK_RETURN_IF_ERROR(writer_.write(pass.operation, next, {"Running", message}));
  return again_after(options_.poll_interval);
}

OperationController::Next OperationController::become_unknown(Pass& pass, const std::string& reason,
                                                              const std::string& message) {
  Memory& memory = pass.memory;
  if (!memory.unknown_since) memory.unknown_since = env_.now();
  if (options_.unknown_deadline > Duration::zero() &&
      env_.now() - *memory.unknown_since >= options_.unknown_deadline)
    return fail(pass, "UnknownDeadlineExceeded",
                fmt::format("the state could not be told for {}: {}",
                            format_duration(options_.unknown_deadline), message));
  OperationStatus next = pass.operation.status;
  const Condition* reachable = find_condition(next.conditions, condition::kReachable);
  const bool known_already = next.phase == Phase::kUnknown && reachable != nullptr &&
                             reachable->status == "False" && reachable->reason == reason;
  if (!known_already) {
    next.phase = Phase::kUnknown;
    next.reason = message;
    set_condition(next.conditions,
                  {std::string(condition::kReachable), "False", reason, message, {}},
                  env_.wall_now());
    DRYDOCK_RETURN_IF_ERROR(writer_.write(pass.operation, next, {reason, message}));
  }
  Duration delay = options_.poll_interval;
  for (int i = 0; i < memory.unknown_polls && delay < options_.unknown_poll_max; ++i) delay *= 2;
  ++memory.unknown_polls;
  return again_after(std::min(delay, options_.unknown_poll_max));
}

// A cluster that is asked to stop or upgrade can't while this pod is a member.
OperationController::Next OperationController::yield_if_asked(Pass& pass,
                                                              const ReconcileResult& next) {
  const std::string& name = acted_on(pass, nullptr).cluster;
  const JsonPtr known = infinispans_.get(name);
  const bool stopping = known == nullptr || parse_infinispan(*known).stopping();
  std::optional<SteadyTime>& since = pass.memory.yield_since;
  if (!stopping) since.reset();
  if (stopping && !since) since = env_.now();

  const bool shown = condition_true(pass.operation.status.conditions, condition::kClusterStopping);
  if (shown != stopping) {
    OperationStatus status = pass.operation.status;
    const std::string message =
        stopping ? fmt::format("Infinispan '{}' waits for this operation; it is ended after {}",
                               name, format_duration(options_.yield_deadline))
                 : fmt::format("Infinispan '{}' goes on", name);
    const std::string reason = stopping ? "Yielding" : "ClusterGoesOn";
    set_condition(status.conditions,
                  {std::string(condition::kClusterStopping),
                   stopping ? "True" : "False",
                   reason,
                   message,
                   {}},
                  env_.wall_now());
    DRYDOCK_RETURN_IF_ERROR(writer_.write(pass.operation, status, {reason, message}));
  }
  if (!stopping || env_.now() - *since < options_.yield_deadline) return next;

  // The copy may be old, and what follows can't be undone.
  const Result<JsonPtr> now = kube_.get(kInfinispans, name);
  if (!now.ok() && now.code() != Code::kNotFound) return now.status();
  if (now.ok() && !parse_infinispan(**now).stopping()) return next;
  return fail(
      pass, "ClusterStopping",
      fmt::format("Infinispan '{}' is asked to stop or upgrade, and the operation did not end "
                  "within {}",
                  name, format_duration(options_.yield_deadline)));
}

}  // namespace drydock::control
