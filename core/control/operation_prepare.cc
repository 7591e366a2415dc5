// Initializing: waiting for cluster and source, then claim and pod, each created at most once.
#include <fmt/format.h>

#include "core/control/operation_controller.h"
#include "core/control/operation_pod.h"

namespace drydock::control {
namespace {

Finding waiting(std::string reason, std::string message) {
  return {Finding::Kind::kWait, std::move(reason), std::move(message)};
}

}  // namespace

OperationController::Next OperationController::prepare(Pass& pass) {
  Next next = prepare_objects(pass);
  // A right that is missing now may be granted later; the user must see which one it is.
  if (next.code() == Code::kForbidden)
    return wait_to_begin(pass, waiting("Forbidden", next.status().message()));
  return next;
}

OperationController::Next OperationController::prepare_objects(Pass& pass) {
  const Operation& operation = pass.operation;
  Infinispan cluster;
  JsonPtr cluster_object;
  Finding finding = check_spec(operation);
  if (finding.kind == Finding::Kind::kGoOn) {
    DRYDOCK_ASSIGN(finding, look_at_cluster(operation.spec.cluster, cluster, cluster_object));
  }
  if (finding.kind == Finding::Kind::kGoOn) {
    DRYDOCK_ASSIGN(finding, strategy_->check_source(kube_, operation));
  }
  if (finding.kind == Finding::Kind::kGoOn && find_data_pod(operation.spec.cluster) == nullptr)
    finding = waiting("NoDataPods",
                      fmt::format("no pod of cluster '{}' is there", operation.spec.cluster));
  if (finding.kind == Finding::Kind::kGoOn) {
    DRYDOCK_ASSIGN(finding, strategy_->prepare_claim(kube_, operation));
  }
  switch (finding.kind) {
    case Finding::Kind::kGoOn: return ensure_pod(pass, cluster, *cluster_object);
    case Finding::Kind::kWait: return wait_to_begin(pass, finding);
    case Finding::Kind::kFail: break;
  }
  return fail(pass, finding.reason, finding.message);
}

OperationController::Next OperationController::wait_to_begin(Pass& pass, const Finding& finding) {
  OperationStatus next = pass.operation.status;
  set_condition(
      next.conditions,
      {std::string(condition::kInitialized), "False", finding.reason, finding.message, {}},
      env_.wall_now());
  DRYDOCK_RETURN_IF_ERROR(writer_.write(pass.operation, next, {finding.reason, finding.message}));
  return again_after(options_.cluster_recheck);
}

JsonPtr OperationController::find_data_pod(const std::string& cluster) const {
  for (const auto& [name, object] : pods_.objects()) {
    if (label_of(*object, kLabelApp) == kAppDataNode &&
        label_of(*object, kLabelCluster) == cluster &&
        label_of(*object, kLabelClusterName) == cluster)
      return object;
  }
  return nullptr;
}

OperationController::Next OperationController::ensure_pod(Pass& pass, const Infinispan& cluster,
                                                          const json::value& cluster_object) {
  const Operation& operation = pass.operation;
  const Result<JsonPtr> existing = kube_.get(kPods, operation.meta.name);
  if (existing.ok()) {
    const Finding finding = check_owner(operation, **existing, kPods.kind, /*adoptable=*/false);
    if (finding.kind == Finding::Kind::kGoOn) return adopt_pod(pass, **existing);
    if (finding.kind == Finding::Kind::kWait) return wait_to_begin(pass, finding);
    return fail(pass, finding.reason, finding.message);
  }
  if (existing.code() != Code::kNotFound) return existing.status();
  const JsonPtr data_pod = find_data_pod(operation.spec.cluster);
  if (data_pod == nullptr)  // gone while we asked for other things
    return Status(Code::kUnavailable, "no pod of the cluster is there any more");
  return create_pod(pass, build_pod({.operation = operation,
                                     .cluster = cluster,
                                     .cluster_object = cluster_object,
                                     .data_pod = *data_pod,
                                     .claim = strategy_->claim(operation),
                                     .claim_read_only = strategy_->claim_read_only()}));
}

OperationController::Next OperationController::create_pod(Pass& pass, const json::value& pod) {
  // The copy may be old: a CR that has had its pod must not get a second one.
  const Operation& operation = pass.operation;
  DRYDOCK_ASSIGN(const JsonPtr now, kube_.get(strategy_->resource(), operation.meta.name));
  if (parse_meta(*now).resource_version != operation.meta.resource_version)
    return Status(Code::kConflict, "the object was changed since it was read");
  Result<JsonPtr> created = kube_.create(kPods, pod);
  if (created.code() == Code::kInvalid)
    return fail(pass, "PodRefused", "the pod is refused: " + created.status().message());
  DRYDOCK_RETURN_IF_ERROR(created.status());
  return adopt_pod(pass, **created);
}

OperationController::Next OperationController::adopt_pod(Pass& pass, const json::value& pod) {
  OperationStatus next = pass.operation.status;
  const std::string message = fmt::format("pod '{}' was created", pass.operation.meta.name);
  next.phase = Phase::kInitialized;
  next.pod_uid = parse_meta(pod).uid;
  if (strategy_->kind() == OperationKind::kBackup)
    next.pvc = "pvc/" + strategy_->claim(pass.operation);
  set_condition(next.conditions,
                {std::string(condition::kInitialized), "True", "PodCreated", message, {}},
                env_.wall_now());
  DRYDOCK_RETURN_IF_ERROR(writer_.write(pass.operation, next, {"PodCreated", message}));
  return again_after(options_.poll_interval);
}

}  // namespace drydock::control
