// A request's target taken apart: path segments and query parameters, percent-decoded.
//
//   UrlParts url = split_target("/api/v1/pods?limit=5");   // {"api","v1","pods"}, {{"limit","5"}}
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace drydock::fakekube {

using UrlQuery = std::vector<std::pair<std::string, std::string>>;

struct UrlParts {
  std::string path;  // decoded, with its slashes
  std::vector<std::string> segments;
  UrlQuery query;  // in order; a key may come again
};

// `query`: whether '+' stands for a blank. A broken escape stays as it is.
std::string decode_percent(std::string_view text, bool query);
UrlParts split_target(std::string_view target);

}  // namespace drydock::fakekube
