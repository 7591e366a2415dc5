#include "fakekube/schema/crd_schema.h"

#include <algorithm>
#include <set>

#include "fakekube/store/object.h"

namespace drydock::fakekube {
namespace {

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

std::string child(const std::string& path, std::string_view name) {
  return path.empty() ? std::string(name) : path + "." + std::string(name);
}

std::string element(const std::string& path, size_t index) {
  return path + "[" + std::to_string(index) + "]";
}

// "spec.replicas in body"; the server leaves out "status." when it checks a status.
std::string in_body(const std::string& path) {
  constexpr std::string_view kStatus = "status.";
  const bool of_status = std::string_view(path).starts_with(kStatus);
  return (of_status ? path.substr(kStatus.size()) : path) + " in body";
}

void sort_members(json::object& object) {
  const auto by_key = [](const json::key_value_pair& a, const json::key_value_pair& b) {
    return std::string_view(a.key()) < std::string_view(b.key());
  };
  if (std::is_sorted(object.begin(), object.end(), by_key)) return;
  std::vector<json::key_value_pair*> members;
  for (auto& member : object) members.push_back(&member);
  std::sort(members.begin(), members.end(),
            [&](const auto* a, const auto* b) { return by_key(*a, *b); });
  json::object sorted;
  sorted.reserve(object.size());
  for (json::key_value_pair* member : members)
    sorted.emplace(member->key(), std::move(member->value()));
  object = std::move(sorted);
}

std::optional<size_t> size_member(const json::value& node, std::string_view key) {
  if (json_find(node, {key}) == nullptr) return std::nullopt;
  return static_cast<size_t>(json_int(node, {key}));
}

std::optional<int64_t> int_member(const json::value& node, std::string_view key) {
  if (json_find(node, {key}) == nullptr) return std::nullopt;
  return json_int(node, {key});
}

}  // namespace

std::unique_ptr<StructuralSchema> StructuralSchema::parse(const json::value& open_api_schema) {
  DRYDOCK_CHECK(open_api_schema.is_object(), "a schema is an object");
  return parse_node(open_api_schema);
}

std::unique_ptr<StructuralSchema> StructuralSchema::parse_node(const json::value& node) {
  auto schema = std::make_unique<StructuralSchema>();
  const std::string_view type = string_at(node, {"type"});
  schema->type_ = type == "object"    ? Type::kObject
                  : type == "array"   ? Type::kArray
                  : type == "string"  ? Type::kString
                  : type == "integer" ? Type::kInteger
                  : type == "number"  ? Type::kNumber
                  : type == "boolean" ? Type::kBoolean
                                      : Type::kAny;
  if (json_bool(node, {"x-kubernetes-int-or-string"})) schema->type_ = Type::kIntOrString;
  for (const auto& member : json_object(node, {"properties"}))
    schema->properties_.emplace_back(member.key(), parse_node(member.value()));
  std::sort(schema->properties_.begin(), schema->properties_.end(),
            [](const auto& a, const auto& b) { return a.first < b.first; });
  if (const json::value* additional = json_find(node, {"additionalProperties"}))
    schema->additional_ = parse_node(*additional);
  if (const json::value* items = json_find(node, {"items"})) schema->items_ = parse_node(*items);
  schema->required_ = json_strings(node, {"required"});
  std::sort(schema->required_.begin(), schema->required_.end());
  for (const json::value& value : json_array(node, {"enum"})) schema->enum_.push_back(value);
  if (const json::value* value = json_find(node, {"default"})) schema->default_ = *value;
  schema->minimum_ = int_member(node, "minimum");
  schema->maximum_ = int_member(node, "maximum");
  schema->min_length_ = size_member(node, "minLength");
  schema->max_length_ = size_member(node, "maxLength");
  schema->min_items_ = size_member(node, "minItems");
  schema->max_items_ = size_member(node, "maxItems");
  schema->nullable_ = json_bool(node, {"nullable"});
  schema->preserve_unknown_ = json_bool(node, {"x-kubernetes-preserve-unknown-fields"});
  const std::string_view list_type = string_at(node, {"x-kubernetes-list-type"});
  schema->list_type_ = list_type == "set"   ? ListType::kSet
                       : list_type == "map" ? ListType::kMap
                                            : ListType::kAtomic;
  schema->map_keys_ = json_strings(node, {"x-kubernetes-list-map-keys"});
  return schema;
}

const StructuralSchema* StructuralSchema::property(std::string_view name) const {
  const auto found = std::lower_bound(
      properties_.begin(), properties_.end(), name,
      [](const auto& property, std::string_view wanted) { return property.first < wanted; });
  if (found != properties_.end() && found->first == name) return found->second.get();
  return additional_.get();
}

void StructuralSchema::prune(json::value& object, std::vector<std::string>& unknown) const {
  prune_object(object.get_object(), "", true, unknown);
}

void StructuralSchema::prune_object(json::object& object, const std::string& path, bool root,
                                    std::vector<std::string>& unknown) const {
  sort_members(object);
  std::vector<std::string> dropped;
  for (auto& member : object) {
    const std::string_view name = member.key();
    if (root && (name == "apiVersion" || name == "kind" || name == "metadata")) continue;
    const StructuralSchema* schema = property(name);
    if (schema == nullptr) {
      if (preserve_unknown_) continue;
      unknown.push_back(child(path, name));
      dropped.emplace_back(name);
    } else if (member.value().is_null() && !schema->nullable_) {
      dropped.emplace_back(name);
    } else {
      schema->prune_value(member.value(), child(path, name), unknown);
    }
  }
  for (const std::string& name : dropped) remove_member(object, name);
}

void StructuralSchema::prune_value(json::value& value, const std::string& path,
                                   std::vector<std::string>& unknown) const {
  if (json::object* object = value.if_object()) {
    if (type_ == Type::kObject) prune_object(*object, path, false, unknown);
  } else if (json::array* array = value.if_array(); array != nullptr && items_ != nullptr) {
    for (size_t i = 0; i < array->size(); ++i)
      items_->prune_value((*array)[i], element(path, i), unknown);
  }
}

void StructuralSchema::set_defaults(json::value& object) const { default_value(object, true); }

void StructuralSchema::default_value(json::value& value, bool root) const {
  if (json::object* object = value.if_object()) {
    for (const auto& [name, schema] : properties_) {
      if (root && name == "metadata") continue;
      json::value* member = object->if_contains(name);
      if (member == nullptr && schema->default_) {
        member = &(*object)[name];
        *member = *schema->default_;
        sort_members(*object);
        member = object->if_contains(name);
      }
      if (member != nullptr) schema->default_value(*member, false);
    }
  } else if (json::array* array = value.if_array(); array != nullptr && items_ != nullptr) {
    for (json::value& item : *array) items_->default_value(item, false);
  }
}

void StructuralSchema::validate(const json::value& object, FieldErrors& errors) const {
  validate_object(object.get_object(), "", true, errors);
}

void StructuralSchema::validate_object(const json::object& object, const std::string& path,
                                       bool root, FieldErrors& errors) const {
  for (const std::string& name : required_)
    if (!object.contains(name)) errors.push_back(required_value(child(path, name)));
  for (const auto& member : object) {
    const std::string_view name = member.key();
    if (root && (name == "apiVersion" || name == "kind" || name == "metadata")) continue;
    if (const StructuralSchema* schema = property(name))
      schema->validate_value(member.value(), child(path, name), errors);
  }
}

void StructuralSchema::validate_value(const json::value& value, const std::string& path,
                                      FieldErrors& errors) const {
  if (value.is_null() && nullable_) return;
  if (!type_fits(value)) {
    const std::string got = quoted(kind_name(value));
    errors.push_back(wrong_type(
        path, got, in_body(path) + " must be of type " + std::string(type_name()) + ": " + got));
    if (!enum_.empty()) validate_enum(value, path, errors);
    return;
  }
  if (const json::object* object = value.if_object())
    validate_object(*object, path, false, errors);
  else if (const json::array* array = value.if_array())
    validate_array(*array, path, errors);
  else
    validate_scalar(value, path, errors);
}

void StructuralSchema::validate_array(const json::array& array, const std::string& path,
                                      FieldErrors& errors) const {
  if (max_items_ && array.size() > *max_items_)
    errors.push_back(too_many(path, array.size(), *max_items_));
  if (min_items_ && array.size() < *min_items_)
    errors.push_back(invalid_value(
        path, std::to_string(array.size()),
        in_body(path) + " should have at least " + std::to_string(*min_items_) + " items"));
  std::set<std::string> seen;
  for (size_t i = 0; i < array.size(); ++i) {
    if (items_ != nullptr) items_->validate_value(array[i], element(path, i), errors);
    if (list_type_ == ListType::kAtomic) continue;
    json::value key = array[i];
    if (list_type_ == ListType::kMap) {
      json::object keys;
      for (const std::string& name : map_keys_)
        if (const json::value* part = json_find(array[i], {name})) keys.emplace(name, *part);
      key = std::move(keys);
    }
    const std::string text = json_text(key);
    if (!seen.insert(text).second)
      errors.push_back(duplicate_value(element(path, i), list_type_ == ListType::kMap
                                                             ? "map[string]interface {}" + text
                                                             : text));
  }
}

void StructuralSchema::validate_scalar(const json::value& value, const std::string& path,
                                       FieldErrors& errors) const {
  if (const json::string* text = value.if_string()) {
    if (max_length_ && text->size() > *max_length_) errors.push_back(too_long(path, *max_length_));
    if (min_length_ && text->size() < *min_length_)
      errors.push_back(invalid_value(
          path, quoted(std::string_view(*text)),
          in_body(path) + " should be at least " + std::to_string(*min_length_) + " chars long"));
  } else if (const int64_t* number = value.if_int64()) {
    if (minimum_ && *number < *minimum_)
      errors.push_back(invalid_value(
          path, std::to_string(*number),
          in_body(path) + " should be greater than or equal to " + std::to_string(*minimum_)));
    if (maximum_ && *number > *maximum_)
      errors.push_back(invalid_value(
          path, std::to_string(*number),
          in_body(path) + " should be less than or equal to " + std::to_string(*maximum_)));
  }
  if (!enum_.empty()) validate_enum(value, path, errors);
}

void StructuralSchema::validate_enum(const json::value& value, const std::string& path,
                                     FieldErrors& errors) const {
  if (std::find(enum_.begin(), enum_.end(), value) != enum_.end()) return;
  std::string supported;
  for (const json::value& allowed : enum_)
    supported += (supported.empty() ? "" : ", ") + json_text(allowed);
  errors.push_back(not_supported(path, json_text(value), supported));
}

bool StructuralSchema::type_fits(const json::value& value) const {
  switch (type_) {
    case Type::kAny: return true;
    case Type::kObject: return value.is_object();
    case Type::kArray: return value.is_array();
    case Type::kString: return value.is_string();
    case Type::kInteger: return value.is_int64() || value.is_uint64();
    case Type::kNumber: return value.is_number();
    case Type::kBoolean: return value.is_bool();
    case Type::kIntOrString: return value.is_int64() || value.is_uint64() || value.is_string();
  }
  return false;
}

std::string_view StructuralSchema::type_name() const {
  switch (type_) {
    case Type::kAny: return "any";
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

}  // namespace drydock::fakekube
