// YAML text as a tree that remembers where everything stood and what was quoted.
//
//   std::vector<YamlNode> documents = parse_yaml(text, "cr/my-backup.yaml", errors);
//   JsonPtr cr = yaml_to_json(documents.front());
//
// Scalars are read as YAML 1.2's core schema does (true/false, null/~, integers, decimals; `yes`
// and `on` are strings), whatever is quoted is a string. Refused, to keep errors near their cause:
// duplicate keys, keys that are no scalars, anchors and aliases, foreign tags. Bounded: 1 MiB,
// 64 levels.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/json.h"
#include "harness/scenario/content.h"
#include "harness/scenario/errors.h"

namespace drydock::harness::scenario {

struct YamlMember;

struct YamlNode {
  enum class Kind { kNull, kScalar, kSequence, kMapping };
  Kind kind = Kind::kNull;
  std::string scalar;
  bool quoted = false;
  std::vector<YamlNode> items;      // kSequence
  std::vector<YamlMember> members;  // kMapping, in the file's order
  Position position;

  bool is_scalar() const { return kind == Kind::kScalar; }
  bool is_sequence() const { return kind == Kind::kSequence; }
  bool is_mapping() const { return kind == Kind::kMapping; }
  const YamlNode* find(std::string_view key) const;  // nullptr: no mapping or no such member
};

struct YamlMember {
  std::string key;
  Position position;  // of the key
  YamlNode value;
};

// All documents of the text. On an error: adds it and returns what was read before it.
std::vector<YamlNode> parse_yaml(std::string_view text, const std::string& file, Errors& errors);

// Never null.
JsonPtr yaml_to_json(const YamlNode& node);

// The node on one line in flow style, cut after `limit` bytes: for reports.
std::string yaml_line(const YamlNode& node, size_t limit = 200);

}  // namespace drydock::harness::scenario
