// What a plain YAML 1.1 scalar means to go-yaml v2.
//
//   resolve_scalar("on");    // true
//   resolve_scalar("0x10");  // 16
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/base/json.h"

namespace drydock::fakekube {

// null, bool, int64, uint64, double or, for all else, a string. Doubles may be infinite or NaN.
json::value resolve_scalar(std::string_view plain);
// A map's key as JSON has it; nullopt: of a type that can't be one.
std::optional<std::string> key_text(const json::value& key);

}  // namespace drydock::fakekube
