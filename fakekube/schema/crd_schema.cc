#include "fakekube/schema/crd_schema.h"

#include <algorithm>

#include "fakekube/store/object.h"

namespace drydock::fakekube {
namespace {

bool is_object_header(std::string_view name) {
  return name == "apiVersion" || name == "kind" || name == "metadata";
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

// `names` in the members' order. One member is removed at the cost of all behind it, so that many
// are removed at once.
void drop_members(json::object& object, const std::vector<std::string>& names) {
  constexpr size_t kFew = 16;
  if (names.size() <= kFew) {
    for (const std::string& name : names) remove_member(object, name);
    return;
  }
  json::object kept;
  kept.reserve(object.size());
  size_t at = 0;
  for (auto& member : object) {
    if (at < names.size() && member.key() == names[at])
      ++at;
    else
      kept.emplace(member.key(), std::move(member.value()));
  }
  object = std::move(kept);
}

std::optional<size_t> size_member(const json::value& node, std::string_view key) {
  const json::value* value = json_find(node, {key});
  if (value == nullptr || !value->is_int64() || value->get_int64() < 0) return std::nullopt;
  return static_cast<size_t>(value->get_int64());
}

std::optional<Decimal> number_member(const json::value& node, std::string_view key) {
  const json::value* value = json_find(node, {key});
  if (value == nullptr || !value->is_number()) return std::nullopt;
  return Decimal::of(*value);
}

}  // namespace

std::unique_ptr<StructuralSchema> StructuralSchema::parse(const json::value& open_api_schema) {
  DRYDOCK_CHECK(open_api_schema.is_object(), "a schema is an object");
  std::unique_ptr<StructuralSchema> schema = parse_node(open_api_schema);
  schema->source_ = open_api_schema;
  return schema;
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
  if (const json::value* value = json_find(node, {"default"})) schema->default_ = *value;
  schema->nullable_ = json_bool(node, {"nullable"});
  schema->preserve_unknown_ = json_bool(node, {"x-kubernetes-preserve-unknown-fields"});
  schema->embedded_ = json_bool(node, {"x-kubernetes-embedded-resource"});
  schema->map_is_atomic_ = string_at(node, {"x-kubernetes-map-type"}) == "atomic";
  const std::string_view list_type = string_at(node, {"x-kubernetes-list-type"});
  schema->list_type_ = list_type == "set"   ? ListType::kSet
                       : list_type == "map" ? ListType::kMap
                                            : ListType::kAtomic;
  schema->map_keys_ = json_strings(node, {"x-kubernetes-list-map-keys"});
  schema->parse_limits(node);
  schema->parse_children(node);
  schema->parse_rules(node);
  schema->note_contents();
  return schema;
}

void StructuralSchema::note_contents() {
  below_ = {.defaults = default_.has_value(),
            .lists = list_type_ != ListType::kAtomic,
            .embedded = embedded_,
            .rules = !rules_.empty()};
  const auto add = [this](const std::unique_ptr<StructuralSchema>& child) {
    if (child == nullptr) return;
    below_.defaults |= child->below_.defaults;
    below_.lists |= child->below_.lists;
    below_.embedded |= child->below_.embedded;
    below_.rules |= child->below_.rules;
  };
  for (const auto& [name, property] : properties_) add(property);
  add(additional_);
  add(items_);
}

void StructuralSchema::parse_limits(const json::value& node) {
  required_ = json_strings(node, {"required"});
  for (const json::value& value : json_array(node, {"enum"})) enum_.push_back(value);
  if (const auto value = number_member(node, "minimum"))
    minimum_ = {*value, json_bool(node, {"exclusiveMinimum"})};
  if (const auto value = number_member(node, "maximum"))
    maximum_ = {*value, json_bool(node, {"exclusiveMaximum"})};
  multiple_of_ = number_member(node, "multipleOf");
  min_length_ = size_member(node, "minLength");
  max_length_ = size_member(node, "maxLength");
  min_items_ = size_member(node, "minItems");
  max_items_ = size_member(node, "maxItems");
  min_properties_ = size_member(node, "minProperties");
  max_properties_ = size_member(node, "maxProperties");
  unique_items_ = json_bool(node, {"uniqueItems"});
  pattern_text_ = json_string(node, {"pattern"});
  if (!pattern_text_.empty()) pattern_ = Pattern::parse(pattern_text_);
  format_ = json_string(node, {"format"});
}

void StructuralSchema::parse_children(const json::value& node) {
  for (const auto& member : json_object(node, {"properties"}))
    properties_.emplace_back(member.key(), parse_node(member.value()));
  std::sort(properties_.begin(), properties_.end(),
            [](const auto& a, const auto& b) { return a.first < b.first; });
  const json::value* additional = json_find(node, {"additionalProperties"});
  if (additional != nullptr && *additional != json::value(false))
    additional_ = parse_node(*additional);
  if (const json::value* items = json_find(node, {"items"})) items_ = parse_node(*items);
  const auto choices = [&node](std::string_view key, Nodes& nodes) {
    for (const json::value& option : json_array(node, {key})) nodes.push_back(parse_node(option));
  };
  choices("allOf", all_of_);
  choices("anyOf", any_of_);
  choices("oneOf", one_of_);
  if (const json::value* denied = json_find(node, {"not"})) not_ = parse_node(*denied);
}

void StructuralSchema::parse_rules(const json::value& node) {
  const auto is_integer = [this](const std::vector<std::string>& path) {
    const StructuralSchema* at = this;
    for (const std::string& name : path)
      if (at != nullptr) at = at->property(name);
    return at != nullptr && at->type_ == Type::kInteger;
  };
  for (const json::value& rule : json_array(node, {"x-kubernetes-validations"})) {
    const std::string text = json_string(rule, {"rule"});
    std::optional<CelProgram> program = CelProgram::parse(text, is_integer);
    if (!program) continue;
    rules_.push_back({.program = *std::move(program),
                      .rule = text,
                      .message = json_string(rule, {"message"}),
                      .reason = json_string(rule, {"reason"}, "FieldValueInvalid"),
                      .field = json_string(rule, {"fieldPath"})});
  }
}

const StructuralSchema* StructuralSchema::declared(std::string_view name) const {
  const auto found = std::lower_bound(
      properties_.begin(), properties_.end(), name,
      [](const auto& property, std::string_view wanted) { return property.first < wanted; });
  return found != properties_.end() && found->first == name ? found->second.get() : nullptr;
}

const StructuralSchema* StructuralSchema::property(std::string_view name) const {
  const StructuralSchema* found = declared(name);
  return found != nullptr ? found : additional_.get();
}

const json::value* StructuralSchema::counterpart(const json::value& item,
                                                 const json::value* old_list) const {
  if (old_list == nullptr || !old_list->is_array() || list_type_ != ListType::kMap) return nullptr;
  for (const json::value& candidate : old_list->get_array())
    if (std::all_of(map_keys_.begin(), map_keys_.end(),
                    [&](const std::string& key) { return same_member(item, candidate, key); }))
      return &candidate;
  return nullptr;
}

void StructuralSchema::prune(json::value& object, std::vector<std::string>& unknown) const {
  prune_object(object.get_object(), nullptr, true, unknown);
}

void StructuralSchema::prune_object(json::object& object, const SchemaPath* path, bool root,
                                    std::vector<std::string>& unknown) const {
  sort_members(object);
  std::vector<std::string> dropped;
  for (auto& member : object) {
    const std::string_view name = member.key();
    if ((root || embedded_) && is_object_header(name)) continue;
    const SchemaPath at(path, name);
    const StructuralSchema* schema = property(name);
    if (schema == nullptr) {
      if (preserve_unknown_) continue;
      unknown.push_back(at.text());
      dropped.emplace_back(name);
    } else if (member.value().is_null() && !schema->nullable_) {
      dropped.emplace_back(name);
    } else {
      schema->prune_value(member.value(), at, unknown);
    }
  }
  drop_members(object, dropped);
}

void StructuralSchema::prune_value(json::value& value, const SchemaPath& path,
                                   std::vector<std::string>& unknown) const {
  if (json::object* object = value.if_object()) {
    if (type_ == Type::kObject || !properties_.empty())
      prune_object(*object, &path, false, unknown);
  } else if (json::array* array = value.if_array(); array != nullptr && items_ != nullptr) {
    for (size_t i = 0; i < array->size(); ++i)
      items_->prune_value((*array)[i], SchemaPath(&path, i), unknown);
  }
}

void StructuralSchema::set_defaults(json::value& object) const { default_value(object, true); }

void StructuralSchema::default_value(json::value& value, bool root) const {
  if (!below_.defaults) return;
  if (json::object* object = value.if_object()) {
    bool added = false;
    for (const auto& [name, schema] : properties_) {
      if ((root && name == "metadata") || !schema->default_ || object->contains(name)) continue;
      (*object)[name] = *schema->default_;
      added = true;
    }
    if (added) sort_members(*object);
    for (auto& member : *object) {
      const std::string_view name = member.key();
      if (root && is_object_header(name)) continue;
      if (const StructuralSchema* schema = property(name))
        schema->default_value(member.value(), false);
    }
  } else if (json::array* array = value.if_array(); array != nullptr && items_ != nullptr) {
    for (json::value& item : *array) {
      if (item.is_null() && !items_->nullable_ && items_->default_) item = *items_->default_;
      items_->default_value(item, false);
    }
  }
}

}  // namespace drydock::fakekube
