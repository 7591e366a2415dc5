// PersistentVolumeClaims, PersistentVolumes and StorageClasses.
#include <algorithm>
#include <array>

#include "fakekube/api/api_server.h"
#include "fakekube/api/pod_rules.h"
#include "fakekube/api/strategy.h"
#include "fakekube/api/validation.h"
#include "fakekube/store/object.h"
#include "fakekube/store/quantity.h"

namespace drydock::fakekube {
namespace {

constexpr std::string_view kDefaultClass = "storageclass.kubernetes.io/is-default-class";
// What the caches of admission plugins are behind the store; measured: a claim made 2 ms after the
// default class did not get it.
constexpr Duration kAdmissionLag = milliseconds(3);
constexpr std::array<std::string_view, 4> kAccessModes = {"ReadOnlyMany", "ReadWriteMany",
                                                          "ReadWriteOnce", "ReadWriteOncePod"};

void add_finalizer(json::value& object, std::string_view name) {
  json::value& finalizers = mutable_metadata(object)["finalizers"];
  if (!finalizers.is_array()) finalizers = json::array();
  json::array& names = finalizers.get_array();
  const json::value wanted = text_value(name);
  if (std::find(names.begin(), names.end(), wanted) == names.end()) names.push_back(wanted);
}

// Whether admission, which reads a cache of its own, has seen this write.
bool seen_by_admission(ApiServer& server, const Object& object) {
  WatchCursor cursor = server.store().watch(kStorageClasses, object.revision - 1);
  const StoreEvent* event = cursor.expired() ? nullptr : cursor.next();
  return event == nullptr || event->revision != object.revision ||
         server.env().now() - event->at >= kAdmissionLag;
}

// The newest class annotated as the default; empty when there is none.
std::string default_class(ApiServer& server) {
  std::string found;
  std::string_view newest;
  for (const auto& [key, object] : server.store().objects(kStorageClasses)) {
    if (json_string(*object.value, {"metadata", "annotations", kDefaultClass}) != "true") continue;
    if (!seen_by_admission(server, object)) continue;
    const std::string_view created = metadata_string(*object.value, "creationTimestamp");
    if (found.empty() || created > newest) {
      found = key.second;
      newest = created;
    }
  }
  return found;
}

std::optional<ApiReply> bad_quantity(std::string_view kind) {
  return bad_request(std::string(kind) + " in version \"v1\" cannot be handled as a " +
                     std::string(kind) + ": " + std::string(kQuantityText));
}

// False: something in the claim's resources is no quantity.
bool normalise_claim(json::value& object) {
  json::object& spec = object_member(object.get_object(), "spec");
  json::object& resources = object_member(spec, "resources");
  const bool fine = canonical_quantities(resources, "requests");
  return canonical_quantities(resources, "limits") && fine;
}

void default_claim(json::value& object) {
  (void)normalise_claim(object);  // prepare_claim refuses what is no quantity
  set_default(object_member(object.get_object(), "spec"), "volumeMode", "Filesystem");
}

std::optional<ApiReply> prepare_claim(ApiServer& server, json::value& object) {
  json::object& members = object.get_object();
  json::object& spec = object_member(members, "spec");
  if (!normalise_claim(object)) return bad_quantity("PersistentVolumeClaim");
  if (!spec.contains("storageClassName")) {
    const std::string name = default_class(server);
    if (!name.empty()) spec.emplace("storageClassName", name);
  }
  add_finalizer(object, "kubernetes.io/pvc-protection");
  set_member(members, "status", json::object{{"phase", "Pending"}});
  return std::nullopt;
}

void validate_modes(const json::value& object, FieldErrors& errors) {
  bool single_pod = false;
  const json::array& modes = json_array(object, {"spec", "accessModes"});
  for (const json::value& mode : modes) {
    const std::string_view name = mode.is_string() ? std::string_view(mode.get_string()) : "";
    single_pod = single_pod || name == "ReadWriteOncePod";
    if (std::find(kAccessModes.begin(), kAccessModes.end(), name) == kAccessModes.end())
      errors.push_back(not_supported(
          "spec.accessModes", quoted(name),
          "\"ReadOnlyMany\", \"ReadWriteMany\", \"ReadWriteOnce\", \"ReadWriteOncePod\""));
  }
  if (single_pod && modes.size() > 1)
    errors.push_back(forbidden_value("spec.accessModes",
                                     "may not use ReadWriteOncePod with other access modes"));
}

void validate_volume_mode(const json::value& object, FieldErrors& errors) {
  const std::string_view mode = string_at(object, {"spec", "volumeMode"});
  if (!mode.empty() && mode != "Block" && mode != "Filesystem")
    errors.push_back(not_supported("spec.volumeMode", quoted(mode), "\"Block\", \"Filesystem\""));
  const std::string_view class_name = string_at(object, {"spec", "storageClassName"});
  if (class_name.empty()) return;
  if (const std::string_view bad = bad_dns_subdomain(class_name); !bad.empty())
    errors.push_back(invalid_value("spec.storageClassName", quoted(class_name), bad));
}

void validate_claim(const json::value& object, FieldErrors& errors) {
  if (json_array(object, {"spec", "accessModes"}).empty())
    errors.push_back(required_value("spec.accessModes", "at least 1 access mode is required"));
  validate_modes(object, errors);
  const std::string storage = json_string(object, {"spec", "resources", "requests", "storage"});
  if (storage.empty())
    errors.push_back(required_value("spec.resources[storage]"));
  else if (parse_milli(storage).value_or(0) <= 0)
    errors.push_back(
        invalid_value("spec.resources[storage]", quoted(storage), "must be greater than zero"));
  validate_volume_mode(object, errors);
}

bool class_expands(ApiServer& server, std::string_view name) {
  const Object* found = server.store().find(kStorageClasses, "", name);
  return found != nullptr && json_bool(*found->value, {"allowVolumeExpansion"});
}

// The old spec with the changes that are allowed: name of the volume and class once each, and of
// a bound claim the size.
json::value allowed_claim_spec(const json::value& object, const json::value& old_object) {
  json::value spec = *json_find(old_object, {"spec"});
  const json::value& after = *json_find(object, {"spec"});
  for (std::string_view key : {"volumeName", "storageClassName"})
    if (const json::value* given = json_find(after, {key}))
      set_default(spec.get_object(), key, json::value(*given));
  const bool bound = string_at(old_object, {"status", "phase"}) == "Bound";
  const json::value* wanted = json_find(after, {"resources", "requests", "storage"});
  if (bound && wanted != nullptr)
    json_at(spec, {"resources", "requests", "storage"}) = json::value(*wanted);
  return spec;
}

int64_t storage_milli(const json::value& object, JsonPath path) {
  return parse_milli(json_string(object, path)).value_or(0);
}

std::optional<ApiReply> validate_claim_update(ApiServer& server, const json::value& object,
                                              const json::value& old_object, FieldErrors& errors) {
  if (same_member(object, old_object, "spec")) return std::nullopt;
  const int64_t wanted = storage_milli(object, {"spec", "resources", "requests", "storage"});
  const int64_t had = storage_milli(old_object, {"spec", "resources", "requests", "storage"});
  if (allowed_claim_spec(object, old_object) != *json_find(object, {"spec"}))
    errors.push_back(forbidden_value("spec",
                                     "spec is immutable after creation except resources.requests "
                                     "and volumeAttributesClassName for bound claims"));
  if (wanted < had && wanted <= storage_milli(old_object, {"status", "capacity", "storage"}))
    errors.push_back(forbidden_value("spec.resources.requests.storage",
                                     "field can not be less than status.capacity"));
  if (!errors.empty() || wanted <= had ||
      class_expands(server, string_at(object, {"spec", "storageClassName"})))
    return std::nullopt;
  return forbidden(kPersistentVolumeClaims, metadata_string(object, "name"),
                   "only dynamically provisioned pvc can be resized and the storageclass that "
                   "provisions the pvc must support resize");
}

// --- PersistentVolumes

void default_volume(json::value& object) {
  json::object& spec = object_member(object.get_object(), "spec");
  (void)canonical_quantities(spec, "capacity");  // prepare_volume refuses what is no quantity
  set_default(spec, "persistentVolumeReclaimPolicy", "Retain");
  set_default(spec, "volumeMode", "Filesystem");
  if (json::value* host = spec.if_contains("hostPath"); host != nullptr && host->is_object())
    set_default(host->get_object(), "type", "");
}

std::optional<ApiReply> prepare_volume(ApiServer& server, json::value& object) {
  json::object& members = object.get_object();
  json::object& spec = object_member(members, "spec");
  if (!canonical_quantities(spec, "capacity")) return bad_quantity("PersistentVolume");
  add_finalizer(object, "kubernetes.io/pv-protection");
  set_member(members, "status",
             json::object{{"phase", "Pending"}, {"lastPhaseTransitionTime", server.now_text()}});
  return std::nullopt;
}

// Members of a volume's spec that are no source.
bool is_volume_source(std::string_view key) {
  return key != "capacity" && key != "claimRef" && key != "nodeAffinity";
}

json::object volume_source(const json::value& object) {
  json::object source;
  for (const auto& member : json_object(object, {"spec"}))
    if (member.value().is_object() && is_volume_source(member.key()))
      source[member.key()] = member.value();
  return source;
}

void validate_volume(const json::value& object, FieldErrors& errors) {
  if (json_array(object, {"spec", "accessModes"}).empty())
    errors.push_back(required_value("spec.accessModes"));
  validate_modes(object, errors);
  const json::object& capacity = json_object(object, {"spec", "capacity"});
  if (capacity.empty()) errors.push_back(required_value("spec.capacity"));
  const std::string storage = json_string(object, {"spec", "capacity", "storage"});
  if (!capacity.empty() && storage.empty())
    errors.push_back(not_supported("spec.capacity", json_text(capacity), "\"storage\""));
  else if (!storage.empty() && parse_milli(storage).value_or(0) <= 0)
    errors.push_back(
        invalid_value("spec.capacity[storage]", quoted(storage), "must be greater than zero"));
  const json::object source = volume_source(object);
  if (source.empty()) errors.push_back(required_value("spec", "must specify a volume type"));
  for (auto member = source.begin(); member != source.end(); ++member)
    if (member != source.begin())
      errors.push_back(forbidden_value("spec." + std::string(member->key()),
                                       "may not specify more than 1 volume type"));
  validate_volume_mode(object, errors);
}

std::optional<ApiReply> validate_volume_update(ApiServer&, const json::value& object,
                                               const json::value& old_object, FieldErrors& errors) {
  if (volume_source(object) != volume_source(old_object))
    errors.push_back(forbidden_value("spec.persistentvolumesource",
                                     "spec.persistentvolumesource is immutable after creation"));
  const std::string_view mode = string_at(object, {"spec", "volumeMode"});
  if (mode != string_at(old_object, {"spec", "volumeMode"}))
    errors.push_back(invalid_value("spec.volumeMode", quoted(mode), "field is immutable"));
  return std::nullopt;
}

// --- StorageClasses

void default_class_fields(json::value& object) {
  json::object& members = object.get_object();
  set_default(members, "reclaimPolicy", "Delete");
  set_default(members, "volumeBindingMode", "Immediate");
}

void validate_class(const json::value& object, FieldErrors& errors) {
  if (string_at(object, {"provisioner"}).empty()) errors.push_back(required_value("provisioner"));
  const std::string_view policy = string_at(object, {"reclaimPolicy"});
  if (policy != "Delete" && policy != "Retain")
    errors.push_back(not_supported("reclaimPolicy", quoted(policy), "\"Delete\", \"Retain\""));
  const std::string_view mode = string_at(object, {"volumeBindingMode"});
  if (mode != "Immediate" && mode != "WaitForFirstConsumer")
    errors.push_back(not_supported("volumeBindingMode", quoted(mode),
                                   "\"Immediate\", \"WaitForFirstConsumer\""));
}

std::optional<ApiReply> validate_class_update(ApiServer&, const json::value& object,
                                              const json::value& old_object, FieldErrors& errors) {
  for (std::string_view key : {"parameters", "provisioner", "reclaimPolicy"})
    if (!same_member(object, old_object, key))
      errors.push_back(
          forbidden_value(std::string(key), "updates to " + std::string(key) + " are forbidden."));
  const std::string_view mode = string_at(object, {"volumeBindingMode"});
  if (mode != string_at(old_object, {"volumeBindingMode"}))
    errors.push_back(invalid_value("volumeBindingMode", quoted(mode), "field is immutable"));
  return std::nullopt;
}

}  // namespace

const Strategy kClaimStrategy = {.prepare_create = prepare_claim,
                                 .prepare_update = nullptr,
                                 .validate = validate_claim,
                                 .validate_update = validate_claim_update,
                                 .grace_seconds = nullptr,
                                 .set_defaults = default_claim};
const Strategy kVolumeStrategy = {.prepare_create = prepare_volume,
                                  .prepare_update = nullptr,
                                  .validate = validate_volume,
                                  .validate_update = validate_volume_update,
                                  .grace_seconds = nullptr,
                                  .set_defaults = default_volume};
const Strategy kStorageClassStrategy = {.prepare_create = nullptr,
                                        .prepare_update = nullptr,
                                        .validate = validate_class,
                                        .validate_update = validate_class_update,
                                        .grace_seconds = nullptr,
                                        .set_defaults = default_class_fields};

}  // namespace drydock::fakekube
