// JSON values as Go prints them in error texts.
//
//   go_text({{"b", 1}, {"a", {"x", nullptr}}});   // map[a:[x <nil>] b:1], as %v does
//   go_dynamic_type("x");                         // string
#pragma once

#include <string>
#include <string_view>

#include "core/base/json.h"

namespace drydock::fakekube {

std::string go_text(const json::value& value);
// The type that encoding/json decodes it to: "map[string]interface {}", "float64".
std::string go_dynamic_type(const json::value& value);
// The complaint about a kind that no built-in type has.
std::string not_registered(std::string_view api_version, std::string_view kind);

}  // namespace drydock::fakekube
