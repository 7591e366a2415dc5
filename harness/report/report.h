// Results as text for people, as JSON for programs, as JUnit XML for CI.
//
//   std::cout << text_line(result, width);                  // one line
//   if (result.outcome != Outcome::kPassed) std::cout << text_details(result);
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/report/result.h"

namespace drydock::harness {

// "passed", "failed", "liveness", "nondeterministic", "internal".
std::string_view outcome_name(Outcome outcome);

// The command that runs this scenario with this seed again, ready for a shell.
std::string replay_command(const ScenarioResult& result);

// "passed  scenarios/smoke/documentation.yaml  12.4s simulated, 3 ms  a1b2…": one line with its
// newline. `file_width` aligns the columns behind the file.
std::string text_line(const ScenarioResult& result, size_t file_width);

// The history of phases, a line per transition.
std::string text_phases(const ScenarioResult& result);

// What a person needs about a scenario that did not pass, in this order: the history of phases,
// what was expected and seen, the oracles, who waits for what, the pods' last log lines, and last
// the command that replays it.
std::string text_details(const ScenarioResult& result);

// "2 passed, 1 failed\n".
std::string text_summary(std::span<const ScenarioResult> results);

// {"scenarios":[…],"passed":n,"failed":n} and a newline; every outcome but passed counts as
// failed. Contains no real times: equal runs give equal text.
std::string to_json(std::span<const ScenarioResult> results);

// A <testsuites> document as CI servers read it; durations are real ones.
std::string to_junit(std::span<const ScenarioResult> results);

}  // namespace drydock::harness
