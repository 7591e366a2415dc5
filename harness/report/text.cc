#include <fmt/format.h>

#include <algorithm>

#include "harness/report/report.h"

namespace drydock::harness {
namespace {

std::string indented(std::string_view text, std::string_view indent) {
  std::string out;
  while (!text.empty()) {
    const size_t end = text.find('\n');
    out += fmt::format("{}{}\n", indent, text.substr(0, end));
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return out;
}

// "12.345s": columns of these align.
std::string seconds_text(Duration time) {
  const auto ms = std::chrono::duration_cast<milliseconds>(time).count();
  return fmt::format("{}.{:03}s", ms / 1000, ms % 1000);
}

template <class T, class Length>
size_t widest(const std::vector<T>& rows, Length length) {
  size_t width = 0;
  for (const T& row : rows) width = std::max(width, length(row));
  return width;
}

std::string phase_table(const std::vector<PhaseChange>& phases) {
  if (phases.empty()) return "  no phase was written\n";
  const size_t cr = widest(phases, [](const PhaseChange& p) { return p.cr.size(); });
  const size_t phase = widest(phases, [](const PhaseChange& p) { return p.phase.size(); });
  std::string out = "  phases:\n";
  for (const PhaseChange& change : phases) {
    std::string line = fmt::format("    {:>12}  {:<{}}  {:<{}}  {}", seconds_text(change.at),
                                   change.cr, cr, change.phase, phase, change.reason);
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + "\n";
  }
  return out;
}

std::string failure_text(const Failure& failure) {
  std::string out = failure.where.empty() ? "" : fmt::format("  {}\n", failure.where);
  out += fmt::format("    expected: {}\n", failure.expected);
  const bool one_line = failure.seen.find('\n') == std::string::npos;
  if (one_line) return out + fmt::format("    seen:     {}\n", failure.seen);
  return out + "    seen:\n" + indented(failure.seen, "      ");
}

std::string violation_text(const Failure& violation) {
  return fmt::format("  oracle {}: {}\n{}", violation.where, violation.expected,
                     indented(violation.seen, "    "));
}

std::string log_text(const LogTail& log) {
  std::string out = fmt::format("  log of {} (last lines):\n", log.pod);
  if (log.lines.empty()) out += "    (empty)\n";
  for (const std::string& line : log.lines) out += fmt::format("    {}\n", line);
  return out;
}

bool plain_for_a_shell(char c) {
  const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  const bool digit = c >= '0' && c <= '9';
  return letter || digit || std::string_view("/._-+:,@%=").find(c) != std::string_view::npos;
}

std::string shell_word(const std::string& word) {
  if (!word.empty() && std::all_of(word.begin(), word.end(), plain_for_a_shell)) return word;
  std::string out = "'";
  for (const char c : word) {
    if (c == '\'')
      out += "'\\''";
    else
      out += c;
  }
  return out + "'";
}

}  // namespace

std::string_view outcome_name(Outcome outcome) {
  switch (outcome) {
    case Outcome::kPassed: return "passed";
    case Outcome::kFailed: return "failed";
    case Outcome::kLiveness: return "liveness";
    case Outcome::kNondeterministic: return "nondeterministic";
    case Outcome::kInternal: return "internal";
  }
  return "internal";
}

std::string replay_command(const ScenarioResult& result) {
  const std::string_view verify =
      result.outcome == Outcome::kNondeterministic ? " --verify-determinism" : "";
  return fmt::format("./drydock run {} --seed {}{}", shell_word(result.file), result.seed, verify);
}

std::string text_line(const ScenarioResult& result, size_t file_width) {
  const auto wall_ms = std::chrono::duration_cast<milliseconds>(result.wall).count();
  return fmt::format("{:<9} {:<{}}  seed {}  {} simulated in {} ms  {:016x}\n",
                     outcome_name(result.outcome), result.file, file_width, result.seed,
                     seconds_text(result.simulated), wall_ms, result.trace_hash);
}

std::string text_phases(const ScenarioResult& result) { return phase_table(result.phases); }

std::string text_details(const ScenarioResult& result) {
  std::string out = fmt::format("  {}\n", result.name);
  out += phase_table(result.phases);
  for (const Failure& failure : result.failures) out += failure_text(failure);
  for (const Failure& violation : result.violations) out += violation_text(violation);
  if (!result.stuck.empty()) out += "  stuck:\n" + indented(result.stuck, "    ");
  for (const LogTail& log : result.logs) out += log_text(log);
  return out + fmt::format("  replay: {}\n", replay_command(result));
}

std::string text_summary(std::span<const ScenarioResult> results) {
  const auto passed = std::count_if(results.begin(), results.end(), [](const auto& result) {
    return result.outcome == Outcome::kPassed;
  });
  const auto failed = static_cast<int64_t>(results.size()) - passed;
  return fmt::format("{} passed, {} failed\n", passed, failed);
}

}  // namespace drydock::harness
