// What Backup and Restore do differently; everything else is OperationController's.
#pragma once

#include <memory>
#include <string>

#include "core/base/resources.h"
#include "core/control/kube_client.h"
#include "core/control/operation_rules.h"
#include "core/control/rest_client.h"

namespace drydock::control {

class OperationStrategy {
 public:
  virtual ~OperationStrategy() = default;

  virtual OperationKind kind() const = 0;
  virtual const KubeResource& resource() const = 0;

  // Whether what the operation works from exists: for a Restore its Backup. May suspend.
  virtual Result<Finding> check_source(KubeClient& kube, const Operation& operation) const = 0;
  // Makes the volume's claim if it is this kind's to make. Idempotent. May suspend.
  virtual Result<Finding> prepare_claim(KubeClient& kube, const Operation& operation) const = 0;

  // The claim that the pod mounts, and how.
  virtual std::string claim(const Operation& operation) const = 0;
  virtual bool claim_read_only() const = 0;

  // What the server is asked, for the spec that the pod was created for.
  virtual StartRequest start_request(const std::string& name, const OperationSpec& spec) const = 0;
  // The message of Succeeded.
  virtual std::string completed(const std::string& name) const = 0;
};

std::unique_ptr<OperationStrategy> make_backup_strategy();
std::unique_ptr<OperationStrategy> make_restore_strategy();

}  // namespace drydock::control
