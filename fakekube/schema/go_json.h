// JSON as Go's encoding/json reads it: its error texts, its repairs of bad UTF-8, and a note of
// members that are given twice. Bounded depth (limits.h).
//
//   DecodedJson decoded = decode_json(R"({"a":)");
//   decoded.error;   // "unexpected end of JSON input"
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/json.h"

namespace drydock::fakekube {

struct DecodedJson {
  json::value value;
  std::string error;  // Go's text; empty: `value` holds the document
  // What strict decoding complains of: duplicate field "spec.parts[0].a".
  std::vector<std::string> duplicates;
};

// Integers that fit are int64, all else is a double. Bytes that are no UTF-8 and lone surrogates
// become U+FFFD. The last of equal members wins. Never suspends.
DecodedJson decode_json(std::string_view text);

// The text with U+FFFD for each byte that belongs to no well-formed UTF-8 sequence.
std::string valid_utf8(std::string_view text);

}  // namespace drydock::fakekube
