// Simulated bodies are shared JSON values; on a real network they are text. That must not matter.
#include <gtest/gtest.h>

#include <filesystem>

#include "harness/report/report.h"
#include "harness/scenario/parse.h"
#include "harness/world/runner.h"

namespace drydock::harness {
namespace {

std::vector<std::string> smoke_scenarios() {
  std::vector<std::string> files;
  for (const auto& entry :
       std::filesystem::directory_iterator(std::string(DRYDOCK_SOURCE_DIR) + "/scenarios/smoke"))
    if (entry.path().extension() == ".yaml") files.push_back(entry.path().string());
  std::sort(files.begin(), files.end());
  return files;
}

TEST(TextBodies, EveryScenarioHasTheSameTraceWhenBodiesCrossTheNetworkAsText) {
  for (const std::string& file : smoke_scenarios()) {
    const scenario::Parsed parsed = scenario::parse_scenario(file, scenario::read_file);
    ASSERT_TRUE(parsed.scenario) << file;
    const ScenarioResult shared = run_scenario(*parsed.scenario, {.seed = 1});
    const ScenarioResult text = run_scenario(*parsed.scenario, {.seed = 1, .text_bodies = true});
    EXPECT_EQ(shared.trace_hash, text.trace_hash) << file;
    EXPECT_EQ(Outcome::kPassed, text.outcome) << text_details(text);
  }
}

}  // namespace
}  // namespace drydock::harness
