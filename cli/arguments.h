// The command line as values.
#pragma once

#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

namespace drydock::cli {

struct RunArguments {
  std::vector<std::string> paths;  // files and folders
  std::optional<uint64_t> seed;    // --seed
  uint64_t seeds = 0;              // --seeds N: seeds 1 to N; 0 = not given
  bool json = false;
  std::string junit;  // file, or ""
  std::string trace;  // file, or ""
  bool verify_determinism = false;
  bool show_grid = false;
  bool show_phases = false;
};

struct ConformanceArguments {
  bool of_grid = false;    // else of Kubernetes
  std::string recordings;  // file or folder, or "": those of this repository
  std::string group;       // only its records; "": all
  bool json = false;
};

struct QuirksArguments {
  std::string version;  // only those of this release; "": all
  bool json = false;
};

struct Arguments {
  enum class Command { kRun, kVersion, kConformance, kQuirks };
  Command command = Command::kRun;
  RunArguments run;
  ConformanceArguments conformance;
  QuirksArguments quirks;
};

struct ParsedArguments {
  std::optional<Arguments> arguments;
  int exit_code = 0;  // when there are no arguments: 0 after help was printed, 2 on wrong usage
};

// Prints help to `out` and wrong usage to `err`.
ParsedArguments parse_arguments(const std::vector<std::string>& words, std::ostream& out,
                                std::ostream& err);

}  // namespace drydock::cli
