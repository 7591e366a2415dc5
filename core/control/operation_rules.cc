#include "core/control/operation_rules.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace drydock::control {
namespace {

Finding go_on() { return {}; }
Finding wait(std::string reason, std::string message) {
  return {Finding::Kind::kWait, std::move(reason), std::move(message)};
}
Finding fail(std::string reason, std::string message) {
  return {Finding::Kind::kFail, std::move(reason), std::move(message)};
}

std::string_view operation_word(OperationKind kind) {
  return kind == OperationKind::kBackup ? "backup" : "restore";
}

bool has_outcome(const Operation& operation, const Observation& observation) {
  return observation.outcome && observation.outcome->name == operation.meta.name &&
         observation.outcome->operation == operation_word(operation.kind);
}

Decision from_outcome(const Operation& operation, const TerminationOutcome& outcome) {
  if (outcome.succeeded) return {Step::kSucceed, "Completed", {}};
  const std::string why = outcome.reason.empty() ? "no reason was given" : outcome.reason;
  return {Step::kFail, "OperationFailed",
          fmt::format("the {} failed: {}", operation_word(operation.kind), why)};
}

Decision outcome_lost(const Operation& operation, const Observation& observation) {
  const std::string& pod = operation.meta.name;
  const std::string_view word = operation_word(operation.kind);
  std::string message;
  switch (observation.presence) {
    case PodPresence::kEnded:
      message = fmt::format(
          "the container of pod '{}' ended ({}) before the {}'s outcome was known; "
          "its log is kept",
          pod, observation.end_details, word);
      break;
    case PodPresence::kGone:
      message = fmt::format(
          "pod '{}' was deleted before the {}'s outcome was known, and the log went "
          "with it",
          pod, word);
      break;
    case PodPresence::kReplaced:
      message = fmt::format(
          "pod '{}' was replaced by another before the {}'s outcome was known, and "
          "the log went with it",
          pod, word);
      break;
    default:
      message = fmt::format(
          "the node of pod '{}' was removed before the {}'s outcome was known, and "
          "the log went with it",
          pod, word);
  }
  return {Step::kFail, "OutcomeLost", std::move(message)};
}

Decision from_report(const Operation& operation, const OperationReport& report) {
  switch (report.state) {
    case OperationState::kSucceeded: return {Step::kSucceed, "Completed", {}};
    case OperationState::kRunning: return {Step::kRunning, "Accepted", {}};
    default: break;
  }
  const std::string why = report.reason.empty() ? "the server gives no reason" : report.reason;
  return {Step::kFail, "OperationFailed",
          fmt::format("the {} failed: {}; see the log of pod '{}'", operation_word(operation.kind),
                      why, operation.meta.name)};
}

Decision from_absence(const Operation& operation, const Observation& observation,
                      const OperationOptions& options) {
  if (!observation.ready)
    return {
        Step::kUnknown, "PodNotReady",
        fmt::format("pod '{}' is not ready and does not know the operation", operation.meta.name)};
  if (!observation.accepted) return {Step::kStart, "NotStarted", {}};
  if (observation.absent_for < options.forgotten_after) return {Step::kKeep, {}, {}};
  return {
      Step::kFail, "OperationForgotten",
      fmt::format("the server accepted the {} and no longer knows it (for a restore: the archive "
                  "may be missing); see the log of pod '{}'",
                  operation_word(operation.kind), operation.meta.name)};
}

Decision from_call_error(const Operation& operation, const Observation& observation) {
  const Code code = observation.call.code();
  if (code == Code::kUnauthenticated || code == Code::kForbidden)
    return {Step::kFail, "AuthenticationFailed",
            fmt::format("the server refuses the operator: {}", observation.call.message())};
  if (!observation.ready)
    return {Step::kUnknown, "PodNotReady",
            fmt::format("pod '{}' is not ready and gives no answer", operation.meta.name)};
  return {Step::kUnknown, "Unreachable",
          fmt::format("the server in pod '{}' gives no answer: {}", operation.meta.name,
                      observation.call.to_string())};
}

}  // namespace

bool outcome_is_known(const OperationStatus& status) {
  return find_condition(status.conditions, condition::kSucceeded) != nullptr;
}

bool start_was_asked(const OperationStatus& status) {
  const Condition* started = find_condition(status.conditions, condition::kStarted);
  return started != nullptr && started->status != "False";
}

Finding check_spec(const Operation& operation) {
  const OperationSpec& spec = operation.spec;
  if (spec.cluster.empty()) return fail("InvalidSpec", "spec.cluster must be configured");
  if (operation.kind == OperationKind::kRestore && spec.backup.empty())
    return fail("InvalidSpec", "spec.backup must be configured");
  if (!spec.storage.empty() && !is_positive_quantity(spec.storage))
    return fail("InvalidSpec",
                fmt::format("spec.volume.storage '{}' is no quantity", spec.storage));
  if (!spec.memory.empty() && !parse_limit_and_request(spec.memory))
    return fail("InvalidSpec",
                fmt::format("spec.container.memory '{}' is no quantity", spec.memory));
  if (!spec.cpu.empty() && !parse_limit_and_request(spec.cpu))
    return fail("InvalidSpec", fmt::format("spec.container.cpu '{}' is no quantity", spec.cpu));
  return go_on();
}

Finding check_cluster(std::string_view name, const Infinispan* cluster) {
  if (cluster == nullptr)
    return wait("ClusterMissing", fmt::format("Infinispan '{}' does not exist", name));
  if (cluster->service_type == "Cache")
    return fail(
        "ServiceTypeCache",
        fmt::format("Infinispan '{}' has service type Cache; backup and restore need service "
                    "type DataGrid",
                    name));
  if (const std::string why = cluster->unstable_reason(); !why.empty())
    return wait("ClusterNotReady", fmt::format("Infinispan '{}' is not ready: {}", name, why));
  if (cluster->replicas == 0)
    return wait("ClusterNotReady", fmt::format("Infinispan '{}' is scaled to zero", name));
  if (cluster->image.empty())
    return wait("ClusterNotReady", fmt::format("Infinispan '{}' does not tell its image", name));
  // An operator that lists no members has nothing more exact to tell than WellFormed.
  if (cluster->view.empty()) return go_on();
  const auto missing = missing_data_nodes(*cluster, cluster->view);
  if (missing.empty()) return go_on();
  return wait("ClusterIncomplete",
              fmt::format("data nodes not in the cluster's view: {}", fmt::join(missing, ", ")));
}

Finding check_source(std::string_view name, const Operation* backup) {
  if (backup == nullptr || backup->meta.deleting)
    return wait("BackupMissing", fmt::format("Backup '{}' does not exist", name));
  if (backup->imported && backup->status.phase == Phase::kNone) return go_on();
  switch (backup->status.phase) {
    case Phase::kSucceeded: return go_on();
    case Phase::kFailed:
      return fail("BackupFailed",
                  fmt::format("Backup '{}' failed, so there is nothing to restore", name));
    default: break;
  }
  return wait("BackupNotFinished", fmt::format("Backup '{}' has not finished yet", name));
}

Finding check_view(const Infinispan& cluster, const ServerHealth& health) {
  const auto missing = missing_data_nodes(cluster, health.members);
  if (!missing.empty())
    return wait("ViewIncomplete",
                fmt::format("the pod does not see these data nodes: {}", fmt::join(missing, ", ")));
  if (health.status != "HEALTHY" && health.status != "HEALTHY_REBALANCING")
    return wait("ClusterUnhealthy", fmt::format("the cluster's health is {}", health.status));
  return go_on();
}

Finding check_owner(const Operation& operation, const json::value& object, std::string_view what,
                    bool adoptable) {
  const std::string_view kind = kind_name(operation.kind);
  const auto owner = controller_of(object);
  const bool of_predecessor = owner && owner->kind == kind && owner->name == operation.meta.name;
  if (parse_meta(object).deleting || (of_predecessor && owner->uid != operation.meta.uid))
    return wait("PredecessorTerminating",
                fmt::format("{} '{}' of an earlier {} is still being removed", what,
                            operation.meta.name, kind));
  if (of_predecessor) return go_on();
  if (adoptable && owners_of(object).empty() &&
      annotation_of(object, kAnnotationAdopt) == operation.meta.name)
    return go_on();
  return fail("NameTaken",
              fmt::format("{} '{}' exists already and belongs to {}; use another name for this {}",
                          what, operation.meta.name, describe_owner(object), kind));
}

Decision decide(const Operation& operation, const Observation& observation,
                const OperationOptions& options) {
  const bool answered = observation.report.has_value();
  if (answered && observation.report->state != OperationState::kAbsent)
    return from_report(operation, *observation.report);
  if (observation.presence != PodPresence::kPresent) {
    return has_outcome(operation, observation) ? from_outcome(operation, *observation.outcome)
                                               : outcome_lost(operation, observation);
  }
  if (answered) return from_absence(operation, observation, options);
  return from_call_error(operation, observation);
}

std::string describe_waiting(const Pod& pod) {
  if (const Condition* scheduled = find_condition(pod.conditions, "PodScheduled");
      scheduled != nullptr && scheduled->status == "False")
    return fmt::format("it is not scheduled: {}", scheduled->message);
  if (!pod.waiting_reason.empty() && pod.waiting_reason != "ContainerCreating")
    return fmt::format("its container waits: {}{}{}", pod.waiting_reason,
                       pod.waiting_message.empty() ? "" : ": ", pod.waiting_message);
  if (pod.phase.empty() || pod.phase == "Pending") return "it is being started";
  return "its server is not ready";
}

std::string describe_end(const Pod& pod) {
  if (!pod.container_terminated) {
    std::string why = pod.reason.empty() ? "phase " + pod.phase : pod.reason;
    return pod.message.empty() ? why : why + ": " + pod.message;
  }
  std::string text = fmt::format("exit code {}", pod.exit_code);
  if (!pod.termination_reason.empty()) text += ", " + pod.termination_reason;
  if (!pod.reason.empty()) text += ", pod " + pod.reason;
  return text;
}

}  // namespace drydock::control
