// The printers' exact text.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/base/json.h"
#include "harness/report/report.h"

namespace drydock::harness {
namespace {

ScenarioResult passed() {
  return {.file = "smoke/a.yaml",
          .name = "A Backup succeeds",
          .seed = 7,
          .simulated = milliseconds(12400),
          .wall = milliseconds(3),
          .trace_hash = 0xabcdef,
          .phases = {{"Backup/b", "Initializing", milliseconds(10), ""},
                     {"Backup/b", "Succeeded", milliseconds(12345), ""}}};
}

ScenarioResult failed() {
  ScenarioResult result = passed();
  result.file = "smoke/it's one.yaml";
  result.name = "A <Backup> & more";
  result.outcome = Outcome::kFailed;
  result.phases[1] = {"Backup/b", "Failed", milliseconds(12345), "exit code 137"};
  result.failures = {{"smoke/x.yaml:9:5", "phase: Backup/b, is: Succeeded", "Failed"},
                     {"smoke/x.yaml:11:5", "archive: Backup/b, equals: c", "k1: missing\nk2: v"}};
  result.violations = {{"archive", "Succeeded implies restorable", "it isn't"}};
  result.logs = {{"Pod/b", {"first", "last"}}};
  return result;
}

TEST(Text, AScenarioIsOneAlignedLine) {
  EXPECT_EQ(text_line(passed(), 15),
            "passed    smoke/a.yaml     seed 7  12.400s simulated in 3 ms  0000000000abcdef\n");
}

TEST(Text, AFailureIsToldFromPhasesToReplay) {
  EXPECT_EQ(text_details(failed()),
            "  A <Backup> & more\n"
            "  phases:\n"
            "          0.010s  Backup/b  Initializing\n"
            "         12.345s  Backup/b  Failed        exit code 137\n"
            "  smoke/x.yaml:9:5\n"
            "    expected: phase: Backup/b, is: Succeeded\n"
            "    seen:     Failed\n"
            "  smoke/x.yaml:11:5\n"
            "    expected: archive: Backup/b, equals: c\n"
            "    seen:\n"
            "      k1: missing\n"
            "      k2: v\n"
            "  oracle archive: Succeeded implies restorable\n"
            "    it isn't\n"
            "  log of Pod/b (last lines):\n"
            "    first\n"
            "    last\n"
            "  replay: ./drydock run 'smoke/it'\\''s one.yaml' --seed 7\n");
}

TEST(Text, AStuckRunSaysWhoWaits) {
  ScenarioResult result = passed();
  result.outcome = Outcome::kLiveness;
  result.phases.clear();
  result.stuck = "step 2 waits for Backup/b";
  EXPECT_EQ(text_details(result),
            "  A Backup succeeds\n"
            "  no phase was written\n"
            "  stuck:\n"
            "    step 2 waits for Backup/b\n"
            "  replay: ./drydock run smoke/a.yaml --seed 7\n");
}

TEST(Text, TheReplayOfANondeterministicRunVerifiesAgain) {
  ScenarioResult result = passed();
  result.outcome = Outcome::kNondeterministic;
  EXPECT_EQ(replay_command(result), "./drydock run smoke/a.yaml --seed 7 --verify-determinism");
}

TEST(Text, TheSummaryCountsEveryOutcomeButPassedAsFailed) {
  std::vector<ScenarioResult> results = {passed(), failed(), passed()};
  results[2].outcome = Outcome::kLiveness;
  EXPECT_EQ(text_summary(results), "1 passed, 2 failed\n");
}

TEST(Json, ARunIsOneObjectWithoutRealTimes) {
  const std::vector<ScenarioResult> results = {passed()};
  EXPECT_EQ(to_json(results),
            R"({"scenarios":[{"file":"smoke/a.yaml","name":"A Backup succeeds",)"
            R"("result":"passed","seed":7,"trace_hash":"0000000000abcdef","simulated_ms":12400,)"
            R"("phases":[{"cr":"Backup/b","phase":"Initializing","at_ms":10,"reason":""},)"
            R"({"cr":"Backup/b","phase":"Succeeded","at_ms":12345,"reason":""}],"failures":[],)"
            R"("replay":"./drydock run smoke/a.yaml --seed 7"}],"passed":1,"failed":0})"
            "\n");
}

TEST(Json, FailuresSayTheirKindPlaceAndWhatWasSeen) {
  const std::vector<ScenarioResult> results = {failed()};
  const Result<json::value> report = json_parse(to_json(results));
  ASSERT_TRUE(report.ok());
  EXPECT_EQ(json_int(*report, {"failed"}), 1);
  const json::value& scenario = json_array(*report, {"scenarios"}).at(0);
  EXPECT_EQ(json_text(json_array(scenario, {"failures"}).at(0)),
            R"({"kind":"expectation","where":"smoke/x.yaml:9:5",)"
            R"("expected":"phase: Backup/b, is: Succeeded","seen":"Failed"})");
  EXPECT_EQ(json_string(json_array(scenario, {"failures"}).at(2), {"kind"}), "oracle");
}

TEST(Junit, APassedAndAFailedScenarioAreTestCases) {
  std::vector<ScenarioResult> results = {passed(), passed()};
  results[1].outcome = Outcome::kFailed;
  results[1].name = "A <Backup> & more";
  results[1].phases.clear();
  results[1].failures = {{"x.yaml:1:1", "log: \"a\"", "\x01"}};
  EXPECT_EQ(to_junit(results),
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
            "<testsuites>\n"
            "  <testsuite name=\"drydock\" tests=\"2\" failures=\"1\" errors=\"0\" "
            "time=\"0.006\">\n"
            "    <testcase classname=\"smoke/a.yaml\" name=\"A Backup succeeds (seed 7)\" "
            "time=\"0.003\"/>\n"
            "    <testcase classname=\"smoke/a.yaml\" name=\"A &lt;Backup&gt; &amp; more "
            "(seed 7)\" time=\"0.003\">\n"
            "      <failure type=\"failed\" message=\"log: &quot;a&quot;\">"
            "  A &lt;Backup&gt; &amp; more\n"
            "  no phase was written\n"
            "  x.yaml:1:1\n"
            "    expected: log: &quot;a&quot;\n"
            "    seen:     ?\n"
            "  replay: ./drydock run smoke/a.yaml --seed 7\n"
            "</failure>\n"
            "    </testcase>\n"
            "  </testsuite>\n"
            "</testsuites>\n");
}

TEST(Junit, ADefectOfDrydockIsAnError) {
  std::vector<ScenarioResult> results = {passed()};
  results[0].outcome = Outcome::kInternal;
  EXPECT_THAT(to_junit(results), testing::HasSubstr("failures=\"0\" errors=\"1\""));
  EXPECT_THAT(to_junit(results), testing::HasSubstr("<error type=\"internal\""));
}

}  // namespace
}  // namespace drydock::harness
