// How a server of some release writes cache configurations: attributes and children in its own
// order, what it adds, and the document around them. Measured on 12.1, 14.0 and 15.0
// (docs/facts/grid.md); others write like the newest measured release before them.
//
//   DRYDOCK_ASSIGN(std::string xml, archived_configuration("c", stored, false, version));
#pragma once

#include <boost/json/value.hpp>
#include <string>
#include <string_view>

#include "core/base/status.h"
#include "fakegrid/server/config_element.h"
#include "fakegrid/server/version.h"

namespace drydock::fakegrid {

// The element as that release knows it: order, defaults that it writes, the name. Element names of
// templates end in "-configuration", from 14 on and in no earlier release.
ConfigElement canonical_element(std::string_view name, const ConfigElement& given, bool is_template,
                                const ServerVersion& version);

// The text of `<c>.xml` in an archive, from a node's definition (an element or a whole document,
// XML). kInvalid: it holds no cache element.
Result<std::string> archived_configuration(std::string_view name, std::string_view stored,
                                           bool is_template, const ServerVersion& version);

// What GET caches/<c>?action=config answers, as XML and as JSON.
// The document of ___protobuf_metadata, which servers define themselves. `data_directory` is where
// they keep what shall outlive them.
std::string archived_schema_cache(std::string_view data_directory, const ServerVersion& version);
std::string shown_xml(std::string_view name, const ConfigElement& given,
                      const ServerVersion& version);
std::string shown_json(std::string_view name, const ConfigElement& given, bool is_template,
                       const ServerVersion& version);

// JSON as 14 prints it: two blanks a level, " : " between name and value.
std::string spaced_json(const boost::json::value& value, int depth = 0);

}  // namespace drydock::fakegrid
