#include "core/base/json.h"
#include "fakekube/schema/api_types.h"
#include "fakekube/schema/api_types_decode.h"
#include "fakekube/schema/go_json.h"
#include "fuzz/target.h"

namespace drydock::fuzz {

using namespace fakekube;

// A document that was read is printed as one that reads the same; a Pod that is conform stays.
void fuzz_one(std::string_view input) {
  DecodedJson decoded = decode_json(input);
  if (!decoded.error.empty()) return;
  const std::string text = json_text(decoded.value);
  const DecodedJson again = decode_json(text);
  require(again.error.empty() && again.duplicates.empty(), "printed JSON can be read");
  require(json_text(again.value) == text, "printed JSON reads the same");
  if (!decoded.value.is_object()) return;
  const ApiType& pod = *find_api_type("Pod");
  if (!conform(pod, decoded.value).type_error.empty()) return;
  const std::string conformed = json_text(decoded.value);
  const ApiFindings second = conform(pod, decoded.value);
  require(second.type_error.empty() && second.unknown.empty(), "what is conform has no faults");
  require(json_text(decoded.value) == conformed, "what is conform stays as it is");
}

}  // namespace drydock::fuzz
