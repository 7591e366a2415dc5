// A custom resource's structural schema: prunes what it does not describe, fills in defaults,
// validates with the texts of a real API server.
//
//   std::unique_ptr<StructuralSchema> schema = StructuralSchema::parse(open_api_v3_schema);
//   schema->prune(object, unknown);      // unknown: paths such as spec.parts[0].zzz
//   schema->set_defaults(object);
//   validate_custom(type, object, nullptr, false, errors);        // custom_validation.h
//
// CEL is not implemented: of x-kubernetes-validations only rules are evaluated that keep to the
// small part of the language that cel.h lists; others are passed over, as if they held. Metadata is
// none of a schema's business.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/json.h"
#include "fakekube/api/status_error.h"
#include "fakekube/schema/cel.h"
#include "fakekube/schema/decimal.h"
#include "fakekube/schema/pattern.h"
#include "fakekube/schema/schema_path.h"

namespace drydock::fakekube {

class ApplySchema;

class StructuralSchema {
 public:
  // The "openAPIV3Schema" of a CRD's version; CHECKs that it is an object.
  static std::unique_ptr<StructuralSchema> parse(const json::value& open_api_schema);
  // What it was parsed from.
  const json::value& source() const { return source_; }

  // Removes unknown members and nulls that are neither nullable nor defaulted; sorts members as a
  // real server prints them. Appends the paths of what was unknown.
  void prune(json::value& object, std::vector<std::string>& unknown) const;
  void set_defaults(json::value& object) const;

  // Types, limits, formats, choices. Of the whole object; of a value whose field is named as given;
  // of a status alone, which texts name without "status.".
  // With `old_object` values that did not change may stay wrong, as on a real server (ratcheting).
  void validate(const json::value& object, const json::value* old_object,
                FieldErrors& errors) const;
  void validate_part(const json::value& value, const std::string& field, FieldErrors& errors) const;
  void validate_status(const json::value& object, const json::value* old_object,
                       FieldErrors& errors) const;
  // Embedded objects: that they say what they are.
  void validate_embedded(const json::value& object, FieldErrors& errors) const;
  // Lists of type set and map: that nothing is there twice.
  void validate_lists(const json::value& object, FieldErrors& errors) const;
  // Whether a status may have such a list.
  bool lists_in_status() const;
  // The rules of x-kubernetes-validations; those about changes only with `old_object`.
  bool has_rules() const { return below_.rules; }
  void validate_rules(const json::value& object, const json::value* old_object,
                      FieldErrors& errors) const;

 private:
  friend class ApplySchema;  // the same node as merging sees it (apply_schema.h)
  friend class SchemaCheck;  // schema_check.cc
  friend class RuleCheck;    // schema_rules.cc

  enum class Type { kAny, kObject, kArray, kString, kInteger, kNumber, kBoolean, kIntOrString };
  enum class ListType { kAtomic, kSet, kMap };
  struct Rule {
    CelProgram program;
    std::string rule;
    std::string message;
    std::string reason;
    std::string field;  // appended to the path: ".replicas"
  };
  struct Limit {
    Decimal value;
    bool exclusive = false;
  };
  using Nodes = std::vector<std::unique_ptr<StructuralSchema>>;
  // What a node or any below it has, so that walks leave out what holds nothing for them.
  struct Contents {
    bool defaults = false;
    bool lists = false;  // of type set or map
    bool embedded = false;
    bool rules = false;
  };

  static std::unique_ptr<StructuralSchema> parse_node(const json::value& node);
  void parse_limits(const json::value& node);
  void parse_children(const json::value& node);
  void parse_rules(const json::value& node);
  void note_contents();
  // Declared by name; property() also finds the one that stands for all others.
  const StructuralSchema* declared(std::string_view name) const;
  const StructuralSchema* property(std::string_view name) const;
  // The item of an older list that has the same keys; null: none, or no list of type map.
  const json::value* counterpart(const json::value& item, const json::value* old_list) const;
  void prune_object(json::object& object, const SchemaPath* path, bool root,
                    std::vector<std::string>& unknown) const;
  void prune_value(json::value& value, const SchemaPath& path,
                   std::vector<std::string>& unknown) const;
  void default_value(json::value& value, bool root) const;

  json::value source_;  // of the root only
  Type type_ = Type::kAny;
  std::vector<std::pair<std::string, std::unique_ptr<StructuralSchema>>> properties_;  // by name
  std::unique_ptr<StructuralSchema> additional_;
  std::unique_ptr<StructuralSchema> items_;
  std::vector<std::string> required_;  // as listed
  std::vector<json::value> enum_;
  std::optional<json::value> default_;
  std::optional<Limit> minimum_, maximum_;
  std::optional<Decimal> multiple_of_;
  std::optional<size_t> min_length_, max_length_, min_items_, max_items_;
  std::optional<size_t> min_properties_, max_properties_;
  std::optional<Pattern> pattern_;
  std::string pattern_text_;
  std::string format_;
  Nodes all_of_, any_of_, one_of_;
  std::unique_ptr<StructuralSchema> not_;
  std::vector<Rule> rules_;
  Contents below_;
  bool unique_items_ = false;
  bool nullable_ = false;
  bool preserve_unknown_ = false;
  bool embedded_ = false;
  bool map_is_atomic_ = false;  // x-kubernetes-map-type
  ListType list_type_ = ListType::kAtomic;
  std::vector<std::string> map_keys_;
};

}  // namespace drydock::fakekube
