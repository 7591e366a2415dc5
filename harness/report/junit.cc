#include <fmt/format.h>

#include "harness/report/report.h"

namespace drydock::harness {
namespace {

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool control = static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t';
    if (control)
      out += '?';  // XML 1.0 has no form for it
    else if (c == '&')
      out += "&amp;";
    else if (c == '<')
      out += "&lt;";
    else if (c == '>')
      out += "&gt;";
    else if (c == '"')
      out += "&quot;";
    else
      out += c;
  }
  return out;
}

// Seconds with three places, from integers.
std::string seconds_text(Duration duration) {
  const auto ms = std::chrono::duration_cast<milliseconds>(duration).count();
  return fmt::format("{}.{:03}", ms / 1000, ms % 1000);
}

std::string first_message(const ScenarioResult& result) {
  if (!result.failures.empty()) return result.failures.front().expected;
  if (!result.violations.empty()) return result.violations.front().expected;
  return std::string(outcome_name(result.outcome));
}

std::string test_case(const ScenarioResult& result) {
  const std::string head = fmt::format(
      "    <testcase classname=\"{}\" name=\"{} (seed {})\" time=\"{}\"", escaped(result.file),
      escaped(result.name), result.seed, seconds_text(result.wall));
  if (result.outcome == Outcome::kPassed) return head + "/>\n";
  const std::string_view element = result.outcome == Outcome::kInternal ? "error" : "failure";
  return fmt::format("{}>\n      <{} type=\"{}\" message=\"{}\">{}</{}>\n    </testcase>\n", head,
                     element, outcome_name(result.outcome), escaped(first_message(result)),
                     escaped(text_details(result)), element);
}

}  // namespace

std::string to_junit(std::span<const ScenarioResult> results) {
  int64_t failures = 0;
  int64_t errors = 0;
  Duration total{};
  std::string cases;
  for (const ScenarioResult& result : results) {
    if (result.outcome == Outcome::kInternal)
      ++errors;
    else if (result.outcome != Outcome::kPassed)
      ++failures;
    total += result.wall;
    cases += test_case(result);
  }
  return fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n"
      "  <testsuite name=\"drydock\" tests=\"{}\" failures=\"{}\" errors=\"{}\" time=\"{}\">\n"
      "{}  </testsuite>\n</testsuites>\n",
      results.size(), failures, errors, seconds_text(total), cases);
}

}  // namespace drydock::harness
