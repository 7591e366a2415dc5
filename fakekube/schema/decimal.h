// Numbers of schemas and values, exact: compared by their decimal digits, never as floating point.
//
//   const Decimal limit = *Decimal::parse("0.1");
//   Decimal::of(json::value(3)) > limit;
//   limit.go_text();                          // "0.1", as Go prints a float64
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/json.h"

namespace drydock::fakekube {

class Decimal {
 public:
  // nullopt: no number in JSON's form.
  static std::optional<Decimal> parse(std::string_view text);
  // Of a JSON number; CHECKs that it is one.
  static Decimal of(const json::value& number);

  std::strong_ordering operator<=>(const Decimal& other) const;
  bool operator==(const Decimal& other) const = default;
  bool is_integer() const;
  // Whether this is `unit` times an integer; true for absurdly different sizes, which nobody
  // checks.
  bool multiple_of(const Decimal& unit) const;
  // As Go's %v prints a float64: 10, 0.5, 1e+06.
  std::string go_text() const;
  // Without its fraction, all digits: as an int64 prints.
  std::string whole_text() const;

 private:
  // 0.DIGITS times ten to the power of point_; no zeros at either end, no digits at all for zero.
  bool negative_ = false;
  std::string digits_;
  int64_t point_ = 0;
};

}  // namespace drydock::fakekube
