#include "cli/determinism.h"

#include <fmt/format.h>

#include "cli/host.h"
#include "core/base/json.h"
#include "harness/scenario/parse.h"

namespace drydock::cli {
namespace {

using harness::Outcome;
using harness::ScenarioResult;

std::vector<std::string> command(const std::string& file, uint64_t seed) {
  return {"drydock", "run", file, "--seed", std::to_string(seed), "--json"};
}

Result<std::string> hash_elsewhere(const std::string& file, uint64_t seed) {
  DRYDOCK_ASSIGN(const Finished finished, run_self_elsewhere(command(file, seed)));
  const Result<json::value> report = json_parse(finished.out);
  const json::array* scenarios =
      report.ok() && report->is_object() ? &json_array(*report, {"scenarios"}) : nullptr;
  if (scenarios == nullptr || scenarios->size() != 1) {
    return Status(Code::kInternal,
                  fmt::format("it ended with exit code {} and no report", finished.exit_code));
  }
  return json_string(scenarios->front(), {"trace_hash"});
}

// The trace of another run in a fresh process; "" when there was none.
std::string trace_elsewhere(const std::string& file, uint64_t seed) {
  const Result<std::string> path = make_temporary_file();
  if (!path.ok()) return "";
  std::vector<std::string> words = command(file, seed);
  words.insert(words.end(), {"--trace", *path});
  const Result<Finished> finished = run_self_elsewhere(words);
  const Result<std::string> text = harness::scenario::read_file(*path, SIZE_MAX);
  remove_file(*path);
  return finished.ok() && text.ok() ? *text : "";
}

std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + '\n';
  return text;
}

std::string first_difference(std::string_view a, std::string_view b) {
  for (size_t number = 1; !a.empty() || !b.empty(); ++number) {
    const size_t end_a = std::min(a.find('\n'), a.size());
    const size_t end_b = std::min(b.find('\n'), b.size());
    if (a.substr(0, end_a) != b.substr(0, end_b)) {
      return fmt::format("first differing event, number {}:\n  here:  {}\n  there: {}", number,
                         a.substr(0, end_a), b.substr(0, end_b));
    }
    a.remove_prefix(std::min(end_a + 1, a.size()));
    b.remove_prefix(std::min(end_b + 1, b.size()));
  }
  return "two more runs, with their traces kept, did not differ";
}

void report(ScenarioResult& result, std::string seen) {
  result.outcome = Outcome::kNondeterministic;
  result.failures.push_back({.where = "",
                             .expected = "a run in a fresh process, elsewhere, has the same trace",
                             .seen = std::move(seen)});
}

}  // namespace

void verify_determinism(ScenarioResult& result, const std::function<ScenarioResult()>& rerun) {
  if (result.outcome == Outcome::kInternal) return;
  const Result<std::string> file = absolute_path(result.file);
  if (!file.ok()) return report(result, file.status().message());
  const Result<std::string> hash = hash_elsewhere(*file, result.seed);
  if (!hash.ok()) return report(result, hash.status().message());
  const std::string here = fmt::format("{:016x}", result.trace_hash);
  if (*hash == here) return;
  const std::string there = trace_elsewhere(*file, result.seed);
  report(result, fmt::format("trace hash {} here, {} there\n{}", here, *hash,
                             first_difference(joined(rerun().trace), there)));
}

}  // namespace drydock::cli
