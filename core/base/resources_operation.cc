// Backup and Restore as values; see resources.h.
#include <fmt/format.h>

#include "core/base/resources.h"

namespace drydock {
namespace {

using List = std::vector<std::string>;

json::array to_array(const List& list) { return json::array(list.begin(), list.end()); }

void put_unless_empty(json::object& object, std::string_view key, const std::string& value) {
  if (!value.empty()) object[key] = value;
}

// A deprecated name's list replaces the new name's, as upstream's defaulting does.
List renamed(const json::value& resources, std::string_view name, std::string_view deprecated) {
  List old = json_strings(resources, {deprecated});
  return old.empty() ? json_strings(resources, {name}) : old;
}

ResourceSelection parse_selection(const json::value& resources) {
  return {.caches = json_strings(resources, {"caches"}),
          .templates = renamed(resources, "templates", "cacheConfigs"),
          .counters = json_strings(resources, {"counters"}),
          .proto_schemas = json_strings(resources, {"protoSchemas"}),
          .tasks = renamed(resources, "tasks", "scripts")};
}

OperationSpec parse_spec(OperationKind kind, const json::value& object) {
  const json::value* resources = json_find(object, {"spec", "resources"});
  OperationSpec spec{.cluster = json_string(object, {"spec", "cluster"}),
                     .memory = json_string(object, {"spec", "container", "memory"}),
                     .cpu = json_string(object, {"spec", "container", "cpu"})};
  if (resources != nullptr) spec.resources = parse_selection(*resources);
  if (kind == OperationKind::kRestore) {
    spec.backup = json_string(object, {"spec", "backup"});
  } else {
    spec.storage = json_string(object, {"spec", "volume", "storage"});
    spec.storage_class = json_string(object, {"spec", "volume", "storageClassName"});
  }
  return spec;
}

}  // namespace

std::string_view kind_name(OperationKind kind) {
  return kind == OperationKind::kBackup ? "Backup" : "Restore";
}

bool ResourceSelection::everything() const {
  return caches.empty() && templates.empty() && counters.empty() && proto_schemas.empty() &&
         tasks.empty();
}

json::object ResourceSelection::to_rest_json() const {
  json::object object;
  if (!caches.empty()) object["caches"] = to_array(caches);
  if (!templates.empty()) object["templates"] = to_array(templates);
  if (!counters.empty()) object["counters"] = to_array(counters);
  if (!proto_schemas.empty()) object["proto-schemas"] = to_array(proto_schemas);
  if (!tasks.empty()) object["tasks"] = to_array(tasks);
  return object;
}

ResourceSelection ResourceSelection::from_rest_json(const json::value& value) {
  return {.caches = json_strings(value, {"caches"}),
          .templates = json_strings(value, {"templates"}),
          .counters = json_strings(value, {"counters"}),
          .proto_schemas = json_strings(value, {"proto-schemas"}),
          .tasks = json_strings(value, {"tasks"})};
}

json::object OperationSpec::to_json() const {
  json::object object{{"cluster", cluster}};
  put_unless_empty(object, "backup", backup);
  put_unless_empty(object, "storage", storage);
  put_unless_empty(object, "storageClass", storage_class);
  put_unless_empty(object, "memory", memory);
  put_unless_empty(object, "cpu", cpu);
  object["resources"] = resources.to_rest_json();
  return object;
}

OperationSpec OperationSpec::from_json(const json::value& value) {
  OperationSpec spec{.cluster = json_string(value, {"cluster"}),
                     .backup = json_string(value, {"backup"}),
                     .storage = json_string(value, {"storage"}),
                     .storage_class = json_string(value, {"storageClass"}),
                     .memory = json_string(value, {"memory"}),
                     .cpu = json_string(value, {"cpu"})};
  if (const json::value* resources = json_find(value, {"resources"}))
    spec.resources = ResourceSelection::from_rest_json(*resources);
  return spec;
}

json::object OperationStatus::to_json() const {
  json::object object{{"phase", phase_name(phase)}};
  put_unless_empty(object, "reason", reason);
  put_unless_empty(object, "pvc", pvc);
  put_unless_empty(object, "podUID", pod_uid);
  if (!conditions.empty()) object["conditions"] = conditions_to_json(conditions);
  return object;
}

Operation parse_operation(OperationKind kind, const json::value& object) {
  return {
      .kind = kind,
      .meta = parse_meta(object),
      .spec = parse_spec(kind, object),
      .status = {.phase =
                     parse_phase(json_string(object, {"status", "phase"})).value_or(Phase::kNone),
                 .reason = json_string(object, {"status", "reason"}),
                 .pvc = json_string(object, {"status", "pvc"}),
                 .pod_uid = json_string(object, {"status", "podUID"}),
                 .conditions = parse_conditions(object)},
      .imported =
          kind == OperationKind::kBackup && annotation_of(object, kAnnotationImported) == "true"};
}

std::string archive_path(std::string_view backup) {
  return fmt::format("{0}/{1}/{1}.zip", kBackupsDirectory, backup);
}

}  // namespace drydock
