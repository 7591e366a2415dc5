#include "fakekube/http/body_decode_scalar.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>
#include <map>

#include <fmt/format.h>

#include "fakekube/store/object.h"

namespace drydock::fakekube {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

const std::map<std::string_view, json::value>& words() {
  static const auto* table = [] {
    auto* made = new std::map<std::string_view, json::value>();
    for (const char* word :
         {"y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"})
      made->emplace(word, true);
    for (const char* word :
         {"n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"})
      made->emplace(word, false);
    for (const char* word : {"", "~", "null", "Null", "NULL"}) made->emplace(word, nullptr);
    for (const char* word : {".nan", ".NaN", ".NAN"}) made->emplace(word, std::nan(""));
    for (const char* word : {".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"})
      made->emplace(word, kInfinity);
    for (const char* word : {"-.inf", "-.Inf", "-.INF"}) made->emplace(word, -kInfinity);
    return made;
  }();
  return *table;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Base and digits of a number without its sign: 0x1F, 0b11, 0o17, 017.
int take_base(std::string_view& digits) {
  const auto starts = [&digits](char small, char large) {
    return digits.size() > 2 && digits[0] == '0' && (digits[1] == small || digits[1] == large);
  };
  const int base = starts('x', 'X') ? 16 : starts('b', 'B') ? 2 : starts('o', 'O') ? 8 : 0;
  if (base != 0) {
    digits.remove_prefix(2);
    return base;
  }
  if (digits.size() < 2 || digits[0] != '0') return 10;
  digits.remove_prefix(1);
  return 8;
}

std::optional<json::value> integer(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  if (text.empty() || !is_digit(text[0])) return std::nullopt;
  const int base = take_base(text);
  uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  constexpr uint64_t kLargest = INT64_MAX;
  if (value <= kLargest)
    return json::value(negative ? -static_cast<int64_t>(value) : static_cast<int64_t>(value));
  if (negative) return value == kLargest + 1 ? std::optional<json::value>(INT64_MIN) : std::nullopt;
  return json::value(value);
}

std::optional<json::value> fraction(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  const auto is_part = [](char c) {
    return is_digit(c) || c == '.' || c == 'e' || c == 'E' || c == '+' || c == '-';
  };
  if (!std::all_of(text.begin(), text.end(), is_part)) return std::nullopt;
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return json::value(value);
}

}  // namespace

json::value resolve_scalar(std::string_view plain) {
  const auto word = words().find(plain);
  if (word != words().end()) return word->second;
  const char first = plain.front();
  if (is_digit(first) || first == '+' || first == '-') {
    std::string digits(plain);
    digits.erase(std::remove(digits.begin(), digits.end(), '_'), digits.end());
    if (auto number = integer(digits)) return *std::move(number);
    if (auto number = fraction(digits)) return *std::move(number);
  } else if (first == '.') {
    if (auto number = fraction(plain)) return *std::move(number);
  }
  return text_value(plain);
}

std::optional<std::string> key_text(const json::value& key) {
  switch (key.kind()) {
    case json::kind::string: return std::string(std::string_view(key.get_string()));
    case json::kind::bool_: return key.get_bool() ? "true" : "false";
    case json::kind::int64: return std::to_string(key.get_int64());
    case json::kind::double_: {
      const double number = key.get_double();
      if (std::isnan(number)) return ".nan";
      constexpr double kLargest = std::numeric_limits<float>::max();
      if (std::fabs(number) > kLargest) return number > 0 ? ".inf" : "-.inf";
      return fmt::format("{}", static_cast<float>(number));
    }
    default: return std::nullopt;
  }
}

}  // namespace drydock::fakekube
