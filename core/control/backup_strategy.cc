// The Backup controller's part: it owns the claim, and its archive goes into the claim's directory.
#include <fmt/format.h>

#include "core/control/operation_pod.h"
#include "core/control/operation_strategy.h"

namespace drydock::control {
namespace {

Finding refused(const Status& status) {
  return {Finding::Kind::kFail, "ClaimRefused", "the volume claim is refused: " + status.message()};
}

class BackupStrategy final : public OperationStrategy {
 public:
  OperationKind kind() const override { return OperationKind::kBackup; }
  const KubeResource& resource() const override { return kBackups; }

  Result<Finding> check_source(KubeClient&, const Operation&) const override { return Finding{}; }

  Result<Finding> prepare_claim(KubeClient& kube, const Operation& operation) const override {
    const Result<JsonPtr> existing = kube.get(kClaims, operation.meta.name);
    if (existing.ok()) return check_owner(operation, **existing, kClaims.kind, /*adoptable=*/true);
    if (existing.code() != Code::kNotFound) return existing.status();
    const Status created = kube.create(kClaims, build_claim(operation)).status();
    if (created.code() == Code::kInvalid) return refused(created);
    DRYDOCK_RETURN_IF_ERROR(created);
    return Finding{};
  }

  std::string claim(const Operation& operation) const override { return operation.meta.name; }
  bool claim_read_only() const override { return false; }

  StartRequest start_request(const std::string& name, const OperationSpec& spec) const override {
    return {OperationKind::kBackup, name, std::string(kBackupsDirectory), spec.resources};
  }

  std::string completed(const std::string& name) const override {
    return fmt::format("Backup file created '{}.zip'", name);
  }
};

}  // namespace

std::unique_ptr<OperationStrategy> make_backup_strategy() {
  return std::make_unique<BackupStrategy>();
}

}  // namespace drydock::control
