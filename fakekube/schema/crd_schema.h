// A custom resource's structural schema: prunes what it does not describe, fills in defaults,
// validates with the texts of a real API server.
//
//   std::unique_ptr<StructuralSchema> schema = StructuralSchema::parse(open_api_v3_schema);
//   schema->prune(object, unknown);      // unknown: paths such as spec.parts[0].zzz
//   schema->set_defaults(object);
//   schema->validate(object, errors);
//
// Understood: type, properties, additionalProperties, items, required, enum, nullable, default,
// minimum, maximum, minLength, maxLength, minItems, maxItems, pattern (own engine: none; see
// validate), x-kubernetes-int-or-string, x-kubernetes-preserve-unknown-fields, list types set and
// map. CEL rules are not evaluated. Metadata is none of its business.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/json.h"
#include "fakekube/api/status_error.h"

namespace drydock::fakekube {

class StructuralSchema {
 public:
  // The "openAPIV3Schema" of a CRD's version; CHECKs that it is an object.
  static std::unique_ptr<StructuralSchema> parse(const json::value& open_api_schema);

  // Removes unknown members and nulls that are neither nullable nor defaulted; sorts members as a
  // real server prints them. Appends the paths of what was unknown.
  void prune(json::value& object, std::vector<std::string>& unknown) const;
  void set_defaults(json::value& object) const;
  void validate(const json::value& object, FieldErrors& errors) const;

 private:
  enum class Type { kAny, kObject, kArray, kString, kInteger, kNumber, kBoolean, kIntOrString };
  enum class ListType { kAtomic, kSet, kMap };

  static std::unique_ptr<StructuralSchema> parse_node(const json::value& node);
  const StructuralSchema* property(std::string_view name) const;
  void prune_object(json::object& object, const std::string& path, bool root,
                    std::vector<std::string>& unknown) const;
  void prune_value(json::value& value, const std::string& path,
                   std::vector<std::string>& unknown) const;
  void default_value(json::value& value, bool root) const;
  void validate_value(const json::value& value, const std::string& path, FieldErrors& errors) const;
  void validate_object(const json::object& object, const std::string& path, bool root,
                       FieldErrors& errors) const;
  void validate_array(const json::array& array, const std::string& path, FieldErrors& errors) const;
  void validate_scalar(const json::value& value, const std::string& path,
                       FieldErrors& errors) const;
  void validate_enum(const json::value& value, const std::string& path, FieldErrors& errors) const;
  bool type_fits(const json::value& value) const;
  std::string_view type_name() const;

  Type type_ = Type::kAny;
  std::vector<std::pair<std::string, std::unique_ptr<StructuralSchema>>> properties_;  // by name
  std::unique_ptr<StructuralSchema> additional_;
  std::unique_ptr<StructuralSchema> items_;
  std::vector<std::string> required_;
  std::vector<json::value> enum_;
  std::optional<json::value> default_;
  std::optional<int64_t> minimum_, maximum_;
  std::optional<size_t> min_length_, max_length_, min_items_, max_items_;
  bool nullable_ = false;
  bool preserve_unknown_ = false;
  ListType list_type_ = ListType::kAtomic;
  std::vector<std::string> map_keys_;
};

}  // namespace drydock::fakekube
