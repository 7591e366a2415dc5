// RestPath: what a request to the agent is about, read from its target.
//
//   RestPath path = parse_rest_path("/rest/v2/container/backups/my-backup");
//   path.resource == RestResource::kBackup; path.name == "my-backup";
#pragma once

#include <string>
#include <string_view>

namespace drydock::engine {

enum class RestResource {
  kUnknown,
  kLive,          // /health/live
  kReady,         // /health/ready
  kServer,        // /rest/v2/server
  kContainer,     // <container>, which is /rest/v2/container or /rest/v2/cache-managers/default
  kHealth,        // <container>/health
  kHealthStatus,  // <container>/health/status
  kBackups,       // <container>/backups
  kBackup,        // <container>/backups/{name}
  kRestores,      // <container>/restores
  kRestore,       // <container>/restores/{name}
};

struct RestPath {
  RestResource resource = RestResource::kUnknown;
  std::string name;    // of the backup or restore, decoded
  std::string action;  // of the query, decoded; "" when there is none
};

RestPath parse_rest_path(std::string_view target);

}  // namespace drydock::engine
