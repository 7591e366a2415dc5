#include "harness/world/check_traffic.h"

#include <fmt/format.h>

#include <algorithm>

namespace drydock::harness {
namespace {

// Latencies of the operations that began inside, and outside, a window.
struct Latencies {
  std::vector<Duration> inside;
  std::vector<Duration> outside;
};

Duration mean(const std::vector<Duration>& latencies) {
  Duration sum(0);
  for (const Duration& one : latencies) sum += one;
  return latencies.empty() ? sum : sum / static_cast<int64_t>(latencies.size());
}

}  // namespace

std::optional<std::string> check_latency(Run& run, const scenario::LatencyIs& wanted) {
  const auto from = run.moment(wanted.window.from, true);
  const auto to = run.moment(wanted.window.to, false);
  if (!from || !to) return "there was no such moment";
  Latencies latencies;
  for (const TrafficSample& sample : run.traffic()[wanted.traffic]) {
    const bool inside = sample.begin >= from->at && sample.begin < to->at;
    (inside ? latencies.inside : latencies.outside).push_back(sample.latency);
  }
  if (latencies.inside.empty()) return "no operation began in the window";
  const Duration slowest = *std::max_element(latencies.inside.begin(), latencies.inside.end());
  if (wanted.at_most && slowest > *wanted.at_most)
    return fmt::format("the slowest took {}", format_duration(slowest));
  if (!wanted.slower_by_at_most) return std::nullopt;
  if (latencies.outside.empty()) return "no operation began outside the window";
  const Duration slower = mean(latencies.inside) - mean(latencies.outside);
  if (slower <= *wanted.slower_by_at_most) return std::nullopt;
  return fmt::format("mean {} inside, {} outside", format_duration(mean(latencies.inside)),
                     format_duration(mean(latencies.outside)));
}

std::optional<std::string> check_failures(Run& run, const scenario::TrafficFailures& wanted) {
  const auto& samples = run.traffic()[wanted.traffic];
  const auto failed =
      std::count_if(samples.begin(), samples.end(), [](const auto& one) { return !one.ok; });
  if (failed <= wanted.at_most) return std::nullopt;
  return fmt::format("{} of {} failed", failed, samples.size());
}

}  // namespace drydock::harness
