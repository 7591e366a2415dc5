// How each type of value is written in a scenario.
#include <fmt/format.h>

#include <charconv>
#include <limits>

#include "harness/scenario/fields.h"

namespace drydock::harness::scenario {
namespace {

void mismatch(const YamlNode& node, Context& context, std::string_view label,
              std::string_view should_be, std::string_view example) {
  const std::string seen = node.is_scalar()     ? fmt::format("not '{}'", node.scalar)
                           : node.is_sequence() ? "not a list"
                           : node.is_mapping()  ? "not a mapping"
                                                : "but it is empty";
  context.errors.add(node.position, fmt::format("{} must be {}, {}", label, should_be, seen),
                     fmt::format("write for example {}", example));
}

template <class T>
bool plain_number(const YamlNode& node, T& out) {
  if (!node.is_scalar() || node.quoted) return false;
  const char* end = node.scalar.data() + node.scalar.size();
  T value{};
  const auto [stop, error] = std::from_chars(node.scalar.data(), end, value);
  if (error != std::errc() || stop != end) return false;
  out = value;
  return true;
}

// "10Ki" -> 10240; -1 when it isn't a size.
int64_t parse_size(std::string_view text) {
  struct Unit {
    std::string_view suffix;
    int64_t factor;
  };
  static constexpr Unit kUnits[] = {
      {"Ki", 1LL << 10}, {"Mi", 1LL << 20}, {"Gi", 1LL << 30},   {"Ti", 1LL << 40},
      {"k", 1000},       {"M", 1000'000},   {"G", 1000'000'000}, {"", 1}};
  for (const Unit& unit : kUnits) {
    if (!text.ends_with(unit.suffix)) continue;
    const std::string_view digits = text.substr(0, text.size() - unit.suffix.size());
    int64_t value = 0;
    const auto [stop, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error != std::errc() || stop != digits.data() + digits.size() || value < 0) return -1;
    if (value > std::numeric_limits<int64_t>::max() / unit.factor) return -1;
    return value * unit.factor;
  }
  return -1;
}

const std::vector<std::string>& short_kinds() {
  static const std::vector<std::string> kinds = {
      "Backup",           "Restore", "Infinispan",  "Pod",          "PersistentVolumeClaim",
      "PersistentVolume", "Node",    "StatefulSet", "Service",      "Secret",
      "ConfigMap",        "Lease",   "Namespace",   "NetworkPolicy"};
  return kinds;
}

}  // namespace

void read_value(const YamlNode& node, Context& context, std::string_view label, bool& out) {
  if (node.is_scalar() && !node.quoted && (node.scalar == "true" || node.scalar == "false")) {
    out = node.scalar == "true";
    return;
  }
  mismatch(node, context, label, "true or false", "true");
}

void read_value(const YamlNode& node, Context& context, std::string_view label, int& out) {
  if (!plain_number(node, out)) mismatch(node, context, label, "a whole number", "3");
}

void read_value(const YamlNode& node, Context& context, std::string_view label, int64_t& out) {
  if (!plain_number(node, out)) mismatch(node, context, label, "a whole number", "3");
}

void read_value(const YamlNode& node, Context& context, std::string_view label, uint64_t& out) {
  if (!plain_number(node, out)) mismatch(node, context, label, "a whole number from 0", "3");
}

void read_value(const YamlNode& node, Context& context, std::string_view label, std::string& out) {
  if (node.is_scalar()) {
    out = node.scalar;
    return;
  }
  mismatch(node, context, label, "a string", "\"text\"");
}

void read_value(const YamlNode& node, Context& context, std::string_view label, Text& out) {
  read_value(node, context, label, out.value);
}

void read_value(const YamlNode& node, Context& context, std::string_view label, Path& out) {
  if (!node.is_scalar() || node.scalar.empty()) {
    mismatch(node, context, label, "the path of a file", "cr/my-backup.yaml");
    return;
  }
  const std::string path =
      node.scalar.starts_with('/') ? node.scalar : context.folder + node.scalar;
  if (context.read_file(path, 1).ok()) {
    out.value = path;
    return;
  }
  context.errors.add(node.position, fmt::format("can't read {}", path),
                     "paths are relative to the scenario's folder");
}

void read_value(const YamlNode& node, Context& context, std::string_view label, Duration& out) {
  const auto duration = node.is_scalar() ? parse_duration(node.scalar) : std::nullopt;
  if (duration && *duration >= Duration(0)) {
    out = *duration;
    return;
  }
  mismatch(node, context, label, "a duration", "90s, 250ms or 1m30s");
}

void read_value(const YamlNode& node, Context& context, std::string_view label, WallTime& out) {
  const auto time = node.is_scalar() ? parse_rfc3339(node.scalar) : std::nullopt;
  if (time) {
    out = *time;
    return;
  }
  mismatch(node, context, label, "a time", "2026-11-23T05:49:00Z");
}

void read_value(const YamlNode& node, Context& context, std::string_view label, Bytes& out) {
  const int64_t size = node.is_scalar() ? parse_size(node.scalar) : -1;
  if (size < 0) return mismatch(node, context, label, "a number of bytes", "64, 10Ki or 1Mi");
  out.value = size;
}

void read_value(const YamlNode& node, Context& context, std::string_view label,
                BytesPerSecond& out) {
  std::string_view text = node.scalar;
  const bool per_second = node.is_scalar() && text.ends_with("/s");
  const int64_t size = per_second ? parse_size(text.substr(0, text.size() - 2)) : -1;
  if (size <= 0) return mismatch(node, context, label, "bytes per second", "30Mi/s");
  out.value = size;
}

void read_value(const YamlNode& node, Context& context, std::string_view label, ObjectRef& out) {
  const size_t slash = node.is_scalar() ? node.scalar.find('/') : std::string::npos;
  if (slash == std::string::npos || slash + 1 == node.scalar.size()) {
    mismatch(node, context, label, "an object, as kind/name", "Backup/my-backup");
    return;
  }
  const std::string kind = node.scalar.substr(0, slash);
  for (const std::string& known : short_kinds()) {
    if (known != kind) continue;
    out = {kind, node.scalar.substr(slash + 1)};
    context.references.push_back({Reference::To::kObject, node.scalar, node.position});
    return;
  }
  context.errors.add(node.position, fmt::format("unknown kind '{}' in {}", kind, label),
                     suggest(kind, short_kinds(), "kind", "kinds"));
}

void read_value(const YamlNode& node, Context& context, std::string_view label, Place& out) {
  static constexpr std::string_view kNodeOf = "node of Pod/";
  if (!node.is_scalar() || node.scalar.empty()) {
    mismatch(node, context, label, "a place", "controller, Pod/x, Node/x or node of Pod/x");
    return;
  }
  const std::string& text = node.scalar;
  out.position = node.position;
  if (text == "controller") {
    out.kind = Place::Kind::kController;
  } else if (text == "api-server") {
    out.kind = Place::Kind::kApiServer;
  } else if (text == "clients") {
    out.kind = Place::Kind::kClients;
  } else if (text.starts_with(kNodeOf)) {
    out.kind = Place::Kind::kNodeOf;
    out.name = text.substr(kNodeOf.size());
    context.references.push_back({Reference::To::kObject, "Pod/" + out.name, node.position});
  } else if (text.starts_with("Pod/") || text.starts_with("Node/")) {
    out.kind = text.starts_with("Pod/") ? Place::Kind::kPod : Place::Kind::kNode;
    out.name = text.substr(text.find('/') + 1);
    context.references.push_back({Reference::To::kObject, text, node.position});
  } else {
    out.kind = Place::Kind::kCluster;
    read_reference(node, context, label, Reference::To::kCluster, out.name);
  }
}

void read_value(const YamlNode& node, Context& context, std::string_view label,
                std::vector<std::string>& out) {
  if (node.is_scalar()) {
    out = {node.scalar};
    return;
  }
  if (!node.is_sequence()) return mismatch(node, context, label, "a list of strings", "[a, b]");
  out.clear();
  for (const YamlNode& item : node.items) {
    read_value(item, context, fmt::format("an item of {}", label), out.emplace_back());
  }
}

void read_value(const YamlNode& node, Context& context, std::string_view label, Pairs& out) {
  if (!node.is_mapping()) {
    mismatch(node, context, label, "a mapping of keys to values", "{k1: v1, k2: v2}");
    return;
  }
  out.clear();
  for (const YamlMember& member : node.members) {
    auto& pair = out.emplace_back(member.key, "");
    read_value(member.value, context, fmt::format("the value of '{}'", member.key), pair.second);
  }
}

void read_reference(const YamlNode& node, Context& context, std::string_view label,
                    Reference::To to, std::string& out) {
  read_value(node, context, label, out);
  if (node.is_scalar() && !node.scalar.empty()) {
    context.references.push_back({to, node.scalar, node.position});
  }
}

bool read_word(const YamlNode& node, Context& context, std::string_view label,
               const std::vector<std::string>& words, std::string& out) {
  for (const std::string& word : words) {
    if (!node.is_scalar() || node.scalar != word) continue;
    out = word;
    return true;
  }
  if (!node.is_scalar()) {
    mismatch(node, context, label, "a word", words.front());
  } else {
    context.errors.add(node.position, fmt::format("{} can't be '{}'", label, node.scalar),
                       suggest(node.scalar, words, "word", "words"));
  }
  return false;
}

}  // namespace drydock::harness::scenario
