// The scenarios of drydock/agent hold with the images of real servers, too, but for what they say
// about log lines, and for known losses: tests/data/server_images.txt names them by quirk. Without
// that quirk such a scenario holds. Where it says "reason" the server tells its reason in its log
// only.
#include <fstream>
#include <map>
#include <sstream>

#include "tests/world/scenario_runs.h"

namespace drydock::harness {
namespace {

using fakegrid::Quirks;
using scenario::Expectation;
using scenario::Scenario;

// "smoke/documentation" -> the quirks that it shows.
using Losses = std::map<std::string, std::set<std::string>>;

Losses known_losses(const std::string& version) {
  std::ifstream in(std::string(DRYDOCK_SOURCE_DIR) + "/tests/data/server_images.txt");
  Losses losses;
  for (std::string line; std::getline(in, line);) {
    std::istringstream words(line);
    std::string of_version, name;
    words >> of_version >> name;
    if (of_version != version) continue;
    for (std::string quirk; words >> quirk;) losses[name].insert(quirk);
  }
  return losses;
}

std::string name_of(const std::string& file) {
  const std::filesystem::path path(file);
  return path.parent_path().filename().string() + "/" + path.stem().string();
}

std::vector<std::string> agent_scenarios() {
  std::vector<std::string> files = scenario_files("smoke");
  for (std::string& file : scenario_files("field")) files.push_back(std::move(file));
  return files;
}

// Expectations that servers need not fulfil: their log lines are others.
void leave_out_words(std::vector<Expectation>& expectations, bool reasons) {
  std::erase_if(expectations, [&](const Expectation& one) {
    const auto* log = std::get_if<scenario::LogContains>(&one.assertion);
    const bool reason = std::holds_alternative<scenario::ReasonContains>(one.assertion);
    return (log != nullptr && log->readable) || (reason && reasons);
  });
}

// An archive of a real server is one of the same release, if there is one.
bool take_own_archive(std::string& file, const std::string& version) {
  std::string own = file;
  const size_t at = own.find("15.0.21.Final/");
  if (at == own.npos) return false;
  own.replace(at, std::string_view("15.0.21.Final").size(), version);
  if (own == file || !std::filesystem::exists(own)) return false;
  file = own;
  return true;
}

Scenario on_servers(const std::string& file, const std::string& version, const Quirks& quirks,
                    bool without_reasons) {
  Scenario scenario = read_scenario(file);
  for (scenario::Cluster& cluster : scenario.clusters) {
    cluster.image = "infinispan/server:" + version;
    cluster.version = version;
    cluster.quirks = quirks;
  }
  for (scenario::BroughtArchive& archive : scenario.archives)
    if (take_own_archive(archive.file, version))
      scenario.epoch += minutes(5);  // those of earlier releases were written up to 5 minutes later
  for (Expectation& one : scenario.expect)
    if (auto* holds = std::get_if<scenario::ClusterHoldsArchive>(&one.assertion))
      take_own_archive(holds->file, version);
  leave_out_words(scenario.expect, without_reasons);
  for (scenario::Step& step : scenario.steps)
    if (auto* check = std::get_if<scenario::Check>(&step.action))
      leave_out_words(check->expect, without_reasons);
  return scenario;
}

class ServerImages : public testing::TestWithParam<const char*> {};

TEST_P(ServerImages, HoldWhatTheAgentHoldsButForKnownLosses) {
  const std::string version = GetParam();
  const Quirks quirks = quirks_of(fakegrid::parse_version(version).value());
  Losses losses = known_losses(version);
  for (const std::string& file : agent_scenarios()) {
    const std::set<std::string> shown = losses[name_of(file)];
    const ScenarioResult real = run_scenario(on_servers(file, version, quirks, false), {.seed = 1});
    EXPECT_EQ(real.outcome == Outcome::kPassed, shown.empty()) << text_details(real);
    if (shown.empty()) continue;
    Quirks without = quirks;
    for (const std::string& quirk : shown)
      if (quirk != "reason") without.set(*fakegrid::find_quirk(quirk), false);
    const ScenarioResult mended =
        run_scenario(on_servers(file, version, without, shown.contains("reason")), {.seed = 1});
    EXPECT_EQ(mended.outcome, Outcome::kPassed) << text_details(mended);
  }
  EXPECT_EQ(losses.size(), agent_scenarios().size()) << "a row names no scenario";
}

INSTANTIATE_TEST_SUITE_P(Releases, ServerImages,
                         testing::Values("12.1.11.Final", "14.0.3.Final", "15.0.21.Final",
                                         "16.0.7"),
                         [](const auto& row) {
                           std::string name = row.param;
                           std::replace(name.begin(), name.end(), '.', '_');
                           return name;
                         });

}  // namespace
}  // namespace drydock::harness
