// A request target taken apart: path segments and query parameters, percent-decoded.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace drydock::fakegrid {

struct HttpTarget {
  std::vector<std::string> path;  // without empty segments
  std::map<std::string, std::string> query;

  std::string action() const {
    const auto found = query.find("action");
    return found == query.end() ? "" : found->second;
  }
};

// "%41" -> "A"; a '%' that isn't followed by two hexadecimal digits stays as it is.
std::string percent_decode(std::string_view text);
HttpTarget parse_target(std::string_view target);

}  // namespace drydock::fakegrid
