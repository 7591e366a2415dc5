// From the paths of a command line to parsed scenarios.
#pragma once

#include <string>
#include <vector>

#include "harness/scenario/scenario.h"

namespace drydock::cli {

struct Selection {
  std::vector<harness::scenario::Scenario> scenarios;  // in the order of the paths; folders sorted
  std::vector<std::string> errors;                     // lines for the user; then don't run
};

// A file is taken as it is. Of a folder: all scenarios below it (YAML files with a top-level
// `expect`), leaving out folders named cr. A folder without any is an error.
Selection select_scenarios(const std::vector<std::string>& paths);

}  // namespace drydock::cli
