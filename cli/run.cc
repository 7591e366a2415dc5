#include "cli/run.h"

#include <fmt/format.h>

#include <algorithm>
#include <ostream>

#include "cli/arguments.h"
#include "cli/conformance.h"
#include "cli/determinism.h"
#include "cli/exit_codes.h"
#include "cli/host.h"
#include "cli/quirks.h"
#include "cli/select.h"
#include "harness/report/report.h"

namespace drydock::cli {
namespace {

using harness::Outcome;
using harness::RunOptions;
using harness::ScenarioResult;
using harness::scenario::Scenario;

// One line on a terminal that tells what runs now; nothing elsewhere.
class Progress {
 public:
  explicit Progress(std::ostream& err) : err_(err), on_(stderr_is_terminal()) {}

  void show(const Scenario& scenario, uint64_t seed) {
    if (!on_) return;
    err_ << fmt::format("\r\033[K{} (seed {})", scenario.file, seed) << std::flush;
  }
  void clear() {
    if (on_) err_ << "\r\033[K" << std::flush;
  }

 private:
  std::ostream& err_;
  bool on_;
};

std::vector<uint64_t> seeds_for(const RunArguments& arguments, const Scenario& scenario) {
  if (arguments.seeds == 0) return {arguments.seed.value_or(scenario.seed.value_or(1))};
  std::vector<uint64_t> seeds;
  for (uint64_t seed = 1; seed <= arguments.seeds; ++seed) seeds.push_back(seed);
  return seeds;
}

ScenarioResult run_one(const RunArguments& arguments, const Runner& runner,
                       const Scenario& scenario, uint64_t seed) {
  set_last_words(fmt::format("  replay: {}\n",
                             harness::replay_command({.file = scenario.file, .seed = seed})));
  const RunOptions options{
      .seed = seed, .keep_trace = !arguments.trace.empty(), .describe_grid = arguments.show_grid};
  const Duration started = real_now();
  ScenarioResult result = runner(scenario, options);
  result.wall = real_now() - started;
  set_last_words("");
  if (arguments.verify_determinism) {
    verify_determinism(result,
                       [&] { return runner(scenario, {.seed = seed, .keep_trace = true}); });
  }
  return result;
}

class RunCommand {
 public:
  RunCommand(const RunArguments& arguments, const Runner& runner, std::ostream& out,
             std::ostream& err)
      : arguments_(arguments), runner_(runner), out_(out), err_(err), progress_(err) {}

  int run() {
    const Selection selection = select_scenarios(arguments_.paths);
    for (const std::string& error : selection.errors) err_ << error << '\n';
    if (!selection.errors.empty()) return kBadInput;
    if (!arguments_.trace.empty() && (selection.scenarios.size() > 1 || arguments_.seeds > 1)) {
      err_ << "--trace: needs one scenario and one seed\n";
      return kBadInput;
    }
    for (const Scenario& scenario : selection.scenarios) {
      file_width_ = std::max(file_width_, scenario.file.size());
    }
    for (const Scenario& scenario : selection.scenarios) run_scenario_file(scenario);
    return finish();
  }

 private:
  void run_scenario_file(const Scenario& scenario) {
    const std::vector<uint64_t> seeds = seeds_for(arguments_, scenario);
    size_t passed = 0;
    for (const uint64_t seed : seeds) {
      progress_.show(scenario, seed);
      ScenarioResult result = run_one(arguments_, runner_, scenario, seed);
      progress_.clear();
      passed += result.outcome == Outcome::kPassed ? 1 : 0;
      if (!arguments_.json) print(result, seeds.size() == 1);
      results_.push_back(std::move(result));
    }
    if (!arguments_.json && seeds.size() > 1) {
      out_ << fmt::format("{:<9} {:<{}}  {} of {} seeds\n",
                          passed == seeds.size() ? "passed" : "failed", scenario.file, file_width_,
                          passed, seeds.size());
    }
  }

  // Of many seeds only those that did not pass are worth a line each.
  void print(const ScenarioResult& result, bool only_one) {
    const bool passed = result.outcome == Outcome::kPassed;
    if (passed && !only_one) return;
    out_ << harness::text_line(result, file_width_);
    if (passed && arguments_.show_phases) out_ << harness::text_phases(result);
    if (arguments_.show_grid) out_ << result.grid;
    if (!passed) out_ << harness::text_details(result);
    out_.flush();
  }

  int finish() {
    if (arguments_.json) {
      out_ << harness::to_json(results_);
    } else if (results_.size() > 1) {
      out_ << harness::text_summary(results_);
    }
    const bool written = write_report(arguments_.junit, harness::to_junit(results_)) &&
                         write_report(arguments_.trace, trace_text());
    return written ? exit_code() : kBadInput;
  }

  std::string trace_text() const {
    std::string text;
    if (arguments_.trace.empty()) return text;
    for (const std::string& line : results_.front().trace) text += line + '\n';
    return text;
  }

  bool write_report(const std::string& path, const std::string& text) {
    if (path.empty()) return true;
    const Status status = write_file(path, text);
    if (!status.ok()) err_ << status.message() << '\n';
    return status.ok();
  }

  // The gravest outcome: one about drydock itself makes the others doubtful.
  int exit_code() const {
    static constexpr std::pair<Outcome, int> kGravestFirst[] = {
        {Outcome::kInternal, kDefect},
        {Outcome::kNondeterministic, kNondeterministic},
        {Outcome::kFailed, kFailed},
        {Outcome::kLiveness, kLiveness}};
    for (const auto& [outcome, code] : kGravestFirst) {
      for (const ScenarioResult& result : results_) {
        if (result.outcome == outcome) return code;
      }
    }
    return kHeld;
  }

  const RunArguments& arguments_;
  const Runner& runner_;
  std::ostream& out_;
  std::ostream& err_;
  Progress progress_;
  size_t file_width_ = 0;
  std::vector<ScenarioResult> results_;
};

}  // namespace

int run_program(const std::vector<std::string>& words, const Runner& runner, std::ostream& out,
                std::ostream& err) {
  const ParsedArguments parsed = parse_arguments(words, out, err);
  if (!parsed.arguments) return parsed.exit_code;
  if (parsed.arguments->command == Arguments::Command::kVersion) {
    out << "drydock " DRYDOCK_VERSION "\n";
    return kHeld;
  }
  if (parsed.arguments->command == Arguments::Command::kConformance)
    return run_conformance(parsed.arguments->conformance, out, err);
  if (parsed.arguments->command == Arguments::Command::kQuirks)
    return list_quirks(parsed.arguments->quirks, out, err);
  return RunCommand(parsed.arguments->run, runner, out, err).run();
}

}  // namespace drydock::cli
