#include "fakekube/store/selectors.h"

#include "core/base/json.h"
#include "fuzz/target.h"

namespace drydock::fuzz {

using namespace fakekube;

// "labels\0fields". Parsed or refused; what was parsed can be asked.
void fuzz_one(std::string_view input) {
  const Result<Selector> selector = parse_selector(kPods, first_half(input), second_half(input));
  if (!selector.ok()) {
    require(!selector.status().message().empty(), "a refusal says why");
    return;
  }
  static const json::value object = *json_parse(
      R"({"metadata":{"name":"p","namespace":"ns","labels":{"a":"b","n":"5"}},"spec":{}})");
  require(!selector->everything() || selector->matches(object), "an empty selector has all");
}

}  // namespace drydock::fuzz
