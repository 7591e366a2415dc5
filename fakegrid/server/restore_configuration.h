// Reads the configuration of a cache or template out of an archive, as servers of a release do:
// documents of a later release have a name space that it doesn't know.
//
//   DRYDOCK_ASSIGN(std::string element, archived_element("c", xml, version));
#pragma once

#include <string>
#include <string_view>

#include "core/base/status.h"
#include "fakegrid/server/version.h"

namespace drydock::fakegrid {

// The element as a node keeps it. A failure of backup_failure.h.
Result<std::string> archived_element(std::string_view name, std::string_view text,
                                     const ServerVersion& version);

}  // namespace drydock::fakegrid
