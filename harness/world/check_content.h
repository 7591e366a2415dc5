// Comparing what a cluster or an archive holds with a scenario's `holds` and `lacks`.
#pragma once

#include <optional>
#include <string>

#include "fakegrid/node/content.h"
#include "harness/scenario/content.h"
#include "harness/world/world.h"

namespace drydock::harness {

// What is not as it should be; nullopt: everything is.
std::optional<std::string> differs(const fakegrid::Content& content, const scenario::Holds& holds,
                                   const scenario::Lacks& lacks);

// What an archive holds as it is compared with `cluster`. Of real servers: with configurations as
// that release writes them, and without the templates that each of its servers has (those before
// 15 archive them).
Result<fakegrid::Content> comparable_archive(World& world, std::string zip_bytes,
                                             const std::string& cluster);
// That of the archive on a Backup's volume.
Result<fakegrid::Content> read_backup(World& world, const std::string& backup,
                                      const std::string& cluster);

}  // namespace drydock::harness
