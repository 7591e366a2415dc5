// Mounts: where an absolute path of a request lies: on which mounted volume, and where in it.
//
//   std::optional<Place> place = find_place(mounts, "/opt/infinispan/backups/b/b.zip");
//   place->volume->stat(place->path);            // "b/b.zip"
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/volume.h"

namespace drydock::engine {

struct AgentMount {
  std::string path;  // absolute, without '/' at the end
  std::shared_ptr<Volume> volume;
};

struct Place {
  std::shared_ptr<Volume> volume;
  std::string path;  // relative to the mount; "" is the mount itself
};

// The place on the deepest mount that holds the path. nullopt: on no mount, not absolute, or with a
// "." or ".." part. Repeated and trailing '/' are ignored.
std::optional<Place> find_place(const std::vector<AgentMount>& mounts, std::string_view path);

}  // namespace drydock::engine
