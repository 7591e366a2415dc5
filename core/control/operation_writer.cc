#include "core/control/operation_writer.h"

#include <fmt/format.h>

namespace drydock::control {
namespace {

json::value status_patch(const Operation& operation, const OperationStatus& next) {
  json::object status = next.to_json();
  if (next.reason.empty() && !operation.status.reason.empty()) status["reason"] = nullptr;
  return json::object{
      {"metadata", json::object{{"resourceVersion", operation.meta.resource_version}}},
      {"status", std::move(status)}};
}

bool is_warning(Phase phase) { return phase == Phase::kFailed || phase == Phase::kUnknown; }

}  // namespace

Status OperationWriter::write(Operation& operation, const OperationStatus& next, const News& news) {
  if (next == operation.status) return ok_status();
  const Phase from = operation.status.phase;
  DRYDOCK_CHECK(from == next.phase || is_legal_transition(from, next.phase),
                fmt::format("phase {} to {}", phase_name(from), phase_name(next.phase)));
  DRYDOCK_ASSIGN(const JsonPtr stored,
                 kube_.patch_status(resource_, operation.meta.name, status_patch(operation, next)));
  objects_.note_write(operation.meta.resource_version, stored);
  operation = parse_operation(operation.kind, *stored);
  if (operation.status != next)
    return Status(Code::kFailedPrecondition,
                  fmt::format("the API server stored only part of the status of {} '{}': its "
                              "CustomResourceDefinition lacks status.conditions or status.podUID",
                              kind_name(operation.kind), operation.meta.name));
  if (!news.reason.empty())
    events_.record(operation, is_warning(next.phase) ? EventType::kWarning : EventType::kNormal,
                   news.reason, news.message);
  return ok_status();
}

}  // namespace drydock::control
