#include "fakekube/schema/formats.h"

#include <array>
#include <charconv>
#include <optional>
#include <vector>

#include "core/base/text.h"
#include "fakekube/schema/pattern.h"

namespace drydock::fakekube {
namespace {

struct Form {
  std::string_view format;
  std::string_view pattern;
};

// What one regular expression says well enough.
constexpr std::array<Form, 19> kForms = {{
    {"bsonobjectid", "^[0-9a-fA-F]{24}$"},
    {"uri", "^(/|[a-zA-Z][a-zA-Z0-9+.-]*:).*$"},
    {"email", "^[^@\\s]+@[^@\\s]+$"},
    {"hostname", "^([a-zA-Z0-9_]([a-zA-Z0-9_-]{0,62}))(\\.[a-zA-Z0-9_][a-zA-Z0-9_-]{0,62})*\\.?$"},
    {"mac", "^([0-9A-Fa-f]{2}[:-]){5,19}[0-9A-Fa-f]{2}$|^([0-9A-Fa-f]{4}\\.){2,9}[0-9A-Fa-f]{4}$"},
    {"uuid", "(?i)^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$"},
    {"uuid3", "(?i)^[0-9a-f]{8}-?[0-9a-f]{4}-?3[0-9a-f]{3}-?[0-9a-f]{4}-?[0-9a-f]{12}$"},
    {"uuid4", "(?i)^[0-9a-f]{8}-?[0-9a-f]{4}-?4[0-9a-f]{3}-?[89ab][0-9a-f]{3}-?[0-9a-f]{12}$"},
    {"uuid5", "(?i)^[0-9a-f]{8}-?[0-9a-f]{4}-?5[0-9a-f]{3}-?[89ab][0-9a-f]{3}-?[0-9a-f]{12}$"},
    {"isbn", "^(97[89][- ]?)?([0-9][- ]?){9}[0-9X]$"},
    {"isbn10", "^([0-9][- ]?){9}[0-9X]$"},
    {"isbn13", "^97[89][- ]?([0-9][- ]?){9}[0-9]$"},
    {"creditcard", "^([0-9][- ]?){12,18}[0-9]$"},
    {"ssn", "^[0-9]{3}[- ]?[0-9]{2}[- ]?[0-9]{4}$"},
    {"hexcolor", "^#?([0-9a-fA-F]{3}|[0-9a-fA-F]{6})$"},
    {"rgbcolor", "^rgb\\(\\s*[0-9]{1,3}\\s*,\\s*[0-9]{1,3}\\s*,\\s*[0-9]{1,3}\\s*\\)$"},
    {"duration", "^[-+]?([0-9]*\\.?[0-9]+\\s*(ns|us|µs|ms|s|m|h|d|w|[a-z]+)\\s*)+$|^0$"},
    {"k8s-short-name", "^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$"},
    {"k8s-long-name", "^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$"},
}};

std::optional<int> number_of(std::string_view text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || text.starts_with('-'))
    return std::nullopt;
  return value;
}

int days_in(int year, int month) {
  constexpr std::array<int, 12> kDays = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return month == 2 && leap ? 29 : kDays[static_cast<size_t>(month - 1)];
}

bool is_date(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return false;
  const std::optional<int> year = number_of(text.substr(0, 4));
  const std::optional<int> month = number_of(text.substr(5, 2));
  const std::optional<int> day = number_of(text.substr(8, 2));
  if (!year || !month || !day || *month < 1 || *month > 12) return false;
  return *day >= 1 && *day <= days_in(*year, *month);
}

bool is_date_time(std::string_view text) {
  static const std::optional<Pattern> time =
      Pattern::parse("^[0-9]{2}:[0-9]{2}:[0-9]{2}(.[0-9]+)?([zZ]|[+-][0-9]{2}:[0-9]{2})$");
  if (text.size() < 12 || (text[10] != 'T' && text[10] != 't')) return false;
  const std::string_view clock = text.substr(11);
  return is_date(text.substr(0, 10)) && time->found_in(clock) && clock.substr(0, 2) <= "23" &&
         clock.substr(3, 2) <= "59" && clock.substr(6, 2) <= "59";
}

bool is_ipv4(std::string_view text) {
  const std::vector<std::string_view> parts = split(text, '.');
  if (parts.size() != 4) return false;
  for (std::string_view part : parts) {
    const std::optional<int> value = number_of(part);
    if (!value || *value > 255 || part.size() > 3 || (part.size() > 1 && part.front() == '0'))
      return false;
  }
  return true;
}

// The groups of one side of "::"; nullopt: none of them is right.
std::optional<size_t> ipv6_groups(std::string_view text) {
  if (text.empty()) return 0;
  size_t count = 0;
  const std::vector<std::string_view> parts = split(text, ':');
  for (size_t i = 0; i < parts.size(); ++i) {
    if (i + 1 == parts.size() && is_ipv4(parts[i])) return count + 2;
    if (parts[i].empty() || parts[i].size() > 4) return std::nullopt;
    if (parts[i].find_first_not_of("0123456789abcdefABCDEF") != std::string_view::npos)
      return std::nullopt;
    ++count;
  }
  return count;
}

bool is_ipv6(std::string_view text) {
  const size_t gap = text.find("::");
  if (gap == std::string_view::npos) return ipv6_groups(text) == 8;
  const std::optional<size_t> left = ipv6_groups(text.substr(0, gap));
  const std::optional<size_t> right = ipv6_groups(text.substr(gap + 2));
  return left && right && *left + *right < 8;
}

bool is_cidr(std::string_view text) {
  const size_t slash = text.find('/');
  if (slash == std::string_view::npos) return false;
  const std::optional<int> bits = number_of(text.substr(slash + 1));
  const std::string_view address = text.substr(0, slash);
  if (!bits) return false;
  return (is_ipv4(address) && *bits <= 32) || (is_ipv6(address) && *bits <= 128);
}

const std::optional<Pattern>& pattern_of(size_t form) {
  static std::array<std::optional<Pattern>, kForms.size()> parsed;
  if (!parsed[form]) parsed[form] = Pattern::parse(kForms[form].pattern);
  return parsed[form];
}

}  // namespace

bool fits_format(std::string_view format, std::string_view text) {
  if (format == "date-time" || format == "datetime") return is_date_time(text);
  if (format == "date") return is_date(text);
  if (format == "byte") return base64_decode(text).has_value();
  if (format == "ipv4") return is_ipv4(text);
  if (format == "ipv6") return is_ipv6(text);
  if (format == "cidr") return is_cidr(text);
  for (size_t i = 0; i < kForms.size(); ++i)
    if (kForms[i].format == format) return pattern_of(i)->found_in(text);
  return true;
}

}  // namespace drydock::fakekube
