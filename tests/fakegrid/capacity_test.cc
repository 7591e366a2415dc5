#include "tests/fakegrid/test_cluster.h"

namespace drydock::fakegrid {
namespace {

TEST(ZeroCapacity, AJoinRunsTheRebalanceProtocolAndMovesNothing) {
  TestCluster cluster;
  cluster.form(2, sample_content(200));
  cluster.add("zero", true);
  cluster.run([&] {
    const ClusterTotals before = totals(cluster.all());
    cluster.start("zero");
    const ClusterTotals joined = totals(cluster.all()) - before;
    EXPECT_EQ(joined.user.rebalance_rounds, 4u);  // d1, d2, r and the counters
    // Four topologies each; the joiner is told the one before, too.
    EXPECT_EQ(joined.user.topology_updates, 4u * (4u * 3u + 1u));
    EXPECT_EQ(joined.user.owners_changed, 0u);
    EXPECT_EQ(joined.user.segments_in, 0u);
    EXPECT_EQ(joined.user.entries_in, 0u);
    EXPECT_EQ(joined.user.bytes_in, 0u);
    EXPECT_GT(joined.internal.segments_in, 0u);  // the configuration is copied to every member
    EXPECT_EQ(joined.internal.entries_in, 4u + 1u + 1u);
    const Instruments zero = cluster.node("zero").instruments();
    EXPECT_EQ(zero.caches.at("d2").primary_segments + zero.caches.at("d2").backup_segments, 0u);
    EXPECT_EQ(zero.caches.at("r").entries, 0u);
  });
}

TEST(ZeroCapacity, AnOrdinaryJoinMovesEveryCounter) {
  TestCluster cluster;
  cluster.form(2, sample_content(200));
  cluster.add("n2");
  cluster.run([&] {
    const ClusterTotals before = totals(cluster.all());
    cluster.start("n2");
    const ClusterTotals joined = totals(cluster.all()) - before;
    EXPECT_EQ(joined.user.rebalance_rounds, 4u);
    EXPECT_GT(joined.user.owners_changed, 0u);
    EXPECT_GT(joined.user.segments_in, 0u);
    EXPECT_GT(joined.user.entries_in, 200u);  // all of r, thirds of d1 and d2
    EXPECT_GT(joined.user.bytes_in, 200u);
    EXPECT_EQ(cluster.content().content, sample_content(200));
    EXPECT_TRUE(cluster.content().differences.empty());
    const Instruments counted = cluster.node("n2").instruments();
    EXPECT_EQ(counted.caches.at("r").entries, 200u);
    EXPECT_NEAR(counted.caches.at("d2").primary_segments, 85, 2);
    EXPECT_EQ(counted.caches.at("d2").moved_by_topology.begin()->first, 6);
  });
}

TEST(ZeroCapacity, ALeaveKeepsAllOwnersAndStartsNoRebalanceOfUserCaches) {
  TestCluster cluster;
  cluster.form(2, sample_content(50));
  cluster.add("zero", true);
  cluster.run([&] {
    cluster.start("zero");
    const ClusterTotals before = totals(cluster.all());
    cluster.leave("zero");
    cluster.wait(seconds(1));
    const ClusterTotals left = totals(cluster.all()) - before;
    EXPECT_EQ(left.user.rebalance_rounds, 0u);
    EXPECT_EQ(left.user.owners_changed, 0u);
    EXPECT_EQ(left.user.entries_in, 0u);
    EXPECT_EQ(left.user.topology_updates, 4u * 2u);
    EXPECT_EQ(left.internal.rebalance_rounds, 3u);
    EXPECT_EQ(cluster.node("n0").members().size(), 2u);
  });
}

TEST(ZeroCapacity, AReplicatedCacheIteratedFromThereGivesAllEntries) {
  TestCluster cluster;
  cluster.form(2, sample_content(1500));
  cluster.add("zero", true);
  cluster.run([&] {
    cluster.start("zero");
    cluster.on("zero", [&](Node& zero) {
      for (const char* cache : {"r", "d1", "d2"}) {
        const Iterated seen = iterate_all(zero, cache);
        EXPECT_TRUE(seen.status.ok()) << seen.status.to_string();
        EXPECT_EQ(seen.times.size(), 1500u) << cache;
        EXPECT_TRUE(seen.each_once());
      }
      EXPECT_EQ(*zero.size("r", cluster.now() + seconds(15)), 1500u);
    });
  });
}

TEST(ZeroCapacity, ItSeesDefinitionsSchemasTasksAndCountersOfTheCluster) {
  TestCluster cluster;
  const Content content = sample_content(1);
  cluster.form(2, content);
  cluster.add("zero", true);
  cluster.run([&] {
    cluster.start("zero");
    cluster.on("zero", [&](Node& zero) {
      EXPECT_EQ(zero.caches().size(), 3u);
      EXPECT_EQ(zero.caches().front().configuration_xml, content.caches.at("d1").configuration_xml);
      EXPECT_EQ(zero.templates(), (std::vector<NamedDefinition>{{"t", content.templates.at("t")}}));
      EXPECT_EQ(zero.schemas(), content.schemas);
      EXPECT_EQ(zero.tasks(), content.tasks);
      EXPECT_EQ(*zero.counters(cluster.now() + seconds(5)),
                std::vector<CounterRecord>{content.counters.at("c")});
    });
  });
}

TEST(Cluster, AFormedIdleClusterCausesNoEvents) {
  TestCluster cluster;
  cluster.form(3, sample_content(10));
  cluster.run([&] {
    cluster.wait(seconds(1));
    const uint64_t events = cluster.sim().trace().count();
    cluster.wait(minutes(50));
    EXPECT_LE(cluster.sim().trace().count(), events + 2);  // the test's own sleep
    EXPECT_EQ(cluster.transport("n0").sent, 2u);           // its greetings
  });
}

}  // namespace
}  // namespace drydock::fakegrid
