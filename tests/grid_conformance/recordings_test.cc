// The simulated grid against what was recorded of real clusters.
#include <gtest/gtest.h>

#include "cli/recordings.h"
#include "harness/conformance/grid/grid_score.h"

namespace drydock::harness::conformance::grid {
namespace {

const std::string kData = DRYDOCK_TEST_DATA "/grid/";

Reasons reasons(const std::string& file) {
  return read_waived(cli::read_recording_file(kData + file).value(), file).value();
}

Score whole_score() {
  GridOptions options;
  options.waived = reasons("waived.txt");
  options.not_compared = reasons("not_compared.txt");
  return replay_folders(cli::read_version_folders(kData).value(), options).value();
}

// Of all groups with this in their names.
Score::Group sum_of(const Score& score, const std::string& part) {
  Score::Group sum{.name = part};
  for (const Score::Group& group : score.groups)
    if (group.name.find(part) != std::string::npos) {
      sum.passed += group.passed;
      sum.all += group.all;
    }
  return sum;
}

// What is not as recorded yet is known by its number, so that nothing is lost unnoticed.
TEST(GridRecordings, MostComesOutAsRecordedAndAtMostFivePercentAreNotCompared) {
  const Score score = whole_score();
  const Score::Group splits = sum_of(score, "/splits/");
  EXPECT_GE((score.passed - splits.passed) * 100, (score.all - splits.all) * 80) << score.line();
  EXPECT_GE(splits.passed * 100, splits.all * 66) << splits.passed << " of " << splits.all;
  const Score::Group zero = sum_of(score, "/zero-capacity/");
  EXPECT_GE(zero.passed + 1, zero.all) << zero.passed << " of " << zero.all;
  EXPECT_EQ(sum_of(score, "/faults").passed, sum_of(score, "/faults").all);
  size_t left_out = 0;
  for (const NotCompared& group : score.not_compared) left_out += group.records;
  EXPECT_GT(left_out, 0u);
  EXPECT_LE(left_out * 20, score.all + left_out);
}

TEST(GridRecordings, AGroupThatNobodyRecordedIsBadInput) {
  const VersionFolder folder{.version = "15.0.21.Final", .files = {{"other.jsonl", "{}\n"}}};
  const auto score = replay_folders({folder}, {.group = "none"});
  EXPECT_EQ(score.status().code(), Code::kInvalid);
}

TEST(GridRecordings, AFolderWithoutRecordingsIsBadInput) {
  EXPECT_EQ(cli::read_version_folders(DRYDOCK_TEST_DATA "/kube/crds").status().code(),
            Code::kInvalid);
}

TEST(GridRecordings, ALineThatIsNoJsonIsNamed) {
  const VersionFolder folder{.version = "15.0.21.Final", .files = {{"a.jsonl", "{}\n{oops\n"}}};
  const auto lines = read_lines(folder, "a.jsonl");
  EXPECT_EQ(lines.status().code(), Code::kInvalid);
  EXPECT_TRUE(lines.status().message().starts_with("15.0.21.Final/a.jsonl:2: "));
}

TEST(GridRecordings, AFileThatNothingReplaysFailsWithEveryLine) {
  const VersionFolder folder{.version = "15.0.21.Final", .files = {{"other.jsonl", "{}\n{}\n"}}};
  const Score score = replay_folders({folder}, {}).value();
  EXPECT_EQ(score.line(), "score 0/2 (0.0 %)");
}

}  // namespace
}  // namespace drydock::harness::conformance::grid
