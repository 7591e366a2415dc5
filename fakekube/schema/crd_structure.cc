#include "fakekube/schema/crd_structure.h"

#include <algorithm>
#include <array>
#include <memory>

#include "fakekube/schema/crd_schema.h"
#include "fakekube/store/object.h"

namespace drydock::fakekube {
namespace {

constexpr std::array<std::string_view, 6> kTypes = {"array",  "boolean", "integer",
                                                    "number", "object",  "string"};
constexpr std::array<std::string_view, 3> kChoices = {"allOf", "anyOf", "oneOf"};

enum class Place { kRoot, kField, kItems, kAdditional };

bool has(const json::value& schema, std::string_view key) {
  const json::value* value = json_find(schema, {key});
  return value != nullptr && !value->is_null();
}

std::string keyed(const std::string& path, std::string_view key, std::string_view name) {
  return path + "." + std::string(key) + "[" + std::string(name) + "]";
}

// Without a type: only where another extension says what the value may be.
void check_missing_type(const json::value& schema, Place place, const std::string& path,
                        FieldErrors& errors) {
  const bool free = json_bool(schema, {"x-kubernetes-int-or-string"}) ||
                    json_bool(schema, {"x-kubernetes-preserve-unknown-fields"});
  if (place == Place::kRoot)
    errors.push_back(required_value(path + ".type", "must not be empty at the root"));
  else if (!free)
    errors.push_back(required_value(
        path + ".type", place == Place::kItems ? "must not be empty for specified array items"
                                               : "must not be empty for specified object fields"));
}

void check_type(const json::value& schema, Place place, const std::string& path,
                FieldErrors& errors) {
  const std::string_view type = string_at(schema, {"type"});
  if (type.empty()) {
    check_missing_type(schema, place, path, errors);
    return;
  }
  if (std::find(kTypes.begin(), kTypes.end(), type) == kTypes.end())
    errors.push_back(
        not_supported(path + ".type", quoted(type),
                      "\"array\", \"boolean\", \"integer\", \"number\", \"object\", \"string\""));
  if (place == Place::kRoot && type != "object")
    errors.push_back(invalid_value(path + ".type", quoted(type), "must be object at the root"));
  if (json_bool(schema, {"x-kubernetes-int-or-string"}))
    errors.push_back(invalid_value(path + ".type", quoted(type),
                                   "must be empty if x-kubernetes-int-or-string is true"));
}

void check_forbidden(const json::value& schema, const std::string& path, FieldErrors& errors) {
  if (has(schema, "$ref"))
    errors.push_back(forbidden_value(path + ".$ref", "$ref is not supported"));
  if (json_bool(schema, {"uniqueItems"}))
    errors.push_back(forbidden_value(
        path + ".uniqueItems",
        "uniqueItems cannot be set to true since the runtime complexity becomes quadratic"));
  for (std::string_view key : {"definitions", "dependencies", "patternProperties"})
    if (has(schema, key))
      errors.push_back(
          forbidden_value(path + "." + std::string(key), std::string(key) + " is not supported"));
  if (has(schema, "additionalItems"))
    errors.push_back(
        forbidden_value(path + ".additionalItems", "additionalItems is not supported"));
  const json::value* more = json_find(schema, {"additionalProperties"});
  if (more == nullptr) return;
  if (more->is_bool() && !more->get_bool())
    errors.push_back(forbidden_value(path + ".additionalProperties",
                                     "additionalProperties cannot be set to false"));
  if (has(schema, "properties"))
    errors.push_back(forbidden_value(path + ".additionalProperties",
                                     "additionalProperties and properties are mutual exclusive"));
}

void check_list(const json::value& schema, const std::string& path, FieldErrors& errors) {
  if (string_at(schema, {"type"}) == "array" && !has(schema, "items"))
    errors.push_back(required_value(path + ".items", "must be specified"));
  const std::string_view list = string_at(schema, {"x-kubernetes-list-type"});
  const std::string at = path + ".x-kubernetes-list-type";
  if (!list.empty() && list != "atomic" && list != "set" && list != "map")
    errors.push_back(not_supported(at, quoted(list), "\"atomic\", \"map\", \"set\""));
  if (!list.empty() && string_at(schema, {"type"}) != "array")
    errors.push_back(invalid_value(path + ".type", quoted(string_at(schema, {"type"})),
                                   "must be array if x-kubernetes-list-type is specified"));
  const json::array& keys = json_array(schema, {"x-kubernetes-list-map-keys"});
  if (list == "map" && keys.empty())
    errors.push_back(required_value(path + ".x-kubernetes-list-map-keys",
                                    "must not be empty if x-kubernetes-list-type is map"));
  if (list != "map" && !keys.empty())
    errors.push_back(
        invalid_value(at, quoted(list), "must be map if x-kubernetes-list-map-keys is non-empty"));
}

// Inside of anyOf and the like: nothing but limits.
void check_choice(const json::value& schema, const std::string& path, FieldErrors& errors) {
  for (std::string_view key :
       {"additionalProperties", "default", "description", "nullable", "title", "type",
        "x-kubernetes-embedded-resource", "x-kubernetes-preserve-unknown-fields"}) {
    const json::value* value = json_find(schema, {key});
    if (value == nullptr || *value == json::value(false)) continue;
    errors.push_back(forbidden_value(path + "." + std::string(key),
                                     key == "default" || key == "nullable" || value->is_bool()
                                         ? "must be undefined to be structural"
                                         : "must be empty to be structural"));
  }
  for (const auto& property : json_object(schema, {"properties"}))
    check_choice(property.value(), keyed(path, "properties", property.key()), errors);
  if (const json::value* items = json_find(schema, {"items"}))
    check_choice(*items, path + ".items", errors);
}

// int-or-string is the one choice of types that may be spelled out.
bool spells_int_or_string(const json::value& schema) {
  return json_bool(schema, {"x-kubernetes-int-or-string"});
}

void check_choices(const json::value& schema, const std::string& path, FieldErrors& errors) {
  for (std::string_view key : kChoices) {
    if (key == "anyOf" && spells_int_or_string(schema)) continue;
    const json::array& options = json_array(schema, {key});
    for (size_t i = 0; i < options.size(); ++i)
      check_choice(options[i], path + "." + std::string(key) + "[" + std::to_string(i) + "]",
                   errors);
  }
  if (const json::value* denied = json_find(schema, {"not"}))
    check_choice(*denied, path + ".not", errors);
}

// A default must itself be what the schema allows, with nothing to prune.
void check_default(const json::value& schema, const std::string& path, FieldErrors& errors) {
  const json::value* value = json_find(schema, {"default"});
  if (value == nullptr || value->is_null()) return;
  const std::unique_ptr<StructuralSchema> parsed = StructuralSchema::parse(schema);
  FieldErrors found;
  parsed->validate_part(*value, path + ".default", found);
  errors.insert(errors.end(), found.begin(), found.end());
}

void check_node(const json::value& schema, Place place, const std::string& path,
                FieldErrors& errors) {
  if (!schema.is_object()) return;
  check_forbidden(schema, path, errors);
  check_type(schema, place, path, errors);
  check_list(schema, path, errors);
  check_choices(schema, path, errors);
  check_default(schema, path, errors);
  for (const auto& property : json_object(schema, {"properties"}))
    check_node(property.value(), Place::kField, keyed(path, "properties", property.key()), errors);
  if (const json::value* items = json_find(schema, {"items"}))
    check_node(*items, Place::kItems, path + ".items", errors);
  if (const json::value* more = json_find(schema, {"additionalProperties"}))
    check_node(*more, Place::kAdditional, path + ".additionalProperties", errors);
}

}  // namespace

void check_structure(const json::value& schema, const std::string& path, FieldErrors& errors) {
  check_node(schema, Place::kRoot, path, errors);
}

}  // namespace drydock::fakekube
