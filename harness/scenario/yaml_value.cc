// What plain YAML scalars mean, and trees as JSON or as a line. Apart from yaml.cc, so that only
// that file pays for yaml-cpp's headers.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "harness/scenario/yaml.h"

namespace drydock::harness::scenario {
namespace {

bool one_of(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), text) != words.end();
}

template <class T>
std::optional<T> whole(std::string_view digits, int base) {
  T value{};
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return value;
}

std::optional<json::value> integer(std::string_view text) {
  if (text.starts_with("0x") || text.starts_with("0o")) {
    const auto value = whole<int64_t>(text.substr(2), text[1] == 'x' ? 16 : 8);
    return value ? std::optional<json::value>(*value) : std::nullopt;
  }
  if (text.starts_with('+')) text.remove_prefix(1);
  if (const auto value = whole<int64_t>(text, 10)) return *value;
  if (const auto value = whole<uint64_t>(text, 10)) return *value;
  return std::nullopt;
}

std::optional<json::value> decimal(std::string_view text) {
  // from_chars also takes "inf" and "nan", which JSON has no form for.
  if (text.find_first_not_of("0123456789+-.eE") != std::string_view::npos) return std::nullopt;
  if (text.starts_with('+')) text.remove_prefix(1);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

json::value scalar_value(const YamlNode& node) {
  const std::string& text = node.scalar;
  if (node.quoted) return json::string(text);
  if (one_of(text, {"", "~", "null", "Null", "NULL"})) return nullptr;
  if (one_of(text, {"true", "True", "TRUE"})) return true;
  if (one_of(text, {"false", "False", "FALSE"})) return false;
  if (auto value = integer(text)) return *value;
  if (auto value = decimal(text)) return *value;
  return json::string(text);
}

json::value value_of(const YamlNode& node) {
  switch (node.kind) {
    case YamlNode::Kind::kNull: return nullptr;
    case YamlNode::Kind::kScalar: return scalar_value(node);
    case YamlNode::Kind::kSequence: {
      json::array array;
      for (const YamlNode& item : node.items) array.push_back(value_of(item));
      return array;
    }
    case YamlNode::Kind::kMapping: {
      json::object object;
      for (const YamlMember& member : node.members) object[member.key] = value_of(member.value);
      return object;
    }
  }
  return nullptr;
}

void write_line(const YamlNode& node, std::string& out) {
  switch (node.kind) {
    case YamlNode::Kind::kNull: out += "null"; return;
    case YamlNode::Kind::kScalar:
      out += node.quoted ? json::serialize(json::string(node.scalar)) : node.scalar;
      return;
    case YamlNode::Kind::kSequence:
      out += '[';
      for (const YamlNode& item : node.items) {
        if (&item != &node.items.front()) out += ", ";
        write_line(item, out);
      }
      out += ']';
      return;
    case YamlNode::Kind::kMapping:
      out += '{';
      for (const YamlMember& member : node.members) {
        if (&member != &node.members.front()) out += ", ";
        out += member.key + ": ";
        write_line(member.value, out);
      }
      out += '}';
      return;
  }
}

}  // namespace

JsonPtr yaml_to_json(const YamlNode& node) { return make_json(value_of(node)); }

std::string yaml_line(const YamlNode& node, size_t limit) {
  std::string line;
  write_line(node, line);
  if (node.is_mapping()) line = line.substr(1, line.size() - 2);
  if (line.size() > limit) {
    while (limit > 0 && (static_cast<unsigned char>(line[limit]) & 0xC0) == 0x80) --limit;
    line.resize(limit);
    line += "…";
  }
  return line;
}

}  // namespace drydock::harness::scenario
