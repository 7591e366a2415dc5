#include "core/base/json.h"
#include "fakekube/schema/api_types.h"
#include "fakekube/schema/api_types_decode.h"
#include "fakekube/schema/protobuf.h"
#include "fuzz/target.h"

namespace drydock::fuzz {

using namespace fakekube;

// What was read fits the type it was read as.
void fuzz_one(std::string_view input) {
  const ApiType& pod = *find_api_type("Pod");
  DecodedProtobuf decoded = decode_protobuf(input, &pod);
  if (!decoded.error.empty()) return;
  require(decoded.value.is_object(), "a message is an object");
  require(json_weight(decoded.value) < 64 * (input.size() + 64), "memory is bounded");
  if (json_string(decoded.value, {"kind"}, "Pod") == "Pod")
    require(conform(pod, decoded.value).unknown.empty(), "a message has only known members");
}

}  // namespace drydock::fuzz
