#include "harness/scenario/fields.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/scenario/kinds.h"

namespace drydock::harness::scenario {
namespace {

template <class T>
void read_between(Fields& fields, std::string_view key, int64_t low, int64_t high, T& out) {
  const YamlNode* value = fields.find(key);
  if (value == nullptr) return;
  int64_t number = low;
  read_value(*value, fields.context(), key, number);
  if (number >= low && number <= high) {
    out = static_cast<T>(number);
    return;
  }
  fields.context().errors.add(value->position, fmt::format("{} can't be {}", key, number),
                              fmt::format("write a number from {} to {}", low, high));
}

}  // namespace

Fields::Fields(const YamlNode& node, Context& context, std::string what)
    : node_(node), context_(context), what_(std::move(what)) {
  if (node.is_mapping() || node.kind == YamlNode::Kind::kNull) return;
  const std::string seen = node.is_scalar() ? fmt::format("'{}'", node.scalar) : "a list";
  wrong(fmt::format("{} must be a mapping, not {}", what_, seen), "write 'key: value' lines");
}

const YamlNode* Fields::find(std::string_view key) {
  asked_.emplace_back(key);
  return node_.find(key);
}

const YamlNode* Fields::need(std::string_view key) {
  const YamlNode* value = find(key);
  const bool readable = node_.is_mapping() || node_.kind == YamlNode::Kind::kNull;
  if (value == nullptr && readable) {
    wrong(fmt::format("{} has no '{}'", what_, key), fmt::format("add '{}:'", key));
  }
  return value;
}

void Fields::optional_between(std::string_view key, int64_t low, int64_t high, int64_t& out) {
  read_between(*this, key, low, high, out);
}

void Fields::optional_between(std::string_view key, int64_t low, int64_t high, int& out) {
  read_between(*this, key, low, high, out);
}

void Fields::optional_word(std::string_view key, const std::vector<std::string>& words,
                           std::string& out) {
  if (const YamlNode* value = find(key)) read_word(*value, context_, key, words, out);
}

void Fields::required_reference(std::string_view key, Reference::To to, std::string& out) {
  if (const YamlNode* value = need(key)) read_reference(*value, context_, key, to, out);
}

void Fields::optional_reference(std::string_view key, Reference::To to, std::string& out) {
  if (const YamlNode* value = find(key)) read_reference(*value, context_, key, to, out);
}

void Fields::wrong(std::string_view what, std::string_view right) {
  context_.errors.add(node_.position, what, right);
}

void Fields::finish() {
  if (given_up_) return;
  std::vector<std::string> valid;  // asked for, each once
  for (const std::string& key : asked_) {
    if (std::find(valid.begin(), valid.end(), key) == valid.end()) valid.push_back(key);
  }
  for (const YamlMember& member : node_.members) {
    if (std::find(valid.begin(), valid.end(), member.key) != valid.end()) continue;
    context_.errors.add(member.position, fmt::format("unknown key '{}' in {}", member.key, what_),
                        suggest(member.key, valid, "key", "keys"));
  }
}

const YamlMember& nearest_member(const YamlNode& node, const std::vector<std::string>& keys) {
  const YamlMember* nearest = &node.members.front();
  size_t distance = std::string::npos;
  for (const YamlMember& member : node.members) {
    for (const std::string& key : keys) {
      const size_t d = edit_distance(member.key, key);
      if (d < distance) {
        distance = d;
        nearest = &member;
      }
    }
  }
  return *nearest;
}

}  // namespace drydock::harness::scenario
