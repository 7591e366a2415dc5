// Single values of built-in types as Go reads them: what it refuses, and with which words, and what
// it makes of the rest.
//
//   json::value value = "1000m";
//   std::string wrong = settle_quantity(value);   // "", and value is "1"
#pragma once

#include <string>
#include <string_view>

#include "core/base/json.h"

namespace drydock::fakekube {

// What Go calls a JSON value in its texts: "string", "number", "bool", "array", "object".
std::string_view go_json_kind(const json::value& value);

// Each returns Go's error text, or "" and leaves the canonical value.
std::string settle_quantity(json::value& value);          // text or number
std::string settle_time(json::value& value, bool micro);  // text
std::string check_base64(std::string_view text);

}  // namespace drydock::fakekube
