// Small helpers over text that HTTP headers, URLs and Secrets need. ASCII only; nothing suspends.
//
//   for (std::string_view option : split("auth,auth-int", ',')) use(trim(option));
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace drydock {

// Without blanks, tabs and line ends at both ends.
std::string_view trim(std::string_view text);
std::string to_lower(std::string_view text);
// The parts between separators; "" has one empty part.
std::vector<std::string_view> split(std::string_view text, char separator);

// RFC 4648 with padding; blanks and line ends are skipped. nullopt: not base64.
std::optional<std::string> base64_decode(std::string_view text);
std::string base64_encode(std::string_view bytes);

// RFC 3986: everything but letters, digits and "-._~" as %XX; for one segment of a path or a query
// value.
std::string percent_encode(std::string_view text);

}  // namespace drydock
