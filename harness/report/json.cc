#include <fmt/format.h>

#include "core/base/json.h"
#include "harness/report/report.h"

namespace drydock::harness {
namespace {

int64_t whole_ms(Duration duration) {
  return std::chrono::duration_cast<milliseconds>(duration).count();
}

json::array phases_of(const ScenarioResult& result) {
  json::array phases;
  for (const PhaseChange& change : result.phases) {
    phases.push_back(json::object{{"cr", change.cr},
                                  {"phase", change.phase},
                                  {"at_ms", whole_ms(change.at)},
                                  {"reason", change.reason}});
  }
  return phases;
}

json::array failures_of(const ScenarioResult& result) {
  json::array failures;
  const auto add = [&](const char* kind, const Failure& failure) {
    failures.push_back(json::object{{"kind", kind},
                                    {"where", failure.where},
                                    {"expected", failure.expected},
                                    {"seen", failure.seen}});
  };
  for (const Failure& failure : result.failures) add("expectation", failure);
  for (const Failure& violation : result.violations) add("oracle", violation);
  if (!result.stuck.empty()) add("liveness", {.expected = "progress", .seen = result.stuck});
  return failures;
}

json::object object_of(const ScenarioResult& result) {
  return {{"file", result.file},
          {"name", result.name},
          {"result", outcome_name(result.outcome)},
          {"seed", result.seed},
          {"trace_hash", fmt::format("{:016x}", result.trace_hash)},
          {"simulated_ms", whole_ms(result.simulated)},
          {"phases", phases_of(result)},
          {"failures", failures_of(result)},
          {"replay", replay_command(result)}};
}

}  // namespace

std::string to_json(std::span<const ScenarioResult> results) {
  json::array scenarios;
  int64_t passed = 0;
  for (const ScenarioResult& result : results) {
    passed += result.outcome == Outcome::kPassed ? 1 : 0;
    scenarios.push_back(object_of(result));
  }
  const auto failed = static_cast<int64_t>(results.size()) - passed;
  const json::object report{
      {"scenarios", std::move(scenarios)}, {"passed", passed}, {"failed", failed}};
  return json::serialize(report) + "\n";
}

}  // namespace drydock::harness
