// Kubernetes resource quantities ("1Gi", "500m"), as far as checks need them.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace drydock::fakekube {

// The quantity in thousandths; nullopt when the text is no quantity. Saturates at INT64_MAX.
std::optional<int64_t> parse_milli(std::string_view quantity);

}  // namespace drydock::fakekube
