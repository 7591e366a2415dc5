#include "fakegrid/server/properties.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <vector>

#include "fakegrid/server/java_text.h"

namespace drydock::fakegrid {
namespace {

constexpr std::array<const char*, 7> kDays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array<const char*, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                 "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr std::string_view kBlanks = " \t\f";

// "Mon Nov 23 05:48:22 UTC 2026"
std::string date_text(WallTime now) {
  const auto day = std::chrono::floor<std::chrono::days>(now);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(std::chrono::floor<seconds>(now - day));
  return fmt::format("{} {} {:02} {:02}:{:02}:{:02} UTC {}",
                     kDays[std::chrono::weekday(day).c_encoding()],
                     kMonths[static_cast<unsigned>(date.month()) - 1],
                     static_cast<unsigned>(date.day()), time.hours().count(),
                     time.minutes().count(), time.seconds().count(), static_cast<int>(date.year()));
}

std::string escaped(std::string_view text, bool is_key) {
  constexpr std::string_view kNamed = "\t\n\r\f";
  constexpr std::string_view kLetters = "tnrf";
  std::string out;
  for (const char16_t unit : utf16(text)) {
    if (unit < 0x20 || unit > 0x7E) {
      const size_t named = unit < 0x20 ? kNamed.find(static_cast<char>(unit)) : kNamed.npos;
      if (named != kNamed.npos)
        out += {'\\', kLetters[named]};
      else
        out += fmt::format("\\u{:04X}", static_cast<unsigned>(unit));
      continue;
    }
    const char c = static_cast<char>(unit);
    const bool blank = c == ' ' && (is_key || out.empty());
    if (blank || c == '\\' || c == '=' || c == ':' || c == '#' || c == '!') out += '\\';
    out += c;
  }
  return out;
}

// Natural lines joined where one ends in an odd number of backslashes; no comments, no blank ones.
std::vector<std::string> logical_lines(std::string_view text) {
  std::vector<std::string> lines;
  bool continues = false;
  while (!text.empty()) {
    const size_t end = std::min(text.find_first_of("\r\n"), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    line.remove_prefix(std::min(line.find_first_not_of(kBlanks), line.size()));
    if (!continues && (line.empty() || line[0] == '#' || line[0] == '!')) continue;
    if (!continues) lines.emplace_back();
    const size_t body = line.find_last_not_of('\\') + 1;
    continues = (line.size() - body) % 2 == 1;
    lines.back() += line.substr(0, line.size() - (continues ? 1 : 0));
  }
  return lines;
}

char32_t unicode_escape(std::string_view digits) {
  unsigned value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
  return value;
}

// One character or escape from the front; Latin-1 bytes become code points.
char32_t take(std::string_view& text, bool& was_escape) {
  was_escape = text[0] == '\\' && text.size() > 1;
  const char c = text[was_escape ? 1 : 0];
  text.remove_prefix(was_escape ? 2 : 1);
  if (!was_escape) return static_cast<unsigned char>(c);
  if (c == 'u' && text.size() >= 4) {
    const char32_t point = unicode_escape(text.substr(0, 4));
    text.remove_prefix(4);
    return point;
  }
  const size_t named = std::string_view("tnrf").find(c);
  return static_cast<unsigned char>(named == std::string_view::npos ? c : "\t\n\r\f"[named]);
}

// Appends, joining the halves of a surrogate pair.
void append(std::string& out, char32_t point, char32_t& high) {
  if (point >= 0xD800 && point < 0xDC00) {
    high = point;
    return;
  }
  if (high != 0 && point >= 0xDC00 && point < 0xE000)
    point = 0x10000 + ((high - 0xD800) << 10) + (point - 0xDC00);
  high = 0;
  append_utf8(out, point);
}

std::pair<std::string, std::string> key_and_value(std::string_view line) {
  std::pair<std::string, std::string> out;
  char32_t high = 0;
  bool escape = false;
  while (!line.empty() &&
         (kBlanks.find(line[0]) == kBlanks.npos && line[0] != '=' && line[0] != ':'))
    append(out.first, take(line, escape), high);
  line.remove_prefix(std::min(line.find_first_not_of(kBlanks), line.size()));
  if (!line.empty() && (line[0] == '=' || line[0] == ':')) line.remove_prefix(1);
  line.remove_prefix(std::min(line.find_first_not_of(kBlanks), line.size()));
  while (!line.empty()) append(out.second, take(line, escape), high);
  return out;
}

}  // namespace

std::string properties_text(std::string_view comment, WallTime now, const PropertyMap& values) {
  std::string out = "#" + std::string(comment) + "\n#" + date_text(now) + "\n";
  std::vector<std::string> keys;
  for (const auto& [key, value] : values) keys.push_back(key);
  for (const std::string& key : hash_order(keys))
    out += escaped(key, true) + "=" + escaped(values.find(key)->second, false) + "\n";
  return out;
}

PropertyMap parse_properties(std::string_view text) {
  PropertyMap out;
  for (const std::string& line : logical_lines(text)) {
    auto [key, value] = key_and_value(line);
    out.insert_or_assign(std::move(key), std::move(value));
  }
  return out;
}

}  // namespace drydock::fakegrid
