#include "fakekube/store/quantity.h"

#include <array>
#include <limits>

namespace drydock::fakekube {
namespace {

__extension__ using Wide = __int128;  // 18 digits times a suffix

struct Suffix {
  std::string_view text;
  Wide milli;
};

constexpr std::array<Suffix, 14> kSuffixes = {{{"", 1000},
                                               {"m", 1},
                                               {"k", 1000LL * 1000},
                                               {"M", 1000LL * 1000 * 1000},
                                               {"G", 1000LL * 1000 * 1000 * 1000},
                                               {"T", 1000LL * 1000 * 1000 * 1000 * 1000},
                                               {"P", 1000LL * 1000 * 1000 * 1000 * 1000 * 1000},
                                               {"Ki", 1000LL << 10},
                                               {"Mi", 1000LL << 20},
                                               {"Gi", 1000LL << 30},
                                               {"Ti", 1000LL << 40},
                                               {"Pi", 1000LL << 50},
                                               {"e3", 1000LL * 1000},
                                               {"e6", 1000LL * 1000 * 1000}}};

}  // namespace

std::optional<int64_t> parse_milli(std::string_view quantity) {
  const bool negative = quantity.starts_with('-');
  if (negative || quantity.starts_with('+')) quantity.remove_prefix(1);
  Wide digits = 0;
  Wide divisor = 1;
  bool fraction = false;
  size_t at = 0;
  size_t count = 0;
  for (; at < quantity.size(); ++at) {
    const char c = quantity[at];
    if (c == '.' && !fraction) {
      fraction = true;
      continue;
    }
    if (c < '0' || c > '9') break;
    if (++count > 18) return std::nullopt;
    digits = digits * 10 + (c - '0');
    if (fraction) divisor *= 10;
  }
  if (count == 0) return std::nullopt;
  for (const Suffix& suffix : kSuffixes) {
    if (quantity.substr(at) != suffix.text) continue;
    const Wide milli = digits * suffix.milli / divisor;
    const Wide bound = std::numeric_limits<int64_t>::max();
    const auto value = static_cast<int64_t>(milli > bound ? bound : milli);
    return negative ? -value : value;
  }
  return std::nullopt;
}

}  // namespace drydock::fakekube
