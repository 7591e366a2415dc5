#include "fakegrid/server/http_target.h"

#include <charconv>

namespace drydock::fakegrid {
namespace {

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (!text.empty()) {
    const size_t end = text.find(separator);
    if (end != 0) parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return parts;
}

}  // namespace

std::string percent_decode(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    unsigned value = 0;
    const bool escape = text[i] == '%' && text.size() - i > 2;
    const char* digits = text.data() + i + 1;
    if (escape && std::from_chars(digits, digits + 2, value, 16).ptr == digits + 2) {
      out += static_cast<char>(value);
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

HttpTarget parse_target(std::string_view target) {
  HttpTarget out;
  const size_t question = target.find('?');
  for (const std::string_view part : split(target.substr(0, question), '/'))
    out.path.push_back(percent_decode(part));
  if (question == std::string_view::npos) return out;
  for (const std::string_view pair : split(target.substr(question + 1), '&')) {
    const size_t equals = pair.find('=');
    out.query[percent_decode(pair.substr(0, equals))] =
        equals == std::string_view::npos ? "" : percent_decode(pair.substr(equals + 1));
  }
  return out;
}

}  // namespace drydock::fakegrid
