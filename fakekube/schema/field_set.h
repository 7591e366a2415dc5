// Sets of field paths: which fields of an object somebody owns, as metadata.managedFields keeps
// them in the form FieldsV1.
//
//   FieldSet set;
//   set.insert({PathElement::field("spec"), PathElement::field("color")});
//   set.to_json();                          // {"f:spec":{"f:color":{}}}
//   set.united(other).difference(third);    // members are single paths: owning "spec" says nothing
//                                           // of "spec.color"
//
// Plain values; nothing suspends. Facts: sigs.k8s.io/structured-merge-diff (fieldpath), v4.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/json.h"

namespace drydock::fakekube {

// One step of a path. Ordered as a real server prints them: fields, keys, values, indices.
struct PathElement {
  enum class Kind : uint8_t { kField, kKey, kValue, kIndex };

  Kind kind = Kind::kField;
  std::string name;   // of a field
  json::value value;  // key: {"name":"p"}, sorted by name; value: the scalar; index: the number

  static PathElement field(std::string_view name);
  static PathElement key(json::object fields);
  static PathElement of_value(json::value scalar);
  static PathElement index(int64_t index);

  bool operator<(const PathElement& other) const;
  bool operator==(const PathElement& other) const;
  std::string text() const;      // ".spec", "[name=\"p\"]", "[=\"a\"]", "[0]": as in messages
  std::string json_key() const;  // "f:spec", "k:{\"name\":\"p\"}", "v:\"a\"", "i:0"
  static std::optional<PathElement> parse(std::string_view json_key);
};
using FieldPath = std::vector<PathElement>;
std::string path_text(const FieldPath& path);  // ".spec.parts[name=\"p\"].size"

class FieldSet {
 public:
  // Nested deeper than this is refused by from_json().
  static constexpr int kMaxDepth = 100;

  bool empty() const { return !self_ && children_.empty(); }
  bool has(const PathElement& element) const;  // the path of that one element
  bool has(const FieldPath& path) const;
  void insert(const FieldPath& path);
  // Removes everything at and below the path.
  void erase_below(const FieldPath& path);

  FieldSet united(const FieldSet& other) const;
  FieldSet difference(const FieldSet& other) const;
  FieldSet intersection(const FieldSet& other) const;
  bool operator==(const FieldSet& other) const = default;

  // What the set says below one element; nullptr: nothing. Its own path is self() there.
  const FieldSet* below(const PathElement& element) const;
  FieldSet& mutable_below(const PathElement& element) { return children_[element]; }
  const std::map<PathElement, FieldSet>& children() const { return children_; }
  bool self() const { return self_; }
  void set_self(bool self) { self_ = self; }
  // Members in the order of their paths, a path before those below it.
  std::vector<FieldPath> paths() const;

  json::object to_json() const;
  // nullopt: not a FieldsV1.
  static std::optional<FieldSet> from_json(const json::value& fields);

 private:
  static std::optional<FieldSet> parse(const json::value& fields, int depth);
  void collect(FieldPath& path, std::vector<FieldPath>& paths) const;

  bool self_ = false;                         // whether the path of this very node is a member
  std::map<PathElement, FieldSet> children_;  // none is empty
};

}  // namespace drydock::fakekube
