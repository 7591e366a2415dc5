#include "core/control/admission.h"

#include <fmt/format.h>

namespace drydock::control {
namespace {

using Causes = std::vector<AdmissionCause>;

bool is_operation(std::string_view kind) { return kind == "Backup" || kind == "Restore"; }

AdmissionError invalid(std::string_view kind, const json::value& object, Causes causes) {
  std::string list;
  for (const AdmissionCause& cause : causes)
    list += fmt::format("{}{}: {}", list.empty() ? "" : ", ", cause.field, cause.message);
  if (causes.size() > 1) list = "[" + list + "]";
  return AdmissionError{
      .message = fmt::format("{}.{} \"{}\" is invalid: {}", kind, kInfinispanGroup,
                             json_string(object, {"metadata", "name"}), list),
      .causes = std::move(causes)};
}

std::optional<AdmissionError> invalid_if_any(std::string_view kind, const json::value& object,
                                             Causes causes) {
  if (causes.empty()) return std::nullopt;
  return invalid(kind, object, std::move(causes));
}

void require(const json::value& object, std::string_view member, Causes& causes) {
  if (!json_string(object, {"spec", member}).empty()) return;
  causes.push_back({"FieldValueRequired",
                    fmt::format("Required value: 'spec.{}' must be configured", member),
                    fmt::format("spec.{}", member)});
}

void refuse_value(std::string field, std::string_view value, std::string_view why, Causes& causes) {
  causes.push_back({"FieldValueInvalid", fmt::format("Invalid value: \"{}\": {}", value, why),
                    std::move(field)});
}

// What upstream accepts and then retries without end.
void check_quantities(std::string_view kind, const json::value& object, Causes& causes) {
  const std::string storage = json_string(object, {"spec", "volume", "storage"});
  if (kind == "Backup" && !storage.empty() && !is_positive_quantity(storage))
    refuse_value("spec.volume.storage", storage, "must be a quantity above zero, such as 1Gi",
                 causes);
  for (std::string_view member : {"memory", "cpu"}) {
    const std::string value = json_string(object, {"spec", "container", member});
    if (!value.empty() && !parse_limit_and_request(value))
      refuse_value(fmt::format("spec.container.{}", member), value,
                   "must be '<limit>' or '<limit>:<request>', quantities above zero", causes);
  }
}

// `deprecated` replaces `name` and is removed.
bool move_list(json::value& object, std::string_view deprecated, std::string_view name) {
  const json::array list = json_array(object, {"spec", "resources", deprecated});
  if (list.empty()) return false;
  json_at(object, {"spec", "resources", name}) = list;
  return json_remove(object, {"spec", "resources", deprecated});
}

bool default_operation(json::value& object) {
  bool changed = false;
  if (json_string(object, {"spec", "container", "memory"}).empty()) {
    json_at(object, {"spec", "container", "memory"}) = "1Gi";
    changed = true;
  }
  changed |= move_list(object, "cacheConfigs", "templates");
  changed |= move_list(object, "scripts", "tasks");
  return changed;
}

const json::value& spec_of(const json::value& object) {
  static const json::value kEmpty = json::object();
  const json::value* spec = json_find(object, {"spec"});
  return spec == nullptr ? kEmpty : *spec;
}

}  // namespace

bool apply_defaults(std::string_view kind, json::value& object) {
  if (is_operation(kind)) return default_operation(object);
  if (kind != "Infinispan" || !json_string(object, {"spec", "service", "type"}).empty())
    return false;
  json_at(object, {"spec", "service", "type"}) = "DataGrid";
  return true;
}

std::optional<AdmissionError> check_field_names(std::string_view kind, const json::value& object) {
  if (kind != "Backup") return std::nullopt;
  if (json_find(object, {"spec", "volume", "storage", "storageClassName"}) == nullptr)
    return std::nullopt;
  return invalid(kind, object,
                 {{"FieldValueForbidden",
                   "Forbidden: the storage class is set by 'spec.volume.storageClassName', and "
                   "'spec.volume.storage' is a quantity such as 1Gi",
                   "spec.volume.storage.storageClassName"}});
}

std::optional<AdmissionError> validate_create(std::string_view kind, const json::value& object) {
  if (!is_operation(kind)) return std::nullopt;
  if (auto error = check_field_names(kind, object)) return error;
  Causes causes;
  require(object, "cluster", causes);
  if (kind == "Restore") require(object, "backup", causes);
  check_quantities(kind, object, causes);
  return invalid_if_any(kind, object, std::move(causes));
}

std::optional<AdmissionError> validate_update(std::string_view kind, const json::value& object,
                                              const json::value& old_object) {
  if (!is_operation(kind) || spec_of(object) == spec_of(old_object)) return std::nullopt;
  return invalid(kind, object,
                 {{"FieldValueForbidden",
                   fmt::format("Forbidden: The {0} spec is immutable and cannot be updated after "
                               "initial {0} creation",
                               kind),
                   "spec"}});
}

}  // namespace drydock::control
