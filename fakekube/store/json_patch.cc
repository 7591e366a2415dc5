#include "fakekube/store/json_patch.h"

#include <charconv>
#include <optional>
#include <string>
#include <vector>

#include "fakekube/store/object.h"

namespace drydock::fakekube {
namespace {

using Path = std::vector<std::string>;

std::optional<Path> parse_pointer(std::string_view text) {
  Path path;
  if (text.empty()) return path;
  if (text.front() != '/') return std::nullopt;
  for (size_t at = 0; at < text.size(); ++at) {
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

std::optional<size_t> array_index(const std::string& part, size_t limit) {
  size_t index = 0;
  const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), index);
  if (error != std::errc() || end != part.data() + part.size() || index >= limit)
    return std::nullopt;
  return index;
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

bool add(json::value& root, const Path& path, json::value value) {
  if (path.empty()) {
    root = std::move(value);
    return true;
  }
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
  json::value* parent = path.empty() ? nullptr : walk(root, path, path.size() - 1);
  if (parent == nullptr || step(*parent, path.back()) == nullptr) return false;
  if (json::object* object = parent->if_object()) {
    remove_member(*object, path.back());
    return true;
  }
  json::array& array = parent->get_array();
  array.erase(array.begin() + *array_index(path.back(), array.size()));
  return true;
}

bool replace(json::value& root, const Path& path, json::value value) {
  json::value* parent = path.empty() ? &root : walk(root, path, path.size() - 1);
  if (parent == nullptr) return false;
  if (path.empty() || parent->is_object()) return add(root, path, std::move(value));
  json::value* element = step(*parent, path.back());
  if (element == nullptr) return false;
  *element = std::move(value);
  return true;
}

bool apply(json::value& target, const json::value& operation) {
  const std::string_view op = string_at(operation, {"op"});
  const std::optional<Path> path = parse_pointer(string_at(operation, {"path"}));
  if (!path || json_find(operation, {"path"}) == nullptr) return false;
  if (op == "remove") return remove(target, *path);
  if (op == "copy" || op == "move") {
    const std::optional<Path> from = parse_pointer(string_at(operation, {"from"}));
    json::value* source = from ? walk(target, *from, from->size()) : nullptr;
    if (source == nullptr) return false;
    json::value moved = *source;
    if (op == "move" && !remove(target, *from)) return false;
    return add(target, *path, std::move(moved));
  }
  const json::value* value = json_find(operation, {"value"});
  if (op == "test") {
    json::value* actual = walk(target, *path, path->size());
    return value != nullptr && actual != nullptr && *actual == *value;
  }
  if (value == nullptr) return false;
  if (op == "add") return add(target, *path, *value);
  if (op == "replace") return replace(target, *path, *value);
  return false;
}

}  // namespace

bool apply_json_patch(json::value& target, const json::array& operations) {
  for (const json::value& operation : operations)
    if (!apply(target, operation)) return false;
  return true;
}

}  // namespace drydock::fakekube
