// The first properties: whatever faults hit the documentation's Backup or Restore, wherever and
// whenever, every phase is legal, every CR ends truly, and every oracle holds.
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <filesystem>
#include <fstream>

#include "harness/report/report.h"
#include "harness/scenario/parse.h"
#include "harness/world/runner.h"

namespace drydock::harness {
namespace {

// A fault as words of the scenario language, so that a failure is a file.
struct FaultWords {
  std::string action;      // "kill_container: Pod/my-backup"
  std::string when;        // "after: 5200ms"
  int heals_after_s = 0;   // 0: this kind doesn't heal
  bool transient = false;  // nothing is lost by it: both operations must succeed

  std::string to_yaml() const {
    std::string text = "  - " + action + "\n    when: {" + when + "}\n";
    if (heals_after_s > 0) text += "    for: " + std::to_string(heals_after_s) + "s\n";
    return text;
  }
};

void showValue(const FaultWords& fault, std::ostream& out) { out << "\n" << fault.to_yaml(); }

struct ActionKind {
  const char* words;
  bool heals;
  bool transient;
};

constexpr ActionKind kActions[] = {
    {"crash: controller", true, true},
    {"cut: [controller, Pod/my-backup]", true, true},
    {"cut: [controller, Pod/my-restore]", true, true},
    {"cut: [controller, api-server]", true, true},
    {"lose_node: node of Pod/my-backup", true, false},
    {"lose_node: node of Pod/my-restore", true, false},
    {"kill_container: Pod/my-backup", false, false},
    {"kill_container: Pod/my-restore", false, false},
    {"delete_object: Pod/my-backup", false, false},
    {"delete_object: Pod/my-restore", false, false},
    {"kill_container: Pod/source-cluster-1", false, false},
    {"kill_container: Pod/target-cluster-0", false, false},
    {"delete_object: Pod/source-cluster-2", false, false},
    {"cut: [Pod/my-backup, source-cluster]", true, false},
    {"cut: [Pod/my-restore, target-cluster]", true, false},
    {"lose_answer: {by: controller}", true, true},
    {"lose_answer: {by: controller}\n    with: timeout", true, true},
    {"lose_answer: {verb: [create, patch], by: controller}\n    with: internal-error\n"
     "    retry_after: 1s",
     true, true},
    {"lose_request: {by: controller}", true, true},
    {"refuse: {by: controller}", true, true},
    {"refuse: {by: controller}\n    with: too-many-requests", true, true},
    {"refuse: {by: controller}\n    with: forbidden", true, true},
    {"refuse: {kind: Backup, by: controller}\n    with: not-served", true, true},
    {"delay_request: {by: controller}\n    delay: 8s", true, true},
    {"delay_answer: {by: controller}\n    delay: 8s", true, true},
    {"break_off: {by: controller}", true, true},
    {"conflict: {verb: [patch, update], by: controller}", true, true},
    {"cut_watches: {by: controller}\n    how: mid-line", false, true},
    {"cut_watches: {by: controller}\n    how: expired", false, true},
    {"hold_watches: {by: controller}", true, true},
    {"delay_watches: {by: controller}\n    delay: 3s", true, true},
    {"freeze_view: api-servers", true, true},
    {"restart: api-server", true, true},
    {"storage: stalled", true, true},
    {"storage: full", true, true},
    {"storage: compacted", false, true},
    {"pause: controller", true, true},
};

// An operation's pod exists from its CR's phase Initialized on; a moment is counted from there.
std::string moment_words(const std::string& action, int delay_ms) {
  const char* cr =
      action.find("restore") != std::string::npos ? "Restore/my-restore" : "Backup/my-backup";
  return std::string("phase: Initialized, of: ") + cr + ", after: " + std::to_string(delay_ms) +
         "ms";
}

}  // namespace
}  // namespace drydock::harness

namespace rc {

template <>
struct Arbitrary<drydock::harness::FaultWords> {
  static Gen<drydock::harness::FaultWords> arbitrary() {
    using namespace drydock::harness;
    return gen::apply(
        [](size_t kind, int delay_ms, int heals_after_s) {
          const ActionKind& action = kActions[kind];
          return FaultWords{action.words, moment_words(action.words, delay_ms),
                            action.heals ? heals_after_s : 0, action.transient};
        },
        gen::inRange<size_t>(0, std::size(kActions)), gen::inRange(0, 8000), gen::inRange(1, 90));
  }
};

}  // namespace rc

namespace drydock::harness {
namespace {

std::string scenario_text(const std::vector<FaultWords>& faults) {
  const bool transient = std::all_of(faults.begin(), faults.end(),
                                     [](const FaultWords& fault) { return fault.transient; });
  std::string list;
  for (const FaultWords& fault : faults) list += fault.to_yaml();
  const std::string smoke = std::string(DRYDOCK_SOURCE_DIR) + "/scenarios/smoke/";
  std::ifstream in(smoke + "documentation.yaml");
  std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  text.resize(text.find("steps:\n"));
  text.replace(0, text.find('\n'), "name: Faults and the documentation's Backup and Restore");
  return text + "faults:\n" + list + "steps:\n  - apply: " + smoke +
         "cr/my-backup.yaml\n  - wait: {ended: Backup/my-backup, timeout: 20m}\n  - apply: " +
         smoke + "cr/my-restore.yaml\n  - wait: {ended: Restore/my-restore, timeout: 20m}\n" +
         "  - wait: 60s\nexpect:\n" +
         (transient ? "  - phase: Backup/my-backup\n    is: Succeeded\n"
                      "  - phase: Restore/my-restore\n    is: Succeeded\n"
                    : "  - exists: Backup/my-backup\n");
}

// The file that replays a failing case, beside the test's own working files.
std::string write_case(const std::string& text) {
  const std::string path =
      (std::filesystem::temp_directory_path() / "drydock_faults.yaml").string();
  std::ofstream(path) << text;
  return path;
}

scenario::Scenario parse(const std::string& text, const std::string& path) {
  scenario::Parsed parsed = scenario::parse_scenario(
      path, [&](const std::string& asked, size_t limit) -> Result<std::string> {
        return asked == path ? Result<std::string>(text) : scenario::read_file(asked, limit);
      });
  for (const std::string& line : parsed.errors) RC_FAIL(line);
  return *parsed.scenario;
}

// Runs the documentation's Backup and Restore under these faults; on a failure leaves the file.
void check_survived(const std::vector<FaultWords>& faults) {
  const std::string text = scenario_text(faults);
  const ScenarioResult result = run_scenario(parse(text, "faults.yaml"), {.seed = 1});
  if (result.outcome == Outcome::kPassed) return;
  ScenarioResult shown = result;
  shown.file = write_case(text);
  RC_FAIL(text_details(shown));
}

RC_GTEST_PROP(Faults, AnySingleFaultEndsTruly, (const FaultWords& fault)) {
  check_survived({fault});
}

RC_GTEST_PROP(Faults, AnyThreeFaultsBreakNoPromise,
              (const FaultWords& a, const FaultWords& b, const FaultWords& c)) {
  check_survived({a, b, c});
}

}  // namespace
}  // namespace drydock::harness
