#include "harness/oracles/phase_oracles.h"

#include <gtest/gtest.h>

namespace drydock::harness {
namespace {

std::vector<SeenPhase> history(const std::vector<std::string>& phases,
                               const std::string& reason = "because") {
  std::vector<SeenPhase> seen;
  for (const std::string& phase : phases)
    seen.push_back({{"Backup", "b"}, "uid", phase, reason, SteadyTime()});
  return seen;
}

TEST(Phases, TheDocumentedWayIsLegal) {
  EXPECT_TRUE(check_phases(history({"Initializing", "Initialized", "Running", "Unknown", "Running",
                                    "Succeeded"}))
                  .empty());
}

TEST(Phases, AnEndIsFinal) {
  EXPECT_FALSE(check_phases(history({"Initializing", "Failed", "Running"})).empty());
  EXPECT_FALSE(
      check_phases(history({"Initializing", "Initialized", "Running", "Succeeded", "Failed"}))
          .empty());
}

TEST(Phases, NoPhaseIsSkippedBeforeTheStart) {
  EXPECT_FALSE(check_phases(history({"Initialized"})).empty());
  EXPECT_FALSE(check_phases(history({"Initializing", "Running"})).empty());
}

TEST(Phases, AnInventedPhaseIsIllegal) {
  EXPECT_FALSE(check_phases(history({"Initializing", "NotFound"})).empty());
}

TEST(Phases, FailedSaysWhy) {
  EXPECT_FALSE(check_phases(history({"Initializing", "Failed"}, "")).empty());
}

TEST(OneStart, TwoStartsInOnePodAreSeen) {
  EXPECT_TRUE(check_one_start({{"pod", 1}}, {{"cr", {"pod"}}}).empty());
  EXPECT_FALSE(check_one_start({{"pod", 2}}, {{"cr", {"pod"}}}).empty());
}

TEST(OneStart, ASecondPodForOneCrIsSeen) {
  EXPECT_FALSE(check_one_start({}, {{"cr", {"pod-1", "pod-2"}}}).empty());
}

TEST(Credentials, APasswordInALogIsSeen) {
  EXPECT_TRUE(check_no_credentials({"secret"}, "the log", "nothing").empty());
  EXPECT_FALSE(check_no_credentials({"secret"}, "the log", "user:secret@host").empty());
}

}  // namespace
}  // namespace drydock::harness
