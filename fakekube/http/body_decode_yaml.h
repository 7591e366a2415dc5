// YAML 1.1 to JSON as sigs.k8s.io/yaml does it: `y: on` is {"true": true}, 0777 is 511, a date is
// text. Only the first document counts.
//
//   DecodedYaml decoded = decode_yaml("spec: {color: blue}");
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/json.h"

namespace drydock::fakekube {

struct DecodedYaml {
  json::value value;
  std::string error;  // as real servers begin it; the tail is the parser's own where they differ
  std::string strict_error;  // keys given twice, all in one text; empty: none
};

// Aliases may multiply a document only as far as go-yaml lets them, and never its bytes by more
// than kMaxAliasBytes. At most a hundred levels, unless the text is JSON (limits.h). Never
// suspends.
DecodedYaml decode_yaml(std::string_view text);

}  // namespace drydock::fakekube
