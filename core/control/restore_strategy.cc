// The Restore controller's part: it needs a finished Backup, whose claim it only reads.
#include <fmt/format.h>

#include "core/control/operation_strategy.h"

namespace drydock::control {
namespace {

class RestoreStrategy final : public OperationStrategy {
 public:
  OperationKind kind() const override { return OperationKind::kRestore; }
  const KubeResource& resource() const override { return kRestores; }

  Result<Finding> check_source(KubeClient& kube, const Operation& operation) const override {
    const std::string& name = operation.spec.backup;
    const Result<JsonPtr> object = kube.get(kBackups, name);
    if (object.code() == Code::kNotFound) return drydock::control::check_source(name, nullptr);
    DRYDOCK_RETURN_IF_ERROR(object.status());
    const Operation backup = parse_operation(OperationKind::kBackup, **object);
    return drydock::control::check_source(name, &backup);
  }

  Result<Finding> prepare_claim(KubeClient&, const Operation&) const override { return Finding{}; }

  std::string claim(const Operation& operation) const override { return operation.spec.backup; }
  bool claim_read_only() const override { return true; }

  StartRequest start_request(const std::string& name, const OperationSpec& spec) const override {
    return {OperationKind::kRestore, name, archive_path(spec.backup), spec.resources};
  }

  std::string completed(const std::string& name) const override {
    return fmt::format("Restore '{}' complete", name);
  }
};

}  // namespace

std::unique_ptr<OperationStrategy> make_restore_strategy() {
  return std::make_unique<RestoreStrategy>();
}

}  // namespace drydock::control
