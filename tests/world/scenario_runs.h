// Scenarios as files, run in a test, and what of them was red.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "harness/report/report.h"
#include "harness/scenario/parse.h"
#include "harness/world/runner.h"

namespace drydock::harness {

// The scenarios of a folder of scenarios/, sorted.
inline std::vector<std::string> scenario_files(const std::string& folder) {
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(std::string(DRYDOCK_SOURCE_DIR) +
                                                               "/scenarios/" + folder))
    if (entry.path().extension() == ".yaml") files.push_back(entry.path().string());
  std::sort(files.begin(), files.end());
  return files;
}

inline scenario::Scenario read_scenario(const std::string& file) {
  scenario::Parsed parsed = scenario::parse_scenario(file, scenario::read_file);
  for (const std::string& error : parsed.errors) ADD_FAILURE() << error;
  return parsed.scenario ? std::move(*parsed.scenario) : scenario::Scenario{};
}

// Names of oracles, and the first words of expectations and steps.
inline std::set<std::string> red_names(const ScenarioResult& result) {
  std::set<std::string> names;
  for (const Failure& failure : result.violations) names.insert(failure.where);
  for (const Failure& failure : result.failures)
    names.insert(failure.expected.substr(0, failure.expected.find(':')));
  return names;
}

}  // namespace drydock::harness
