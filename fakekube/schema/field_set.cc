#include "fakekube/schema/field_set.h"

#include <algorithm>
#include <charconv>

#include "fakekube/api/status_error.h"
#include "fakekube/store/object.h"

namespace drydock::fakekube {
namespace {

int rank(const json::value& value) {
  switch (value.kind()) {
    case json::kind::int64:
    case json::kind::uint64:
    case json::kind::double_: return 0;
    case json::kind::string: return 1;
    case json::kind::bool_: return 2;
    case json::kind::array: return 3;
    case json::kind::object: return 4;
    default: return 5;
  }
}

template <class T>
int three_way(const T& a, const T& b) {
  return a < b ? -1 : b < a ? 1 : 0;
}

int compare(const json::value& a, const json::value& b);

// Both sorted by name.
int compare(const json::object& a, const json::object& b) {
  auto left = a.begin();
  auto right = b.begin();
  for (; left != a.end() && right != b.end(); ++left, ++right) {
    if (const int names = three_way(left->key(), right->key())) return names;
    if (const int values = compare(left->value(), right->value())) return values;
  }
  return three_way(a.size(), b.size());
}

int compare(const json::value& a, const json::value& b) {
  if (const int kinds = three_way(rank(a), rank(b))) return kinds;
  if (a.is_string()) return three_way(a.get_string(), b.get_string());
  if (a.is_bool()) return three_way(a.get_bool(), b.get_bool());
  if (a.is_object()) return compare(a.get_object(), b.get_object());
  if (a.is_int64() && b.is_int64()) return three_way(a.get_int64(), b.get_int64());
  return three_way(json_text(a), json_text(b));
}

std::string shown(const json::value& value) {
  return value.is_string() ? quoted(std::string_view(value.get_string())) : json_text(value);
}

std::optional<json::value> parsed(std::string_view text) {
  Result<json::value> value = json_parse(text);
  if (!value.ok()) return std::nullopt;
  return std::move(*value);
}

}  // namespace

PathElement PathElement::field(std::string_view name) {
  return {.kind = Kind::kField, .name = std::string(name), .value = nullptr};
}

PathElement PathElement::key(json::object fields) {
  std::vector<std::string_view> names;
  for (const auto& member : fields) names.push_back(member.key());
  std::sort(names.begin(), names.end());
  json::object sorted;
  for (std::string_view name : names) sorted.emplace(name, fields.at(name));
  return {.kind = Kind::kKey, .name = {}, .value = std::move(sorted)};
}

PathElement PathElement::of_value(json::value scalar) {
  return {.kind = Kind::kValue, .name = {}, .value = std::move(scalar)};
}

PathElement PathElement::index(int64_t index) {
  return {.kind = Kind::kIndex, .name = {}, .value = index};
}

bool PathElement::operator<(const PathElement& other) const {
  if (kind != other.kind) return kind < other.kind;
  if (kind == Kind::kField) return name < other.name;
  return compare(value, other.value) < 0;
}

bool PathElement::operator==(const PathElement& other) const {
  return !(*this < other) && !(other < *this);
}

std::string PathElement::text() const {
  switch (kind) {
    case Kind::kField: return "." + name;
    case Kind::kValue: return "[=" + shown(value) + "]";
    case Kind::kIndex: return "[" + json_text(value) + "]";
    case Kind::kKey: break;
  }
  std::string text = "[";
  for (const auto& member : value.get_object()) {
    if (text.size() > 1) text += ",";
    text += std::string(member.key()) + "=" + shown(member.value());
  }
  return text + "]";
}

std::string PathElement::json_key() const {
  switch (kind) {
    case Kind::kField: return "f:" + name;
    case Kind::kKey: return "k:" + json_text(value);
    case Kind::kValue: return "v:" + json_text(value);
    case Kind::kIndex: break;
  }
  return "i:" + json_text(value);
}

std::optional<PathElement> PathElement::parse(std::string_view json_key) {
  if (json_key.size() < 2 || json_key[1] != ':') return std::nullopt;
  const std::string_view rest = json_key.substr(2);
  if (json_key[0] == 'f') return field(rest);
  if (json_key[0] == 'i') {
    int64_t number = 0;
    const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), number);
    if (error != std::errc() || end != rest.data() + rest.size()) return std::nullopt;
    return index(number);
  }
  std::optional<json::value> value = parsed(rest);
  if (!value) return std::nullopt;
  if (json_key[0] == 'v') return of_value(std::move(*value));
  if (json_key[0] != 'k' || !value->is_object()) return std::nullopt;
  return key(std::move(value->get_object()));
}

std::string path_text(const FieldPath& path) {
  std::string text;
  for (const PathElement& element : path) text += element.text();
  return text;
}

const FieldSet* FieldSet::below(const PathElement& element) const {
  const auto found = children_.find(element);
  return found == children_.end() ? nullptr : &found->second;
}

bool FieldSet::has(const PathElement& element) const {
  const FieldSet* child = below(element);
  return child != nullptr && child->self_;
}

bool FieldSet::has(const FieldPath& path) const {
  const FieldSet* at = this;
  for (const PathElement& element : path) {
    at = at->below(element);
    if (at == nullptr) return false;
  }
  return at->self_;
}

void FieldSet::insert(const FieldPath& path) {
  FieldSet* at = this;
  for (const PathElement& element : path) at = &at->children_[element];
  at->self_ = true;
}

void FieldSet::erase_below(const FieldPath& path) {
  if (path.empty()) {
    *this = FieldSet();
    return;
  }
  const auto found = children_.find(path.front());
  if (found == children_.end()) return;
  found->second.erase_below(FieldPath(path.begin() + 1, path.end()));
  if (found->second.empty()) children_.erase(found);
}

FieldSet FieldSet::united(const FieldSet& other) const {
  FieldSet result = *this;
  result.self_ = self_ || other.self_;
  for (const auto& [element, theirs] : other.children_) {
    FieldSet& child = result.children_[element];
    child = child.united(theirs);
  }
  return result;
}

FieldSet FieldSet::difference(const FieldSet& other) const {
  FieldSet result;
  result.self_ = self_ && !other.self_;
  for (const auto& [element, mine] : children_) {
    const FieldSet* theirs = other.below(element);
    FieldSet child = theirs == nullptr ? mine : mine.difference(*theirs);
    if (!child.empty()) result.children_.emplace(element, std::move(child));
  }
  return result;
}

FieldSet FieldSet::intersection(const FieldSet& other) const {
  FieldSet result;
  result.self_ = self_ && other.self_;
  for (const auto& [element, mine] : children_) {
    const FieldSet* theirs = other.below(element);
    if (theirs == nullptr) continue;
    FieldSet child = mine.intersection(*theirs);
    if (!child.empty()) result.children_.emplace(element, std::move(child));
  }
  return result;
}

void FieldSet::collect(FieldPath& path, std::vector<FieldPath>& paths) const {
  if (self_) paths.push_back(path);
  for (const auto& [element, child] : children_) {
    path.push_back(element);
    child.collect(path, paths);
    path.pop_back();
  }
}

std::vector<FieldPath> FieldSet::paths() const {
  FieldPath path;
  std::vector<FieldPath> result;
  collect(path, result);
  return result;
}

json::object FieldSet::to_json() const {
  json::object fields;
  // A path with others below it says "." beside them; one without says nothing.
  if (self_ && !children_.empty()) fields.emplace(".", json::object());
  for (const auto& [element, child] : children_)
    fields.emplace(element.json_key(), child.to_json());
  return fields;
}

std::optional<FieldSet> FieldSet::parse(const json::value& fields, int depth) {
  if (!fields.is_object() || depth > kMaxDepth) return std::nullopt;
  FieldSet set;
  for (const auto& member : fields.get_object()) {
    if (member.key() == ".") {
      set.self_ = true;
      continue;
    }
    std::optional<PathElement> element = PathElement::parse(member.key());
    std::optional<FieldSet> child = parse(member.value(), depth + 1);
    if (!element || !child) return std::nullopt;
    if (child->empty()) child->self_ = true;
    set.children_.insert_or_assign(std::move(*element), std::move(*child));
  }
  return set;
}

std::optional<FieldSet> FieldSet::from_json(const json::value& fields) { return parse(fields, 0); }

}  // namespace drydock::fakekube
