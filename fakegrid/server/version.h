// ServerVersion: which release of a real server is modelled. Behaviour that changed between
// releases asks `at_least`; behaviour that is a known bug is a quirk (quirks.h).
//
//   DRYDOCK_ASSIGN(const ServerVersion version, parse_version("15.0.21.Final"));
//   if (version.at_least(14)) ...
#pragma once

#include <compare>
#include <string>
#include <string_view>

#include "core/base/status.h"

namespace drydock::fakegrid {

struct ServerVersion {
  int major = 15;
  int minor = 0;
  int patch = 21;
  std::string text = "15.0.21.Final";  // as manifests and log lines print it

  bool at_least(int wanted_major, int wanted_minor = 0, int wanted_patch = 0) const {
    if (major != wanted_major) return major > wanted_major;
    if (minor != wanted_minor) return minor > wanted_minor;
    return patch >= wanted_patch;
  }
};

// kInvalid: not `major.minor.patch`, optionally followed by `.Final`, `-SNAPSHOT` or the like.
Result<ServerVersion> parse_version(std::string_view text);

}  // namespace drydock::fakegrid
