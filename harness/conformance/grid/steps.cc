#include "harness/conformance/grid/steps.h"

#include "fakegrid/server/version.h"

namespace drydock::harness::conformance::grid {
namespace {

constexpr Duration kStopTime = seconds(30);
constexpr Duration kLook = milliseconds(50);

}  // namespace

Answer get(Cluster& cluster, const std::string& node, const std::string& target) {
  const HttpRequest request{
      .method = "GET", .target = target, .headers = {{"User-Agent", "Python-urllib/3.11"}}};
  Result<Answer> answer = cluster.call(node, request);
  return answer.ok() ? std::move(*answer) : Answer{.body = answer.status().to_string()};
}

void stop_by_rest(Cluster& cluster, const std::string& node) {
  (void)cluster.call(node, {.method = "POST", .target = "/rest/v2/server?action=stop"});
  const SteadyTime until = cluster.env().now() + kStopTime;
  while (cluster.alive(node) && cluster.env().now() < until)
    if (!cluster.env().sleep_for(kLook).ok()) return;
}

std::string container_path(const std::string& version) {
  const auto parsed = fakegrid::parse_version(version);
  const bool is_old = parsed.ok() && !parsed->at_least(15);
  return is_old ? "/rest/v2/cache-managers/default" : "/rest/v2/container";
}

}  // namespace drydock::harness::conformance::grid
