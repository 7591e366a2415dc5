// StructuralSchema's checks of values: types, limits, formats, choices, lists, embedded objects.
// Texts, their order and what is checked together are those of kube-openapi's validation.
#include <algorithm>
#include <set>

#include "fakekube/schema/crd_schema.h"
#include "fakekube/schema/formats.h"
#include "fakekube/store/object.h"

namespace drydock::fakekube {
namespace {

bool is_object_header(std::string_view name) {
  return name == "apiVersion" || name == "kind" || name == "metadata";
}

// As Go prints a JSON type in a "must be of type" error.
std::string_view kind_name(const json::value& value) {
  switch (value.kind()) {
    case json::kind::null: return "null";
    case json::kind::bool_: return "boolean";
    case json::kind::int64:
    case json::kind::uint64: return "integer";
    case json::kind::double_: return "number";
    case json::kind::string: return "string";
    case json::kind::array: return "array";
    case json::kind::object: return "object";
  }
  return "";
}

// A scalar as Go's %v or %q prints it.
std::string shown(const json::value& value) {
  return value.is_double() ? Decimal::of(value).go_text() : json_text(value);
}

size_t characters(std::string_view text) {
  size_t count = 0;
  for (const char c : text) count += (static_cast<unsigned char>(c) & 0xC0U) != 0x80U ? 1 : 0;
  return count;
}

bool fraction(const json::value& value) {
  return value.is_double() && !Decimal::of(value).is_integer();
}

}  // namespace

// One walk over a value. Fields of errors are `field` and the path; texts name the path alone.
class SchemaCheck {
 public:
  SchemaCheck(std::string field, FieldErrors& errors) : field_(std::move(field)), errors_(errors) {}

  // `old`: what was there before, or null; a value that did not change may stay wrong.
  void value(const StructuralSchema& schema, const json::value& value, const SchemaPath* path,
             const json::value* old = nullptr) {
    if (old != nullptr && *old == value) return;
    if (value.is_null()) {
      if (!schema.nullable_ && schema.type_ != StructuralSchema::Type::kAny)
        wrong_kind(schema, value, path);
      if (!schema.nullable_) choices_of_value(schema, value, path);
      return;
    }
    if (!type_fits(schema, value)) wrong_kind(schema, value, path);
    combinations(schema, value, path);
    if (const json::string* text = value.if_string()) of_string(schema, *text, path);
    if (value.is_number()) of_number(schema, value, path);
    if (const json::array* array = value.if_array()) of_array(schema, *array, path, old);
    choices_of_value(schema, value, path);
    if (const json::object* object = value.if_object())
      of_object(schema, *object, path, old, false);
  }

  void of_object(const StructuralSchema& schema, const json::object& object, const SchemaPath* path,
                 const json::value* old, bool root) {
    if (schema.min_properties_ && object.size() < *schema.min_properties_) {
      says_invalid(
          path, std::to_string(object.size()),
          "should have at least " + std::to_string(*schema.min_properties_) + " properties");
      return;
    }
    if (schema.max_properties_ && object.size() > *schema.max_properties_) {
      errors_.push_back(too_many(field(path), object.size(), *schema.max_properties_));
      return;
    }
    for (const auto& member : object) {
      const std::string_view name = member.key();
      if ((root || schema.embedded_) && is_object_header(name)) continue;
      const StructuralSchema* property = schema.property(name);
      if (property == nullptr) continue;
      const SchemaPath at(path, name);
      value(*property, member.value(), &at, old == nullptr ? nullptr : json_find(*old, {name}));
    }
    for (const std::string& name : schema.required_)
      if (!object.contains(name)) {
        const SchemaPath at(path, name);
        errors_.push_back(required_value(field(&at)));
      }
  }

  void root(const StructuralSchema& schema, const json::value& object, const json::value* old) {
    combinations(schema, object, nullptr);
    of_object(schema, object.get_object(), nullptr, old, true);
  }

  void lists(const StructuralSchema& schema, const json::value& value, const SchemaPath* path,
             bool root) {
    if (!schema.below_.lists) return;
    if (const json::object* object = value.if_object()) {
      for (const auto& member : *object) {
        if ((root || schema.embedded_) && is_object_header(member.key())) continue;
        const StructuralSchema* property = schema.property(member.key());
        const SchemaPath at(path, member.key());
        if (property != nullptr) lists(*property, member.value(), &at, false);
      }
    } else if (const json::array* array = value.if_array()) {
      duplicates(schema, *array, path);
      for (size_t i = 0; i < array->size() && schema.items_ != nullptr; ++i) {
        const SchemaPath at(path, i);
        lists(*schema.items_, (*array)[i], &at, false);
      }
    }
  }

  void embedded(const StructuralSchema& schema, const json::value& value, const SchemaPath* path,
                bool root) {
    if (!schema.below_.embedded) return;
    if (schema.embedded_ && value.is_object()) header(value, path);
    if (const json::object* object = value.if_object()) {
      for (const auto& member : *object) {
        if (root && is_object_header(member.key())) continue;
        const StructuralSchema* property = schema.property(member.key());
        const SchemaPath at(path, member.key());
        if (property != nullptr) embedded(*property, member.value(), &at, false);
      }
    } else if (const json::array* array = value.if_array()) {
      for (size_t i = 0; i < array->size() && schema.items_ != nullptr; ++i) {
        const SchemaPath at(path, i);
        embedded(*schema.items_, (*array)[i], &at, false);
      }
    }
  }

 private:
  using Type = StructuralSchema::Type;
  using ListType = StructuralSchema::ListType;
  using Nodes = StructuralSchema::Nodes;

  std::string field(const SchemaPath* path) const {
    const std::string tail = path == nullptr ? "" : path->text();
    return field_.empty() || tail.empty() ? field_ + tail : field_ + "." + tail;
  }

  static std::string in_body(const SchemaPath* path) {
    return (path == nullptr ? "" : path->text()) + " in body ";
  }

  void says_invalid(const SchemaPath* path, std::string_view value, const std::string& what) {
    errors_.push_back(invalid_value(field(path), value, in_body(path) + what));
  }

  static bool type_fits(const StructuralSchema& schema, const json::value& value) {
    switch (schema.type_) {
      case Type::kAny: return true;
      case Type::kObject: return value.is_object();
      case Type::kArray: return value.is_array();
      case Type::kString: return value.is_string();
      case Type::kInteger: return value.is_number() && !fraction(value);
      case Type::kNumber: return value.is_number();
      case Type::kBoolean: return value.is_bool();
      case Type::kIntOrString: return value.is_string() || (value.is_number() && !fraction(value));
    }
    return false;
  }

  static std::string_view type_name(const StructuralSchema& schema) {
    switch (schema.type_) {
      case Type::kAny: return "";
      case Type::kObject: return "object";
      case Type::kArray: return "array";
      case Type::kString: return "string";
      case Type::kInteger: return "integer";
      case Type::kNumber: return "number";
      case Type::kBoolean: return "boolean";
      case Type::kIntOrString: return "integer,string";
    }
    return "";
  }

  void wrong_kind(const StructuralSchema& schema, const json::value& value,
                  const SchemaPath* path) {
    const std::string got = quoted(kind_name(value));
    errors_.push_back(wrong_type(
        field(path), got,
        in_body(path) + "must be of type " + std::string(type_name(schema)) + ": " + got));
  }

  void of_string(const StructuralSchema& schema, const json::string& text, const SchemaPath* path) {
    const std::string_view view(text);
    if (schema.max_length_ && characters(view) > *schema.max_length_)
      errors_.push_back(too_long(field(path), *schema.max_length_));
    if (schema.min_length_ && characters(view) < *schema.min_length_)
      says_invalid(path, quoted(view),
                   "should be at least " + std::to_string(*schema.min_length_) + " chars long");
    else if (schema.pattern_ && !too_long_for(schema, view) && !schema.pattern_->found_in(view))
      says_invalid(path, quoted(view), "should match '" + schema.pattern_text_ + "'");
    if (!schema.format_.empty() && !fits_format(schema.format_, view))
      errors_.push_back(
          wrong_type(field(path), quoted(view),
                     in_body(path) + "must be of type " + schema.format_ + ": " + quoted(view)));
  }

  // Of one string only the first complaint about it is made.
  static bool too_long_for(const StructuralSchema& schema, std::string_view text) {
    return schema.max_length_ && characters(text) > *schema.max_length_;
  }

  void of_number(const StructuralSchema& schema, const json::value& value, const SchemaPath* path) {
    if (!schema.minimum_ && !schema.maximum_ && !schema.multiple_of_) return;
    const Decimal number = Decimal::of(value);
    const auto text = [&value](const Decimal& limit) {
      return value.is_double() ? limit.go_text() : limit.whole_text();
    };
    if (schema.multiple_of_ && !number.multiple_of(*schema.multiple_of_))
      says_invalid(path, shown(value), "should be a multiple of " + text(*schema.multiple_of_));
    if (const auto& most = schema.maximum_;
        most && (number > most->value || (most->exclusive && number == most->value)))
      says_invalid(path, shown(value),
                   (most->exclusive ? "should be less than " : "should be less than or equal to ") +
                       text(most->value));
    if (const auto& least = schema.minimum_;
        least && (number < least->value || (least->exclusive && number == least->value)))
      says_invalid(
          path, shown(value),
          (least->exclusive ? "should be greater than " : "should be greater than or equal to ") +
              text(least->value));
  }

  void of_array(const StructuralSchema& schema, const json::array& array, const SchemaPath* path,
                const json::value* old) {
    for (size_t i = 0; i < array.size() && schema.items_ != nullptr; ++i) {
      const SchemaPath at(path, i);
      value(*schema.items_, array[i], &at, schema.counterpart(array[i], old));
    }
    if (schema.min_items_ && array.size() < *schema.min_items_)
      says_invalid(path, std::to_string(array.size()),
                   "should have at least " + std::to_string(*schema.min_items_) + " items");
    if (schema.max_items_ && array.size() > *schema.max_items_)
      errors_.push_back(too_many(field(path), array.size(), *schema.max_items_));
    std::set<std::string> seen;
    for (size_t i = 0; i < array.size() && schema.unique_items_; ++i)
      if (!seen.insert(json_text(array[i])).second) {
        says_invalid(path, "\"\"", "shouldn't contain duplicates");
        return;
      }
  }

  void choices_of_value(const StructuralSchema& schema, const json::value& value,
                        const SchemaPath* path) {
    const auto& allowed = schema.enum_;
    if (allowed.empty() || std::find(allowed.begin(), allowed.end(), value) != allowed.end())
      return;
    std::string supported;
    for (const json::value& option : allowed)
      supported += (supported.empty() ? "" : ", ") +
                   (option.is_string() ? json_text(option) : quoted(json_text(option)));
    errors_.push_back(not_supported(field(path), shown(value), supported));
  }

  // What the errors of a part would be, without making them.
  FieldErrors errors_of(const StructuralSchema& schema, const json::value& value,
                        const SchemaPath* path) {
    FieldErrors found;
    SchemaCheck(field_, found).value(schema, value, path);
    return found;
  }

  void combination_failed(const SchemaPath* path, std::string_view what) {
    errors_.push_back(invalid_value(
        "<nil>", "\"\"", quoted(path == nullptr ? "" : path->text()) + " " + std::string(what)));
  }

  // How many of the options hold; of those that don't, the errors of the one with the fewest.
  size_t holding(const Nodes& options, const json::value& value, const SchemaPath* path,
                 FieldErrors& best) {
    size_t count = 0;
    bool first = true;
    for (const auto& option : options) {
      FieldErrors found = errors_of(*option, value, path);
      if (found.empty()) ++count;
      if (!found.empty() && (first || found.size() < best.size())) best = found;
      first = first && found.empty();
    }
    return count;
  }

  void combinations(const StructuralSchema& schema, const json::value& value,
                    const SchemaPath* path) {
    FieldErrors best;
    if (!schema.any_of_.empty() && holding(schema.any_of_, value, path, best) == 0) {
      combination_failed(path, "must validate at least one schema (anyOf)");
      errors_.insert(errors_.end(), best.begin(), best.end());
    }
    best.clear();
    if (!schema.one_of_.empty()) {
      const size_t count = holding(schema.one_of_, value, path, best);
      if (count == 0) {
        combination_failed(path, "must validate one and only one schema (oneOf). Found none valid");
        errors_.insert(errors_.end(), best.begin(), best.end());
      } else if (count > 1) {
        combination_failed(path, "must validate one and only one schema (oneOf). Found " +
                                     std::to_string(count) + " valid alternatives");
      }
    }
    best.clear();
    if (!schema.all_of_.empty() &&
        holding(schema.all_of_, value, path, best) < schema.all_of_.size()) {
      errors_.insert(errors_.end(), best.begin(), best.end());
      combination_failed(path, "must validate all the schemas (allOf)");
    }
    if (schema.not_ != nullptr && errors_of(*schema.not_, value, path).empty())
      combination_failed(path, "must not validate the schema (not)");
  }

  void duplicates(const StructuralSchema& schema, const json::array& array,
                  const SchemaPath* path) {
    if (schema.list_type_ == ListType::kAtomic) return;
    std::set<std::string> seen;
    std::set<std::string> reported;
    for (size_t i = 0; i < array.size(); ++i) {
      const bool map = schema.list_type_ == ListType::kMap;
      const std::string text = map ? keys_of(schema, array[i]) : json_text(array[i]);
      if (seen.insert(text).second || !reported.insert(text).second) continue;
      const SchemaPath at(path, i);
      errors_.push_back(duplicate_value(field(&at), map ? "map[string]interface {}" + text : text));
    }
  }

  // The item's keys as JSON text, absent ones with their defaults.
  static std::string keys_of(const StructuralSchema& schema, const json::value& item) {
    json::object keys;
    std::set<std::string_view> names(schema.map_keys_.begin(), schema.map_keys_.end());
    for (std::string_view name : names)
      if (const json::value* part = json_find(item, {name})) keys.emplace(name, *part);
    return json_text(json::value(std::move(keys)));
  }

  void header(const json::value& object, const SchemaPath* path) {
    for (std::string_view key : {"apiVersion", "kind"}) {
      const SchemaPath at(path, key);
      if (string_at(object, {key}).empty())
        errors_.push_back(required_value(field(&at), "must not be empty"));
    }
  }

  std::string field_;
  FieldErrors& errors_;
};

void StructuralSchema::validate(const json::value& object, const json::value* old_object,
                                FieldErrors& errors) const {
  SchemaCheck("", errors).root(*this, object, old_object);
}

void StructuralSchema::validate_part(const json::value& value, const std::string& field,
                                     FieldErrors& errors) const {
  SchemaCheck(field, errors).value(*this, value, nullptr);
}

void StructuralSchema::validate_status(const json::value& object, const json::value* old_object,
                                       FieldErrors& errors) const {
  const json::value* status = json_find(object, {"status"});
  const StructuralSchema* schema = property("status");
  if (status != nullptr && schema != nullptr)
    SchemaCheck("status", errors)
        .value(*schema, *status, nullptr,
               old_object == nullptr ? nullptr : json_find(*old_object, {"status"}));
}

void StructuralSchema::validate_embedded(const json::value& object, FieldErrors& errors) const {
  SchemaCheck("", errors).embedded(*this, object, nullptr, true);
}

bool StructuralSchema::lists_in_status() const {
  const StructuralSchema* status = property("status");
  return status != nullptr && status->below_.lists;
}

void StructuralSchema::validate_lists(const json::value& object, FieldErrors& errors) const {
  SchemaCheck("", errors).lists(*this, object, nullptr, true);
}

}  // namespace drydock::fakekube
