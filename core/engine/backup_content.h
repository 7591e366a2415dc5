// BackupContent: everything that a backup will hold but the entries of its caches, read from the
// grid and checked before anything is written.
//
//   DRYDOCK_ASSIGN(BackupContent content, collect_content(env, member, request.selection));
#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/archive/layout.h"
#include "core/base/env.h"
#include "core/engine/grid_member.h"
#include "core/engine/resources.h"

namespace drydock::engine {

struct BackupContent {
  std::vector<CacheDefinition> caches;  // all lists: those asked for, sorted by name
  std::vector<CacheDefinition> templates;
  std::vector<CounterRecord> counters;
  std::map<std::string, std::string> schemas;
  std::map<std::string, std::string> tasks;
  archive::ContainerResources listed;  // for container.properties
};

// May suspend. kNotFound: a resource asked for by name does not exist; kInvalid: a name or document
// that an archive can't hold, or a template asked for as a cache and the reverse; else what the
// grid said. The message names the resource.
Result<BackupContent> collect_content(Env& env, GridMember& member,
                                      const ResourceSelection& selection);

}  // namespace drydock::engine
