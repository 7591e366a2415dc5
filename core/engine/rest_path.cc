#include "core/engine/rest_path.h"

#include <algorithm>
#include <charconv>
#include <vector>

namespace drydock::engine {
namespace {

// Percent-decodes; an escape that isn't one stays as it is.
std::string decode(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    unsigned value = 0;
    const char* digits = text.data() + i + 1;
    if (text[i] == '%' && i + 2 < text.size() &&
        std::from_chars(digits, digits + 2, value, 16).ptr == digits + 2) {
      out.push_back(static_cast<char>(value));
      i += 2;
    } else {
      out.push_back(text[i]);
    }
  }
  return out;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (!text.empty()) {
    const size_t end = std::min(text.find(separator), text.size());
    if (end > 0) parts.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parts;
}

using Parts = std::vector<std::string_view>;

RestResource in_container(const Parts& parts, size_t first) {
  const size_t count = parts.size() - first;
  if (count == 0) return RestResource::kContainer;
  const std::string_view what = parts[first];
  if (what == "health" && count == 1) return RestResource::kHealth;
  if (what == "health" && count == 2 && parts[first + 1] == "status")
    return RestResource::kHealthStatus;
  if (what == "backups" && count <= 2)
    return count == 1 ? RestResource::kBackups : RestResource::kBackup;
  if (what == "restores" && count <= 2)
    return count == 1 ? RestResource::kRestores : RestResource::kRestore;
  return RestResource::kUnknown;
}

RestResource resource_of(const Parts& parts) {
  if (parts == Parts{"health", "live"}) return RestResource::kLive;
  if (parts == Parts{"health", "ready"}) return RestResource::kReady;
  if (parts.size() < 3 || parts[0] != "rest" || parts[1] != "v2") return RestResource::kUnknown;
  if (parts[2] == "server" && parts.size() == 3) return RestResource::kServer;
  if (parts[2] == "container") return in_container(parts, 3);
  if (parts[2] == "cache-managers" && parts.size() >= 4 && parts[3] == "default")
    return in_container(parts, 4);
  return RestResource::kUnknown;
}

}  // namespace

RestPath parse_rest_path(std::string_view target) {
  const size_t query = std::min(target.find('?'), target.size());
  const Parts parts = split(target.substr(0, query), '/');
  RestPath path{.resource = resource_of(parts)};
  if (path.resource == RestResource::kBackup || path.resource == RestResource::kRestore)
    path.name = decode(parts.back());
  constexpr std::string_view kAction = "action=";
  for (const std::string_view parameter : split(target.substr(query), '&')) {
    const std::string_view pair = parameter.starts_with('?') ? parameter.substr(1) : parameter;
    if (pair.starts_with(kAction)) path.action = decode(pair.substr(kAction.size()));
  }
  return path;
}

}  // namespace drydock::engine
