#include "fakekube/schema/strategic_merge.h"

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/base/check.h"
#include "fakekube/api/status_error.h"
#include "fakekube/schema/api_types.h"
#include "fakekube/schema/go_text.h"
#include "fakekube/schema/list_places.h"
#include "fakekube/store/object.h"

namespace drydock::fakekube {
namespace {

constexpr std::string_view kDirective = "$patch";
constexpr std::string_view kRetainKeys = "$retainKeys";
constexpr std::string_view kDeletePrefix = "$deleteFromPrimitiveList";
constexpr std::string_view kOrderPrefix = "$setElementOrder";

constexpr size_t kFewMembers = 16;  // which may be removed one by one

constexpr std::string_view kBadDeleteList = "invalid patch format of primitive list";
constexpr std::string_view kBadRetainKeys = "invalid patch format of retainKeys";
constexpr std::string_view kBadOrderList = "invalid patch format of setElementOrder list";

std::string without_key(const json::value& map, std::string_view key) {
  return "map: " + go_text(map) + " does not contain declared merge key: " + std::string(key);
}

std::string unexpected_type(std::string_view wanted, const json::value& got) {
  return "expected a " + std::string(wanted) + ", but received a " + go_dynamic_type(got);
}

std::string unknown_directive(const json::value& directive, const json::value& map) {
  const std::string name =
      directive.is_string() ? std::string(std::string_view(directive.get_string()))
                            : "%!s(" + go_dynamic_type(directive) + "=" + go_text(directive) + ")";
  return "unknown patch type: " + name + " in map: " + go_text(map);
}

const json::value* member_of(const json::value& map, std::string_view key) {
  return map.is_object() ? map.get_object().if_contains(key) : nullptr;
}

bool is_text(const json::value* value, std::string_view text) {
  return value != nullptr && value->is_string() && value->get_string() == text;
}

// Drops maps that hold a directive, wherever they are; false: `value` itself is one.
bool remove_directives(json::value& value) {
  if (json::object* map = value.if_object()) {
    if (map->contains(kDirective)) return false;
    json::object kept;
    kept.reserve(map->size());
    for (auto& member : *map)
      if (remove_directives(member.value())) kept.emplace(member.key(), std::move(member.value()));
    *map = std::move(kept);
  } else if (json::array* list = value.if_array()) {
    json::array kept;
    kept.reserve(list->size());
    for (json::value& item : *list)
      if (remove_directives(item)) kept.push_back(std::move(item));
    *list = std::move(kept);
  }
  return true;
}

// Members lie in a row: of many, one would be removed at the cost of all behind it.
template <class Predicate>
void keep_members(json::object& map, const Predicate& keeps) {
  json::object kept;
  kept.reserve(map.size());
  for (auto& member : map)
    if (keeps(member)) kept.emplace(member.key(), std::move(member.value()));
  map = std::move(kept);
}

// Removes the members that are null in the patch.
void remove_nulled(json::object& map, const json::object& patch) {
  keep_members(map, [&patch](const auto& member) {
    const json::value* change = patch.if_contains(member.key());
    return change == nullptr || !change->is_null();
  });
}

size_t count_nulls(const json::object& map) {
  return static_cast<size_t>(std::count_if(
      map.begin(), map.end(), [](const auto& member) { return member.value().is_null(); }));
}

void remove_nulls(json::value& value) {
  if (json::object* map = value.if_object()) {
    json::object kept;
    kept.reserve(map->size());
    for (auto& member : *map) {
      if (member.value().is_null()) continue;
      remove_nulls(member.value());
      kept.emplace(member.key(), std::move(member.value()));
    }
    *map = std::move(kept);
  } else if (json::array* list = value.if_array()) {
    for (json::value& item : *list) remove_nulls(item);
  }
}

// What the members of a JSON object mean: those of a struct, or of a map (`type` null).
struct Level {
  const ApiType* type = nullptr;
};

class Merger {
 public:
  bool merge_map(json::object& original, json::object patch, Level level);
  ApiReply refusal() { return std::move(*refused_); }

 private:
  bool bad_request_of(std::string_view why) {
    refused_ = bad_request(why);
    return false;
  }
  bool error(std::string_view why) {  // one that a real server doesn't foresee
    refused_ = failure(500, "", why);
    return false;
  }

  bool apply_directive(json::object& original, json::object& patch, const json::value& directive);
  bool apply_retain_keys(json::object& original, json::object& patch);
  bool apply_orders(json::object& original, json::object& patch, Level level);
  bool apply_order(json::object& original, json::object& patch, std::string_view key,
                   const json::value& order, Level level);
  bool merge_member(json::object& original, std::string_view key, json::value patch, Level level);
  bool merge_list(json::array& original, json::array patch, const ApiField& field, bool deletes);
  bool merge_maps_of_list(json::array& original, const json::array& patch, const ApiField& field);
  bool apply_special_items(json::array& original, json::array& patch, std::string_view key);
  bool check_items(const json::array& a, const json::array& b, bool& maps);
  bool check_order(const json::array& patch, const json::array& order, std::string_view key);
  bool arrange(json::array& merged, const json::array& patch_order, const json::array& server_order,
               std::string_view key);
  const ApiField* field_of(Level level, std::string_view key);

  std::optional<ApiReply> refused_;
};

const ApiField* Merger::field_of(Level level, std::string_view key) {
  if (level.type == nullptr) {
    error("merging an object in json but data type is not struct, instead is: map");
    return nullptr;
  }
  const ApiField* field = level.type->field(key);
  if (field == nullptr)
    error("unable to find api field in struct " + std::string(level.type->name) +
          " for the json field " + quoted(key));
  return field;
}

bool Merger::apply_directive(json::object& original, json::object& patch,
                             const json::value& directive) {
  if (is_text(&directive, "replace")) {
    remove_member(patch, kDirective);
    original = std::move(patch);
    return true;
  }
  if (!is_text(&directive, "delete")) return error(unknown_directive(directive, patch));
  original.clear();
  return true;
}

bool Merger::apply_retain_keys(json::object& original, json::object& patch) {
  const json::value* found = patch.if_contains(kRetainKeys);
  if (found == nullptr) return true;
  const json::value retained = *found;
  remove_member(patch, kRetainKeys);
  if (!retained.is_array()) return bad_request_of(kBadRetainKeys);
  std::set<std::string_view> keys;
  for (const json::value& key : retained.get_array())
    if (key.is_string()) keys.insert(key.get_string());
  const auto keeps = [&keys](std::string_view key) { return keys.contains(key); };
  for (const auto& member : patch) {
    const std::string_view key = member.key();
    if (member.value().is_null() || key.starts_with(kDeletePrefix) || key.starts_with(kOrderPrefix))
      continue;
    if (!keeps(key)) return bad_request_of(kBadRetainKeys);
  }
  keep_members(original, [&keeps](const auto& member) { return keeps(member.key()); });
  return true;
}

bool Merger::apply_orders(json::object& original, json::object& patch, Level level) {
  std::vector<std::string> directives;
  for (const auto& member : patch)
    if (std::string_view(member.key()).starts_with(kOrderPrefix))
      directives.emplace_back(member.key());
  for (const std::string& directive : directives) {
    const json::value order = patch.at(directive);
    remove_member(patch, directive);
    if (!order.is_array()) return error(unexpected_type("[]interface {}", order));
    const size_t slash = directive.find('/');
    if (slash != kOrderPrefix.size()) return bad_request_of(kBadOrderList);
    if (!apply_order(original, patch, std::string_view(directive).substr(slash + 1), order, level))
      return false;
  }
  return true;
}

bool Merger::apply_order(json::object& original, json::object& patch, std::string_view key,
                         const json::value& order, Level level) {
  const auto is_list = [this](const json::value* value) {
    return value == nullptr || value->is_array() ||
           error(unexpected_type("[]interface {}", *value));
  };
  json::value* present = original.if_contains(key);
  json::value* change = patch.if_contains(key);
  if (!is_list(present) || !is_list(change)) return false;
  const ApiField* field = field_of(level, key);
  if (field == nullptr) return false;
  const json::array before = present == nullptr ? json::array() : present->get_array();
  const json::array wanted = change == nullptr ? json::array() : change->get_array();
  if (!check_order(wanted, order.get_array(), field->merge_key)) return false;
  if (present == nullptr && change == nullptr) return true;
  json::value merged = before;
  if (present == nullptr) {
    merged = wanted;
    remove_directives(merged);
  } else if (change != nullptr && !merge_list(merged.get_array(), wanted, *field, false)) {
    return false;
  }
  bool maps = false;
  if (!check_items(before, wanted, maps)) return false;
  if (!arrange(merged.get_array(), order.get_array(), before, field->merge_key)) return false;
  set_member(original, key, std::move(merged));
  remove_member(patch, key);
  return true;
}

// The patch's items must stand in the order list, in the same order.
bool Merger::check_order(const json::array& patch, const json::array& order, std::string_view key) {
  if (patch.empty() || order.empty()) return true;
  json::array left;
  for (const json::value& item : patch) {
    if (!key.empty() && !item.is_object())
      return error(unexpected_type("map[string]interface {}", item));
    if (member_of(item, kDirective) == nullptr) left.push_back(item);
  }
  size_t at = 0;
  for (const json::value& wanted : order) {
    if (at == left.size()) break;
    if (!key.empty() && !wanted.is_object())
      return error(unexpected_type("map[string]interface {}", wanted));
    for (const json::value* item : {&std::as_const(left)[at], &wanted})
      if (!key.empty() && member_of(*item, key) == nullptr) return error(without_key(*item, key));
    const bool same =
        key.empty() ? left[at] == wanted : *member_of(left[at], key) == *member_of(wanted, key);
    if (same) ++at;
  }
  if (at == left.size()) return true;
  return error("The order in patch list:\n" + go_text(json::value(patch)) +
               "\n doesn't match $setElementOrder list:\n" + go_text(json::value(order)) + "\n");
}

// Puts the items that `patch_order` names into its order, around them the server's in theirs.
bool Merger::arrange(json::array& merged, const json::array& patch_order,
                     const json::array& server_order, std::string_view key) {
  const Places patch_places(patch_order, key);
  const Places server_places(server_order, key);
  json::array named;
  json::array others;
  for (json::value& item : merged) {
    if (!key.empty() && !item.is_object())
      return error(unexpected_type("map[string]interface {}", item));
    if (!key.empty() && member_of(item, key) == nullptr) return error(without_key(item, key));
    const bool is_named = patch_places.has(item);
    (is_named ? named : others).push_back(std::move(item));
  }
  sort_by_place(named, patch_places);
  sort_by_place(others, server_places);
  merged = interleaved(std::move(others), std::move(named), server_places);
  return true;
}

// All items must be of one type and no lists; `maps` tells whether they are maps.
bool Merger::check_items(const json::array& a, const json::array& b, bool& maps) {
  const json::value* first = nullptr;
  for (const json::array* list : {&a, &b}) {
    for (const json::value& item : *list) {
      if (first == nullptr) first = &item;
      if (item.kind() != first->kind())
        return error("list element types are not identical: [" + go_text(json::value(a)) + " " +
                     go_text(json::value(b)) + "]");
    }
  }
  if (first == nullptr) return error("no elements in any of the given slices");
  if (first->is_array()) {
    refused_ = failure(422, "", "lists of lists are not supported");
    return false;
  }
  maps = first->is_object();
  return true;
}

bool Merger::apply_special_items(json::array& original, json::array& patch, std::string_view key) {
  json::array usual;
  json::array deleted;
  bool replaces = false;
  for (json::value& item : patch) {
    const json::value* directive = member_of(item, kDirective);
    if (directive == nullptr) {
      usual.push_back(std::move(item));
    } else if (is_text(directive, "replace")) {
      replaces = true;
    } else if (is_text(directive, "delete")) {
      if (member_of(item, key) == nullptr) return error(without_key(item, key));
      deleted.push_back(std::move(item));
    } else if (is_text(directive, "merge")) {
      return error("merging lists cannot yet be specified in the patch");
    } else {
      return error(unknown_directive(*directive, item));
    }
  }
  if (!deleted.empty()) original = without_items(std::move(original), Places(deleted, key));
  if (replaces) original = std::exchange(usual, {});
  patch = std::move(usual);
  return true;
}

bool Merger::merge_maps_of_list(json::array& original, const json::array& patch,
                                const ApiField& field) {
  Places places(original, field.merge_key);
  for (const json::value& item : patch) {
    if (member_of(item, field.merge_key) == nullptr)
      return error(without_key(item, field.merge_key));
    const size_t at = places.of(item);
    if (at == places.size()) {
      places.add(item);
      original.push_back(item);
    } else if (!merge_map(original[at].get_object(), item.get_object(), {field.type}))
      return false;
  }
  return true;
}

bool Merger::merge_list(json::array& original, json::array patch, const ApiField& field,
                        bool deletes) {
  if (!field.merges && !deletes) {
    original = std::move(patch);
    return true;
  }
  if (original.empty() && patch.empty()) return true;
  bool maps = false;
  if (!check_items(original, patch, maps)) return false;
  if (!maps && deletes) {
    original = without_items(std::move(original), Places(patch, ""));
    return true;
  }
  if (!maps) {
    const json::array before = original;
    original = with_items(original, patch);
    return arrange(original, patch, before, "");
  }
  if (field.merge_key.empty()) return error("cannot merge lists without merge key for struct");
  if (!apply_special_items(original, patch, field.merge_key)) return false;
  const json::array before = original;
  return merge_maps_of_list(original, patch, field) &&
         arrange(original, patch, before, field.merge_key);
}

bool Merger::merge_member(json::object& original, std::string_view key, json::value patch,
                          Level level) {
  bool deletes = false;
  if (key.starts_with(kDeletePrefix)) {
    deletes = true;
    key.remove_prefix(kDeletePrefix.size());
    if (!key.starts_with("/")) return bad_request_of(kBadDeleteList);
    key.remove_prefix(1);
  }
  if (patch.is_null()) {
    remove_member(original, key);
    return true;
  }
  json::value* present = original.if_contains(key);
  const bool nested = patch.is_object() || patch.is_array();
  if (present == nullptr || present->kind() != patch.kind() || !nested) {
    if (deletes) return true;
    if (nested) remove_nulls(patch);
    if (remove_directives(patch))
      set_member(original, key, std::move(patch));
    else
      remove_member(original, key);
    return true;
  }
  const ApiField* field = field_of(level, key);
  if (field == nullptr) return false;
  if (patch.is_array())
    return merge_list(present->get_array(), std::move(patch.get_array()), *field, deletes);
  const bool is_struct = field->shape == ApiShape::kOne && field->kind == ApiKind::kStruct;
  return merge_map(present->get_object(), std::move(patch.get_object()),
                   {is_struct ? field->type : nullptr});
}

bool Merger::merge_map(json::object& original, json::object patch, Level level) {
  if (const json::value* directive = patch.if_contains(kDirective))
    return apply_directive(original, patch, json::value(*directive));
  if (!apply_retain_keys(original, patch) || !apply_orders(original, patch, level)) return false;
  if (count_nulls(patch) > kFewMembers) remove_nulled(original, patch);
  for (auto& member : patch)
    if (!merge_member(original, member.key(), std::move(member.value()), level)) return false;
  return true;
}

}  // namespace

std::optional<ApiReply> apply_strategic_merge(const ResourceType& type, json::value& target,
                                              const json::value& patch) {
  const ApiType* api_type = api_type_of(type);
  DRYDOCK_CHECK(target.is_object() && patch.is_object(), "strategic merge merges objects");
  if (api_type == nullptr) {
    json_merge_patch(target, patch);
    return std::nullopt;
  }
  Merger merger;
  if (merger.merge_map(target.get_object(), patch.get_object(), {api_type})) return std::nullopt;
  return merger.refusal();
}

}  // namespace drydock::fakekube
