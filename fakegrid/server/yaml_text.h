// YAML as cache configurations use it, into JSON: block mappings and lists, quoted and plain
// scalars (all of them strings), comments, empty `{}` and `[]`. No anchors, tags, flow collections
// with members, or text blocks.
//
//   DRYDOCK_ASSIGN(json::value value, yaml_value("localCache:\n  statistics: true\n"));
#pragma once

#include <boost/json/value.hpp>
#include <string_view>

#include "core/base/status.h"

namespace drydock::fakegrid {

// Names in camel case become names with dashes, as in XML: "localCache" is "local-cache".
// kInvalid: other YAML, with the line's number.
Result<boost::json::value> yaml_value(std::string_view text);

}  // namespace drydock::fakegrid
