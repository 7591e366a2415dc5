#include "core/base/time.h"

#include <array>
#include <charconv>
#include <cstdio>

namespace drydock {
namespace {

std::string format_with(WallTime time, bool micros) {
  const auto days = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(days);
  const std::chrono::hh_mm_ss<Duration> clock(time - days);
  std::array<char, 64> buffer;
  int length = std::snprintf(
      buffer.data(), buffer.size(), "%04d-%02u-%02uT%02d:%02d:%02d", static_cast<int>(date.year()),
      static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
      static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
      static_cast<int>(clock.seconds().count()));
  std::string text(buffer.data(), static_cast<size_t>(length));
  if (micros) {
    const auto us = std::chrono::duration_cast<microseconds>(clock.subseconds()).count();
    length = std::snprintf(buffer.data(), buffer.size(), ".%06d", static_cast<int>(us));
    text.append(buffer.data(), static_cast<size_t>(length));
  }
  return text + "Z";
}

// Reads exactly `digits` decimal digits at `text`'s start and removes them.
std::optional<int> take_number(std::string_view& text, size_t digits) {
  if (text.size() < digits) return std::nullopt;
  int number = 0;
  for (char c : text.substr(0, digits)) {
    if (c < '0' || c > '9') return std::nullopt;
    number = number * 10 + (c - '0');
  }
  text.remove_prefix(digits);
  return number;
}

bool take_char(std::string_view& text, std::string_view any_of) {
  if (text.empty() || any_of.find(text.front()) == std::string_view::npos) return false;
  text.remove_prefix(1);
  return true;
}

std::optional<Duration> take_fraction(std::string_view& text) {
  if (!take_char(text, ".")) return Duration(0);
  int64_t nanos = 0;
  int64_t scale = 100'000'000;
  bool any = false;
  while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
    nanos += (text.front() - '0') * scale;
    scale /= 10;
    text.remove_prefix(1);
    any = true;
  }
  if (!any) return std::nullopt;
  return Duration(nanos);
}

std::optional<Duration> take_offset(std::string_view& text) {
  if (take_char(text, "Zz")) return Duration(0);
  const bool negative = !text.empty() && text.front() == '-';
  if (!take_char(text, "+-")) return std::nullopt;
  const auto hour = take_number(text, 2);
  if (!hour || !take_char(text, ":")) return std::nullopt;
  const auto minute = take_number(text, 2);
  if (!minute) return std::nullopt;
  const Duration offset = hours(*hour) + minutes(*minute);
  return negative ? -offset : offset;
}

}  // namespace

std::string format_rfc3339(WallTime time) { return format_with(time, false); }
std::string format_rfc3339_micro(WallTime time) { return format_with(time, true); }

std::optional<WallTime> parse_rfc3339(std::string_view text) {
  using namespace std::chrono;
  const auto y = take_number(text, 4);
  if (!y || !take_char(text, "-")) return std::nullopt;
  const auto mo = take_number(text, 2);
  if (!mo || !take_char(text, "-")) return std::nullopt;
  const auto d = take_number(text, 2);
  if (!d || !take_char(text, "Tt ")) return std::nullopt;
  const auto h = take_number(text, 2);
  if (!h || !take_char(text, ":")) return std::nullopt;
  const auto mi = take_number(text, 2);
  if (!mi || !take_char(text, ":")) return std::nullopt;
  const auto s = take_number(text, 2);
  if (!s) return std::nullopt;
  const auto fraction = take_fraction(text);
  if (!fraction) return std::nullopt;
  const auto offset = take_offset(text);
  const year_month_day date{year(*y), month(static_cast<unsigned>(*mo)),
                            day(static_cast<unsigned>(*d))};
  if (!offset || !text.empty() || !date.ok() || *h > 23 || *mi > 59 || *s > 60) return std::nullopt;
  return WallTime(sys_days(date)) + hours(*h) + minutes(*mi) + seconds(*s) + *fraction - *offset;
}

std::string format_duration(Duration duration) {
  int64_t ns = duration.count();
  if (ns == 0) return "0s";
  std::string text = ns < 0 ? "-" : "";
  if (ns < 0) ns = -ns;
  struct Unit {
    int64_t ns;
    const char* name;
  };
  static constexpr Unit kUnits[] = {
      {3'600'000'000'000, "h"}, {60'000'000'000, "m"}, {1'000'000'000, "s"},
      {1'000'000, "ms"},        {1'000, "us"},         {1, "ns"}};
  for (const Unit& unit : kUnits) {
    if (ns < unit.ns) continue;
    text += std::to_string(ns / unit.ns) + unit.name;
    ns %= unit.ns;
  }
  return text;
}

std::optional<Duration> parse_duration(std::string_view text) {
  if (text == "0") return Duration(0);
  if (text.empty()) return std::nullopt;
  Duration total(0);
  while (!text.empty()) {
    int64_t whole = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), whole);
    if (error != std::errc() || whole < 0) return std::nullopt;
    text.remove_prefix(static_cast<size_t>(end - text.data()));
    const auto fraction = take_fraction(text);
    if (!fraction) return std::nullopt;
    static constexpr std::pair<std::string_view, int64_t> kUnits[] = {
        {"ms", 1'000'000},        {"us", 1'000},         {"ns", 1},
        {"h", 3'600'000'000'000}, {"m", 60'000'000'000}, {"s", 1'000'000'000}};
    bool known = false;
    for (const auto& [name, ns] : kUnits) {
      if (!text.starts_with(name)) continue;
      if (whole > INT64_MAX / ns / 2) return std::nullopt;
      // A fraction counts billionths of the unit; whole seconds first, so that nothing overflows.
      const int64_t part = ns >= 1'000'000'000 ? fraction->count() * (ns / 1'000'000'000)
                                               : fraction->count() * ns / 1'000'000'000;
      total += Duration(whole * ns + part);
      text.remove_prefix(name.size());
      known = true;
      break;
    }
    if (!known) return std::nullopt;
  }
  return total;
}

}  // namespace drydock
