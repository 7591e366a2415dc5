// The program with a runner of the test's own: arguments, selection, exit codes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "cli/exit_codes.h"
#include "cli/run.h"

namespace drydock::cli {
namespace {

namespace fs = std::filesystem;
using harness::Outcome;
using harness::RunOptions;
using harness::ScenarioResult;
using harness::scenario::Scenario;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* kScenario = "name: n\nexpect: []\n";

class Cli : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "drydock-cli-XXXXXX";
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  void TearDown() override { fs::remove_all(folder_); }

  std::string write(const std::string& name, const std::string& text) {
    const fs::path path = fs::path(folder_) / name;
    fs::create_directories(path.parent_path());
    std::ofstream(path) << text;
    return path.string();
  }

  int run(std::vector<std::string> words) {
    out_.str("");
    err_.str("");
    runs_.clear();
    const Runner runner = [this](const Scenario& scenario, const RunOptions& options) {
      runs_.push_back(fs::relative(scenario.file, folder_).string() + " " +
                      std::to_string(options.seed));
      ScenarioResult result{.file = scenario.file,
                            .name = scenario.name,
                            .seed = options.seed,
                            .outcome = outcomes_[scenario.name]};
      if (options.keep_trace) result.trace = {"first event", "second event"};
      if (options.describe_grid) result.grid = "the grid\n";
      return result;
    };
    return run_program(words, runner, out_, err_);
  }

  std::string folder_;
  std::map<std::string, Outcome> outcomes_;
  std::vector<std::string> runs_;
  std::ostringstream out_;
  std::ostringstream err_;
};

TEST_F(Cli, HelpIsPrintedAndHolds) {
  EXPECT_EQ(run({"--help"}), kHeld);
  EXPECT_THAT(out_.str(), HasSubstr("drydock run scenarios/smoke"));
  EXPECT_EQ(run({"run", "--help"}), kHeld);
  EXPECT_THAT(out_.str(), HasSubstr("--verify-determinism"));
  EXPECT_THAT(out_.str(), HasSubstr("Exit codes:"));
}

TEST_F(Cli, TheVersionIsPrinted) {
  EXPECT_EQ(run({"version"}), kHeld);
  EXPECT_THAT(out_.str(), testing::StartsWith("drydock "));
}

TEST_F(Cli, WrongUsageIsBadInputAndRunsNothing) {
  const std::string file = write("a.yaml", kScenario);
  const std::vector<std::vector<std::string>> usages = {
      {},
      {"rnu", file},
      {"run"},
      {"run", file, "--sead", "1"},
      {"run", file, "--seed", "x"},
      {"run", file, "--seed", "1", "--seeds", "2"},
      {"run", file, "--seeds", "0"},
      {"run", file, "--show", "moon"},
      {"run", file, "--seeds", "2", "--trace", folder_ + "/trace"}};
  for (const auto& usage : usages) {
    EXPECT_EQ(run(usage), kBadInput) << testing::PrintToString(usage);
    EXPECT_THAT(err_.str(), testing::Not(IsEmpty())) << testing::PrintToString(usage);
    EXPECT_THAT(runs_, IsEmpty());
  }
}

TEST_F(Cli, AFileThatIsNotThereIsBadInput) {
  EXPECT_EQ(run({"run", folder_ + "/none.yaml"}), kBadInput);
  EXPECT_EQ(err_.str(), folder_ + "/none.yaml: no such file\n");
}

TEST_F(Cli, ATypoIsOneLineWithItsPlaceAndNothingRuns) {
  const std::string good = write("a.yaml", kScenario);
  const std::string bad = write("b.yaml", "name: n\nsead: 1\nexpect: []\n");
  EXPECT_EQ(run({"run", good, bad}), kBadInput);
  EXPECT_EQ(err_.str(), bad +
                            ":2:1: unknown key 'sead' in a scenario; the nearest valid key is "
                            "'seed'\n");
  EXPECT_EQ(out_.str(), "");
  EXPECT_THAT(runs_, IsEmpty());
}

TEST_F(Cli, AFolderMeansTheScenariosBelowItSorted) {
  write("b/z.yaml", kScenario);
  write("b/a.yml", kScenario);
  write("a.yaml", kScenario);
  write("cr/c.yaml", kScenario);
  write("b/cr/d.yaml", kScenario);
  write("values.yaml", "name: no scenario\n");
  write("notes.txt", kScenario);
  EXPECT_EQ(run({"run", folder_}), kHeld);
  EXPECT_THAT(runs_, ElementsAre("a.yaml 1", "b/a.yml 1", "b/z.yaml 1"));
}

TEST_F(Cli, AFolderWithoutScenariosIsBadInput) {
  EXPECT_EQ(run({"run", folder_}), kBadInput);
  EXPECT_THAT(err_.str(), HasSubstr("no scenario below this folder"));
}

TEST_F(Cli, TheSeedComesFromTheCommandLineThenTheFileThenIsOne) {
  const std::string plain = write("a.yaml", kScenario);
  const std::string seeded = write("b.yaml", std::string("seed: 5\n") + kScenario);
  run({"run", plain, seeded});
  EXPECT_THAT(runs_, ElementsAre("a.yaml 1", "b.yaml 5"));
  run({"run", plain, seeded, "--seed", "18446744073709551615"});
  EXPECT_THAT(runs_, ElementsAre("a.yaml 18446744073709551615", "b.yaml 18446744073709551615"));
  run({"run", seeded, "--seeds", "3"});
  EXPECT_THAT(runs_, ElementsAre("b.yaml 1", "b.yaml 2", "b.yaml 3"));
  EXPECT_THAT(out_.str(), HasSubstr("3 of 3 seeds"));
}

TEST_F(Cli, TheExitCodeIsThatOfTheGravestOutcome) {
  write("a.yaml", "name: a\nexpect: []\n");
  write("b.yaml", "name: b\nexpect: []\n");
  const std::pair<Outcome, int> codes[] = {{Outcome::kPassed, kHeld},
                                           {Outcome::kLiveness, kLiveness},
                                           {Outcome::kFailed, kFailed},
                                           {Outcome::kNondeterministic, kNondeterministic},
                                           {Outcome::kInternal, kDefect}};
  for (const auto& [outcome, code] : codes) {
    outcomes_["b"] = outcome;
    EXPECT_EQ(run({"run", folder_}), code);
    EXPECT_EQ(runs_.size(), 2u);
    outcomes_["a"] = outcome;  // from the second round on a graver one meets a lighter one
  }
}

TEST_F(Cli, TheLastLineOfAFailureReplaysIt) {
  const std::string file = write("a.yaml", kScenario);
  outcomes_["n"] = Outcome::kFailed;
  EXPECT_EQ(run({"run", file, "--seed", "9"}), kFailed);
  EXPECT_THAT(out_.str(), testing::EndsWith("  replay: ./drydock run " + file + " --seed 9\n"));
}

TEST_F(Cli, JsonIsTheOnlyOutput) {
  const std::string file = write("a.yaml", kScenario);
  EXPECT_EQ(run({"run", file, "--json"}), kHeld);
  EXPECT_THAT(out_.str(), testing::StartsWith("{\"scenarios\":[{"));
  EXPECT_THAT(out_.str(), testing::EndsWith("\"passed\":1,\"failed\":0}\n"));
  EXPECT_EQ(err_.str(), "");
}

TEST_F(Cli, TraceAndJunitAreWrittenToTheirFiles) {
  const std::string file = write("a.yaml", kScenario);
  const std::string trace = folder_ + "/trace.txt";
  const std::string junit = folder_ + "/junit.xml";
  EXPECT_EQ(run({"run", file, "--trace", trace, "--junit", junit}), kHeld);
  std::stringstream text;
  text << std::ifstream(trace).rdbuf();
  EXPECT_EQ(text.str(), "first event\nsecond event\n");
  EXPECT_GT(fs::file_size(junit), 0u);
}

TEST_F(Cli, AReportThatCannotBeWrittenIsBadInput) {
  const std::string file = write("a.yaml", kScenario);
  EXPECT_EQ(run({"run", file, "--junit", folder_ + "/none/junit.xml"}), kBadInput);
  EXPECT_THAT(err_.str(), HasSubstr("can't write"));
}

TEST_F(Cli, ShowGridPrintsTheGrid) {
  const std::string file = write("a.yaml", kScenario);
  run({"run", file, "--show", "grid", "--show", "phases"});
  EXPECT_THAT(out_.str(), HasSubstr("the grid\n"));
  EXPECT_THAT(out_.str(), HasSubstr("no phase was written\n"));
}

TEST_F(Cli, ARecordingThatIsNoJsonIsOneLineWithItsPlace) {
  const std::string file = write("r.jsonl", "nonsense\n");
  EXPECT_EQ(run({"conformance", "kube", "--recordings", file}), kBadInput);
  EXPECT_THAT(err_.str(), HasSubstr(file + ":1: no JSON"));
  EXPECT_THAT(out_.str(), IsEmpty());
}

TEST_F(Cli, AnAbsentRecordingIsBadInput) {
  EXPECT_EQ(run({"conformance", "kube", "--recordings", folder_ + "/none"}), kBadInput);
  EXPECT_THAT(err_.str(), HasSubstr("no such file"));
}

TEST_F(Cli, QuirksAreListedAllOrThoseOfARelease) {
  EXPECT_EQ(run({"quirks"}), kHeld);
  EXPECT_THAT(out_.str(), HasSubstr("F41  replicated-looks-empty        14.0.10 to before 16.0.6"));
  EXPECT_THAT(out_.str(), HasSubstr("F58  configuration-comes-late      when asked for  "));
  EXPECT_THAT(out_.str(), HasSubstr("F61"));
  out_.str("");
  EXPECT_EQ(run({"quirks", "--version", "15.0.21", "--json"}), kHeld);
  EXPECT_THAT(out_.str(), HasSubstr(R"({"id":"F41","name":"replicated-looks-empty",)"));
  EXPECT_THAT(out_.str(), testing::Not(HasSubstr("F61")));
  EXPECT_THAT(out_.str(), testing::Not(HasSubstr("F58")));
  EXPECT_EQ(run({"quirks", "--version", "new"}), kBadInput);
  EXPECT_THAT(err_.str(), HasSubstr("--version new: not a version: 'new'"));
}

TEST_F(Cli, AConformanceThatDiffersFailsAndEndsWithItsScore) {
  const std::string file = write(
      "r.jsonl", R"({"id":"a-1","t_ms":1,"request":{"method":"GET","path":"/nope","headers":{}},)"
                 R"("response":{"code":418,"headers":{},"body":"tea"}})"
                 "\n");
  EXPECT_EQ(run({"conformance", "kube", "--recordings", file}), kFailed);
  EXPECT_THAT(out_.str(), HasSubstr("a-1"));
  EXPECT_THAT(out_.str(), testing::EndsWith("score 0/1 (0.0 %)\n"));
}

}  // namespace
}  // namespace drydock::cli
