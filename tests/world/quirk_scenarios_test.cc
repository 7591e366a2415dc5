// Every known bug of real servers turns something red: its scenario in scenarios/server/quirks says
// what a server without it does, and holds; with it, the oracle or expectation named here does not.
#include <gmock/gmock.h>

#include "tests/world/scenario_runs.h"

namespace drydock::harness {
namespace {

struct Row {
  const char* quirk;
  std::set<std::string> red;  // oracles, expectations, steps
};

void PrintTo(const Row& row, std::ostream* out) { *out << row.quirk; }

const Row kRows[] = {
    {"F36", {"log"}},
    {"F41", {"archive-equals-model", "archive"}},
    {"F42", {"cluster", "phase"}},
    {"F45", {"rest"}},
    {"F47", {"archive", "phase"}},
    {"F48", {"rest"}},
    {"F52", {"phase"}},
    {"F54", {"rest"}},
    {"F56", {"archive", "phase"}},
    {"F58", {"phase"}},
    {"F60", {"archive-equals-model"}},
    {"F61", {"archive-equals-model"}},
    {"F62", {"final-name-whole", "succeeded-means-archive"}},
    {"F63", {"archive", "phase"}},
    {"F64", {"restore-is-archive-over-cluster"}},
    {"F65", {"archive-equals-model"}},
    {"F67", {"archive", "phase"}},
    {"F73", {"phase"}},
    {"F74", {"phases"}},
    {"F75", {"log"}},
    {"F80", {"cluster", "log"}},
    {"F81", {"reason"}},
    {"F82", {"restore-is-archive-over-cluster"}},
    {"F93", {"rest"}},
    {"G1", {"restore-is-archive-over-cluster"}},
    {"L19", {"phase"}},
    {"L20", {"phase"}},
    {"L21", {"log"}},
    {"L22", {"phase", "succeeded-means-archive"}},
    {"L23", {"cluster"}},
    {"L24", {"restore-is-archive-over-cluster"}},
    {"L27", {"one-start", "rest"}},
    {"L30", {"restore-is-archive-over-cluster"}},
};

// "scenarios/server/quirks/f41_a_replicated_cache_….yaml"
std::string file_of(std::string_view quirk) {
  std::string prefix = std::string(quirk) + "_";
  prefix[0] = static_cast<char>(prefix[0] - 'A' + 'a');
  for (const std::string& file : scenario_files("server/quirks"))
    if (std::filesystem::path(file).filename().string().starts_with(prefix)) return file;
  ADD_FAILURE() << "no scenario of quirk " << quirk;
  return "";
}

// L28: a Backup that its server refuses leaves directories only. F46: in Kubernetes data nodes do
// not look for an operation's pod, so none comes back to one that is left alone.
// tests/fakegrid/topology_quirks_test.cc turns it on.
bool not_in_a_world(fakegrid::Quirk quirk) {
  return quirk == fakegrid::Quirk::kZeroBlocksReturn ||
         quirk == fakegrid::Quirk::kFailureLeavesFiles;
}

class EveryQuirk : public testing::TestWithParam<Row> {
 protected:
  // The scenario with only the quirks that it says itself, and perhaps this one.
  ScenarioResult run(bool on) const {
    scenario::Scenario scenario = read_scenario(file_of(GetParam().quirk));
    for (scenario::Cluster& cluster : scenario.clusters)
      cluster.quirks.set(*fakegrid::find_quirk(GetParam().quirk), on);
    return run_scenario(scenario, {.seed = 1});
  }
};

TEST_P(EveryQuirk, TurnsItsScenarioRed) {
  const ScenarioResult result = run(true);
  EXPECT_EQ(red_names(result), GetParam().red) << text_details(result);
}

TEST_P(EveryQuirk, AloneIsToBlame) {
  const ScenarioResult result = run(false);
  EXPECT_EQ(result.outcome, Outcome::kPassed) << text_details(result);
}

INSTANTIATE_TEST_SUITE_P(Quirks, EveryQuirk, testing::ValuesIn(kRows),
                         [](const auto& row) { return std::string(row.param.quirk); });

TEST(QuirkScenarios, AreOneForEachQuirk) {
  std::vector<std::string> ids, rows;
  for (const fakegrid::QuirkInfo& info : fakegrid::all_quirks())
    if (!not_in_a_world(info.quirk)) ids.emplace_back(info.id);
  for (const Row& row : kRows) rows.emplace_back(row.quirk);
  EXPECT_EQ(ids, rows);
  EXPECT_EQ(ids.size(), scenario_files("server/quirks").size());
}

}  // namespace
}  // namespace drydock::harness
