// The `continue` token of a paged list: base64url of {"v","rv","start"}, as real servers make it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/status.h"

namespace drydock::fakekube {

struct ContinueToken {
  int64_t revision = 0;  // of the first page; -1: "as it is now" (an inconsistent continuation)
  std::string namespace_name;  // of the last object given
  std::string name;
};

std::string encode_continue(const ContinueToken& token);
// kInvalid with the text that a real server answers with 400.
Result<ContinueToken> decode_continue(std::string_view text);

}  // namespace drydock::fakekube
