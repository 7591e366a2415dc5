#include "cli/arguments.h"

#include <CLI/CLI.hpp>

#include "cli/exit_codes.h"

namespace drydock::cli {
namespace {

constexpr const char* kExamples = R"(Examples:
  drydock run scenarios/smoke                      every scenario in a folder
  drydock run scenarios/smoke/documentation.yaml   one scenario
  drydock run case.yaml --seed 42                  the same run, every time
  drydock run case.yaml --seeds 1000               seeds 1 to 1000
  drydock run case.yaml --trace case.trace         every event, as text
  drydock run scenarios --json | jq .failed        for programs
  drydock conformance kube                         how real the simulated Kubernetes is
  drydock conformance grid                         how real the simulated Data Grid is
  drydock quirks --version 15.0.21                 known bugs of that release's servers

Exit codes:
  0  everything held
  1  an expectation or an oracle failed
  2  wrong usage or bad input
  3  something that must come did not come in its time
  4  two runs with one seed differed
  5  a defect of drydock itself
)";

void add_run(CLI::App& app, RunArguments& run, std::vector<std::string>& shown) {
  CLI::App* command = app.add_subcommand("run", "Run scenarios and say what held");
  command->add_option("paths", run.paths, "Scenario files, or folders of them")
      ->required()
      ->type_name("FILE|DIR");
  auto* seed =
      command->add_option("--seed", run.seed, "Seed of every run (default: the file's, or 1)");
  seed->type_name("N");
  command->add_option("--seeds", run.seeds, "Run each scenario with the seeds 1 to N")
      ->type_name("N")
      ->check(CLI::Range(uint64_t{1}, uint64_t{1'000'000'000}))
      ->excludes(seed);
  command->add_flag("--json", run.json, "Print one JSON object instead of text");
  command->add_option("--junit", run.junit, "Also write a JUnit XML report")->type_name("FILE");
  command->add_option("--trace", run.trace, "Write every event as text (one scenario, one seed)")
      ->type_name("FILE");
  command->add_flag("--verify-determinism", run.verify_determinism,
                    "Run everything again in a fresh process elsewhere and compare");
  command->add_option("--show", shown, "Also show: 'phases' (of every CR), 'grid' (at the end)")
      ->type_name("WHAT")
      ->check(CLI::IsMember({"phases", "grid"}));
  command->footer(kExamples);
}

void add_conformance_options(CLI::App& command, ConformanceArguments& arguments,
                             const char* type_name) {
  command
      .add_option("--recordings", arguments.recordings,
                  "Other recordings of the same kind (default: those of this repository)")
      ->type_name(type_name);
  command.add_option("--group", arguments.group, "Only this group of records")->type_name("NAME");
  command.add_flag("--json", arguments.json, "Print one JSON object instead of text");
}

// Returns the command of the conformance with real systems.
const CLI::App* add_conformance(CLI::App& app, ConformanceArguments& arguments) {
  CLI::App* command =
      app.add_subcommand("conformance", "Compare the fakes with recordings of real systems");
  command->require_subcommand(1);
  CLI::App* kube = command->add_subcommand(
      "kube", "Replay requests to a real API server and count the answers that are the same");
  add_conformance_options(*kube, arguments, "FILE");
  CLI::App* grid = command->add_subcommand(
      "grid", "Replay what was done to real Data Grid clusters and count what came out the same");
  add_conformance_options(*grid, arguments, "DIR");
  grid->callback([&arguments] { arguments.of_grid = true; });
  return command;
}

const CLI::App* add_quirks(CLI::App& app, QuirksArguments& arguments) {
  CLI::App* command =
      app.add_subcommand("quirks", "List known bugs of real servers that the fake grid can have");
  command->add_option("--version", arguments.version, "Only those of this release")
      ->type_name("VERSION");
  command->add_flag("--json", arguments.json, "Print one JSON array instead of a table");
  return command;
}

}  // namespace

ParsedArguments parse_arguments(const std::vector<std::string>& words, std::ostream& out,
                                std::ostream& err) {
  CLI::App app("drydock: breaks Data Grid backup and restore on purpose, in simulation", "drydock");
  app.require_subcommand(1);
  app.footer(kExamples);
  Arguments arguments;
  std::vector<std::string> shown;
  add_run(app, arguments.run, shown);
  const CLI::App* conformance = add_conformance(app, arguments.conformance);
  const CLI::App* quirks = add_quirks(app, arguments.quirks);
  const CLI::App* version = app.add_subcommand("version", "Print the version");
  try {
    app.parse(std::vector<std::string>(words.rbegin(), words.rend()));  // CLI11 takes them reversed
  } catch (const CLI::ParseError& error) {
    const int code = app.exit(error, out, err);
    return {.exit_code = code == 0 ? kHeld : kBadInput};
  }
  for (const std::string& what : shown) {
    arguments.run.show_grid = arguments.run.show_grid || what == "grid";
    arguments.run.show_phases = arguments.run.show_phases || what == "phases";
  }
  if (conformance->parsed()) arguments.command = Arguments::Command::kConformance;
  if (quirks->parsed()) arguments.command = Arguments::Command::kQuirks;
  if (version->parsed()) arguments.command = Arguments::Command::kVersion;
  return {.arguments = std::move(arguments)};
}

}  // namespace drydock::cli
