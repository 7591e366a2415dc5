#include "harness/conformance/path.h"

#include <vector>

namespace drydock::harness::conformance {
namespace {

std::vector<std::string> parts_of(std::string_view target) {
  std::vector<std::string> parts;
  std::string_view path = target.substr(0, target.find('?'));
  while (!path.empty()) {
    path.remove_prefix(1);
    const size_t slash = std::min(path.find('/'), path.size());
    if (slash > 0) parts.emplace_back(path.substr(0, slash));
    path.remove_prefix(slash);
  }
  return parts;
}

}  // namespace

ApiPath parse_path(std::string_view target) {
  const std::vector<std::string> parts = parts_of(target);
  size_t at = 0;
  const auto next = [&]() -> std::string { return at < parts.size() ? parts[at++] : ""; };
  ApiPath path;
  const std::string root = next();
  if (root != "api" && root != "apis") return path;
  if (root == "apis") path.group = next();
  path.version = next();
  if (at < parts.size() && parts[at] == "watch") ++at;
  if (at + 2 < parts.size() && parts[at] == "namespaces" && parts[at + 2] != "status" &&
      parts[at + 2] != "finalize") {
    path.namespace_name = parts[at + 1];
    at += 2;
  }
  path.plural = next();
  path.name = next();
  path.subresource = next();
  return path;
}

}  // namespace drydock::harness::conformance
