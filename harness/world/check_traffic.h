// Expectations about what a scenario's background clients saw.
#pragma once

#include <optional>
#include <string>

#include "harness/world/run.h"

namespace drydock::harness {

// What was there instead; nullopt: it holds.
std::optional<std::string> check_latency(Run& run, const scenario::LatencyIs& wanted);
std::optional<std::string> check_failures(Run& run, const scenario::TrafficFailures& wanted);

}  // namespace drydock::harness
