#include "fakekube/schema/crd_types.h"

#include <string>

#include "fakekube/schema/crd_schema.h"
#include "fakekube/store/object.h"

namespace drydock::fakekube {
namespace {

// Parts that the schemas share; every text is one JSON member without a comma.
const std::string kStrings = R"({"type":"array","items":{"type":"string"}})";

const std::string kContainer = R"("container":{"type":"object","properties":{
  "memory":{"type":"string"},"cpu":{"type":"string"},
  "extraJvmOpts":{"type":"string"},"cliExtraJvmOpts":{"type":"string"},
  "routerExtraJvmOpts":{"type":"string"},
  "env":{"type":"array","items":{"type":"object","required":["name"],
         "x-kubernetes-preserve-unknown-fields":true,
         "properties":{"name":{"type":"string"},"value":{"type":"string"}}}}}})";

const std::string kResources = R"("resources":{"type":"object","properties":{
  "caches":)" + kStrings + R"(,"templates":)" +
                               kStrings + R"(,"counters":)" + kStrings + R"(,"protoSchemas":)" +
                               kStrings + R"(,"tasks":)" + kStrings + R"(,"cacheConfigs":)" +
                               kStrings + R"(,"scripts":)" + kStrings + "}}";

const std::string kConditions = R"("conditions":{"type":"array",
  "x-kubernetes-list-type":"map","x-kubernetes-list-map-keys":["type"],
  "items":{"type":"object","required":["type","status"],"properties":{
    "type":{"type":"string"},"status":{"type":"string"},"reason":{"type":"string"},
    "message":{"type":"string"},"lastTransitionTime":{"type":"string"},
    "observedGeneration":{"type":"integer"}}}})";

// phase, reason and pvc are upstream's; conditions and podUID are this project's additions.
const std::string kStatus = R"("status":{"type":"object","required":["phase"],"properties":{
  "phase":{"type":"string"},"reason":{"type":"string"},"pvc":{"type":"string"},
  "podUID":{"type":"string"},)" +
                            kConditions + "}}";

const std::string kBackup = R"({"type":"object","properties":{
  "spec":{"type":"object","required":["cluster"],"properties":{
    "cluster":{"type":"string"},
    "volume":{"type":"object","properties":{
      "storage":{"type":"string"},"storageClassName":{"type":"string"}}},)" +
                            kResources + "," + kContainer + "}}," + kStatus + "}}";

const std::string kRestore = R"({"type":"object","properties":{
  "spec":{"type":"object","required":["cluster","backup"],"properties":{
    "cluster":{"type":"string"},"backup":{"type":"string"},)" +
                             kResources + "," + kContainer + "}}," + kStatus + "}}";

// Only what the backup flow reads is typed; the rest of upstream's long schema is let through.
const std::string kInfinispan = R"({"type":"object","properties":{
  "spec":{"type":"object","required":["replicas"],"x-kubernetes-preserve-unknown-fields":true,
    "properties":{
      "replicas":{"type":"integer","minimum":0},"version":{"type":"string"},
      "image":{"type":"string"},"serviceAccountName":{"type":"string"},
      "service":{"type":"object","x-kubernetes-preserve-unknown-fields":true,
        "properties":{"type":{"type":"string","enum":["DataGrid","Cache"]}}},
      "container":{"type":"object","x-kubernetes-preserve-unknown-fields":true,
        "properties":{"memory":{"type":"string"},"cpu":{"type":"string"}}}}},
  "status":{"type":"object","x-kubernetes-preserve-unknown-fields":true,"properties":{
    "replicas":{"type":"integer"},"statefulSetName":{"type":"string"},)" +
                                kConditions + "}}}}";

const StructuralSchema* parse_once(const std::string& text) {
  Result<json::value> value = json_parse(text);
  DRYDOCK_CHECK(value.ok(), "a built-in schema is no JSON: " + value.status().message());
  return StructuralSchema::parse(*value).release();  // kept for the program's life
}

const std::string& schema_text(const ResourceType& type) {
  return &type == &kBackups ? kBackup : &type == &kRestores ? kRestore : kInfinispan;
}

json::array columns_of(const ResourceType& type) {
  json::array columns;
  for (const PrinterColumn& column : type.columns)
    columns.push_back(json::object{{"name", text_value(column.name)},
                                   {"type", text_value(column.type)},
                                   {"jsonPath", text_value(column.json_path)}});
  return columns;
}

json::object subresources_of(const ResourceType& type) {
  json::object parts{{"status", json::object()}};
  if (type.has_scale)
    parts.emplace("scale",
                  json::object{{"specReplicasPath", text_value(type.scale_spec_path)},
                               {"statusReplicasPath", text_value(type.scale_status_path)}});
  return parts;
}

}  // namespace

json::value product_crd(const ResourceType& type) {
  json::object names{{"plural", text_value(type.plural)},
                     {"singular", text_value(type.singular)},
                     {"kind", text_value(type.kind)},
                     {"listKind", text_value(type.list_kind)}};
  json::object version{
      {"name", text_value(type.version)},
      {"served", true},
      {"storage", true},
      {"schema", json::object{{"openAPIV3Schema", *json_parse(schema_text(type))}}},
      {"subresources", subresources_of(type)}};
  if (!type.columns.empty()) version.emplace("additionalPrinterColumns", columns_of(type));
  return json::object{{"kind", "CustomResourceDefinition"},
                      {"apiVersion", "apiextensions.k8s.io/v1"},
                      {"metadata", json::object{{"name", text_value(type.qualified_plural)}}},
                      {"spec", json::object{{"group", text_value(type.group)},
                                            {"names", std::move(names)},
                                            {"scope", "Namespaced"},
                                            {"versions", json::array{std::move(version)}}}}};
}

const StructuralSchema* backup_schema() {
  static const StructuralSchema* const schema = parse_once(kBackup);
  return schema;
}

const StructuralSchema* restore_schema() {
  static const StructuralSchema* const schema = parse_once(kRestore);
  return schema;
}

const StructuralSchema* infinispan_schema() {
  static const StructuralSchema* const schema = parse_once(kInfinispan);
  return schema;
}

}  // namespace drydock::fakekube
