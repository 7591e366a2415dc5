// Kubernetes resource quantities ("1Gi", "500m", "1e3"): their value and their canonical form.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace drydock::fakekube {

// The quantity in thousandths, rounded up; nullopt when the text is no quantity. Saturates at
// INT64_MAX.
std::optional<int64_t> parse_milli(std::string_view quantity);

// The text that a real server answers with: no fraction, the largest suffix that loses nothing, of
// the family that was written ("0.5Gi" is "512Mi", "1000m" is "1", "0.50" is "500m"). nullopt when
// the text is no quantity; the text itself when it is too long to compute with.
std::optional<std::string> canonical_quantity(std::string_view quantity);

}  // namespace drydock::fakekube
