#include "fakekube/http/openapi_schemas.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "core/base/check.h"
#include "core/base/text.h"
#include "fakekube/http/openapi_meta.h"
#include "fakekube/schema/custom_validation.h"
#include "fakekube/store/object.h"

namespace drydock::fakekube {
namespace {

constexpr std::string_view kMetaPrefix = "io.k8s.apimachinery.pkg.apis.meta.v1.";

// "conf.test" as definitions are named: "test.conf".
std::string reversed_group(std::string_view group) {
  std::vector<std::string_view> parts = split(group, '.');
  std::reverse(parts.begin(), parts.end());
  std::string text;
  for (std::string_view part : parts) text += (text.empty() ? "" : ".") + std::string(part);
  return text;
}

// "rbac.authorization.k8s.io" is the package "rbac".
std::string package_of(std::string_view group) {
  return group.empty() ? "core" : std::string(group.substr(0, group.find('.')));
}

std::string kind_name(const ResourceType& type, std::string_view kind) {
  const std::string tail = "." + std::string(type.version) + "." + std::string(kind);
  if (type.custom) return reversed_group(type.group) + tail;
  if (&type == &kCustomResourceDefinitions)
    return "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions" + tail;
  return "io.k8s.api." + package_of(type.group) + tail;
}

// Structs that all groups share.
bool is_meta(std::string_view key) {
  constexpr std::array<std::string_view, 10> kMeta = {"Condition",
                                                      "DeleteOptions",
                                                      "FieldSelectorRequirement",
                                                      "LabelSelector",
                                                      "LabelSelectorRequirement",
                                                      "ListMeta",
                                                      "ManagedFieldsEntry",
                                                      "ObjectMeta",
                                                      "OwnerReference",
                                                      "Preconditions"};
  return std::find(kMeta.begin(), kMeta.end(), key) != kMeta.end();
}

std::string struct_name(const ApiType& type) {
  if (is_meta(type.key)) return std::string(kMetaPrefix) + std::string(type.name);
  return "io.k8s.api." + package_of(type.group) + ".v1." + std::string(type.name);
}

json::object typed(std::string_view type, std::string_view format = "") {
  json::object schema{{"type", text_value(type)}};
  if (!format.empty()) schema.emplace("format", text_value(format));
  return schema;
}

// How a value of that kind is written; those that have a schema of their own are not here.
json::object scalar(ApiKind kind) {
  switch (kind) {
    case ApiKind::kInt32: return typed("integer", "int32");
    case ApiKind::kInt64: return typed("integer", "int64");
    case ApiKind::kDouble: return typed("number", "double");
    case ApiKind::kBool: return typed("boolean");
    case ApiKind::kBytes: return typed("string", "byte");
    case ApiKind::kStrings: return {{"type", "array"}, {"items", typed("string")}};
    default: return typed("string");
  }
}

// The shared schema that describes values of the kind; "": none.
std::string_view shared_name(ApiKind kind) {
  switch (kind) {
    case ApiKind::kQuantity: return "Quantity";
    case ApiKind::kIntOrString: return "IntOrString";
    case ApiKind::kTime: return "Time";
    case ApiKind::kMicroTime: return "MicroTime";
    case ApiKind::kRaw: return "FieldsV1";
    default: return "";
  }
}

// What an absent value of a scalar counts as.
json::value zero_of(ApiKind kind) {
  switch (kind) {
    case ApiKind::kInt32:
    case ApiKind::kInt64:
    case ApiKind::kDouble: return 0;
    case ApiKind::kBool: return false;
    default: return "";
  }
}

json::object all_of(json::object reference) {
  return {{"allOf", json::array{std::move(reference)}}};
}

}  // namespace

json::object group_version_kind(const ResourceType& type, std::string_view kind) {
  return {{"group", text_value(type.group)},
          {"kind", text_value(kind)},
          {"version", text_value(type.version)}};
}

json::object OpenApiSchemas::reference(std::string_view name) const {
  return {{"$ref", text_value(prefix_ + std::string(name))}};
}

json::object OpenApiSchemas::of_struct(std::string_view key) {
  if (const ApiType* type = find_api_type(key)) return of_api_type(*type, nullptr);
  const std::string name = std::string(kMetaPrefix) + std::string(key);
  json::value schema = shared_schema(key);
  DRYDOCK_CHECK(!schema.is_null(), "no shared schema: " + std::string(key));
  if (schemas_.emplace(name, nullptr).second) {
    complete_references(schema);
    schemas_[name] = std::move(schema);
  }
  return reference(name);
}

// "#ref/ListMeta" becomes a reference of this document, which then holds what it refers to.
void OpenApiSchemas::complete_references(json::value& schema) {
  constexpr std::string_view kMark = "#ref/";
  if (json::array* array = schema.if_array())
    for (json::value& item : *array) complete_references(item);
  json::object* object = schema.if_object();
  if (object == nullptr) return;
  for (auto& member : *object) {
    const std::string target = json_string(schema, {member.key()});
    if (member.key() == "$ref" && target.starts_with(kMark))
      member.value() = of_struct(target.substr(kMark.size())).at("$ref");
    else
      complete_references(member.value());
  }
}

json::object OpenApiSchemas::of_api_type(const ApiType& type, const ResourceType* kind) {
  const std::string name = kind != nullptr ? kind_name(*kind, kind->kind) : struct_name(type);
  if (!schemas_.emplace(name, nullptr).second) return reference(name);
  json::object properties;
  json::array required;
  for (const ApiField& field : type.fields) {
    json::object schema = field_schema(field);
    schema.emplace("description",
                   text_value(std::string(field.name) + " of " + std::string(type.name)));
    const bool scalar_field = field.kind != ApiKind::kStruct && shared_name(field.kind).empty();
    const bool header = field.name == "apiVersion" || field.name == "kind";
    if (field.always_printed && field.shape == ApiShape::kOne && scalar_field &&
        !(header && kind != nullptr)) {
      schema.emplace("default", zero_of(field.kind));
      required.push_back(text_value(field.name));
    }
    properties.emplace(field.name, std::move(schema));
  }
  json::object schema{{"description", text_value(type.name)},
                      {"type", "object"},
                      {"properties", std::move(properties)}};
  if (!required.empty()) schema.emplace("required", std::move(required));
  if (type.atomic) schema.emplace("x-kubernetes-map-type", "atomic");
  if (kind != nullptr)
    schema.emplace("x-kubernetes-group-version-kind",
                   json::array{group_version_kind(*kind, kind->kind)});
  if (type.key == "DeleteOptions")
    schema.emplace("x-kubernetes-group-version-kind", delete_options_kinds());
  if (type.key == "Scale")
    schema.emplace(
        "x-kubernetes-group-version-kind",
        json::array{json::object{{"group", "autoscaling"}, {"kind", "Scale"}, {"version", "v1"}}});
  schemas_[name] = std::move(schema);
  return reference(name);
}

// One value; as an item of a list or map (`inside`) it always counts as given.
json::object OpenApiSchemas::value_schema(const ApiField& field, bool inside) {
  const std::string_view shared = shared_name(field.kind);
  if (!shared.empty()) return all_of(of_struct(shared));
  if (field.kind != ApiKind::kStruct) {
    json::object schema = scalar(field.kind);
    if (inside) schema.emplace("default", zero_of(field.kind));
    return schema;
  }
  json::object schema = all_of(of_api_type(*field.type, nullptr));
  if (inside || field.always_printed) schema.emplace("default", json::object());
  return schema;
}

json::object OpenApiSchemas::field_schema(const ApiField& field) {
  if (field.shape == ApiShape::kOne) {
    json::object schema = value_schema(field, false);
    if (field.atomic) schema.emplace("x-kubernetes-map-type", "atomic");
    return schema;
  }
  json::object value = value_schema(field, true);
  if (field.shape == ApiShape::kMap)
    return {{"type", "object"}, {"additionalProperties", std::move(value)}};
  json::object schema{{"type", "array"}, {"items", std::move(value)}};
  schema.emplace("x-kubernetes-list-type", field.list_type == ApiListType::kSet   ? "set"
                                           : field.list_type == ApiListType::kMap ? "map"
                                                                                  : "atomic");
  if (field.list_type == ApiListType::kMap) {
    json::array keys;
    for (std::string_view key : field.list_keys) keys.push_back(text_value(key));
    schema.emplace("x-kubernetes-list-map-keys", std::move(keys));
  }
  if (!field.merge_key.empty())
    schema.emplace("x-kubernetes-patch-merge-key", text_value(field.merge_key));
  if (field.merges) schema.emplace("x-kubernetes-patch-strategy", "merge");
  return schema;
}

namespace {

json::object described(std::string_view text, json::object schema) {
  schema.emplace("description", text_value(text));
  return schema;
}

void add_selectable(const ResourceType& type, json::object& schema) {
  if (!type.custom || type.selectable.empty()) return;
  json::array fields;
  for (const SelectableField& field : type.selectable)
    fields.push_back(json::object{{"fieldPath", text_value(field.label)}});
  schema.emplace("x-kubernetes-selectable-fields", std::move(fields));
}

// Says in OpenAPI's words what x-kubernetes-int-or-string says.
void spell_int_or_string(json::value& schema) {
  if (json::array* array = schema.if_array())
    for (json::value& item : *array) spell_int_or_string(item);
  if (!schema.is_object()) return;
  for (auto& member : schema.get_object()) spell_int_or_string(member.value());
  if (json_bool(schema, {"x-kubernetes-int-or-string"}) && json_find(schema, {"anyOf"}) == nullptr)
    schema.get_object().emplace("anyOf", json::array{typed("integer"), typed("string")});
}

}  // namespace

json::object OpenApiSchemas::of(const ResourceType& type) {
  if (const ApiType* built_in = api_type_of(type)) return of_api_type(*built_in, &type);
  const std::string name = kind_name(type, type.kind);
  if (!schemas_.emplace(name, nullptr).second) return reference(name);
  json::value schema = type.custom ? open_api_schema_of(type) : json::value(typed("object"));
  spell_int_or_string(schema);
  json::object& members = schema.get_object();
  json::object& properties = object_member(members, "properties");
  properties["apiVersion"] = described("Group and version.", typed("string"));
  properties["kind"] = described("The kind.", typed("string"));
  properties["metadata"] = described("Metadata.", all_of(of_struct("ObjectMeta")));
  members["x-kubernetes-group-version-kind"] = json::array{group_version_kind(type, type.kind)};
  add_selectable(type, members);
  schemas_[name] = std::move(schema);
  return reference(name);
}

json::object OpenApiSchemas::list_of(const ResourceType& type) {
  const std::string name = kind_name(type, type.list_kind);
  if (!schemas_.emplace(name, nullptr).second) return reference(name);
  json::object items{{"type", "array"}, {"items", of(type)}};
  json::object properties{{"apiVersion", described("Group and version.", typed("string"))},
                          {"items", described("The objects.", std::move(items))},
                          {"kind", described("The kind of the list.", typed("string"))},
                          {"metadata", described("Metadata.", all_of(of_struct("ListMeta")))}};
  json::object schema{
      {"description", text_value("A list of " + std::string(type.kind))},
      {"type", "object"},
      {"required", json::array{"items"}},
      {"properties", std::move(properties)},
      {"x-kubernetes-group-version-kind", json::array{group_version_kind(type, type.list_kind)}}};
  add_selectable(type, schema);
  schemas_[name] = std::move(schema);
  return reference(name);
}

json::object OpenApiSchemas::take() && {
  json::object all;
  for (auto& [name, schema] : schemas_) all.emplace(name, std::move(schema));
  return all;
}

}  // namespace drydock::fakekube
