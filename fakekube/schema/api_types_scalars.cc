#include "fakekube/schema/api_types_scalars.h"

#include <array>
#include <optional>

#include "core/base/time.h"
#include "fakekube/api/status_error.h"
#include "fakekube/store/object.h"
#include "fakekube/store/quantity.h"

namespace drydock::fakekube {
namespace {

constexpr std::string_view kSecondsLayout = "2006-01-02T15:04:05Z07:00";
constexpr std::string_view kMicroLayout = "2006-01-02T15:04:05.000000Z07:00";

bool is_digit(char c) { return c >= '0' && c <= '9'; }

void skip_digits(std::string_view& text) {
  while (!text.empty() && is_digit(text.front())) text.remove_prefix(1);
}

std::string bad_quantity(std::string_view text) {
  constexpr std::string_view kFormat =
      "quantities must match the regular expression "
      "'^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
  if (text.starts_with('+') || text.starts_with('-')) text.remove_prefix(1);
  const size_t before = text.size();
  skip_digits(text);
  if (text.starts_with('.')) text.remove_prefix(1);
  skip_digits(text);
  if (text.size() == before) return std::string(kFormat);
  text.remove_prefix(std::min(text.find_first_not_of("eEinumkKMGTP"), text.size()));
  if (text.starts_with('+') || text.starts_with('-')) text.remove_prefix(1);
  skip_digits(text);
  return text.empty() ? "unable to parse quantity's suffix" : std::string(kFormat);
}

// One part of a layout: its text there, and how many digits stand for it; 0: itself.
struct Part {
  std::string_view layout;
  size_t digits = 0;
  int minimum = 0;
  int maximum = 0;
  std::string_view name = {};
};

constexpr std::array<Part, 11> kParts = {{{"2006", 4, 0, 9999, "year"},
                                          {"-"},
                                          {"01", 2, 1, 12, "month"},
                                          {"-"},
                                          {"02", 2, 1, 31, "day"},
                                          {"T"},
                                          {"15", 2, 0, 23, "hour"},
                                          {":"},
                                          {"04", 2, 0, 59, "minute"},
                                          {":"},
                                          {"05", 2, 0, 59, "second"}}};

class TimeCheck {
 public:
  TimeCheck(std::string_view text, bool micro) : text_(text), rest_(text), micro_(micro) {}

  // Go's text for why it is no time of the layout; "": it is one.
  std::string run() {
    for (const Part& part : kParts) {
      const std::string wrong = part.digits == 0 ? take_text(part.layout) : take_number(part);
      if (!wrong.empty()) return wrong;
    }
    if (std::string wrong = take_fraction(); !wrong.empty()) return wrong;
    if (std::string wrong = take_zone(); !wrong.empty()) return wrong;
    if (!rest_.empty()) return begin() + ": extra text: " + quoted(rest_);
    return parse_rfc3339(text_) ? "" : begin() + ": day out of range";
  }

 private:
  std::string begin() const { return "parsing time " + quoted(text_); }
  std::string cannot_parse(std::string_view part) const {
    return begin() + " as " + quoted(micro_ ? kMicroLayout : kSecondsLayout) + ": cannot parse " +
           quoted(rest_) + " as " + quoted(part);
  }

  std::string take_text(std::string_view text) {
    if (!rest_.starts_with(text)) return cannot_parse(text);
    rest_.remove_prefix(text.size());
    return "";
  }

  std::string take_number(const Part& part) {
    int value = 0;
    for (size_t i = 0; i < part.digits; ++i) {
      if (i >= rest_.size() || !is_digit(rest_[i])) return cannot_parse(part.layout);
      value = value * 10 + (rest_[i] - '0');
    }
    rest_.remove_prefix(part.digits);
    if (value >= part.minimum && value <= part.maximum) return "";
    return begin() + ": " + std::string(part.name) + " out of range";
  }

  std::string take_fraction() {
    if (!micro_) {
      if (rest_.size() < 2 || rest_[0] != '.' || !is_digit(rest_[1])) return "";
      rest_.remove_prefix(1);
      skip_digits(rest_);
      return "";
    }
    constexpr std::string_view kFraction = ".000000";
    if (rest_.size() < kFraction.size() || rest_[0] != '.') return cannot_parse(kFraction);
    for (size_t i = 1; i < kFraction.size(); ++i)
      if (!is_digit(rest_[i])) return cannot_parse(kFraction);
    rest_.remove_prefix(kFraction.size());
    return "";
  }

  std::string take_zone() {
    if (rest_.starts_with('Z')) {
      rest_.remove_prefix(1);
      return "";
    }
    constexpr std::string_view kZone = "Z07:00";
    const bool offset = rest_.size() >= 6 && (rest_[0] == '+' || rest_[0] == '-') &&
                        is_digit(rest_[1]) && is_digit(rest_[2]) && rest_[3] == ':' &&
                        is_digit(rest_[4]) && is_digit(rest_[5]);
    if (!offset) return cannot_parse(kZone);
    rest_.remove_prefix(6);
    return "";
  }

  std::string_view text_;
  std::string_view rest_;
  bool micro_;
};

// Whether it is a time as the API prints it, and surely valid. Nearly all are.
bool is_usual_time(std::string_view text) {
  constexpr std::string_view kForm = "20dd-dd-ddTdd:dd:ddZ";
  if (text.size() != kForm.size()) return false;
  for (size_t i = 0; i < kForm.size(); ++i)
    if (kForm[i] == 'd' ? !is_digit(text[i]) : text[i] != kForm[i]) return false;
  const auto two = [text](size_t at) { return (text[at] - '0') * 10 + (text[at + 1] - '0'); };
  return two(5) >= 1 && two(5) <= 12 && two(8) >= 1 && two(8) <= 28 && two(11) <= 23 &&
         two(14) <= 59 && two(17) <= 59;
}

bool is_base64_digit(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '+' || c == '/';
}

std::string illegal_base64(size_t at) {
  return "illegal base64 data at input byte " + std::to_string(at);
}

// After the first '=' of a group: what else must stand there.
std::string check_padding(std::string_view text, size_t at, size_t in_group) {
  const auto skip_ends = [&] {
    while (at < text.size() && (text[at] == '\n' || text[at] == '\r')) ++at;
  };
  if (in_group < 2) return illegal_base64(at - 1);
  if (in_group == 2) {
    skip_ends();
    if (at == text.size()) return illegal_base64(text.size());
    if (text[at] != '=') return illegal_base64(at);
    ++at;
  }
  skip_ends();
  return at == text.size() ? "" : illegal_base64(at);
}

}  // namespace

std::string_view go_json_kind(const json::value& value) {
  if (value.is_number()) return "number";
  if (value.is_bool()) return "bool";
  if (value.is_array()) return "array";
  return value.is_object() ? "object" : "string";
}

std::string settle_quantity(json::value& value) {
  const std::string text =
      value.is_string() ? std::string(std::string_view(value.get_string())) : json_text(value);
  std::optional<std::string> canonical = canonical_quantity(text);
  if (!canonical) return bad_quantity(text);
  if (!value.is_string() || *canonical != text) value = text_value(*canonical);
  return "";
}

std::string settle_time(json::value& value, bool micro) {
  const std::string_view text = value.get_string();
  if (!micro && is_usual_time(text)) return "";
  if (std::string wrong = TimeCheck(text, micro).run(); !wrong.empty()) return wrong;
  const WallTime time = *parse_rfc3339(text);
  std::string canonical = micro ? format_rfc3339_micro(time) : format_rfc3339(time);
  if (canonical != text) value = text_value(canonical);
  return "";
}

std::string check_base64(std::string_view text) {
  size_t in_group = 0;
  for (size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '\n' || c == '\r') continue;
    if (c == '=') return check_padding(text, at + 1, in_group);
    if (!is_base64_digit(c)) return illegal_base64(at);
    in_group = (in_group + 1) % 4;
  }
  return in_group == 0 ? "" : illegal_base64(text.size() - in_group);
}

}  // namespace drydock::fakekube
