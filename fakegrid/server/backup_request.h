// What a request to back up or restore asks for, read as servers of a release read it.
//
//   Result<BackupRequest> request = read_backup_request(body, version);
//   if (!request.ok()) return reply_refusal(request.status());
#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/status.h"
#include "fakegrid/server/version.h"

namespace drydock::fakegrid {

enum class ResourceType { kTemplates, kCaches, kCounters, kSchemas, kTasks };

inline constexpr std::array kResourceTypes = {ResourceType::kTemplates, ResourceType::kCaches,
                                              ResourceType::kCounters, ResourceType::kSchemas,
                                              ResourceType::kTasks};
std::string_view type_name(ResourceType type);  // as in bodies and archives: "proto-schemas"

struct Wanted {
  bool all = false;                // "*" alone
  std::vector<std::string> names;  // else these; unique, in the order asked for
};

// Types that are not asked for are absent; none asked for means all of them. An empty list is "*"
// (by the lengths of archives: caches [] made those of all caches and nothing else).
using Selection = std::map<ResourceType, Wanted>;
Selection everything();

struct BackupRequest {
  std::optional<std::string> directory;
  Selection resources;
};
struct RestoreRequest {
  std::string location;
  Selection resources;
};

// kInvalid: answered with 400; kInternal: with 500. The message is the answer's text.
Result<BackupRequest> read_backup_request(std::string_view body, const ServerVersion& version);
Result<RestoreRequest> read_restore_request(std::string_view body, const ServerVersion& version);
// The `resources` part of a form: that object alone.
Result<Selection> read_resources(std::string_view body, const ServerVersion& version);

}  // namespace drydock::fakegrid
