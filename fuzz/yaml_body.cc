#include "core/base/json.h"
#include "core/base/limits.h"
#include "fakekube/http/body_decode_yaml.h"
#include "fuzz/target.h"

namespace drydock::fuzz {

// Read, or refused with a text; and never much larger than aliases may make it.
void fuzz_one(std::string_view input) {
  const fakekube::DecodedYaml decoded = fakekube::decode_yaml(input);
  require(decoded.error.empty() || decoded.value.is_null(), "an error comes without a value");
  require(decoded.error.empty() || decoded.error.starts_with("error converting YAML to JSON: "),
          "an error says what failed");
  require(json_weight(decoded.value) < 64 * limits::kMaxRequestBytes, "memory is bounded");
}

}  // namespace drydock::fuzz
