#include "fakekube/store/json_patch.h"

#include "core/base/json.h"
#include "fakekube/schema/go_json.h"
#include "fuzz/target.h"

namespace drydock::fuzz {

using namespace fakekube;

// "target\0operations". Applied or refused; what came out can be printed, and read again.
void fuzz_one(std::string_view input) {
  DecodedJson target = decode_json(first_half(input));
  const DecodedJson patch = decode_json(second_half(input));
  if (!target.error.empty() || !patch.error.empty() || !patch.value.is_array()) return;
  if (!apply_json_patch(target.value, patch.value.get_array())) return;
  const std::string text = json_text(target.value);
  require(text.size() == json_weight(target.value), "the result can be printed");
  require(decode_json(text).error.empty(), "the result is no deeper than a body may be");
}

}  // namespace drydock::fuzz
