// What partition handling does: by its rules alone, and in clusters that are cut.
#include "fakegrid/membership/partition_handling.h"

#include "tests/fakegrid/test_cluster.h"

namespace drydock::fakegrid {
namespace {

const std::vector<Member> kFour = {{"n0", "1"}, {"n1", "2"}, {"n2", "3"}, {"z", "4", true}};

std::vector<Member> without(std::vector<Member> members, const std::set<std::string>& addresses) {
  std::erase_if(members, [&](const Member& m) { return addresses.count(m.address) > 0; });
  return members;
}

TopologyPtr formed(WhenSplit when_split, int owners) {
  auto config = std::make_shared<CacheConfig>();
  config->name = "c";
  config->mode = CacheMode::kDistributed;
  config->owners = owners;
  config->when_split = when_split;
  return grown_topology(config, std::make_shared<const std::vector<Member>>(kFour));
}

std::vector<std::string> texts(const TopologyChange& change) {
  std::vector<std::string> out;
  for (const Notice& notice : change.notices) out.push_back(notice.text);
  return out;
}

TEST(PartitionHandling, ACacheThatPrefersAvailabilityGoesOnAndSaysWhatItLost) {
  const TopologyPtr before = formed(WhenSplit::kAllowReadWrites, 1);
  const TopologyChange change = follow_view(before, without(kFour, {"3"}), {"3"}, {});
  EXPECT_EQ(texts(change),
            std::vector<std::string>{"ISPN000313: Lost data because of abrupt leavers [n2]"});
  EXPECT_GT(change.newly_lost, 0u);
  EXPECT_EQ(change.steps.front()->id, 14);
  EXPECT_EQ(change.steps.front()->phase, Phase::kNone);
  EXPECT_FALSE(change.steps.front()->degraded);
  EXPECT_EQ(change.steps.front()->stable, before);
}

TEST(PartitionHandling, OneOfThreeDataMembersLessIsAMajorityAndTakesOneMoreTopology) {
  const TopologyPtr before = formed(WhenSplit::kDenyReadWrites, 2);
  const TopologyChange change = follow_view(before, without(kFour, {"3"}), {"3"}, {});
  EXPECT_TRUE(change.notices.empty());
  ASSERT_EQ(change.steps.size(), 3u);
  EXPECT_EQ(change.mode_only, std::set<int>{14});
  EXPECT_EQ(change.steps[0]->members, before->members);
  EXPECT_EQ(change.steps[0]->reachable(), without(kFour, {"3"}));
  EXPECT_EQ(*change.steps[1]->members, without(kFour, {"3"}));
  EXPECT_EQ(change.steps[2]->phase, Phase::kReadOld);
}

TEST(PartitionHandling, AMinorityKeepsItsTablesAndIsDegraded) {
  const TopologyPtr before = formed(WhenSplit::kAllowReads, 2);
  const TopologyChange change = follow_view(before, without(kFour, {"2", "3"}), {"2", "3"}, {});
  EXPECT_EQ(texts(change),
            std::vector<std::string>{
                "ISPN000317: Lost data because of abrupt leavers [n1, n2], assuming a network "
                "split and entering degraded mode"});
  ASSERT_EQ(change.steps.size(), 1u);
  EXPECT_TRUE(change.steps[0]->degraded);
  EXPECT_EQ(change.steps[0]->current, before->current);
  EXPECT_EQ(change.steps[0]->id, 14);
}

// F45: two data members of three are two members of four.
TEST(PartitionHandling, TheZeroCapacityMemberCountsOnlyWithItsQuirk) {
  const TopologyPtr before = formed(WhenSplit::kDenyReadWrites, 3);
  const auto left = without(kFour, {"1", "4"});
  EXPECT_FALSE(follow_view(before, left, {"1", "4"}, {}).steps.front()->degraded);
  const TopologyChange change = follow_view(before, left, {"1", "4"}, {true});
  EXPECT_TRUE(change.steps.front()->degraded);
  ASSERT_EQ(change.notices.size(), 1u);
  EXPECT_EQ(change.notices.front().text.substr(0, 10), "ISPN000316");
}

TEST(PartitionHandling, AGracefulLeaverDegradesOnlyWithTheLastCopy) {
  const auto left = without(kFour, {"3"});
  EXPECT_FALSE(
      follow_view(formed(WhenSplit::kDenyReadWrites, 2), left, {}, {}).steps.front()->degraded);
  const TopologyChange change = follow_view(formed(WhenSplit::kDenyReadWrites, 1), left, {}, {});
  EXPECT_TRUE(change.steps.front()->degraded);
  EXPECT_EQ(texts(change),
            std::vector<std::string>{
                "ISPN000315: Lost data because of graceful leaver n2, entering degraded mode"});
}

TEST(PartitionHandling, AMergeTakesTheLargerPartWholeAndTheHighestId) {
  const TopologyPtr before = formed(WhenSplit::kAllowReadWrites, 1);
  const TopologyPtr large = follow_view(before, without(kFour, {"3"}), {"3"}, {}).steps.front();
  const TopologyPtr small =
      recover_cache({{"3", before}}, without(kFour, {"1", "2", "4"}), {}).steps.back();
  const TopologyChange merged =
      recover_cache({{"3", small}, {"1", large}, {"2", large}, {"4", large}}, kFour, {});
  EXPECT_EQ(merged.steps.front()->current, large->current);
  EXPECT_EQ(merged.steps.front()->id, std::max(small->id, large->id) + 1);
  EXPECT_EQ(merged.steps.back()->phase, Phase::kReadOld);
  EXPECT_EQ(merged.steps.back()->members->size(), kFour.size());
}

TEST(PartitionHandling, AMemberThatWasOnlyFrozenIsNoPartOfItsOwnUnlessItHoldsMore) {
  for (const int owners : {1, 2}) {
    const TopologyPtr before = formed(WhenSplit::kAllowReadWrites, owners);
    const TopologyPtr others = follow_view(before, without(kFour, {"3"}), {"3"}, {}).steps.front();
    const TopologyChange merged =
        recover_cache({{"1", others}, {"2", others}, {"4", others}, {"3", before}}, kFour, {});
    // Two parts take one more topology than one.
    EXPECT_EQ(merged.steps.size(), owners == 1 ? 3u : 2u);
  }
}

TEST(PartitionHandling, PartsThatAreAllDegradedAreAvailableAgainTogether) {
  const TopologyPtr before = formed(WhenSplit::kDenyReadWrites, 2);
  const PartitionRules counts_all{true};
  const TopologyPtr one =
      follow_view(before, without(kFour, {"2", "3"}), {"2", "3"}, counts_all).steps.back();
  const TopologyPtr other =
      recover_cache({{"2", before}, {"3", before}}, without(kFour, {"1", "4"}), counts_all)
          .steps.back();
  ASSERT_TRUE(one->degraded && other->degraded);
  const TopologyChange merged =
      recover_cache({{"1", one}, {"4", one}, {"2", other}, {"3", other}}, kFour, counts_all);
  EXPECT_TRUE(merged.steps.front()->degraded);
  EXPECT_FALSE(merged.steps.back()->degraded);
  EXPECT_EQ(merged.steps.back()->current, before->current);
  EXPECT_FALSE(merged.rebalances);
}

Content partitioned(const std::string& when_split) {
  Content content;
  content.caches["p"] = cache_with(
      "<distributed-cache name=\"p\" owners=\"2\"><partition-handling "
      "when-split=\"" +
          when_split + "\"/></distributed-cache>",
      60);
  return content;
}

struct Reads {
  int ok = 0, refused = 0, others = 0;
};

Reads read_all(Node& node, SteadyTime deadline) {
  Reads reads;
  for (int i = 0; i < 60; ++i) {
    const auto answer = node.get("p", "k" + std::to_string(i), deadline);
    if (answer.ok())
      ++reads.ok;
    else
      ++(answer.code() == Code::kFailedPrecondition ? reads.refused : reads.others);
  }
  return reads;
}

TEST(Partitions, AMemberAloneReadsItsOwnCopiesWithAllowReadsAndNothingWithDeny) {
  for (const char* when_split : {"ALLOW_READS", "DENY_READ_WRITES"}) {
    TestCluster cluster;
    cluster.form(3, partitioned(when_split));
    cluster.run([&] {
      cluster.sim().network().cut("host-n2", "*", true);
      cluster.wait(seconds(49));
      cluster.on("n2", [&](Node& node) {
        EXPECT_EQ(node.health().status, "DEGRADED");
        const Reads reads = read_all(node, cluster.now() + seconds(15));
        EXPECT_EQ(reads.others, 0);
        if (std::string(when_split) == "ALLOW_READS") {
          EXPECT_GT(reads.ok, 20);
          EXPECT_GT(reads.refused, 5);
        } else {
          EXPECT_EQ(reads.ok, 0);
        }
        const CacheRecord record = record_of("k1", "new");
        const Status put = node.put("p", {&record, 1}, cluster.now() + seconds(5));
        EXPECT_EQ(put, Status(Code::kFailedPrecondition,
                              "ISPN000306: Key 'WrappedByteArray[\\k\\1 (2 bytes)]' is not "
                              "available. Not all owners are in this partition"));
      });
      cluster.on("n0", [&](Node& node) {
        EXPECT_EQ(node.health().status, "HEALTHY");
        EXPECT_EQ(read_all(node, cluster.now() + seconds(15)).ok, 60);
      });
    });
  }
}

TEST(Partitions, AReadOfASilentOwnerIsAnsweredByTheNextOneAfterAShareOfTheTimeout) {
  TestCluster cluster;
  cluster.form(3, sample_content(100));
  cluster.add("zero", true);
  cluster.run([&] {
    cluster.start("zero");
    cluster.pause("n2");
    cluster.on("zero", [&](Node& zero) {
      Duration longest{};
      for (int i = 0; i < 40; ++i) {
        const SteadyTime begin = cluster.now();
        EXPECT_TRUE(zero.get("d2", "k" + std::to_string(i), begin + seconds(15)).ok());
        longest = std::max(longest, Duration(cluster.now() - begin));
      }
      EXPECT_GE(longest, milliseconds(750));
      EXPECT_LT(longest, milliseconds(760));
      Status failed;
      for (int i = 0; failed.ok(); ++i)
        failed = zero.get("d1", "k" + std::to_string(i), cluster.now() + seconds(15)).status();
      EXPECT_EQ(failed.code(), Code::kDeadlineExceeded);
      EXPECT_NE(failed.message().find("from n2 after 15 seconds"), std::string::npos)
          << failed.message();
    });
  });
}

TEST(Partitions, AfterTheMergeTheLargerSideHoldsForDistributedCachesAndReplicasDiffer) {
  TestCluster cluster;
  cluster.form(3, sample_content(30));
  cluster.run([&] {
    const sim::CutId cut = cluster.sim().network().cut("host-n2", "*", true);
    cluster.wait(seconds(49));
    const auto put = [&](const std::string& on, const std::string& cache, const std::string& key) {
      cluster.on(on, [&](Node& node) {
        const CacheRecord record = record_of(key, "late by " + on);
        EXPECT_EQ(node.put(cache, {&record, 1}, cluster.now() + seconds(15)), ok_status());
      });
    };
    for (const std::string cache : {"d2", "r"}) {
      put("n0", cache, "both");
      put("n2", cache, "both");
      put("n2", cache, "only-n2");
    }
    cluster.sim().network().heal(cut);
    cluster.wait(seconds(40));
    const auto value = [&](const std::string& on, const std::string& cache,
                           const std::string& key) {
      std::string out = "absent";
      cluster.on(on, [&](Node& node) {
        const auto answer = node.get(cache, key, cluster.now() + seconds(15));
        ASSERT_TRUE(answer.ok()) << answer.status().to_string();
        if (*answer) out = (*answer)->value;
      });
      return out;
    };
    for (const std::string node : {"n0", "n1", "n2"}) {
      EXPECT_EQ(value(node, "d2", "both"), "late by n0");
      EXPECT_EQ(value(node, "d2", "only-n2"), "absent");
      EXPECT_EQ(value(node, "r", "both"), "late by n0");
      EXPECT_EQ(value(node, "r", "only-n2"), node == "n2" ? "late by n2" : "absent");
    }
    EXPECT_FALSE(cluster.content().differences.empty());
  });
}

}  // namespace
}  // namespace drydock::fakegrid
