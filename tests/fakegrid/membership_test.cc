#include "tests/fakegrid/test_cluster.h"

namespace drydock::fakegrid {
namespace {

Duration between(SteadyTime from, SteadyTime to) { return to - from; }

TEST(Membership, ANodeThatFindsNobodyFormsAClusterOfOneAfterTheJoinTimeout) {
  TestCluster cluster;
  cluster.add("n0");
  cluster.run([&] {
    cluster.start("n0");
    EXPECT_EQ(cluster.now().time_since_epoch(), seconds(2));
    EXPECT_EQ(cluster.node("n0").health().status, "HEALTHY");
    EXPECT_EQ(cluster.node("n0").members().size(), 1u);
    EXPECT_TRUE(cluster.logged("n0",
                               "ISPN000094: Received new cluster view for channel dg: "
                               "[n0|0] (1) [n0]"));
  });
}

TEST(Membership, NodesThatStartTogetherFormOneCluster) {
  TestCluster cluster;
  for (const char* name : {"n0", "n1", "n2"}) cluster.add(name);
  cluster.run([&] {
    std::vector<std::shared_ptr<Event>> started;
    for (const char* name : {"n0", "n1", "n2"})
      started.push_back(cluster.begin(
          name, [&](Node& node) { EXPECT_TRUE(node.start(cluster.now() + seconds(60)).ok()); }));
    for (const auto& event : started) EXPECT_TRUE(event->wait(kForever).ok());
    for (const char* name : {"n0", "n1", "n2"}) {
      EXPECT_EQ(cluster.node(name).health().node_names.size(), 3u) << name;
      EXPECT_EQ(cluster.node(name).health().coordinator, "n0");
    }
    EXPECT_LT(cluster.now().time_since_epoch(), seconds(10));
  });
}

TEST(Membership, SeveralNodesJoinAFormedClusterAtOnceAndNothingIsLost) {
  TestCluster cluster;
  cluster.form(2, sample_content(300));
  for (const char* name : {"n2", "n3"}) cluster.add(name);
  cluster.add("zero", true);
  cluster.run([&] {
    std::vector<std::shared_ptr<Event>> started;
    for (const char* name : {"n2", "n3", "zero"})
      started.push_back(cluster.begin(
          name, [&](Node& node) { EXPECT_TRUE(node.start(cluster.now() + seconds(60)).ok()); }));
    for (const auto& event : started) EXPECT_TRUE(event->wait(kForever).ok());
    cluster.wait(seconds(1));
    EXPECT_EQ(cluster.node("n0").members().size(), 5u);
    EXPECT_EQ(cluster.content().content, sample_content(300));
    EXPECT_TRUE(cluster.content().differences.empty());
    EXPECT_EQ(cluster.node("n1").health().status, "HEALTHY");
  });
}

TEST(Membership, AKilledMemberIsOutOfTheViewAfterASecond) {
  TestCluster cluster;
  cluster.form(3, sample_content(10));
  cluster.run([&] {
    cluster.kill("n2");
    cluster.wait(milliseconds(900));
    EXPECT_EQ(cluster.node("n0").members().size(), 3u);
    cluster.wait(milliseconds(200));
    EXPECT_EQ(cluster.node("n0").members().size(), 2u);
    EXPECT_EQ(cluster.node("n1").members().size(), 2u);
    EXPECT_TRUE(cluster.logged("n1", "ISPN100001: Node n2 left the cluster"));
  });
}

TEST(Membership, AfterTheCoordinatorsDeathTheNextMemberCoordinates) {
  TestCluster cluster;
  cluster.form(3, sample_content(200));
  cluster.add("n3");
  cluster.run([&] {
    cluster.kill("n0");
    cluster.wait(seconds(3));
    EXPECT_TRUE(cluster.node("n1").is_coordinator());
    EXPECT_TRUE(cluster.logged("n1", "ISPN100007: After merge (or coordinator change)"));
    EXPECT_EQ(cluster.content().content.caches.at("d2"), sample_content(200).caches.at("d2"));
    cluster.start("n3");
    EXPECT_EQ(cluster.node("n3").health().coordinator, "n1");
    EXPECT_EQ(cluster.content().content.caches.at("r"), sample_content(200).caches.at("r"));
    EXPECT_TRUE(cluster.content().differences.empty());
  });
}

TEST(Membership, ACoordinatorThatLeavesHandsOver) {
  TestCluster cluster;
  cluster.form(3, sample_content(100));
  cluster.run([&] {
    cluster.leave("n0");
    cluster.wait(seconds(2));
    EXPECT_EQ(cluster.node("n0").state(), NodeState::kStopped);
    EXPECT_EQ(cluster.node("n2").health().node_names, (std::vector<std::string>{"n1", "n2"}));
    EXPECT_EQ(cluster.content().content.caches.at("d2"), sample_content(100).caches.at("d2"));
  });
}

TEST(Membership, ASilentMemberIsSuspectedAfter41To48SecondsAndComesBackByAMerge) {
  TestCluster cluster;
  cluster.form(3, sample_content(100));
  cluster.run([&] {
    cluster.pause("n2");
    cluster.wait(seconds(41));
    EXPECT_EQ(cluster.node("n0").members().size(), 3u);
    EXPECT_EQ(cluster.node("n0").health().status, "HEALTHY");
    cluster.wait(seconds(7));
    EXPECT_EQ(cluster.node("n0").members().size(), 2u);
    cluster.resume("n2");
    cluster.wait(seconds(9));
    EXPECT_EQ(cluster.node("n2").members().size(), 3u);  // its own, old view
    cluster.wait(seconds(22));
    EXPECT_EQ(cluster.node("n0").members().size(), 3u);
    EXPECT_EQ(cluster.node("n2").view_id(), cluster.node("n0").view_id());
    EXPECT_TRUE(cluster.logged("n2", "ISPN000093: Received new, MERGED cluster view"));
    EXPECT_EQ(cluster.content().content.caches.at("d2"), sample_content(100).caches.at("d2"));
    EXPECT_TRUE(cluster.content().differences.empty());
    EXPECT_FALSE(cluster.content().lost.empty());  // d1 lost n2's share for good
  });
}

TEST(Membership, AFrozenCoordinatorIsReplacedAndComesBackAsAMember) {
  TestCluster cluster;
  cluster.form(3, sample_content(100));
  cluster.run([&] {
    cluster.pause("n0");
    cluster.wait(seconds(49));
    EXPECT_TRUE(cluster.node("n1").is_coordinator());
    cluster.resume("n0");
    cluster.wait(seconds(32));
    EXPECT_EQ(cluster.node("n0").health().coordinator, "n1");
    EXPECT_EQ(cluster.node("n1").members().size(), 3u);
    EXPECT_EQ(cluster.content().content.caches.at("r"), sample_content(100).caches.at("r"));
    EXPECT_TRUE(cluster.content().differences.empty());
  });
}

// Each of the two then makes the same view id: one without the leaver, one without the frozen node.
TEST(Membership, ACoordinatorThatLeavesWhileItsSuccessorIsFrozenLeavesOneClusterBehind) {
  TestCluster cluster;
  cluster.form(3, sample_content(100));
  cluster.run([&] {
    cluster.pause("n1");
    cluster.on("n0", [&](Node& node) { (void)node.leave(cluster.now() + seconds(10)); });
    cluster.kill("n0");
    cluster.wait(seconds(39));
    EXPECT_EQ(cluster.node("n2").health().node_names, std::vector<std::string>{"n2"});
    cluster.resume("n1");
    cluster.wait(seconds(32));
    EXPECT_EQ(cluster.node("n2").members().size(), 2u);
    EXPECT_EQ(cluster.node("n1").members(), cluster.node("n2").members());
    EXPECT_EQ(cluster.node("n1").view_id(), cluster.node("n2").view_id());
    EXPECT_TRUE(cluster.content().differences.empty());
  });
}

TEST(Membership, SidesMergeAfterTheCoordinatorsThatLostOneAnotherHaveLeft) {
  TestCluster cluster;
  cluster.form(5, sample_content(100));
  cluster.run([&] {
    std::vector<sim::CutId> cuts;
    for (const char* one : {"host-n0", "host-n1", "host-n2"})
      for (const char* other : {"host-n3", "host-n4"})
        cuts.push_back(cluster.sim().network().cut(one, other, true));
    cluster.wait(seconds(49));
    for (const char* name : {"n0", "n3"}) cluster.leave(name);
    for (const char* name : {"n0", "n3"}) cluster.kill(name);
    for (const sim::CutId cut : cuts) cluster.sim().network().heal(cut);
    cluster.wait(seconds(32));
    for (const char* name : {"n1", "n2", "n4"}) {
      EXPECT_EQ(cluster.node(name).members().size(), 3u) << name;
      EXPECT_EQ(cluster.node(name).view_id(), cluster.node("n1").view_id()) << name;
      EXPECT_EQ(cluster.node(name).merged_views(), 1u) << name;
    }
  });
}

TEST(Membership, AShortSilenceChangesNothing) {
  TestCluster cluster;
  cluster.form(3, sample_content(10));
  cluster.run([&] {
    const int64_t view = cluster.node("n0").view_id();
    cluster.pause("n2");
    cluster.wait(seconds(39));
    cluster.resume("n2");
    cluster.wait(minutes(5));
    EXPECT_EQ(cluster.node("n0").view_id(), view);
  });
}

TEST(Membership, AZeroCapacityNodeThatWasCutOffReturnsAndNothingIsLost) {
  TestCluster cluster;
  cluster.form(3, sample_content(100));
  cluster.add("zero", true);
  cluster.run([&] {
    cluster.start("zero");
    const ClusterTotals before = totals(cluster.all());
    const sim::CutId cut = cluster.sim().network().cut("host-zero", "*", true);
    cluster.wait(seconds(49));
    EXPECT_EQ(cluster.node("n0").members().size(), 3u);
    EXPECT_EQ(cluster.node("zero").members().size(), 1u);
    cluster.sim().network().heal(cut);
    cluster.wait(seconds(32));
    EXPECT_EQ(cluster.node("n0").members().size(), 4u);
    EXPECT_EQ(cluster.node("zero").health().coordinator, "n0");
    const ClusterTotals moved = totals(cluster.all()) - before;
    EXPECT_EQ(moved.user.entries_in, 0u);
    EXPECT_EQ(moved.user.owners_changed, 0u);
    EXPECT_TRUE(cluster.content().lost.empty());
    EXPECT_EQ(cluster.content().content, sample_content(100));
    cluster.on("zero", [&](Node& zero) { EXPECT_EQ(iterate_all(zero, "d1").times.size(), 100u); });
  });
}

TEST(Membership, AfterASplitTheLargerSidesContentWins) {
  TestCluster cluster;
  cluster.form(3, sample_content(50));
  cluster.run([&] {
    const sim::CutId cut = cluster.sim().network().cut("host-n2", "*", true);
    cluster.wait(seconds(49));
    for (const char* side : {"n0", "n2"})
      cluster.on(side, [&](Node& node) {
        const std::vector<CacheRecord> records{record_of("where", node.config().name)};
        EXPECT_EQ(node.put("r", records, cluster.now() + seconds(5)), ok_status());
      });
    cluster.sim().network().heal(cut);
    cluster.wait(seconds(35));
    const ReadOut after = cluster.content();
    const auto& records = after.content.caches.at("r").records;
    EXPECT_EQ(records.size(), 51u);
    EXPECT_EQ(records.back(), record_of("where", "n0"));
    EXPECT_EQ(cluster.node("n2").members().size(), 3u);
  });
}

TEST(Membership, HalfOfAPartitionHandlingCacheIsDegradedUntilTheMerge) {
  TestCluster cluster;
  Content content;
  content.caches["p"] = cache_with(
      R"(<distributed-cache name="p"><partition-handling when-split="DENY_READ_WRITES"/>)"
      R"(</distributed-cache>)",
      20);
  cluster.form(2, content);
  cluster.run([&] {
    const sim::CutId cut = cluster.sim().network().cut("host-n1", "*", true);
    cluster.wait(seconds(49));
    cluster.on("n0", [&](Node& node) {
      EXPECT_EQ(node.health().status, "DEGRADED");
      EXPECT_EQ(node.get("p", "k1", cluster.now() + seconds(5)).code(), Code::kFailedPrecondition);
      EXPECT_EQ(iterate_all(node, "p").status.code(), Code::kFailedPrecondition);
    });
    cluster.sim().network().heal(cut);
    cluster.wait(seconds(35));
    EXPECT_EQ(cluster.node("n0").health().status, "HEALTHY");
    EXPECT_EQ(cluster.content().content, content);
  });
}

TEST(Membership, WhatWaitsOnACutLinkOnlyComesLater) {
  TestCluster cluster;
  cluster.form(2, sample_content(100));
  cluster.run([&] {
    const sim::CutId cut = cluster.sim().network().cut("host-n1", "*", true);
    const SteadyTime begin = cluster.now();
    auto done = cluster.begin("n0", [&](Node& node) {
      const Iterated seen = iterate_all(node, "d1");
      EXPECT_TRUE(seen.status.ok()) << seen.status.to_string();
      EXPECT_EQ(seen.times.size(), 100u);
    });
    cluster.wait(seconds(20));
    EXPECT_FALSE(done->is_set());
    cluster.sim().network().heal(cut);
    EXPECT_TRUE(done->wait(kForever).ok());
    EXPECT_LT(between(begin, cluster.now()), seconds(21));
  });
}

}  // namespace
}  // namespace drydock::fakegrid
