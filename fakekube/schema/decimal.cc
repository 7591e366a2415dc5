#include "fakekube/schema/decimal.h"

#include <algorithm>
#include <charconv>

namespace drydock::fakekube {
namespace {

constexpr int64_t kMaxZeros = 400;  // more than any two doubles of a sane schema differ

constexpr int64_t kPlainDigits = 6;  // with more before the point Go prints an exponent

bool digit(char c) { return c >= '0' && c <= '9'; }

std::strong_ordering order(const std::string& a, const std::string& b) {
  const int result = a.compare(b);
  return result < 0   ? std::strong_ordering::less
         : result > 0 ? std::strong_ordering::greater
                      : std::strong_ordering::equal;
}

// `a` minus `b`, both without leading zeros, a >= b.
std::string minus(std::string a, const std::string& b) {
  int borrow = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    const size_t at = a.size() - 1 - i;
    int value = a[at] - '0' - borrow - (i < b.size() ? b[b.size() - 1 - i] - '0' : 0);
    borrow = value < 0 ? 1 : 0;
    if (value < 0) value += 10;
    a[at] = static_cast<char>('0' + value);
  }
  return a.substr(std::min(a.find_first_not_of('0'), a.size()));
}

bool less(const std::string& a, const std::string& b) {
  return a.size() != b.size() ? a.size() < b.size() : a < b;
}

}  // namespace

std::optional<Decimal> Decimal::parse(std::string_view text) {
  Decimal number;
  if (text.starts_with('-')) {
    number.negative_ = true;
    text.remove_prefix(1);
  }
  bool fraction = false;
  bool any = false;
  while (!text.empty() && (digit(text.front()) || (text.front() == '.' && !fraction))) {
    if (text.front() == '.') {
      fraction = true;
    } else {
      any = true;
      number.digits_ += text.front();
      if (!fraction) ++number.point_;
    }
    text.remove_prefix(1);
  }
  if (!text.empty() && (text.front() == 'e' || text.front() == 'E')) {
    text.remove_prefix(1);
    if (text.starts_with('+')) text.remove_prefix(1);
    int exponent = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), exponent);
    if (error != std::errc()) return std::nullopt;
    text.remove_prefix(static_cast<size_t>(end - text.data()));
    number.point_ += exponent;
  }
  if (!any || !text.empty()) return std::nullopt;
  const size_t zeros = std::min(number.digits_.find_first_not_of('0'), number.digits_.size());
  number.digits_.erase(0, zeros);
  number.point_ -= static_cast<int64_t>(zeros);
  while (number.digits_.ends_with('0')) number.digits_.pop_back();
  if (number.digits_.empty()) number = Decimal();
  return number;
}

Decimal Decimal::of(const json::value& number) {
  const std::optional<Decimal> parsed = parse(json_text(number));
  DRYDOCK_CHECK(parsed.has_value(), "no number: " + json_text(number));
  return *parsed;
}

std::strong_ordering Decimal::operator<=>(const Decimal& other) const {
  const int sign = digits_.empty() ? 0 : negative_ ? -1 : 1;
  const int other_sign = other.digits_.empty() ? 0 : other.negative_ ? -1 : 1;
  if (sign != other_sign || sign == 0) return sign <=> other_sign;
  const std::strong_ordering size =
      point_ != other.point_ ? point_ <=> other.point_ : order(digits_, other.digits_);
  return sign > 0 ? size : 0 <=> size;
}

bool Decimal::is_integer() const { return point_ >= static_cast<int64_t>(digits_.size()); }

bool Decimal::multiple_of(const Decimal& unit) const {
  if (unit.digits_.empty() || digits_.empty()) return true;
  // Both as integers of the same scale.
  const int64_t scale = std::min(point_ - static_cast<int64_t>(digits_.size()),
                                 unit.point_ - static_cast<int64_t>(unit.digits_.size()));
  const int64_t zeros = point_ - static_cast<int64_t>(digits_.size()) - scale;
  const int64_t unit_zeros = unit.point_ - static_cast<int64_t>(unit.digits_.size()) - scale;
  if (std::max(zeros, unit_zeros) > kMaxZeros) return true;
  const std::string value = digits_ + std::string(static_cast<size_t>(zeros), '0');
  const std::string divisor = unit.digits_ + std::string(static_cast<size_t>(unit_zeros), '0');
  std::string rest;
  for (const char c : value) {
    if (!rest.empty() || c != '0') rest += c;
    while (!less(rest, divisor)) rest = minus(rest, divisor);
  }
  return rest.empty();
}

std::string Decimal::whole_text() const {
  const size_t whole = point_ <= 0 ? 0 : static_cast<size_t>(point_);
  if (whole == 0) return "0";
  std::string text = digits_.substr(0, whole);
  text.append(whole - text.size(), '0');
  return negative_ ? "-" + text : text;
}

std::string Decimal::go_text() const {
  if (digits_.empty()) return "0";
  const std::string sign = negative_ ? "-" : "";
  const int64_t exponent = point_ - 1;
  if (exponent < -4 || exponent >= kPlainDigits) {
    std::string text = sign + digits_.substr(0, 1);
    if (digits_.size() > 1) text += "." + digits_.substr(1);
    const std::string size = std::to_string(exponent < 0 ? -exponent : exponent);
    return text + (exponent < 0 ? "e-" : "e+") + (size.size() < 2 ? "0" : "") + size;
  }
  if (point_ <= 0) return sign + "0." + std::string(static_cast<size_t>(-point_), '0') + digits_;
  const auto whole = static_cast<size_t>(point_);
  if (digits_.size() <= whole) return sign + digits_ + std::string(whole - digits_.size(), '0');
  return sign + digits_.substr(0, whole) + "." + digits_.substr(whole);
}

}  // namespace drydock::fakekube
