#include "harness/scenario/read_manifests.h"

#include <fmt/format.h>

namespace drydock::harness::scenario {
namespace {

std::string string_at(const YamlNode& node, std::string_view key) {
  const YamlNode* value = node.find(key);
  return value != nullptr && value->is_scalar() ? value->scalar : "";
}

void read_object(const YamlNode& node, Context& context, std::vector<Manifest>& out) {
  if (node.kind == YamlNode::Kind::kNull) return;  // an empty document between two '---'
  const std::string kind = string_at(node, "kind");
  const YamlNode* metadata = node.find("metadata");
  const std::string name = metadata != nullptr ? string_at(*metadata, "name") : "";
  const std::string version = string_at(node, "apiVersion");
  const std::pair<std::string_view, const std::string&> needed[] = {
      {"apiVersion", version}, {"kind", kind}, {"metadata.name", name}};
  for (const auto& [key, value] : needed) {
    if (!value.empty()) continue;
    context.errors.add(node.position, fmt::format("the object has no '{}'", key),
                       fmt::format("add '{}' with a string", key));
    return;
  }
  out.push_back({yaml_to_json(node), {kind, name}, node.position});
}

void read_file(const YamlNode& node, Context& context, std::vector<Manifest>& out) {
  Path path;
  read_value(node, context, "the file of a CR", path);
  if (path.value.empty()) return;
  const Result<std::string> text = context.read_file(path.value, kMaxYamlBytes + 1);
  if (!text.ok()) return;
  for (const YamlNode& document : parse_yaml(*text, path.value, context.errors)) {
    read_object(document, context, out);
  }
}

}  // namespace

std::vector<Manifest> read_manifests(const YamlNode& node, Context& context) {
  std::vector<Manifest> manifests;
  const auto read_one = [&](const YamlNode& each) {
    each.is_mapping() ? read_object(each, context, manifests) : read_file(each, context, manifests);
  };
  if (node.is_sequence()) {
    for (const YamlNode& item : node.items) read_one(item);
  } else {
    read_one(node);
  }
  return manifests;
}

}  // namespace drydock::harness::scenario
