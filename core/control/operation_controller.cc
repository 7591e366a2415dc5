#include "core/control/operation_controller.h"

namespace drydock::control {
OperationController::OperationController(OperationControllerParts parts)
    : env_(parts.env),
      kube_(parts.kube),
      objects_(parts.objects),
      infinispans_(parts.infinispans),
      pods_(parts.pods),
      server_api_(std::move(parts.server_api)),
      options_(parts.options),
      strategy_(std::move(parts.strategy)),
      writer_(kube_, strategy_->resource(), objects_, parts.events) {}

Result<ReconcileResult> OperationController::reconcile(const Request& request) {
  const JsonPtr object = objects_.get(request.name);
  if (object == nullptr) {
    memory_.erase(request.name);
    return ReconcileResult{};
  }
  Operation operation = parse_operation(strategy_->kind(), *object);
  if (is_terminal(operation.status.phase)) {
    memory_.erase(request.name);
    return ReconcileResult{};
  }
  // What the CR owns goes with it; the garbage collector sees to that.
  if (operation.meta.deleting) return ReconcileResult{};
  Memory& memory = memory_of(operation.meta);
  Pass pass{std::move(operation), memory};
  return step(pass);
}

OperationController::Memory& OperationController::memory_of(const ObjectMeta& meta) {
  Memory& memory = memory_[meta.name];
  if (memory.uid == meta.uid) return memory;
  memory = Memory{};  // another CR of the same name
  memory.uid = meta.uid;
  return memory;
}

OperationController::Next OperationController::step(Pass& pass) {
  const Operation& operation = pass.operation;
  if (outcome_is_known(operation.status)) return finish(pass);
  switch (operation.status.phase) {
    case Phase::kNone: return operation.imported ? mark_imported(pass) : begin(pass);
    case Phase::kInitializing: return prepare(pass);
    case Phase::kInitialized:
      return start_was_asked(operation.status) ? poll(pass) : await_pod(pass);
    case Phase::kRunning:
    case Phase::kUnknown: return poll(pass);
    case Phase::kSucceeded:
    case Phase::kFailed: break;
  }
  return ReconcileResult{};
}

OperationController::Next OperationController::begin(Pass& pass) {
  OperationStatus next = pass.operation.status;
  next.phase = Phase::kInitializing;
  set_condition(next.conditions,
                {std::string(condition::kInitialized),
                 "False",
                 "Accepted",
                 "the resources are being prepared",
                 {}},
                env_.wall_now());
  DRYDOCK_RETURN_IF_ERROR(
      writer_.write(pass.operation, next, {"Accepted", "The resources are being prepared"}));
  return prepare(pass);
}

OperationController::Next OperationController::mark_imported(Pass& pass) {
  OperationStatus next = pass.operation.status;
  const std::string message = "the volume was brought along by an administrator; nothing is done";
  set_condition(next.conditions,
                {std::string(condition::kImported), "True", "Annotated", message, {}},
                env_.wall_now());
  DRYDOCK_RETURN_IF_ERROR(writer_.write(pass.operation, next, {"Imported", message}));
  return ReconcileResult{};
}

Result<OperationController::LivePod> OperationController::look_at_pod(const Pass& pass) {
  LivePod live;
  Result<JsonPtr> object = kube_.get(kPods, pass.operation.meta.name);
  if (object.code() == Code::kNotFound) return live;
  DRYDOCK_RETURN_IF_ERROR(object.status());
  live.object = *std::move(object);
  live.pod = parse_pod(*live.object);
  if (live.pod.meta.uid != pass.operation.status.pod_uid) {
    live.presence = PodPresence::kReplaced;
  } else {
    live.presence = live.pod.ended() ? PodPresence::kEnded : PodPresence::kPresent;
  }
  return live;
}

Result<Finding> OperationController::look_at_cluster(const std::string& name, Infinispan& cluster,
                                                     JsonPtr& object) {
  Result<JsonPtr> found = kube_.get(kInfinispans, name);
  if (found.code() == Code::kNotFound) return check_cluster(name, nullptr);
  DRYDOCK_RETURN_IF_ERROR(found.status());
  object = *std::move(found);
  cluster = parse_infinispan(*object);
  return check_cluster(name, &cluster);
}

}  // namespace drydock::control
