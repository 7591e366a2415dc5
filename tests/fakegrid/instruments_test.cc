// What a node counts about itself, and what it logs about its own life.
#include "fakegrid/node/instruments.h"

#include "tests/fakegrid/test_cluster.h"

namespace drydock::fakegrid {
namespace {

TEST(Instruments, EntriesAndBytesAreThoseThatTheNodeHolds) {
  TestCluster cluster;
  cluster.form(2, sample_content(10));
  const CacheInstruments before = cluster.node("n0").instruments().caches.at("r");
  EXPECT_EQ(before.entries, 10u);
  EXPECT_EQ(before.written, 0u);
  cluster.run([&] {
    const CacheRecord record = record_of("new", std::string(1000, 'x'));
    cluster.on("n0", [&](Node& node) {
      EXPECT_TRUE(node.put("r", {&record, 1}, cluster.now() + seconds(5)).ok());
    });
    for (const char* name : {"n0", "n1"}) {
      const CacheInstruments after = cluster.node(name).instruments().caches.at("r");
      EXPECT_EQ(after.entries, 11u);
      EXPECT_EQ(after.bytes - before.bytes, encoded_size(record));
      EXPECT_EQ(after.written, std::string(name) == "n0" ? 1u : 0u);
    }
  });
}

TEST(Instruments, AnIterationQueuesUpAtTheOwnersAndSendsMessages) {
  TestCluster cluster;
  cluster.form(2, sample_content(3000));
  cluster.add("zero", true);
  cluster.run([&] {
    cluster.start("zero");
    const Instruments before = cluster.node("n0").instruments();
    EXPECT_LT(before.queue_depth_max, 5u);
    std::vector<std::shared_ptr<Event>> scans;
    for (int i = 0; i < 5; ++i)
      scans.push_back(cluster.begin("zero", [](Node& node) { iterate_all(node, "d2"); }));
    cluster.wait(milliseconds(5));
    EXPECT_EQ(cluster.node("n0").instruments().queue_depth, 5u);
    for (const auto& scan : scans) EXPECT_TRUE(scan->wait(kForever).ok());
    const Instruments after = cluster.node("n0").instruments();
    EXPECT_EQ(after.queue_depth, 0u);
    EXPECT_EQ(after.queue_depth_max, 5u);
    EXPECT_GT(after.messages_sent, before.messages_sent);
    EXPECT_GT(after.bytes_sent - before.bytes_sent, 5u * 1500u * 10u);
  });
}

TEST(Instruments, EveryInstalledViewCounts) {
  TestCluster cluster;
  cluster.form(2, sample_content(1));
  cluster.add("zero", true);
  cluster.run([&] {
    const uint64_t before = cluster.node("n0").instruments().views;
    cluster.start("zero");
    EXPECT_EQ(cluster.node("n0").instruments().views - before, 1u);
    EXPECT_EQ(cluster.node("zero").instruments().views, 1u);
    cluster.leave("zero");
    cluster.wait(seconds(1));
    EXPECT_EQ(cluster.node("n0").instruments().views - before, 2u);
  });
}

TEST(Instruments, HoldingsAreThoseOfAllMembersThatAreThere) {
  TestCluster cluster;
  cluster.form(3, sample_content(20));
  cluster.run([&] {
    cluster.on("n0", [&](Node& node) {
      const auto holdings = node.holdings("r", cluster.now() + seconds(5));
      ASSERT_TRUE(holdings.ok());
      ASSERT_EQ(holdings->size(), 3u);
      for (const Holding& holding : *holdings) EXPECT_EQ(holding.entries, 20u);
      EXPECT_EQ(node.holdings("none", cluster.now() + seconds(5)).status().code(), Code::kNotFound);
    });
    cluster.kill("n2");
    cluster.on("n0", [&](Node& node) {
      const auto holdings = node.holdings("r", cluster.now() + seconds(5));
      ASSERT_TRUE(holdings.ok());
      EXPECT_EQ(holdings->size(), 2u);
    });
  });
}

class LifeLines : public ::testing::TestWithParam<std::string> {};

TEST_P(LifeLines, OfAStartAndAnOrderlyEndAreThoseOfTheRelease) {
  const std::string mark = GetParam() == "12.1.11.Final" ? "" : "`";
  TestCluster cluster;
  NodeConfig config{.version = GetParam(), .verbose_log = true};
  cluster.add("n0", config);
  config.finds_global_state = true;
  cluster.add("n1", config);
  const auto quoted = [&](const std::string& name) { return mark + name + mark; };
  cluster.run([&] {
    for (const char* name : {"n0", "n1"}) cluster.start(name);
    for (const std::string& text :
         {std::string("[o.i.CONTAINER] ISPN000556: Starting user marshaller"),
          "[o.i.CLUSTER] ISPN000078: Starting JGroups channel " + quoted("dg") + " with stack ",
          "[o.i.CLUSTER] ISPN000079: Channel " + quoted("dg") + " local address is " +
              quoted("n0") + ", physical addresses are " + quoted("[10.0.0.1:7800]"),
          "[o.i.CONTAINER] ISPN000390: Persisted state, version=" + GetParam(),
          std::string("[o.i.CONTAINER] ISPN000104: Using EmbeddedTransactionManager")})
      EXPECT_EQ(cluster.lines("n0", text), 1u) << text;
    EXPECT_EQ(cluster.lines("n1", "ISPN000389: Loaded global state, version="), 1u);
    EXPECT_EQ(cluster.lines("n1", "ISPN000390"), 0u);
    cluster.leave("n1");
    EXPECT_EQ(cluster.lines("n1", "ISPN000390: Persisted state, version="), 1u);
    EXPECT_EQ(cluster.lines(
                  "n1", "[o.i.CLUSTER] ISPN000080: Disconnecting JGroups channel " + quoted("dg")),
              1u);
  });
}

INSTANTIATE_TEST_SUITE_P(Versions, LifeLines,
                         ::testing::Values("12.1.11.Final", "14.0.3.Final", "15.0.21.Final"));

// From 15 on; each node that writes, for itself or for a caller.
TEST(LifeLog, TheFirstWriteToAnIndexedCacheOpensItsIndex) {
  for (const std::string version : {"14.0.3.Final", "15.0.21.Final", "16.0.7"}) {
    TestCluster cluster;
    const NodeConfig config{.version = version, .verbose_log = true};
    for (const char* name : {"n0", "n1"}) cluster.add(name, config);
    const auto put = [&](const std::string& cache) {
      cluster.on("n1", [&](Node& node) {
        const CacheRecord record = record_of("k", "v");
        EXPECT_TRUE(node.put(cache, {&record, 1}, cluster.now() + seconds(5)).ok());
      });
    };
    cluster.run([&] {
      for (const char* name : {"n0", "n1"}) cluster.start(name);
      cluster.on("n0", [&](Node& node) {
        const std::string element = R"(<replicated-cache><indexing storage="local-heap"/>)";
        for (const char* name : {"indexed", "plain"})
          EXPECT_TRUE(node.create_cache({name, name[0] == 'i' ? element + "</replicated-cache>"
                                                              : "<replicated-cache/>"},
                                        cluster.now() + seconds(5))
                          .ok());
      });
      put("plain");
      EXPECT_EQ(cluster.lines("n0", "HSEARCH000075"), 0u);
      for (int i = 0; i < 2; ++i) put("indexed");
      for (const char* name : {"n0", "n1"})
        EXPECT_EQ(cluster.lines(name, "HSEARCH000075"), version == "14.0.3.Final" ? 0u : 1u)
            << name << " " << version;
    });
  }
}

TEST(LifeLog, HasNoLinesOfAServerUnlessTheLogIsVerbose) {
  TestCluster cluster;
  cluster.add("n0");
  cluster.run([&] {
    cluster.start("n0");
    cluster.leave("n0");
    EXPECT_EQ(cluster.lines("n0", "ISPN000078"), 0u);
    EXPECT_EQ(cluster.lines("n0", "ISPN000080: Disconnecting JGroups channel `dg`"), 1u);
  });
}

}  // namespace
}  // namespace drydock::fakegrid
