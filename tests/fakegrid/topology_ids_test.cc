// The topologies of caches, by id and phase, as measured on real clusters (docs/facts/grid.md).
#include <fmt/format.h>

#include "fakegrid/node/core.h"
#include "fakegrid/topology/topology_text.h"
#include "tests/fakegrid/test_cluster.h"

namespace drydock::fakegrid {
namespace {

// n0 and n1 with a cache of each kind, and what n0 logs.
class TopologyIds : public ::testing::Test {
 protected:
  void form(const std::string& version = "15.0.21.Final") {
    version_ = version;
    NodeConfig config = server_config();
    Content content = sample_content(200);
    content.caches["inval"] = cache_with(R"(<invalidation-cache name="inval"/>)", 0);
    ClusterShape shape;
    shape.version = parse_version(version).value();
    shape.quirks = config.quirks;
    shape.all_internal_caches = true;
    for (const char* name : {"n0", "n1"})
      shape.members.push_back({name, fmt::format("10.0.0.{}", shape.members.size() + 1), false});
    const auto snapshot = form_cluster(shape, content).value();
    for (const char* name : {"n0", "n1"}) cluster_.add(name, config);
    for (const char* name : {"n0", "n1"}) cluster_.node(name).start_formed(*snapshot);
  }
  NodeConfig server_config(bool zero_capacity = false) const {
    NodeConfig config{.zero_capacity = zero_capacity, .version = version_, .verbose_log = true};
    config.quirks = quirks_of(parse_version(version_).value());
    config.all_internal_caches = true;
    return config;
  }
  void join(const std::string& name, bool zero_capacity) {
    cluster_.add(name, server_config(zero_capacity));
    cluster_.start(name);
    cluster_.wait(seconds(1));
  }
  const CacheTopology& topology(const std::string& cache) {
    return *cluster_.node("n0").core()->caches.find(cache)->topology;
  }
  // "9 NO_REBALANCE 3": id, phase, rebalance id.
  std::string state(const std::string& cache) {
    const CacheTopology& now = topology(cache);
    return fmt::format("{} {} {}", now.id, phase_name(now.phase), now.rebalance_id);
  }
  std::pair<int, int> owned(const std::string& cache, const std::string& name) {
    const CacheTopology& now = topology(cache);
    const int at = position_of(*now.members, cluster_.node(name).address());
    const OwnedSegments segments = owned_by(*now.current, at);
    return {segments.primary, segments.backup};
  }
  size_t lines(const std::string& name, const std::string& text) {
    return cluster_.lines(name, text);
  }

  std::string version_ = "15.0.21.Final";
  TestCluster cluster_;
};

TEST_F(TopologyIds, AClusterOfTwoIsAtItsFifthTopologyAndInvalidationAtItsThird) {
  form();
  for (const char* cache : {"d1", "d2", "r", "org.infinispan.CONFIG", "org.infinispan.COUNTER"})
    EXPECT_EQ(state(cache), "5 NO_REBALANCE 2") << cache;
  EXPECT_EQ(state("inval"), "3 NO_REBALANCE 1");
}

TEST_F(TopologyIds, AZeroCapacityJoinTakesFourTopologiesAndOwnsNothing) {
  form();
  cluster_.run([&] {
    const OwnerTable d2 = *topology("d2").current;
    join("zero", true);
    for (const char* cache : {"d1", "d2", "r", "org.infinispan.COUNTER"}) {
      EXPECT_EQ(state(cache), "9 NO_REBALANCE 3") << cache;
      EXPECT_EQ(owned(cache, "zero"), std::pair(0, 0)) << cache;
    }
    EXPECT_EQ(*topology("d2").current, d2);
    EXPECT_EQ(state("inval"), "4 NO_REBALANCE 1");
    EXPECT_EQ(owned("inval", "zero"), std::pair(0, 0));
    for (int id = 6; id <= 9; ++id)
      EXPECT_EQ(lines("n1", fmt::format(
                                "Updating local topology for cache d1: CacheTopology{{id={},", id)),
                1u);
    EXPECT_EQ(lines("n0",
                    "[Context=d1]ISPN100009: Advancing to rebalance phase "
                    "READ_ALL_WRITE_ALL, topology id 7"),
              1u);
    EXPECT_EQ(lines("n0",
                    "[Context=d1]ISPN100009: Advancing to rebalance phase "
                    "READ_NEW_WRITE_ALL, topology id 8"),
              1u);
  });
}

TEST_F(TopologyIds, AnOrdinaryJoinTakesFourTopologiesAndOwnsAThird) {
  form();
  cluster_.run([&] {
    join("n2", false);
    for (const char* cache : {"d1", "d2", "r"}) {
      EXPECT_EQ(state(cache), "9 NO_REBALANCE 3") << cache;
      std::vector<int> primaries;
      for (const char* name : {"n0", "n1", "n2"}) primaries.push_back(owned(cache, name).first);
      std::sort(primaries.begin(), primaries.end());
      EXPECT_EQ(primaries, (std::vector<int>{83, 86, 87})) << cache;
    }
    EXPECT_EQ(owned("r", "n2").first + owned("r", "n2").second, 256);
    EXPECT_EQ(state("inval"), "4 NO_REBALANCE 1");
  });
}

TEST_F(TopologyIds, AZeroCapacityLeaveTakesOneTopologyWithoutRebalance) {
  form();
  cluster_.run([&] {
    join("zero", true);
    const size_t starts = lines("n0", "ISPN100002");
    cluster_.leave("zero");
    cluster_.wait(seconds(1));
    for (const char* cache : {"d1", "d2", "r"}) EXPECT_EQ(state(cache), "10 NO_REBALANCE 3");
    EXPECT_EQ(state("inval"), "6 NO_REBALANCE 1");
    // Configuration, schemas and tasks had been copied to it, so their primaries move back.
    for (const char* cache : {"org.infinispan.CONFIG", "___protobuf_metadata", "___script_cache"})
      EXPECT_EQ(state(cache), "14 NO_REBALANCE 4") << cache;
    EXPECT_EQ(lines("n0", "ISPN100002") - starts, 6u);
  });
}

TEST_F(TopologyIds, AnOrdinaryLeaveTakesOneTopologyAndARebalance) {
  form();
  cluster_.run([&] {
    join("n2", false);
    cluster_.leave("n2");
    cluster_.wait(seconds(1));
    EXPECT_EQ(state("d2"), "14 NO_REBALANCE 4");
    EXPECT_EQ(state("d1"), "14 NO_REBALANCE 4");
    EXPECT_EQ(lines("n0", "[Context=d1]ISPN000312: Lost data because of graceful leaver n2"), 1u);
    EXPECT_EQ(lines("n0", "[Context=d2]ISPN000312"), 0u);
  });
}

TEST_F(TopologyIds, ACrashLosesTheDataOfASingleOwnerAndSaysSo) {
  form();
  cluster_.run([&] {
    join("n2", false);
    cluster_.kill("n2");
    cluster_.wait(seconds(3));
    EXPECT_EQ(state("d2"), "14 NO_REBALANCE 4");
    EXPECT_EQ(lines("n0", "[Context=d1]ISPN000313: Lost data because of abrupt leavers [n2]"), 1u);
    EXPECT_EQ(lines("n0", "[Context=d2]ISPN000313"), 0u);
  });
}

TEST_F(TopologyIds, OneOfTwoThatLeavesTakesOneTopologyAsTheOtherHasAll) {
  form();
  cluster_.run([&] {
    cluster_.leave("n1");
    cluster_.wait(seconds(1));
    for (const char* cache : {"d1", "d2", "r"}) {
      EXPECT_EQ(state(cache), "6 NO_REBALANCE 2") << cache;
      EXPECT_EQ(owned(cache, "n0"), std::pair(256, 0)) << cache;
    }
    EXPECT_EQ(state("inval"), "5 NO_REBALANCE 1");
  });
}

TEST_F(TopologyIds, WhoComesDuringARebalanceTakesPartInTheNextOne) {
  form();
  cluster_.add("n2", server_config());
  cluster_.add("n3", server_config());
  cluster_.run([&] {
    const auto begin = [&](const char* name) {
      return cluster_.begin(
          name, [&](Node& node) { EXPECT_TRUE(node.start(cluster_.now() + seconds(30)).ok()); });
    };
    const auto one = begin("n2");
    const auto two = begin("n3");
    EXPECT_TRUE(one->wait(kForever).ok());
    EXPECT_TRUE(two->wait(kForever).ok());
    cluster_.wait(seconds(1));
    EXPECT_EQ(state("d2"), "13 NO_REBALANCE 4");
    EXPECT_EQ(cluster_.content().content.caches.at("d2"), sample_content(200).caches.at("d2"));
  });
}

struct Counts {
  const char* version;
  size_t coordinator, other, joiner;  // ISPN100002 of a join
  size_t leave_coordinator, leave_other;
};

class TopologyLines : public TopologyIds, public ::testing::WithParamInterface<Counts> {};

TEST_P(TopologyLines, AreAsManyAsMeasured) {
  const Counts& counts = GetParam();
  form(counts.version);
  // The measured caches d1, d2 and r are the same; `inval` has no rebalance.
  cluster_.run([&] {
    join("zero", true);
    EXPECT_EQ(lines("n0", "ISPN100002"), counts.coordinator);
    EXPECT_EQ(lines("n1", "ISPN100002"), counts.other);
    EXPECT_EQ(lines("zero", "ISPN100002"), counts.joiner);
    cluster_.leave("zero");
    cluster_.wait(seconds(1));
    EXPECT_EQ(lines("n0", "ISPN100002") - counts.coordinator, counts.leave_coordinator);
    EXPECT_EQ(lines("n1", "ISPN100002") - counts.other, counts.leave_other);
    join("n2", false);
    EXPECT_EQ(lines("n0", "ISPN100002") - counts.coordinator - counts.leave_coordinator,
              counts.coordinator);
    EXPECT_EQ(lines("n2", "ISPN100002"), counts.joiner);
  });
}

INSTANTIATE_TEST_SUITE_P(Versions, TopologyLines,
                         ::testing::Values(Counts{"12.1.11.Final", 10, 0, 0, 1, 0},
                                           Counts{"14.0.3.Final", 22, 11, 11, 2, 1},
                                           Counts{"15.0.21.Final", 22, 11, 11, 6, 3},
                                           Counts{"16.0.7", 18, 9, 9, 6, 3}));

TEST_P(TopologyLines, OfACrashWithoutCapacityAreThoseOfItsLeave) {
  const Counts& counts = GetParam();
  form(counts.version);
  cluster_.run([&] {
    join("zero", true);
    cluster_.kill("zero");
    cluster_.wait(seconds(5));
    EXPECT_EQ(lines("n0", "ISPN100002") - counts.coordinator, counts.leave_coordinator);
    EXPECT_EQ(lines("n1", "ISPN100002") - counts.other, counts.leave_other);
    EXPECT_EQ(state("d2"), "10 NO_REBALANCE 3");
  });
}

TEST_P(TopologyLines, ThoseWithoutCapacityGetTheConfigurationAndFrom15OnTextsToo) {
  form(GetParam().version);
  cluster_.run([&] {
    join("zero", true);
    join("n2", false);
    const auto all = [&](const char* cache, const char* node) {
      const auto [primary, backup] = owned(cache, node);
      return primary + backup;
    };
    const bool texts = parse_version(GetParam().version).value().at_least(15);
    EXPECT_EQ(all("org.infinispan.CONFIG", "zero"), 256);
    EXPECT_EQ(all("___protobuf_metadata", "zero"), texts ? 256 : 0);
    EXPECT_EQ(all("___script_cache", "zero"), texts ? 256 : 0);
    EXPECT_EQ(all("org.infinispan.COUNTER", "zero"), 0);
    for (const char* cache : {"org.infinispan.CONFIG", "___protobuf_metadata", "___script_cache"})
      EXPECT_EQ(all(cache, "n2"), 256) << cache;
    EXPECT_GT(all("org.infinispan.COUNTER", "n2"), 0);
  });
}

class CacheOfLocks : public TopologyIds, public ::testing::WithParamInterface<const char*> {};

TEST_P(CacheOfLocks, OverlooksACrashBefore15UntilTheNextMemberComes) {
  form(GetParam());
  cluster_.run([&] {
    join("zero", true);
    EXPECT_EQ(state("org.infinispan.LOCKS"), "9 NO_REBALANCE 3");
    cluster_.kill("zero");
    cluster_.wait(seconds(5));
    EXPECT_EQ(state("org.infinispan.LOCKS"), "9 NO_REBALANCE 3");
    EXPECT_EQ(topology("org.infinispan.LOCKS").members->size(), 3u);
    EXPECT_EQ(state("r"), "10 NO_REBALANCE 3");
    join("n2", false);
    EXPECT_EQ(state("org.infinispan.LOCKS"), "13 NO_REBALANCE 4");
    EXPECT_EQ(names_of(*topology("org.infinispan.LOCKS").members), "[n0, n1, n2]");
  });
}

TEST_P(CacheOfLocks, KeepsWhomItOverlookedWhileItTellsOfALeave) {
  form(GetParam());
  cluster_.run([&] {
    join("n2", false);
    join("zero", true);
    cluster_.kill("n2");
    cluster_.wait(seconds(5));
    EXPECT_EQ(state("org.infinispan.LOCKS"), "13 NO_REBALANCE 4");
    cluster_.leave("n1");
    cluster_.wait(seconds(1));
    EXPECT_EQ(state("org.infinispan.LOCKS"), "15 NO_REBALANCE 4");
    EXPECT_EQ(names_of(*topology("org.infinispan.LOCKS").members), "[n0, zero]");
    EXPECT_EQ(owned("org.infinispan.LOCKS", "n0"), std::pair(256, 0));
    EXPECT_EQ(lines("n0",
                    "[Context=org.infinispan.LOCKS]ISPN100011: Entering availability mode "
                    "AVAILABLE, topology id 14"),
              1u);
  });
}

TEST_P(CacheOfLocks, FollowsAnOrderlyLeaveWithTwoTopologies) {
  form(GetParam());
  cluster_.run([&] {
    join("zero", true);
    cluster_.leave("zero");
    cluster_.wait(seconds(1));
    EXPECT_EQ(state("org.infinispan.LOCKS"), "11 NO_REBALANCE 3");
    EXPECT_EQ(names_of(*topology("org.infinispan.LOCKS").members), "[n0, n1]");
  });
}

INSTANTIATE_TEST_SUITE_P(Versions, CacheOfLocks,
                         ::testing::Values("12.1.11.Final", "14.0.3.Final"));

TEST_F(TopologyIds, TheLinesOfOneCacheAreThoseOfRealServers) {
  form();
  cluster_.run([&] {
    join("zero", true);
    for (const auto& [text, times] : std::vector<std::pair<std::string, size_t>>{
             {"[o.i.t.ClusterCacheStatus] Queueing rebalance for cache d1 with members "
              "[n0, n1, zero]",
              1},
             {"[o.i.CLUSTER] ISPN000310: Starting new rebalance phase for cache d1, topology "
              "CacheTopology{id=6, phase=READ_OLD_WRITE_ALL, rebalanceId=3, "
              "currentCH=DefaultConsistentHash{ns=256, owners = (3)[n0: ",
              1},
             {"ISPN000310: Starting new rebalance phase for cache d1,", 3},
             {"[o.i.CLUSTER] [Context=d1]ISPN100002: Starting rebalance with members "
              "[n0, n1, zero], phase READ_OLD_WRITE_ALL, topology id 6",
              1},
             {"[o.i.LIFECYCLE] [Context=d1][Scope=n0]ISPN100002", 1},
             {"confirmed for cache d1 on node zero, topology id = 7", 1},
             {"ISPN000328: Rebalance phase", 9 * 11},
             {"[o.i.LIFECYCLE] [Context=d1][Scope=n0]ISPN100010: Finished rebalance with members "
              "[n0, n1, zero], topology id 6",
              1},
             {"[o.i.CLUSTER] [Context=d1]ISPN100010: Finished rebalance with members "
              "[n0, n1, zero], topology id 9",
              1},
             {"[o.i.CLUSTER] ISPN000336: Finished rebalance for cache d1, topology ", 1},
             {"[o.i.t.ClusterCacheStatus] ISPN000519: Updating stable topology for cache d1,", 1},
             {"[o.i.t.LocalTopologyManagerImpl] Updating local topology for cache d1: ", 4},
             {"[o.i.t.LocalTopologyManagerImpl] Starting local rebalance for cache d1, topology = ",
              1},
             {"[o.i.t.LocalTopologyManagerImpl] Cache d1 stable topology complete ", 1},
             {"[o.i.CLUSTER] [Context=inval]ISPN100008: Updating cache members list "
              "[n0, n1, zero], topology id 4",
              1},
             {"[o.i.CLUSTER] ISPN000094: Received new cluster view for channel dg: [n0|2] (3) "
              "[n0, n1, zero]",
              1},
             {"[o.i.CLUSTER] [Scope=n0]ISPN100000: Node zero joined the cluster", 2}})
      EXPECT_EQ(lines("n0", text), times) << text;
    EXPECT_EQ(lines("zero", "Updating local topology for cache d1: "), 5u);
    EXPECT_EQ(lines("zero", "Cache d1 received join response StatusResponse{"), 1u);
    EXPECT_EQ(lines("zero", "Cache d1 stable topology complete "), 2u);
    EXPECT_EQ(lines("zero", "Updating local topology for cache inval: "), 2u);
  });
}

TEST_F(TopologyIds, Before14NamesNoScopeAndTellsOfAJoinOnce) {
  form("12.1.11.Final");
  cluster_.run([&] {
    join("zero", true);
    EXPECT_EQ(lines("n0", "[o.i.CLUSTER] ISPN100000: Node zero joined the cluster"), 1u);
    EXPECT_EQ(lines("n0", "[Scope="), 0u);
    EXPECT_EQ(lines("n0", "stable topology complete"), 0u);
  });
}

}  // namespace
}  // namespace drydock::fakegrid
