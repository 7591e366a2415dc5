#include "fakegrid/server/version.h"

#include <charconv>

namespace drydock::fakegrid {

Result<ServerVersion> parse_version(std::string_view text) {
  ServerVersion version;
  version.text = std::string(text);
  const char* at = text.data();
  const char* const end = text.data() + text.size();
  for (int* number : {&version.major, &version.minor, &version.patch}) {
    if (number != &version.major && (at == end || *at++ != '.'))
      return Status(Code::kInvalid, "not a version: '" + version.text + "'");
    const auto [next, error] = std::from_chars(at, end, *number);
    if (error != std::errc() || *number < 0)
      return Status(Code::kInvalid, "not a version: '" + version.text + "'");
    at = next;
  }
  if (at != end && *at != '.' && *at != '-')
    return Status(Code::kInvalid, "not a version: '" + version.text + "'");
  return version;
}

}  // namespace drydock::fakegrid
