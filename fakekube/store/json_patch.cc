#include "fakekube/store/json_patch.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/limits.h"
#include "fakekube/store/object.h"

namespace drydock::fakekube {
namespace {

// A small patch could make a large object by copying again and again.
constexpr size_t kMaxCopiedBytes = 3 * 1024 * 1024;

using Path = std::vector<std::string>;  // never empty

// What stands before the first slash is ignored. nullopt: there is no slash.
std::optional<Path> parse_pointer(std::string_view text) {
  const size_t start = text.find('/');
  if (start == std::string_view::npos) return std::nullopt;
  Path path;
  for (size_t at = start; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '/') {
      path.emplace_back();
    } else if (c == '~' && at + 1 < text.size() && (text[at + 1] == '0' || text[at + 1] == '1')) {
      path.back() += text[++at] == '0' ? '~' : '/';
    } else {
      path.back() += c;
    }
  }
  return path;
}

// Below `limit`; negative ones count from the end, -1 being the last that is below it.
std::optional<size_t> array_index(std::string_view part, size_t limit) {
  if (part.starts_with('+')) part.remove_prefix(1);
  int64_t index = 0;
  const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), index);
  if (error != std::errc() || end != part.data() + part.size()) return std::nullopt;
  const int64_t size = static_cast<int64_t>(limit);
  if (index < -size || index >= size) return std::nullopt;
  return static_cast<size_t>(index < 0 ? index + size : index);
}

json::value* step(json::value& value, const std::string& part) {
  if (json::object* object = value.if_object()) return object->if_contains(part);
  json::array* array = value.if_array();
  if (array == nullptr) return nullptr;
  const std::optional<size_t> index = array_index(part, array->size());
  return index ? &(*array)[*index] : nullptr;
}

json::value* walk(json::value& root, const Path& path, size_t parts) {
  json::value* at = &root;
  for (size_t i = 0; at != nullptr && i < parts; ++i) at = step(*at, path[i]);
  return at;
}

// Whether a value within so many others is nested no deeper than a body may be.
bool fits(const json::value& value, size_t depth) {
  if (!value.is_structured()) return true;
  if (depth >= limits::kMaxJsonDepth) return false;
  if (const json::array* list = value.if_array())
    return std::all_of(list->begin(), list->end(),
                       [depth](const json::value& item) { return fits(item, depth + 1); });
  const json::object* map = value.if_object();
  return map == nullptr || std::all_of(map->begin(), map->end(), [depth](const auto& member) {
           return fits(member.value(), depth + 1);
         });
}

bool add(json::value& root, const Path& path, json::value value) {
  if (!fits(value, path.size())) return false;
  json::value* parent = walk(root, path, path.size() - 1);
  if (parent == nullptr) return false;
  if (json::object* object = parent->if_object()) {
    set_member(*object, path.back(), std::move(value));
    return true;
  }
  json::array* array = parent->if_array();
  if (array == nullptr) return false;
  if (path.back() == "-") {
    array->push_back(std::move(value));
    return true;
  }
  const std::optional<size_t> index = array_index(path.back(), array->size() + 1);
  if (!index) return false;
  array->insert(array->begin() + *index, std::move(value));
  return true;
}

bool remove(json::value& root, const Path& path) {
  json::value* parent = walk(root, path, path.size() - 1);
  if (parent == nullptr || step(*parent, path.back()) == nullptr) return false;
  if (json::object* object = parent->if_object()) {
    remove_member(*object, path.back());
    return true;
  }
  json::array& array = parent->get_array();
  array.erase(array.begin() + *array_index(path.back(), array.size()));
  return true;
}

// Takes members from an object, whose others move once.
bool remove_all(json::object& object, const std::set<std::string>& names) {
  for (const std::string& name : names)
    if (!object.contains(name)) return false;
  json::object kept;
  kept.reserve(object.size() - names.size());
  for (auto& member : object)
    if (!names.contains(std::string(member.key())))
      kept.emplace(member.key(), std::move(member.value()));
  object = std::move(kept);
  return true;
}

// The place of what a remove removes; "": it is another operation.
std::string_view removed_path(const json::value& operation) {
  return string_at(operation, {"op"}) == "remove" ? string_at(operation, {"path"}) : "";
}

std::string_view parent_of(std::string_view path) { return path.substr(0, path.rfind('/')); }

// How many removes of parts of one value begin at `first`.
size_t removes_together(const json::array& operations, size_t first) {
  const std::string_view path = removed_path(operations[first]);
  if (path.find('/') == std::string_view::npos) return 0;
  const auto together = [&path](const json::value& operation) {
    const std::string_view other = removed_path(operation);
    return other.find('/') != std::string_view::npos && parent_of(other) == parent_of(path);
  };
  const auto end = std::find_if_not(operations.begin() + first, operations.end(), together);
  return static_cast<size_t>(end - operations.begin()) - first;
}

bool replace(json::value& root, const Path& path, json::value value) {
  json::value* parent = walk(root, path, path.size() - 1);
  if (parent == nullptr) return false;
  if (parent->is_object()) return add(root, path, std::move(value));
  json::value* element = step(*parent, path.back());
  if (element == nullptr || !fits(value, path.size())) return false;
  *element = std::move(value);
  return true;
}

// What is at the path; null stands for an absent member of an object that is there. nullptr: no.
const json::value* read(json::value& root, const Path& path) {
  static const json::value nothing;
  json::value* parent = walk(root, path, path.size() - 1);
  if (parent == nullptr || parent->is_primitive()) return nullptr;
  const json::value* found = step(*parent, path.back());
  return found == nullptr && parent->is_object() ? &nothing : found;
}

class Patch {
 public:
  explicit Patch(json::value& target) : target_(target) {}

  bool apply(const json::value& operation) {
    const std::string_view op = string_at(operation, {"op"});
    const json::value* text = json_find(operation, {"path"});
    if (text == nullptr || !text->is_string()) return false;
    const json::value* given = json_find(operation, {"value"});
    const json::value value = given == nullptr ? json::value() : *given;
    const std::optional<Path> path = parse_pointer(text->get_string());
    if (!path) return text->get_string().empty() && apply_to_whole(op, value);
    if (op == "add") return add(target_, *path, value);
    if (op == "replace") return replace(target_, *path, value);
    if (op == "remove") return remove(target_, *path);
    if (op == "test") {
      const json::value* actual = read(target_, *path);
      return actual != nullptr && *actual == value;
    }
    const std::optional<Path> from = parse_pointer(string_at(operation, {"from"}));
    if (!from) return false;
    if (op == "move") return move(*from, *path);
    return op == "copy" && copy(*from, *path);
  }

  // Applies so many removes of parts of one value.
  bool apply_removes(const json::array& operations, size_t first, size_t count) {
    const Path path = *parse_pointer(removed_path(operations[first]));
    json::value* parent = walk(target_, path, path.size() - 1);
    json::object* object = parent == nullptr ? nullptr : parent->if_object();
    std::set<std::string> names;
    for (size_t i = first; i < first + count; ++i) {
      const Path removed = *parse_pointer(removed_path(operations[i]));
      if (object == nullptr ? !remove(target_, removed) : !names.insert(removed.back()).second)
        return false;
    }
    return object == nullptr || remove_all(*object, names);
  }

 private:
  bool apply_to_whole(std::string_view op, const json::value& value) {
    if (op == "test") return target_ == value;
    if (op != "replace" || value.is_primitive()) return false;
    target_ = value;
    return true;
  }

  bool move(const Path& from, const Path& to) {
    json::value* source = walk(target_, from, from.size());
    if (source == nullptr) return false;
    json::value moved = std::move(*source);
    return remove(target_, from) && add(target_, to, std::move(moved));
  }

  bool copy(const Path& from, const Path& to) {
    const json::value* source = read(target_, from);
    if (source == nullptr) return false;
    copied_ += json_weight(*source);
    if (copied_ > kMaxCopiedBytes) return false;
    return add(target_, to, json::value(*source));
  }

  json::value& target_;
  size_t copied_ = 0;
};

}  // namespace

bool apply_json_patch(json::value& target, const json::array& operations) {
  constexpr size_t kFew = 16;
  Patch patch(target);
  for (size_t i = 0; i < operations.size();) {
    const size_t removes = removes_together(operations, i);
    const bool many = removes > kFew;
    const bool applied =
        many ? patch.apply_removes(operations, i, removes) : patch.apply(operations[i]);
    if (!applied) return false;
    i += many ? removes : 1;
  }
  return true;
}

}  // namespace drydock::fakekube
