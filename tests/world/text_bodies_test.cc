// Simulated bodies are shared JSON values; on a real network they are text. That must not matter.
#include "tests/world/scenario_runs.h"

namespace drydock::harness {
namespace {

TEST(TextBodies, EveryScenarioHasTheSameTraceWhenBodiesCrossTheNetworkAsText) {
  for (const std::string& file : scenario_files("smoke")) {
    const scenario::Scenario scenario = read_scenario(file);
    const ScenarioResult shared = run_scenario(scenario, {.seed = 1});
    const ScenarioResult text = run_scenario(scenario, {.seed = 1, .text_bodies = true});
    EXPECT_EQ(shared.trace_hash, text.trace_hash) << file;
    EXPECT_EQ(Outcome::kPassed, text.outcome) << text_details(text);
  }
}

}  // namespace
}  // namespace drydock::harness
