// PersistentVolumeClaims, PersistentVolumes and StorageClasses.
#include <algorithm>

#include "fakekube/api/api_server.h"
#include "fakekube/api/strategy.h"
#include "fakekube/store/object.h"
#include "fakekube/store/quantity.h"

namespace drydock::fakekube {
namespace {

constexpr std::string_view kDefaultClass = "storageclass.kubernetes.io/is-default-class";

void add_finalizer(json::value& object, std::string_view name) {
  json::value& finalizers = mutable_metadata(object)["finalizers"];
  if (!finalizers.is_array()) finalizers = json::array();
  json::array& names = finalizers.get_array();
  const json::value wanted = text_value(name);
  if (std::find(names.begin(), names.end(), wanted) == names.end()) names.push_back(wanted);
}

// The newest class annotated as the default; empty when there is none.
std::string default_class(ApiServer& server) {
  std::string found;
  std::string_view newest;
  for (const auto& [key, object] : server.store().objects(kStorageClasses)) {
    if (json_string(*object.value, {"metadata", "annotations", kDefaultClass}) != "true") continue;
    const std::string_view created = metadata_string(*object.value, "creationTimestamp");
    if (found.empty() || created > newest) {
      found = key.second;
      newest = created;
    }
  }
  return found;
}

std::optional<ApiReply> prepare_claim(ApiServer& server, json::value& object) {
  json::object& members = object.get_object();
  json::object& spec = object_member(members, "spec");
  const std::string storage = json_string(object, {"spec", "resources", "requests", "storage"});
  if (!storage.empty() && !parse_milli(storage))
    return bad_request(
        "PersistentVolumeClaim in version \"v1\" cannot be handled as a PersistentVolumeClaim: "
        "quantities must match the regular expression "
        "'^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'");
  set_default(spec, "volumeMode", "Filesystem");
  if (!spec.contains("storageClassName")) {
    const std::string name = default_class(server);
    if (!name.empty()) spec.emplace("storageClassName", name);
  }
  add_finalizer(object, "kubernetes.io/pvc-protection");
  set_member(members, "status", json::object{{"phase", "Pending"}});
  return std::nullopt;
}

void validate_claim(const json::value& object, FieldErrors& errors) {
  const json::array& modes = json_array(object, {"spec", "accessModes"});
  if (modes.empty())
    errors.push_back(required_value("spec.accessModes", "at least 1 access mode is required"));
  for (const json::value& mode : modes) {
    const std::string_view name = mode.is_string() ? std::string_view(mode.get_string()) : "";
    if (name != "ReadOnlyMany" && name != "ReadWriteMany" && name != "ReadWriteOnce" &&
        name != "ReadWriteOncePod")
      errors.push_back(not_supported(
          "spec.accessModes", quoted(name),
          "\"ReadOnlyMany\", \"ReadWriteMany\", \"ReadWriteOnce\", \"ReadWriteOncePod\""));
  }
  const std::string storage = json_string(object, {"spec", "resources", "requests", "storage"});
  if (storage.empty())
    errors.push_back(required_value("spec.resources[storage]"));
  else if (parse_milli(storage).value_or(0) <= 0)
    errors.push_back(
        invalid_value("spec.resources[storage]", quoted(storage), "must be greater than zero"));
}

bool class_expands(ApiServer& server, std::string_view name) {
  const Object* found = server.store().find(kStorageClasses, "", name);
  return found != nullptr && json_bool(*found->value, {"allowVolumeExpansion"});
}

std::optional<ApiReply> validate_claim_update(ApiServer& server, const json::value& object,
                                              const json::value& old_object, FieldErrors& errors) {
  if (same_member(object, old_object, "spec")) return std::nullopt;
  json::value before = *json_find(old_object, {"spec"});
  const json::value& after = *json_find(object, {"spec"});
  const bool was_unbound = string_at(before, {"volumeName"}).empty();
  const bool bound = string_at(old_object, {"status", "phase"}) == "Bound";
  if (was_unbound && json_find(after, {"volumeName"}) != nullptr)
    set_member(before.get_object(), "volumeName", *json_find(after, {"volumeName"}));
  const std::string wanted = json_string(after, {"resources", "requests", "storage"});
  const std::string had = json_string(before, {"resources", "requests", "storage"});
  if (bound && wanted != had)
    json_at(before, {"resources", "requests", "storage"}) = text_value(wanted);
  if (before != after) {
    errors.push_back(forbidden_value("spec",
                                     "spec is immutable after creation except resources.requests "
                                     "and volumeAttributesClassName for bound claims"));
    return std::nullopt;
  }
  if (wanted == had) return std::nullopt;
  if (parse_milli(wanted).value_or(0) < parse_milli(had).value_or(0))
    errors.push_back(forbidden_value("spec.resources.requests.storage",
                                     "field can not be less than status.capacity"));
  else if (!class_expands(server, string_at(after, {"storageClassName"})))
    return forbidden(kPersistentVolumeClaims, metadata_string(object, "name"),
                     "only dynamically provisioned pvc can be resized and the storageclass that "
                     "provisions the pvc must support resize");
  return std::nullopt;
}

std::optional<ApiReply> prepare_volume(ApiServer& server, json::value& object) {
  json::object& members = object.get_object();
  json::object& spec = object_member(members, "spec");
  set_default(spec, "persistentVolumeReclaimPolicy", "Retain");
  set_default(spec, "volumeMode", "Filesystem");
  add_finalizer(object, "kubernetes.io/pv-protection");
  set_member(members, "status",
             json::object{{"phase", "Pending"}, {"lastPhaseTransitionTime", server.now_text()}});
  return std::nullopt;
}

std::optional<ApiReply> prepare_class(ApiServer&, json::value& object) {
  json::object& members = object.get_object();
  set_default(members, "reclaimPolicy", "Delete");
  set_default(members, "volumeBindingMode", "Immediate");
  return std::nullopt;
}

void validate_class(const json::value& object, FieldErrors& errors) {
  if (string_at(object, {"provisioner"}).empty()) errors.push_back(required_value("provisioner"));
}

}  // namespace

const Strategy kClaimStrategy = {.prepare_create = prepare_claim,
                                 .prepare_update = nullptr,
                                 .validate = validate_claim,
                                 .validate_update = validate_claim_update,
                                 .grace_seconds = nullptr};
const Strategy kVolumeStrategy = {.prepare_create = prepare_volume};
const Strategy kStorageClassStrategy = {
    .prepare_create = prepare_class, .prepare_update = nullptr, .validate = validate_class};

}  // namespace drydock::fakekube
