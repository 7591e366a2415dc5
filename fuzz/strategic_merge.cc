#include "fakekube/schema/strategic_merge.h"

#include "core/base/json.h"
#include "fakekube/schema/go_json.h"
#include "fuzz/target.h"

namespace drydock::fuzz {

using namespace fakekube;

// "target\0patch". Merged or refused; a refusal is a 4xx or 500 with a text.
void fuzz_one(std::string_view input) {
  DecodedJson target = decode_json(first_half(input));
  const DecodedJson patch = decode_json(second_half(input));
  if (!target.value.is_object() || !patch.value.is_object()) return;
  if (!target.error.empty() || !patch.error.empty()) return;
  const std::optional<ApiReply> refused = apply_strategic_merge(kPods, target.value, patch.value);
  require(!refused || (refused->code >= 400 && refused->body != nullptr), "a refusal says why");
  if (refused) return;
  require(target.value.is_object(), "an object stays an object");
  require(decode_json(json_text(target.value)).error.empty(), "the result can be read");
}

}  // namespace drydock::fuzz
