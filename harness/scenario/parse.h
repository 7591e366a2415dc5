// From a scenario file to a Scenario, or to lines that say what is wrong with it.
//
//   Parsed parsed = parse_scenario("scenarios/smoke/documentation.yaml", read_file);
//   if (!parsed.scenario) for (auto& line : parsed.errors) std::cerr << line << '\n';
//
// Each error is one line `file:line:column: what is wrong; what would be right`, counting from 1.
// docs/scenarios.md describes the language; a new kind of step, fault, trigger or expectation is a
// struct in steps.h or expectations.h and a row in the table of its reader.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/status.h"
#include "harness/scenario/scenario.h"

namespace drydock::harness::scenario {

// At most `limit` bytes from the file's start; kNotFound or kInvalid when it can't be read.
using FileReader = std::function<Result<std::string>(const std::string& path, size_t limit)>;
Result<std::string> read_file(const std::string& path, size_t limit);

struct Parsed {
  std::optional<Scenario> scenario;  // present exactly when `errors` is empty
  std::vector<std::string> errors;
};

// No YAML file is read beyond this.
inline constexpr size_t kMaxYamlBytes = 1024 * 1024;

// Reads the file and the CR files that it names, and checks that what it refers to is there.
Parsed parse_scenario(const std::string& path, const FileReader& read);

// True when the text is a scenario rather than some other YAML: a mapping with a top-level
// `expect`. Text that is no YAML counts as one when a line begins with `expect:`, so that its
// error is seen.
bool is_scenario(std::string_view text);

}  // namespace drydock::harness::scenario
