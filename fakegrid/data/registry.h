// What proto schemas look like to a server that parses them: bad texts have `.errors` companions.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "fakegrid/server/version.h"

namespace drydock::fakegrid {

// Empty: the text may be a schema. Else what a server of that release puts into "<name>.errors".
std::string schema_error(std::string_view name, std::string_view text,
                         const ServerVersion& version);

// `schemas` and the companions that servers list with them: "<name>.errors" for each bad one, and
// ".errors", the bad ones' names, one a line.
std::map<std::string, std::string> with_error_companions(std::map<std::string, std::string> schemas,
                                                         const ServerVersion& version);

}  // namespace drydock::fakegrid
