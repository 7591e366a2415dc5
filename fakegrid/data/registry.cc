#include "fakegrid/data/registry.h"

#include <array>
#include <utility>
#include <vector>

namespace drydock::fakegrid {
namespace {

constexpr std::string_view kBlanks = " \t\r\n";

// Past blanks and comments.
std::string_view first_token_on(std::string_view text) {
  for (;;) {
    const size_t begin = text.find_first_not_of(kBlanks);
    if (begin == std::string_view::npos) return {};
    text.remove_prefix(begin);
    const bool line = text.substr(0, 2) == "//";
    const bool block = text.substr(0, 2) == "/*";
    if (!line && !block) return text;
    const size_t end = text.find(line ? "\n" : "*/", 2);
    if (end == std::string_view::npos) return {};
    text.remove_prefix(end + (line ? 1 : 2));
  }
}

}  // namespace

std::string schema_error(std::string_view name, std::string_view text) {
  constexpr std::array<std::string_view, 6> kStarts = {"syntax", "package", "import",
                                                       "option", "message", "enum"};
  const std::string_view rest = first_token_on(text);
  for (const std::string_view start : kStarts)
    if (rest.substr(0, start.size()) == start) return "";
  return "IPROTO000001: Syntax error in " + std::string(name) + " at 1:1: unexpected '" +
         std::string(rest.substr(0, rest.find_first_of(kBlanks))) + "'";
}

std::map<std::string, std::string> with_error_companions(
    std::map<std::string, std::string> schemas) {
  std::map<std::string, std::string> companions;
  std::string bad;
  for (const auto& [name, text] : schemas) {
    std::string error = schema_error(name, text);
    if (error.empty()) continue;
    companions.emplace(name + ".errors", std::move(error));
    bad += (bad.empty() ? "" : "\n") + name;
  }
  if (!bad.empty()) companions.emplace(".errors", bad);
  schemas.merge(companions);
  return schemas;
}

}  // namespace drydock::fakegrid
