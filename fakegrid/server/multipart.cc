#include "fakegrid/server/multipart.h"

#include <algorithm>

namespace drydock::fakegrid {
namespace {

// The value of `key` in "…; key=value; …", without quotes; empty: it isn't there.
std::string parameter(std::string_view header, std::string_view key) {
  const size_t at = header.find(std::string(key) + "=");
  if (at == std::string_view::npos) return "";
  std::string_view value = header.substr(at + key.size() + 1);
  if (!value.starts_with('"')) return std::string(value.substr(0, value.find_first_of("; \r\n")));
  value.remove_prefix(1);
  return std::string(value.substr(0, value.find('"')));
}

}  // namespace

std::vector<FormPart> read_form(std::string_view body, std::string_view content_type) {
  std::vector<FormPart> parts;
  const std::string boundary = parameter(content_type, "boundary");
  if (boundary.empty()) return parts;
  const std::string first = "--" + boundary;
  const std::string next = "\r\n" + first;
  size_t at = body.find(first);
  while (at != std::string_view::npos) {
    const std::string_view rest = body.substr(at + first.size());
    const size_t head = rest.find("\r\n\r\n");
    const size_t end = rest.find(next, std::min(head, rest.size()));
    if (head == std::string_view::npos || end == std::string_view::npos) break;
    parts.push_back({parameter(rest.substr(0, head), " name"),
                     std::string(rest.substr(head + 4, end - head - 4))});
    at += first.size() + end + 2;
  }
  return parts;
}

const FormPart* find_part(const std::vector<FormPart>& parts, std::string_view name) {
  const auto found =
      std::find_if(parts.begin(), parts.end(), [&](const FormPart& p) { return p.name == name; });
  return found == parts.end() ? nullptr : &*found;
}

}  // namespace drydock::fakegrid
