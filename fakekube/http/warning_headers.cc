#include "fakekube/http/warning_headers.h"

#include <algorithm>
#include <cstddef>
#include <set>
#include <string_view>

#include "fakekube/api/status_error.h"

namespace drydock::fakekube {
namespace {

constexpr size_t kMaxCharacters = 4096;
constexpr size_t kMaxCutCharacters = 256;

bool begins_character(char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }

size_t characters(std::string_view text) {
  return static_cast<size_t>(std::count_if(text.begin(), text.end(), begins_character));
}

std::string_view cut(std::string_view text) {
  size_t count = 0;
  for (size_t at = 0; at < text.size(); ++at)
    if (begins_character(text[at]) && ++count > kMaxCutCharacters) return text.substr(0, at);
  return text;
}

// How many of the warnings are said, and whether they are cut.
struct Amount {
  size_t warnings = 0;
  bool cuts = false;
};

Amount amount_of(const std::vector<std::string_view>& texts) {
  Amount amount;
  size_t whole = 0;
  size_t shortened = 0;
  for (std::string_view text : texts) {
    if (amount.cuts && shortened >= kMaxCharacters) break;
    ++amount.warnings;
    whole += characters(text);
    shortened += characters(cut(text));
    amount.cuts = amount.cuts || whole > kMaxCharacters;
  }
  return amount;
}

}  // namespace

void add_warnings(const std::vector<std::string>& warnings, Headers& headers) {
  std::set<std::string_view> seen;
  std::vector<std::string_view> texts;
  for (const std::string& warning : warnings)
    if (seen.insert(warning).second) texts.push_back(warning);
  const Amount amount = amount_of(texts);
  for (size_t i = 0; i < amount.warnings; ++i)
    headers.emplace_back("Warning", "299 - " + quoted(amount.cuts ? cut(texts[i]) : texts[i]));
}

}  // namespace drydock::fakekube
