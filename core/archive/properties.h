// Java properties files, as java.util.Properties reads and stores them: ISO-8859-1 bytes with
// \uXXXX escapes, comments, continuation lines, '=', ':' or blanks between key and value.
//
//   DRYDOCK_ASSIGN(Properties properties, parse_properties(text));
//   properties.find("version");
//
// Strings on our side are UTF-8.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "core/base/status.h"
#include "core/base/time.h"

namespace drydock::archive {

using Properties = std::map<std::string, std::string, std::less<>>;

// Of a key given twice the last counts, as in Java. kInvalid: a malformed \uXXXX escape.
Result<Properties> parse_properties(std::string_view text);

// "#<comment>\n#Mon Nov 23 05:48:21 UTC 2026\nkey=value\n...", keys in the order given, escaped as
// Properties.store(OutputStream) does.
std::string format_properties(std::string_view comment, WallTime date,
                              std::span<const std::pair<std::string, std::string>> properties);

}  // namespace drydock::archive
