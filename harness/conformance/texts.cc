#include "harness/conformance/texts.h"

#include <algorithm>
#include <charconv>

namespace drydock::harness::conformance {

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  for (size_t at = 0; at < text.size();) {
    const size_t end = std::min(text.find('\n', at), text.size());
    lines.emplace_back(text.substr(at, end - at));
    at = end + 1;
  }
  return lines;
}

uint64_t to_revision(std::string_view text) {
  uint64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

uint64_t revision_of(const json::value& object) {
  return to_revision(json_string(object, {"metadata", "resourceVersion"}));
}

}  // namespace drydock::harness::conformance
