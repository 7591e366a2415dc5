#include "core/archive/properties.h"

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>

namespace drydock::archive {
namespace {

constexpr char16_t kReplacement = 0xfffd;

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\f'; }
bool is_line_end(char c) { return c == '\n' || c == '\r'; }
bool is_high_surrogate(char16_t unit) { return unit >= 0xd800 && unit < 0xdc00; }
bool is_low_surrogate(char16_t unit) { return unit >= 0xdc00 && unit < 0xe000; }

void append_utf8(std::string& out, uint32_t point) {
  const auto put = [&out](uint32_t byte) { out.push_back(static_cast<char>(byte)); };
  if (point < 0x80) return put(point);
  if (point < 0x800) {
    put(0xc0 | point >> 6);
  } else {
    if (point < 0x10000) {
      put(0xe0 | point >> 12);
    } else {
      put(0xf0 | point >> 18);
      put(0x80 | (point >> 12 & 0x3f));
    }
    put(0x80 | (point >> 6 & 0x3f));
  }
  put(0x80 | (point & 0x3f));
}

// Java strings are UTF-16; a half of a pair becomes U+FFFD.
std::string to_utf8(std::u16string_view units) {
  std::string out;
  for (size_t i = 0; i < units.size(); ++i) {
    const char16_t unit = units[i];
    if (is_high_surrogate(unit) && i + 1 < units.size() && is_low_surrogate(units[i + 1])) {
      append_utf8(out, 0x10000 + ((unit - 0xd800u) << 10) + (units[++i] - 0xdc00u));
    } else {
      append_utf8(out, is_high_surrogate(unit) || is_low_surrogate(unit) ? kReplacement : unit);
    }
  }
  return out;
}

// The next code point of UTF-8 text; a byte that belongs to none counts as U+FFFD.
uint32_t next_point(std::string_view& text) {
  const auto lead = static_cast<uint8_t>(text.front());
  text.remove_prefix(1);
  if (lead < 0x80) return lead;
  const size_t more = lead >= 0xf0 && lead < 0xf8   ? 3
                      : lead >= 0xe0 && lead < 0xf0 ? 2
                      : lead >= 0xc0 && lead < 0xe0 ? 1
                                                    : 0;
  if (more == 0 || text.size() < more) return kReplacement;
  uint32_t point = lead & (0x3fu >> more);
  for (size_t i = 0; i < more; ++i) {
    const auto byte = static_cast<uint8_t>(text[i]);
    if ((byte & 0xc0) != 0x80) return kReplacement;
    point = point << 6 | (byte & 0x3fu);
  }
  text.remove_prefix(more);
  return point;
}

// The natural lines of a file: split at \n, \r or \r\n, leading blanks removed.
class Lines {
 public:
  explicit Lines(std::string_view text) : rest_(text) {}

  std::optional<std::string_view> next() {
    if (rest_.empty()) return std::nullopt;
    while (!rest_.empty() && is_blank(rest_.front())) rest_.remove_prefix(1);
    size_t end = 0;
    while (end < rest_.size() && !is_line_end(rest_[end])) ++end;
    const std::string_view line = rest_.substr(0, end);
    rest_.remove_prefix(end);
    if (rest_.starts_with("\r\n")) rest_.remove_prefix(1);
    if (!rest_.empty()) rest_.remove_prefix(1);
    return line;
  }

  // A line with its continuation lines; comments and empty lines left out.
  std::optional<std::string> next_logical() {
    std::optional<std::string_view> line = next();
    while (line && (line->empty() || line->front() == '#' || line->front() == '!')) line = next();
    if (!line) return std::nullopt;
    std::string logical(*line);
    while (ends_with_open_escape(logical)) {
      logical.pop_back();
      line = next();
      if (!line) break;
      logical.append(*line);
    }
    return logical;
  }

 private:
  static bool ends_with_open_escape(std::string_view line) {
    const size_t last = line.find_last_not_of('\\');
    const size_t backslashes = line.size() - (last == std::string_view::npos ? 0 : last + 1);
    return backslashes % 2 == 1;
  }

  std::string_view rest_;
};

std::optional<char16_t> hex_unit(std::string_view digits) {
  if (digits.size() < 4) return std::nullopt;
  uint32_t value = 0;
  for (const char c : digits.substr(0, 4)) {
    const bool upper = c >= 'A' && c <= 'F';
    const bool lower = c >= 'a' && c <= 'f';
    if (!(c >= '0' && c <= '9') && !upper && !lower) return std::nullopt;
    const int digit = upper ? c - 'A' + 10 : lower ? c - 'a' + 10 : c - '0';
    value = value << 4 | static_cast<uint32_t>(digit);
  }
  return static_cast<char16_t>(value);
}

char16_t unescaped(char c) {
  switch (c) {
    case 't': return u'\t';
    case 'n': return u'\n';
    case 'r': return u'\r';
    case 'f': return u'\f';
    default: return static_cast<uint8_t>(c);
  }
}

Result<std::string> unescape(std::string_view text) {
  std::u16string units;
  while (!text.empty()) {
    const char c = text.front();
    text.remove_prefix(1);
    if (c != '\\') {
      units.push_back(static_cast<uint8_t>(c));  // ISO-8859-1
    } else if (text.starts_with('u')) {
      const std::optional<char16_t> unit = hex_unit(text.substr(1));
      if (!unit) return Status(Code::kInvalid, "properties: malformed \\uXXXX escape");
      units.push_back(*unit);
      text.remove_prefix(5);
    } else if (!text.empty()) {
      units.push_back(unescaped(text.front()));
      text.remove_prefix(1);
    }
  }
  return to_utf8(units);
}

// Where the key of a logical line ends: at the first separator that isn't escaped.
size_t key_end(std::string_view line) {
  size_t i = 0;
  for (; i < line.size(); ++i) {
    if (line[i] == '\\') {
      ++i;
    } else if (line[i] == '=' || line[i] == ':' || is_blank(line[i])) {
      return i;
    }
  }
  return line.size();
}

void skip_blanks(std::string_view& text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
}

void append_unit(std::string& out, char16_t unit) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  out += "\\u";
  for (int shift = 12; shift >= 0; shift -= 4) out.push_back(kDigits[unit >> shift & 0xf]);
}

void append_escaped_point(std::string& out, uint32_t point) {
  if (point >= 0x10000) {
    append_unit(out, static_cast<char16_t>(0xd800 + ((point - 0x10000) >> 10)));
    append_unit(out, static_cast<char16_t>(0xdc00 + ((point - 0x10000) & 0x3ff)));
    return;
  }
  switch (point) {
    case '\t': out += "\\t"; return;
    case '\n': out += "\\n"; return;
    case '\r': out += "\\r"; return;
    case '\f': out += "\\f"; return;
    case '\\':
    case '=':
    case ':':
    case '#':
    case '!': out.push_back('\\'); break;
    default: break;
  }
  if (point < 0x20 || point > 0x7e) {
    append_unit(out, static_cast<char16_t>(point));
  } else {
    out.push_back(static_cast<char>(point));
  }
}

// Blanks are escaped everywhere in keys, at the front only in values.
void append_escaped(std::string& out, std::string_view text, bool is_key) {
  bool first = true;
  while (!text.empty()) {
    const uint32_t point = next_point(text);
    if (point == ' ' && (is_key || first)) out.push_back('\\');
    append_escaped_point(out, point);
    first = false;
  }
}

void append_two_digits(std::string& out, int64_t value) {
  out.push_back(static_cast<char>('0' + value / 10));
  out.push_back(static_cast<char>('0' + value % 10));
}

// As java.util.Date prints itself: "Mon Nov 23 05:48:21 UTC 2026".
std::string java_date(WallTime date) {
  using namespace std::chrono;
  constexpr std::array<std::string_view, 7> kDays = {"Sun", "Mon", "Tue", "Wed",
                                                     "Thu", "Fri", "Sat"};
  constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const sys_days day = floor<days>(date);
  const year_month_day calendar(day);
  const hh_mm_ss clock(floor<seconds>(date - day));
  std::string out(kDays[weekday(day).c_encoding()]);
  out.append(" ").append(kMonths[static_cast<unsigned>(calendar.month()) - 1]).append(" ");
  append_two_digits(out, static_cast<unsigned>(calendar.day()));
  out.push_back(' ');
  append_two_digits(out, clock.hours().count());
  out.push_back(':');
  append_two_digits(out, clock.minutes().count());
  out.push_back(':');
  append_two_digits(out, clock.seconds().count());
  return out + " UTC " + std::to_string(static_cast<int>(calendar.year()));
}

}  // namespace

Result<Properties> parse_properties(std::string_view text) {
  Properties properties;
  Lines lines(text);
  while (const std::optional<std::string> line = lines.next_logical()) {
    const size_t end = key_end(*line);
    std::string_view value = std::string_view(*line).substr(end);
    skip_blanks(value);
    if (value.starts_with('=') || value.starts_with(':')) value.remove_prefix(1);
    skip_blanks(value);
    DRYDOCK_ASSIGN(std::string key, unescape(std::string_view(*line).substr(0, end)));
    DRYDOCK_ASSIGN(properties[std::move(key)], unescape(value));
  }
  return properties;
}

std::string format_properties(std::string_view comment, WallTime date,
                              std::span<const std::pair<std::string, std::string>> properties) {
  std::string out = "#" + std::string(comment) + "\n#" + java_date(date) + "\n";
  for (const auto& [key, value] : properties) {
    append_escaped(out, key, true);
    out.push_back('=');
    append_escaped(out, value, false);
    out.push_back('\n');
  }
  return out;
}

}  // namespace drydock::archive
