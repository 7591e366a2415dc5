// Initialized: waiting for the pod and its view, then asking for the start, once.
#include <fmt/format.h>

#include "core/control/operation_controller.h"
#include "core/control/operation_pod.h"

namespace drydock::control {
namespace {

Finding waiting(std::string reason, std::string message) {
  return {Finding::Kind::kWait, std::move(reason), std::move(message)};
}

bool is_refused_login(const Status& status) {
  return status.code() == Code::kUnauthenticated || status.code() == Code::kForbidden;
}

std::string cluster_stops(const std::string& cluster) {
  return fmt::format("Infinispan '{}' is asked to stop or upgrade", cluster);
}

}  // namespace

OperationController::Next OperationController::await_pod(Pass& pass) {
  DRYDOCK_ASSIGN(const LivePod live, look_at_pod(pass));
  const std::string& name = pass.operation.meta.name;
  switch (live.presence) {
    case PodPresence::kPresent: break;
    case PodPresence::kEnded: {
      const auto left = parse_termination_outcome(live.pod.termination_message);
      return fail(
          pass, "PodEnded",
          fmt::format("pod '{}' ended before the operation began ({}{}{}); its log is kept", name,
                      describe_end(live.pod), left ? ": " : "", left ? left->reason : ""));
    }
    default:
      return fail(
          pass, "PodLost",
          fmt::format("pod '{}' was deleted before the operation began, and the log went with "
                      "it",
                      name));
  }
  return try_start(pass, live);
}

// Everything that the start depends on is read anew here, in the pass that asks for it.
OperationController::Next OperationController::try_start(Pass& pass, const LivePod& live) {
  if (!pass.memory.start_since) pass.memory.start_since = env_.now();
  const OperationSpec& spec = acted_on(pass, live.object.get());
  Infinispan cluster;
  JsonPtr cluster_object;
  DRYDOCK_ASSIGN(Finding finding, look_at_cluster(spec.cluster, cluster, cluster_object));
  if (cluster_object != nullptr && cluster.stopping())
    return fail(pass, "ClusterStopping",
                cluster_stops(spec.cluster) + "; the operation did not begin");
  if (finding.kind == Finding::Kind::kFail) return fail(pass, finding.reason, finding.message);
  if (finding.kind == Finding::Kind::kWait) return hold(pass, finding);
  if (!live.pod.ready)
    return hold(pass, waiting("PodNotReady",
                              fmt::format("pod '{}' is not ready: {}", pass.operation.meta.name,
                                          describe_waiting(live.pod))));
  if (const Status connected = connect(pass, live.pod); !connected.ok())
    return could_not_ask(pass, connected);
  const Result<ServerHealth> health = session_of(pass).health();
  if (!health.ok()) return could_not_ask(pass, health.status());
  finding = check_view(cluster, *health);
  if (finding.kind != Finding::Kind::kGoOn) return hold(pass, finding);
  return ask_for_start(pass);
}

OperationController::Next OperationController::ask_for_start(Pass& pass) {
  ServerSession& server = session_of(pass);
  const std::string& name = pass.operation.meta.name;
  if (!start_was_asked(pass.operation.status)) {
    const Result<OperationReport> known = server.status(strategy_->kind(), name);
    if (!known.ok()) return could_not_ask(pass, known.status());
    DRYDOCK_RETURN_IF_ERROR(write_intent(pass));
    if (known->state != OperationState::kAbsent) return again_after(options_.poll_interval);
  }
  const Status started = server.start(strategy_->start_request(name, acted_on(pass, nullptr)));
  switch (started.code()) {
    case Code::kOk:
    case Code::kAlreadyExists: return running(pass);
    case Code::kInvalid:
    case Code::kInternal:
      return fail(pass, "StartRefused",
                  fmt::format("the server refused to begin: {}", started.message()));
    default: return could_not_ask(pass, started);
  }
}

// Under the CR's resourceVersion: of two controllers that believe to lead only one gets through.
Status OperationController::write_intent(Pass& pass) {
  OperationStatus next = pass.operation.status;
  set_condition(next.conditions,
                {std::string(condition::kStarted),
                 "Unknown",
                 "StartRequested",
                 "the server is asked to begin",
                 {}},
                env_.wall_now());
  return writer_.write(pass.operation, next, {});
}

OperationController::Next OperationController::hold(Pass& pass, const Finding& finding) {
  if (env_.now() - *pass.memory.start_since >= options_.start_deadline)
    return fail(pass, "StartDeadlineExceeded",
                fmt::format("the operation could not begin within {}: {}",
                            format_duration(options_.start_deadline), finding.message));
  if (start_was_asked(pass.operation.status)) return again_after(options_.poll_interval);
  OperationStatus next = pass.operation.status;
  set_condition(next.conditions,
                {std::string(condition::kStarted), "False", finding.reason, finding.message, {}},
                env_.wall_now());
  DRYDOCK_RETURN_IF_ERROR(writer_.write(pass.operation, next, {finding.reason, finding.message}));
  return again_after(options_.poll_interval);
}

OperationController::Next OperationController::could_not_ask(Pass& pass, const Status& status) {
  if (status.code() == Code::kCancelled) return status;
  if (is_refused_login(status))
    return fail(pass, "AuthenticationFailed",
                "the server refuses the operator: " + status.message());
  const std::string message = fmt::format("the server in pod '{}' gives no answer: {}",
                                          pass.operation.meta.name, status.to_string());
  if (start_was_asked(pass.operation.status)) return become_unknown(pass, "Unreachable", message);
  return hold(pass, waiting("Unreachable", message));
}

const OperationSpec& OperationController::acted_on(Pass& pass, const json::value* pod) {
  std::optional<OperationSpec>& spec = pass.memory.spec;
  if (!spec && pod != nullptr) {
    auto written = parse_acted_on(*pod);
    if (written && written->uid == pass.operation.meta.uid) spec = std::move(written->spec);
  }
  return spec ? *spec : pass.operation.spec;
}

ServerSession& OperationController::session_of(Pass& pass) {
  std::unique_ptr<ServerSession>& session = pass.memory.session;
  if (session == nullptr)
    session = std::make_unique<ServerSession>(env_, kube_, server_api_, options_.call_deadline);
  return *session;
}

Status OperationController::connect(Pass& pass, const Pod& pod) {
  const std::string& cluster = acted_on(pass, nullptr).cluster;
  const JsonPtr object = infinispans_.get(cluster);
  const int major = object == nullptr ? 0 : parse_infinispan(*object).major_version;
  return session_of(pass).connect(pod.pod_ip, cluster, major);
}

}  // namespace drydock::control
