// The recordings of a real API server, replayed.
#include <gtest/gtest.h>

#include <fstream>

#include "harness/conformance/replay.h"
#include "harness/conformance/score.h"

namespace drydock::harness::conformance {
namespace {

std::string data(const std::string& name) {
  std::ifstream file(std::string(DRYDOCK_TEST_DATA) + "/kube/" + name);
  return std::string(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
}

const std::vector<Record>& records() {
  static const std::vector<Record> all = *read_recording(data("transcripts.jsonl"), "transcripts");
  return all;
}

std::vector<std::string> crds() { return {data("crds/infinispan.yaml"), data("crds/conf.yaml")}; }

std::vector<Record> group(const std::string& name) {
  std::vector<Record> chosen;
  for (const Record& record : records())
    if (record.group == name) chosen.push_back(record);
  return chosen;
}

std::string differences(const std::vector<Outcome>& outcomes) {
  std::string text;
  for (const Outcome& outcome : outcomes)
    if (!outcome.difference.empty()) text += outcome.id + ": " + outcome.difference + "\n";
  return text;
}

TEST(Recordings, EveryAnswerIsAsRecordedUnlessItIsWaived) {
  const auto waived = read_waived(data("waived.txt"), "waived.txt");
  ASSERT_TRUE(waived.ok());
  Result<std::vector<Outcome>> outcomes = replay(records(), crds());
  ASSERT_TRUE(outcomes.ok()) << outcomes.status().to_string();
  const Score score(*std::move(outcomes), *waived);
  EXPECT_EQ(differences(score.failed), "");
  EXPECT_GE(score.passed * 100, score.all * 98) << score.line();
}

TEST(Recordings, EveryWaivedRecordReallyDiffers) {
  const auto waived = read_waived(data("waived.txt"), "waived.txt");
  ASSERT_TRUE(waived.ok());
  Result<std::vector<Outcome>> outcomes = replay(records(), crds());
  ASSERT_TRUE(outcomes.ok());
  const Score score(*std::move(outcomes), *waived);
  EXPECT_EQ(score.waived.size(), waived->size());
}

TEST(Recordings, ReplayingTwiceGivesTheSameOutcomes) {
  const std::vector<Record> some = group("patch");
  Result<std::vector<Outcome>> first = replay(some, crds());
  Result<std::vector<Outcome>> second = replay(some, crds());
  ASSERT_TRUE(first.ok() && second.ok());
  EXPECT_EQ(differences(*first), differences(*second));
}

TEST(Recordings, AGroupAloneFindsTheObjectsThatItNeeds) {
  for (const char* name :
       {"get", "update", "patch", "pvcs", "events", "workloads", "logs", "webhook"}) {
    Result<std::vector<Outcome>> outcomes = replay(group(name), crds());
    ASSERT_TRUE(outcomes.ok());
    EXPECT_EQ(differences(*outcomes), "") << name;
  }
}

}  // namespace
}  // namespace drydock::harness::conformance
