#include "core/engine/mounts.h"

#include <algorithm>

namespace drydock::engine {
namespace {

// "/a//b/" -> "/a/b"; nullopt for what could lead elsewhere.
std::optional<std::string> normal_path(std::string_view path) {
  if (!path.starts_with('/')) return std::nullopt;
  std::string normal;
  while (!path.empty()) {
    const size_t slash = std::min(path.find('/'), path.size());
    const std::string_view part = path.substr(0, slash);
    if (part == "." || part == "..") return std::nullopt;
    if (!part.empty()) normal.append("/").append(part);
    path.remove_prefix(std::min(slash + 1, path.size()));
  }
  return normal;
}

bool holds(std::string_view mount, std::string_view path) {
  if (!path.starts_with(mount)) return false;
  return path.size() == mount.size() || path[mount.size()] == '/';
}

}  // namespace

std::optional<Place> find_place(const std::vector<AgentMount>& mounts, std::string_view path) {
  const std::optional<std::string> normal = normal_path(path);
  if (!normal) return std::nullopt;
  const AgentMount* deepest = nullptr;
  for (const AgentMount& mount : mounts)
    if (holds(mount.path, *normal) &&
        (deepest == nullptr || mount.path.size() > deepest->path.size()))
      deepest = &mount;
  if (deepest == nullptr) return std::nullopt;
  const size_t skip = std::min(deepest->path.size() + 1, normal->size());
  return Place{deepest->volume, normal->substr(skip)};
}

}  // namespace drydock::engine
