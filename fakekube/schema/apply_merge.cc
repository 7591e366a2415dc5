#include "fakekube/schema/apply_merge.h"

#include <algorithm>
#include <map>

#include "fakekube/api/status_error.h"
#include "fakekube/store/object.h"

namespace drydock::fakekube {
namespace {

using Shape = ApplySchema::Shape;

const json::array kNoItems;
const json::object kNoMembers;

const json::object& members_of(const json::value* value) {
  const json::object* object = value == nullptr ? nullptr : value->if_object();
  return object == nullptr ? kNoMembers : *object;
}

const json::array& items_of(const json::value* value) {
  const json::array* array = value == nullptr ? nullptr : value->if_array();
  return array == nullptr ? kNoItems : *array;
}

bool absent(const json::value* value) { return value == nullptr || value->is_null(); }

// How two values are treated, either of which may be absent: nothing declared is deduced.
Shape shape_of(const ApplySchema& schema, const json::value* a, const json::value* b) {
  const Shape declared = schema.shape();
  const auto fits = [&](const json::value* value) {
    if (absent(value)) return true;
    if (declared == Shape::kSet || declared == Shape::kKeyedList) return value->is_array();
    return value->is_object();
  };
  if (declared == Shape::kWhole || !fits(a) || !fits(b)) return Shape::kWhole;
  return declared == Shape::kUnknown ? Shape::kObject : declared;
}

bool is_list(Shape shape) { return shape == Shape::kSet || shape == Shape::kKeyedList; }

// What tells a list's item from the others; or why it can't be told.
struct ItemElement {
  std::optional<PathElement> element;
  std::string error;
};

ItemElement set_element(const json::value& item) {
  if (item.is_object())
    return {{}, "associative list without keys has an element that's a map type"};
  if (item.is_array()) return {{}, "not supported: associative list with lists as elements"};
  if (item.is_null())
    return {{}, "associative list without keys has an element that's an explicit null"};
  return {PathElement::of_value(item), ""};
}

ItemElement keyed_element(const ApplySchema& list, const json::value& item) {
  if (item.is_null()) return {{}, "associative list with keys may not have a null element"};
  if (!item.is_object()) return {{}, "associative list with keys may not have non-map elements"};
  json::object fields;
  for (std::string_view key : list.keys()) {
    const json::value* value = item.get_object().if_contains(key);
    json::value field = value != nullptr ? *value : list.key_default(key);
    if (field.is_null())
      return {{},
              "associative list with keys has an element that omits key field " + quoted(key) +
                  " (and doesn't have default value)"};
    fields.emplace(key, std::move(field));
  }
  return {PathElement::key(std::move(fields)), ""};
}

ItemElement element_of(const ApplySchema& list, const json::value& item) {
  return list.shape() == Shape::kSet ? set_element(item) : keyed_element(list, item);
}

// A list by its items' elements. An element twice keeps all its items, in order.
struct IndexedList {
  std::vector<PathElement> order;  // each element once, where it came first
  std::map<PathElement, std::vector<const json::value*>> items;

  const std::vector<const json::value*>* find(const PathElement& element) const {
    const auto found = items.find(element);
    return found == items.end() ? nullptr : &found->second;
  }
  // The item; nullptr when there is none, or several.
  const json::value* single(const PathElement& element) const {
    const std::vector<const json::value*>* found = find(element);
    return found != nullptr && found->size() == 1 ? found->front() : nullptr;
  }
};

// Items without an element are left out.
IndexedList index_list(const ApplySchema& list, const json::array& array) {
  IndexedList indexed;
  for (const json::value& item : array) {
    ItemElement found = element_of(list, item);
    if (!found.element) continue;
    std::vector<const json::value*>& items = indexed.items[*found.element];
    if (items.empty()) indexed.order.push_back(*found.element);
    items.push_back(&item);
  }
  return indexed;
}

class Comparison {
 public:
  void run(const ApplySchema& schema, const json::value* old_value, const json::value* new_value) {
    const Shape shape = shape_of(schema, old_value, new_value);
    const bool empty = is_list(shape)
                           ? items_of(old_value).empty() && items_of(new_value).empty()
                           : members_of(old_value).empty() && members_of(new_value).empty();
    if (shape == Shape::kWhole || empty) {
      leaf(old_value, new_value);
      return;
    }
    if (is_list(shape))
      compare_lists(schema, items_of(old_value), items_of(new_value));
    else
      compare_objects(schema, members_of(old_value), members_of(new_value));
    if (old_value == nullptr) changes.added.insert(path_);
    if (new_value == nullptr) changes.removed.insert(path_);
  }

  FieldChanges changes;

 private:
  void leaf(const json::value* old_value, const json::value* new_value) {
    if (old_value == nullptr)
      changes.added.insert(path_);
    else if (new_value == nullptr)
      changes.removed.insert(path_);
    else if (*old_value != *new_value)
      changes.modified.insert(path_);
  }

  void compare_objects(const ApplySchema& schema, const json::object& old_members,
                       const json::object& new_members) {
    for (const auto& member : old_members)
      compare_member(schema, member.key(), &member.value(), new_members.if_contains(member.key()));
    for (const auto& member : new_members)
      if (!old_members.contains(member.key()))
        compare_member(schema, member.key(), nullptr, &member.value());
  }

  void compare_member(const ApplySchema& schema, std::string_view name,
                      const json::value* old_value, const json::value* new_value) {
    if (old_value != nullptr && new_value != nullptr && *old_value == *new_value) return;
    path_.push_back(PathElement::field(name));
    run(schema.member(name), old_value, new_value);
    path_.pop_back();
  }

  void compare_lists(const ApplySchema& schema, const json::array& old_items,
                     const json::array& new_items) {
    const IndexedList before = index_list(schema, old_items);
    const IndexedList after = index_list(schema, new_items);
    for (const PathElement& element : before.order) compare_items(schema, element, before, after);
    for (const PathElement& element : after.order)
      if (before.find(element) == nullptr) compare_items(schema, element, before, after);
  }

  void compare_items(const ApplySchema& schema, const PathElement& element,
                     const IndexedList& before, const IndexedList& after) {
    path_.push_back(element);
    const auto* old_items = before.find(element);
    const auto* new_items = after.find(element);
    if ((old_items == nullptr || old_items->size() == 1) &&
        (new_items == nullptr || new_items->size() == 1))
      run(schema.item(), before.single(element), after.single(element));
    else if (old_items == nullptr)
      changes.added.insert(path_);
    else if (new_items == nullptr)
      changes.removed.insert(path_);
    else if (!std::equal(old_items->begin(), old_items->end(), new_items->begin(), new_items->end(),
                         [](auto* a, auto* b) { return *a == *b; }))
      changes.modified.insert(path_);
    path_.pop_back();
  }

  FieldPath path_;
};

void collect_fields(const ApplySchema& schema, const json::value& value, FieldSet& node);

void collect_list(const ApplySchema& schema, const json::value& value, FieldSet& node) {
  const IndexedList list = index_list(schema, value.get_array());
  for (const PathElement& element : list.order) {
    FieldSet& child = node.mutable_below(element);
    if (const json::value* item = list.single(element)) collect_fields(schema.item(), *item, child);
    child.set_self(true);
  }
}

void collect_object(const ApplySchema& schema, const json::value& value, FieldSet& node) {
  for (const auto& member : value.get_object()) {
    FieldSet child;
    collect_fields(schema.member(member.key()), member.value(), child);
    const json::object* object = member.value().if_object();
    if (member.value().is_null() || (object != nullptr && object->empty()) ||
        !schema.declares(member.key()))
      child.set_self(true);
    if (!child.empty()) node.mutable_below(PathElement::field(member.key())) = std::move(child);
  }
}

void collect_fields(const ApplySchema& schema, const json::value& value, FieldSet& node) {
  const Shape shape = shape_of(schema, &value, nullptr);
  if (shape == Shape::kWhole)
    node.set_self(true);
  else if (value.is_array())
    collect_list(schema, value, node);
  else if (value.is_object())
    collect_object(schema, value, node);
}

json::value merged(const ApplySchema& schema, const json::value* live, const json::value* applied);

json::value merged_objects(const ApplySchema& schema, const json::object& live,
                           const json::object& applied) {
  json::object result;
  for (const auto& member : live)
    result.emplace(member.key(), merged(schema.member(member.key()), &member.value(),
                                        applied.if_contains(member.key())));
  for (const auto& member : applied)
    if (!live.contains(member.key()))
      result.emplace(member.key(), merged(schema.member(member.key()), nullptr, &member.value()));
  return result;
}

// Two lists by their items: the applied order holds among applied items; the live ones keep their
// places between those that both have.
class ListMerge {
 public:
  ListMerge(const ApplySchema& schema, const json::array& live, const json::array& applied)
      : schema_(schema), live_(index_list(schema, live)), applied_(index_list(schema, applied)) {
    for (const PathElement& element : applied_.order)
      if (live_.find(element) != nullptr) shared_.push_back(&element);
  }

  json::value run() {
    size_t left = 0;
    size_t right = 0;
    while (left < live_.order.size() || right < applied_.order.size()) {
      if (left < live_.order.size() && right < applied_.order.size()) {
        const PathElement& element = live_.order[left];
        if (element == applied_.order[right]) {
          take_applied(element);
          ++left;
          ++right;
          continue;
        }
        // Both have it, but it is not the next of those that both have: its turn comes later.
        if (applied_.find(element) != nullptr && next_shared_ < shared_.size() &&
            !(*shared_[next_shared_] == element)) {
          ++left;
          continue;
        }
      }
      if (left < live_.order.size()) {
        const PathElement& element = live_.order[left];
        if (applied_.find(element) == nullptr) {
          take_live(element);
          ++left;
          continue;
        }
        if (done_.count(element) != 0) ++left;
      }
      if (right < applied_.order.size()) take_applied(applied_.order[right++]);
    }
    return std::move(result_);
  }

 private:
  void take_live(const PathElement& element) {
    for (const json::value* item : *live_.find(element)) result_.push_back(*item);
  }

  void take_applied(const PathElement& element) {
    done_.emplace(element, true);
    result_.push_back(merged(schema_.item(), live_.single(element), applied_.single(element)));
    if (next_shared_ < shared_.size() && *shared_[next_shared_] == element) ++next_shared_;
  }

  ApplySchema schema_;
  IndexedList live_;
  IndexedList applied_;
  std::vector<const PathElement*> shared_;
  size_t next_shared_ = 0;
  std::map<PathElement, bool> done_;
  json::array result_;
};

json::value merged(const ApplySchema& schema, const json::value* live, const json::value* applied) {
  const Shape shape = shape_of(schema, live, applied);
  if (shape != Shape::kWhole && !absent(live) && !absent(applied)) {
    if (is_list(shape) && !(live->get_array().empty() && applied->get_array().empty()))
      return ListMerge(schema, live->get_array(), applied->get_array()).run();
    if (!is_list(shape) && !(live->get_object().empty() && applied->get_object().empty()))
      return merged_objects(schema, live->get_object(), applied->get_object());
  }
  // An explicit null says nothing about what is merged, but replaces what is owned whole.
  const bool keeps_live = applied == nullptr || (applied->is_null() && shape != Shape::kWhole &&
                                                 live != nullptr && !live->is_null());
  return keeps_live ? *live : *applied;
}

json::value removed_from_list(const ApplySchema& schema, const json::array& array,
                              const FieldSet& fields) {
  json::array result;
  for (const json::value& item : array) {
    const ItemElement found = element_of(schema, item);
    const FieldSet* child = found.element ? fields.below(*found.element) : nullptr;
    if (child != nullptr && child->self()) continue;
    result.push_back(child == nullptr ? item : remove_fields(schema.item(), item, *child));
  }
  if (result.empty()) return nullptr;
  return result;
}

json::value removed_from_object(const ApplySchema& schema, const json::object& object,
                                const FieldSet& fields) {
  json::object result;
  for (const auto& member : object) {
    const FieldSet* child = fields.below(PathElement::field(member.key()));
    if (child != nullptr && child->self()) continue;
    result.emplace(member.key(), child == nullptr ? member.value()
                                                  : remove_fields(schema.member(member.key()),
                                                                  member.value(), *child));
  }
  if (result.empty()) return nullptr;
  return result;
}

// A value as Go's %v prints it.
std::string go_plain(const json::value& value) {
  if (value.is_null()) return "<nil>";
  if (value.is_string()) return std::string(std::string_view(value.get_string()));
  std::string text;
  if (const json::array* array = value.if_array()) {
    for (const json::value& item : *array) text += (text.empty() ? "" : " ") + go_plain(item);
    return "[" + text + "]";
  }
  const json::object* object = value.if_object();
  if (object == nullptr) return json_text(value);
  std::map<std::string_view, const json::value*> sorted;
  for (const auto& member : *object) sorted[member.key()] = &member.value();
  for (const auto& [name, member] : sorted)
    text += (text.empty() ? "" : " ") + std::string(name) + ":" + go_plain(*member);
  return "map[" + text + "]";
}

std::string go_type(const json::value& value) {
  switch (value.kind()) {
    case json::kind::object: return "map[string]interface {}";
    case json::kind::array: return "[]interface {}";
    case json::kind::string: return "string";
    case json::kind::bool_: return "bool";
    case json::kind::double_: return "float64";
    default: return "int64";
  }
}

class ApplyCheck {
 public:
  void run(const ApplySchema& schema, const json::value& value) {
    if (value.is_null()) return;
    if (const std::string wanted = mismatch(schema.type(), value); !wanted.empty())
      return complain("expected " + wanted);
    const Shape shape = shape_of(schema, &value, nullptr);
    if (is_list(shape) && value.is_array()) check_list(schema, value.get_array());
    if (schema.type() == ApplySchema::Type::kObject) check_object(schema, value.get_object());
  }

  std::vector<std::string> errors;

 private:
  static std::string mismatch(ApplySchema::Type type, const json::value& value) {
    const auto got = [&value](std::string_view wanted) {
      return std::string(wanted) + ", got &{" + go_plain(value) + "}";
    };
    switch (type) {
      case ApplySchema::Type::kObject: return value.is_object() ? "" : got("map");
      case ApplySchema::Type::kList: return value.is_array() ? "" : got("list");
      case ApplySchema::Type::kBoolean: return value.is_bool() ? "" : got("boolean");
      case ApplySchema::Type::kNumber:
        return value.is_number() ? "" : "numeric (int or float), got " + go_type(value);
      case ApplySchema::Type::kString:
        return value.is_string()
                   ? ""
                   : "string, got &value.valueUnstructured{Value:" + go_plain(value) + "}";
      case ApplySchema::Type::kAny: break;
    }
    return "";
  }

  void complain(const std::string& why) {
    errors.push_back(path_.empty() ? why : path_text(path_) + ": " + why);
  }

  void check_object(const ApplySchema& schema, const json::object& object) {
    for (const auto& member : object) {
      path_.push_back(PathElement::field(member.key()));
      if (schema.declares(member.key()) || schema.open())
        run(schema.member(member.key()), member.value());
      else
        complain("field not declared in schema");
      path_.pop_back();
    }
  }

  void check_list(const ApplySchema& schema, const json::array& array) {
    FieldSet seen;
    for (size_t i = 0; i < array.size(); ++i) {
      const ItemElement found = element_of(schema, array[i]);
      if (!found.element) {
        complain("element " + std::to_string(i) + ": " + found.error);
        continue;
      }
      if (seen.has(*found.element)) complain("duplicate entries for key " + found.element->text());
      seen.insert({*found.element});
      path_.push_back(*found.element);
      run(schema.item(), array[i]);
      path_.pop_back();
    }
  }

  FieldPath path_;
};

}  // namespace

FieldChanges compare_fields(const ApplySchema& schema, const json::value& old_value,
                            const json::value& new_value) {
  Comparison comparison;
  comparison.run(schema, &old_value, &new_value);
  return std::move(comparison.changes);
}

FieldSet fields_of(const ApplySchema& schema, const json::value& value) {
  FieldSet fields;
  collect_fields(schema, value, fields);
  return fields;
}

json::value merge_fields(const ApplySchema& schema, const json::value& live,
                         const json::value& applied) {
  return merged(schema, &live, &applied);
}

json::value remove_fields(const ApplySchema& schema, const json::value& value,
                          const FieldSet& fields) {
  const Shape shape = shape_of(schema, &value, nullptr);
  if (shape == Shape::kWhole) return value;
  if (value.is_array()) return removed_from_list(schema, value.get_array(), fields);
  if (value.is_object()) return removed_from_object(schema, value.get_object(), fields);
  return value;
}

FieldSet with_named_fields(const ApplySchema& schema, const FieldSet& fields) {
  FieldSet result;
  result.set_self(fields.self());
  for (const auto& [element, child] : fields.children()) {
    const bool field = element.kind == PathElement::Kind::kField;
    FieldSet below = with_named_fields(field ? schema.member(element.name) : schema.item(), child);
    if (field && schema.declares(element.name)) below.set_self(true);
    result.mutable_below(element) = std::move(below);
  }
  return result;
}

std::vector<std::string> apply_errors(const ApplySchema& schema, const json::value& value) {
  ApplyCheck check;
  check.run(schema, value);
  return std::move(check.errors);
}

}  // namespace drydock::fakekube
