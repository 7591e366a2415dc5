// A built-in kind's own rules: what a real API server's registry strategy and built-in admission
// plugins do for it. A null function means: nothing special.
#pragma once

#include <cstdint>
#include <optional>

#include "core/base/json.h"
#include "fakekube/api/status_error.h"

namespace drydock::fakekube {

class ApiServer;

struct Strategy {
  // Before a create is validated: drops what a client may not set, fills in defaults. The server is
  // there for look-ups (default storage class). A reply refuses (403).
  std::optional<ApiReply> (*prepare_create)(ApiServer& server, json::value& object) = nullptr;
  // Before an update of the main path is validated: defaults for what is new.
  void (*prepare_update)(json::value& object, const json::value& old_object) = nullptr;
  void (*validate)(const json::value& object, FieldErrors& errors) = nullptr;
  // A reply refuses (403 and texts that are no field errors).
  std::optional<ApiReply> (*validate_update)(ApiServer& server, const json::value& object,
                                             const json::value& old_object,
                                             FieldErrors& errors) = nullptr;
  // Of an update of the status.
  void (*validate_status)(const json::value& object, FieldErrors& errors) = nullptr;
  // Grace period of a deletion in seconds, for kinds that have one. Null: deleted at once.
  int64_t (*grace_seconds)(const json::value& object, std::optional<int64_t> asked) = nullptr;
  // Part of decoding, of new and of changed objects: fills in what was left out. The writer owns
  // these fields (managedFields), which it does not own of what prepare_create sets.
  void (*set_defaults)(json::value& object) = nullptr;
};

extern const Strategy kNamespaceStrategy;
extern const Strategy kPodStrategy;
extern const Strategy kClaimStrategy;
extern const Strategy kVolumeStrategy;
extern const Strategy kStorageClassStrategy;
extern const Strategy kConfigMapStrategy;
extern const Strategy kSecretStrategy;
extern const Strategy kServiceStrategy;
extern const Strategy kStatefulSetStrategy;
extern const Strategy kDeploymentStrategy;
extern const Strategy kReplicaSetStrategy;
extern const Strategy kNodeStrategy;
extern const Strategy kLeaseStrategy;
extern const Strategy kMutatingWebhooksStrategy;
extern const Strategy kValidatingWebhooksStrategy;
extern const Strategy kResourceQuotaStrategy;
extern const Strategy kRoleStrategy;
extern const Strategy kClusterRoleStrategy;
extern const Strategy kRoleBindingStrategy;
extern const Strategy kClusterRoleBindingStrategy;
extern const Strategy kNetworkPolicyStrategy;
extern const Strategy kDisruptionBudgetStrategy;
extern const Strategy kEventStrategy;

// The defaults of a pod's spec, also those of a template (shared with StatefulSets).
void default_pod_spec(json::object& spec);
void validate_pod_spec(const json::value& spec, const std::string& path, FieldErrors& errors);

}  // namespace drydock::fakekube
