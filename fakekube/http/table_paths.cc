#include "fakekube/http/table_paths.h"

#include <charconv>
#include <optional>
#include <string>

namespace drydock::fakekube {
namespace {

using Values = std::vector<const json::value*>;

const json::value* member(const json::value& value, std::string_view name) {
  const json::object* object = value.if_object();
  return object == nullptr ? nullptr : object->if_contains(name);
}

Values children(const Values& from) {
  Values out;
  for (const json::value* value : from) {
    if (const json::array* array = value->if_array())
      for (const json::value& item : *array) out.push_back(&item);
    if (const json::object* object = value->if_object())
      for (const auto& entry : *object) out.push_back(&entry.value());
  }
  return out;
}

Values members(const Values& from, std::string_view name) {
  if (name == "*") return children(from);
  Values out;
  for (const json::value* value : from)
    if (const json::value* found = member(*value, name)) out.push_back(found);
  return out;
}

Values items(const Values& from, int64_t index) {
  Values out;
  for (const json::value* value : from) {
    const json::array* array = value->if_array();
    if (array == nullptr) continue;
    const auto size = static_cast<int64_t>(array->size());
    const int64_t at = index < 0 ? index + size : index;
    if (at >= 0 && at < size) out.push_back(&(*array)[static_cast<size_t>(at)]);
  }
  return out;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

// 'x' or "x"; nullopt when it is no quoted text.
std::optional<std::string_view> unquoted(std::string_view text) {
  if (text.size() < 2 || text.front() != text.back()) return std::nullopt;
  if (text.front() != '\'' && text.front() != '"') return std::nullopt;
  return text.substr(1, text.size() - 2);
}

bool equals(const json::value& value, std::string_view literal) {
  if (const auto text = unquoted(literal)) return value.is_string() && value.get_string() == *text;
  return json_text(value) == literal;
}

// "@.type=="Ready"", "@.ready!=true", "@.message".
bool holds(const json::value& item, std::string_view condition) {
  condition = trimmed(condition);
  const size_t sign = std::min(condition.find("=="), condition.find("!="));
  std::string_view path = trimmed(condition.substr(0, sign));
  if (!path.starts_with("@")) return false;
  path.remove_prefix(1);
  const json::value* found = path.empty() ? &item : first_at_path(item, path);
  if (sign == std::string_view::npos) return found != nullptr;
  if (found == nullptr) return false;
  const bool wanted = condition[sign] == '=';
  return equals(*found, trimmed(condition.substr(sign + 2))) == wanted;
}

Values filtered(const Values& from, std::string_view condition) {
  Values out;
  for (const json::value* value : from)
    if (const json::array* array = value->if_array())
      for (const json::value& item : *array)
        if (holds(item, condition)) out.push_back(&item);
  return out;
}

// What is between a pair of brackets.
Values bracketed(const Values& from, std::string_view inside) {
  inside = trimmed(inside);
  if (inside == "*") return children(from);
  if (const auto name = unquoted(inside)) return members(from, *name);
  if (inside.starts_with("?(") && inside.ends_with(")"))
    return filtered(from, inside.substr(2, inside.size() - 3));
  int64_t index = 0;
  const auto [end, error] = std::from_chars(inside.data(), inside.data() + inside.size(), index);
  if (error != std::errc() || end != inside.data() + inside.size()) return {};
  return items(from, index);
}

// The end of the brackets that begin at 0; brackets inside of quotes don't count.
size_t closing_bracket(std::string_view path) {
  char quote = 0;
  size_t depth = 0;
  for (size_t i = 0; i < path.size(); ++i) {
    const char c = path[i];
    if (quote != 0) {
      if (c == quote) quote = 0;
    } else if (c == '\'' || c == '"') {
      quote = c;
    } else if (c == '[') {
      ++depth;
    } else if (c == ']' && --depth == 0) {
      return i;
    }
  }
  return std::string_view::npos;
}

// Takes a name off the path's front: up to a dot or bracket, where "\." is a dot of the name.
std::string take_name(std::string_view& path) {
  std::string name;
  while (!path.empty() && path.front() != '.' && path.front() != '[') {
    if (path.front() == '\\' && path.size() > 1) path.remove_prefix(1);
    name += path.front();
    path.remove_prefix(1);
  }
  return name;
}

}  // namespace

const json::value* first_at_path(const json::value& root, std::string_view path) {
  Values at = {&root};
  if (path.starts_with("$")) path.remove_prefix(1);
  while (!path.empty() && !at.empty()) {
    if (path.front() == '[') {
      const size_t end = closing_bracket(path);
      if (end == std::string_view::npos) return nullptr;
      at = bracketed(at, path.substr(1, end - 1));
      path.remove_prefix(end + 1);
      continue;
    }
    if (path.front() == '.') path.remove_prefix(1);
    if (path.empty() || path.front() == '[') continue;
    if (path.front() == '.') return nullptr;
    at = members(at, take_name(path));
  }
  return at.empty() ? nullptr : at.front();
}

}  // namespace drydock::fakekube
