// The commands behind the arguments. main() gives them the real runner and streams; tests give
// their own.
#pragma once

#include <functional>
#include <iosfwd>
#include <string>
#include <vector>

#include "harness/report/result.h"
#include "harness/world/runner.h"

namespace drydock::cli {

using Runner = std::function<harness::ScenarioResult(const harness::scenario::Scenario&,
                                                     const harness::RunOptions&)>;

// `words`: the command line without the program's name. Returns the exit code (exit_codes.h).
int run_program(const std::vector<std::string>& words, const Runner& runner, std::ostream& out,
                std::ostream& err);

}  // namespace drydock::cli
