#include "fakekube/store/quantity.h"

#include <array>
#include <charconv>
#include <limits>

namespace drydock::fakekube {
namespace {

__extension__ using Wide = __int128;

// In billionths, the finest that a quantity may be: 10^29 units still fit.
constexpr Wide kNano = 1000 * 1000 * 1000;
constexpr size_t kMaxDigits = 18;

enum class Family { kDecimal, kBinary, kExponent };

struct Quantity {
  bool negative = false;
  Wide nano = 0;  // absolute; rounded up
  Family family = Family::kDecimal;
};

constexpr std::array<std::string_view, 10> kDecimalSuffixes = {"n", "u", "m", "",  "k",
                                                               "M", "G", "T", "P", "E"};
constexpr std::array<std::string_view, 7> kBinarySuffixes = {"",   "Ki", "Mi", "Gi",
                                                             "Ti", "Pi", "Ei"};

Wide power(Wide base, int exponent) {
  Wide out = 1;
  for (int i = 0; i < exponent; ++i) out *= base;
  return out;
}

// The suffix as billionths per unit of the number before it; 0: it is none.
Wide scale_of(std::string_view suffix, Family& family) {
  for (size_t i = 0; i < kDecimalSuffixes.size(); ++i)
    if (suffix == kDecimalSuffixes[i]) return power(1000, static_cast<int>(i));
  for (size_t i = 1; i < kBinarySuffixes.size(); ++i) {
    if (suffix != kBinarySuffixes[i]) continue;
    family = Family::kBinary;
    return kNano * power(1024, static_cast<int>(i));
  }
  if (suffix[0] != 'e' && suffix[0] != 'E') return 0;
  std::string_view digits = suffix.substr(1);
  if (digits.starts_with('+')) digits.remove_prefix(1);
  int exponent = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), exponent);
  if (error != std::errc() || end != digits.data() + digits.size()) return 0;
  if (exponent < -9 || exponent > 18) return 0;
  family = Family::kExponent;
  return power(10, exponent + 9);
}

Wide divided_up(Wide value, Wide divisor) { return (value + divisor - 1) / divisor; }

std::optional<Quantity> parse(std::string_view text) {
  Quantity out;
  out.negative = text.starts_with('-');
  if (out.negative || text.starts_with('+')) text.remove_prefix(1);
  Wide digits = 0;
  Wide divisor = 1;
  bool fraction = false;
  size_t at = 0;
  size_t count = 0;
  for (; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '.' && !fraction) {
      fraction = true;
      continue;
    }
    if (c < '0' || c > '9') break;
    if (++count > kMaxDigits) return std::nullopt;
    digits = digits * 10 + (c - '0');
    if (fraction) divisor *= 10;
  }
  if (count == 0) return std::nullopt;
  const Wide scale = scale_of(text.substr(at), out.family);
  if (scale == 0) return std::nullopt;
  const Wide most = std::numeric_limits<Wide>::max() / scale;
  out.nano = digits > most - divisor ? std::numeric_limits<Wide>::max()
                                     : divided_up(digits * scale, divisor);
  return out;
}

std::string digits_of(Wide value) {
  std::string out;
  do {
    out.insert(out.begin(), static_cast<char>('0' + static_cast<int>(value % 10)));
    value /= 10;
  } while (value > 0);
  return out;
}

std::string print_binary(Wide units) {
  size_t suffix = 0;
  while (units % 1024 == 0 && suffix + 1 < kBinarySuffixes.size()) {
    units /= 1024;
    ++suffix;
  }
  return digits_of(units).append(kBinarySuffixes[suffix]);
}

std::string print_decimal(Wide nano, Family family) {
  int thousands = 0;  // powers of 1000 above a billionth
  while (nano % 1000 == 0 && thousands + 1 < static_cast<int>(kDecimalSuffixes.size())) {
    nano /= 1000;
    ++thousands;
  }
  const int exponent = 3 * thousands - 9;
  if (family != Family::kExponent)
    return digits_of(nano).append(kDecimalSuffixes[static_cast<size_t>(thousands)]);
  return exponent == 0 ? digits_of(nano) : digits_of(nano) + "e" + std::to_string(exponent);
}

}  // namespace

std::optional<int64_t> parse_milli(std::string_view quantity) {
  const std::optional<Quantity> parsed = parse(quantity);
  if (!parsed) return std::nullopt;
  constexpr Wide kMost = std::numeric_limits<int64_t>::max();
  const Wide milli = parsed->nano / (kNano / 1000) + (parsed->nano % (kNano / 1000) != 0 ? 1 : 0);
  const auto value = static_cast<int64_t>(milli > kMost ? kMost : milli);
  return parsed->negative ? -value : value;
}

std::optional<std::string> canonical_quantity(std::string_view quantity) {
  const std::optional<Quantity> parsed = parse(quantity);
  if (!parsed) return std::nullopt;
  if (parsed->nano == std::numeric_limits<Wide>::max()) return std::string(quantity);
  if (parsed->nano == 0) return "0";
  const bool binary = parsed->family == Family::kBinary && parsed->nano >= 1024 * kNano;
  const std::string text = binary ? print_binary(divided_up(parsed->nano, kNano))
                                  : print_decimal(parsed->nano, parsed->family);
  return parsed->negative ? "-" + text : text;
}

}  // namespace drydock::fakekube
