#include "fakekube/http/url.h"

#include <algorithm>

namespace drydock::fakekube {
namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
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

}  // namespace

std::string decode_percent(std::string_view text, bool query) {
  std::string plain;
  plain.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    const bool coded = text[i] == '%' && i + 2 < text.size() && hex_digit(text[i + 1]) >= 0 &&
                       hex_digit(text[i + 2]) >= 0;
    if (coded) {
      plain += static_cast<char>(hex_digit(text[i + 1]) * 16 + hex_digit(text[i + 2]));
      i += 2;
    } else {
      plain += query && text[i] == '+' ? ' ' : text[i];
    }
  }
  return plain;
}

UrlParts split_target(std::string_view target) {
  const size_t mark = std::min(target.find('?'), target.size());
  const std::string_view path = target.substr(0, mark);
  UrlParts parts{.path = decode_percent(path, false), .segments = {}, .query = {}};
  for (std::string_view segment : split(path, '/'))
    parts.segments.push_back(decode_percent(segment, false));
  for (std::string_view item : split(target.substr(std::min(mark + 1, target.size())), '&')) {
    const size_t sign = std::min(item.find('='), item.size());
    parts.query.emplace_back(decode_percent(item.substr(0, sign), true),
                             decode_percent(item.substr(std::min(sign + 1, item.size())), true));
  }
  return parts;
}

}  // namespace drydock::fakekube
