// Admission rules of Backup, Restore and Infinispan: what a webhook does with an object before it
// is stored. Pure functions; a server of webhooks, or a simulated API server, calls them. The
// controllers apply the same defaults and checks themselves, as webhooks may be switched off.
//
//   json::value stored = object;
//   apply_defaults("Backup", stored);
//   if (auto denied = validate_create("Backup", stored)) return reply(denied->code,
//   denied->message);
//
// Messages, reasons and causes of the required fields and of immutability are word for word those
// of infinispan-operator 2.5's webhooks. The refusals of values that cannot work (quantities, a
// storageClassName in the wrong place) are ours: upstream retries such a Backup silently for ever.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/json.h"
#include "core/base/resources.h"

namespace drydock::control {

struct AdmissionCause {
  std::string reason;   // "FieldValueRequired", "FieldValueForbidden", "FieldValueInvalid"
  std::string message;  // "Required value: 'spec.cluster' must be configured"
  std::string field;    // "spec.cluster"
};

struct AdmissionError {
  int code = 422;
  std::string reason = "Invalid";
  std::string message;  // `Backup.infinispan.org "b" is invalid: spec.cluster: Required value: ...`
  std::vector<AdmissionCause> causes;
};

// Fills in defaults: container.memory 1Gi; deprecated cacheConfigs and scripts replace templates
// and tasks and are removed; spec.service.type DataGrid for an Infinispan. True when anything
// changed. Objects of other kinds are left alone.
bool apply_defaults(std::string_view kind, json::value& object);

// Names what a user most likely meant where the schema's own error would not: the product's prose
// says spec.volume.storage.storageClassName, the field is spec.volume.storageClassName. For the
// mutating webhook, which sees an object before its schema is checked. nullopt: nothing found.
std::optional<AdmissionError> check_field_names(std::string_view kind, const json::value& object);

// nullopt: allowed. Includes check_field_names().
std::optional<AdmissionError> validate_create(std::string_view kind, const json::value& object);
// `object` and `old_object` after defaulting. An edit of the spec is refused, other edits are not.
std::optional<AdmissionError> validate_update(std::string_view kind, const json::value& object,
                                              const json::value& old_object);

}  // namespace drydock::control
