// Known bugs of real servers in how caches start and spread, each switched on and off.
#include "fakegrid/node/core.h"
#include "tests/fakegrid/test_cluster.h"

namespace drydock::fakegrid {
namespace {

NodeConfig zero_with(std::optional<Quirk> quirk) {
  NodeConfig config{.zero_capacity = true};
  if (quirk) config.quirks.set(*quirk, true);
  return config;
}

NamedDefinition definition(const std::string& name) {
  return {name, "<distributed-cache name=\"" + name + "\"/>"};
}

// F42
Status create_through_zero(int data_nodes, std::optional<Quirk> quirk, Duration* took) {
  TestCluster cluster;
  cluster.form(data_nodes, sample_content(1));
  cluster.add("zero", zero_with(quirk));
  Status result;
  cluster.run([&] {
    cluster.start("zero");
    const SteadyTime before = cluster.now();
    cluster.on("zero", [&](Node& zero) {
      result = zero.create_cache(definition("new"), cluster.now() + minutes(1)).status();
    });
    *took = cluster.now() - before;
  });
  return result;
}

TEST(Quirks, F42ACacheCreatedThroughAZeroCapacityMemberWaitsForTheOnlyDataNode) {
  Duration took{};
  const Status result = create_through_zero(1, Quirk::kCreateBlocksOnOnlyOwner, &took);
  EXPECT_EQ(result.code(), Code::kDeadlineExceeded);
  EXPECT_EQ(result.message(), "ISPN000476: Timed out waiting for responses for request from n0");
  EXPECT_EQ(took, seconds(15));
}

TEST(Quirks, WithoutF42OrWithTwoDataNodesItIsCreatedAtOnce) {
  for (const auto& [nodes, quirk] : std::vector<std::pair<int, std::optional<Quirk>>>{
           {1, std::nullopt}, {2, Quirk::kCreateBlocksOnOnlyOwner}}) {
    Duration took{};
    EXPECT_TRUE(create_through_zero(nodes, quirk, &took).ok());
    EXPECT_LT(took, seconds(1));
  }
}

// F46: the data nodes are killed, and a new one comes to the zero-capacity member that is left.
Status return_to_zero(std::optional<Quirk> quirk, bool* logged) {
  TestCluster cluster;
  cluster.form(2, sample_content(20));
  cluster.add("zero", zero_with(quirk));
  cluster.add("back");
  Status result;
  cluster.run([&] {
    cluster.start("zero");
    cluster.make_discoverable("zero");
    cluster.kill("n0");
    cluster.kill("n1");
    cluster.wait(seconds(3));
    cluster.on("back", [&](Node& node) { result = node.start(cluster.now() + seconds(20)); });
    *logged = cluster.logged("zero", "ISPN000071");
    if (!result.ok()) return;
    cluster.on("back", [&](Node& node) {
      const CacheRecord record = record_of("k", "v");
      EXPECT_TRUE(node.put("d2", {&record, 1}, cluster.now() + seconds(5)).ok());
    });
  });
  return result;
}

TEST(Quirks, F46AZeroCapacityMemberLeftAloneRefusesDataNodesThatComeBack) {
  bool logged = false;
  const Status result = return_to_zero(Quirk::kZeroBlocksReturn, &logged);
  EXPECT_EQ(result.code(), Code::kFailedPrecondition);
  EXPECT_TRUE(logged);
}

TEST(Quirks, WithoutF46ADataNodeThatComesBackMakesTheCachesUsable) {
  bool logged = false;
  EXPECT_TRUE(return_to_zero(std::nullopt, &logged).ok());
  EXPECT_FALSE(logged);
}

TEST(Quirks, F47AZeroCapacityMemberHasNoCopyOfTextsAndReadsThemFromTheOthers) {
  for (const bool on : {true, false}) {
    TestCluster cluster;
    ClusterShape shape{.members = {{"n0", "10.0.0.1"}, {"n1", "10.0.0.2"}}};
    NodeConfig data;
    NodeConfig zero{.zero_capacity = true};
    for (Quirks* quirks : {&shape.quirks, &data.quirks, &zero.quirks})
      quirks->set(Quirk::kInternalCachesUnowned, on);
    for (const char* name : {"n0", "n1"}) cluster.add(name, data);
    cluster.add("zero", zero);
    const auto snapshot = form_cluster(shape, sample_content(1)).value();
    for (const char* name : {"n0", "n1"}) cluster.node(name).start_formed(*snapshot);
    cluster.run([&] {
      cluster.start("zero");
      const Instruments counted = cluster.node("zero").instruments();
      EXPECT_EQ(counted.caches.at("___protobuf_metadata").entries, on ? 0u : 1u);
      EXPECT_EQ(counted.caches.at("org.infinispan.CONFIG").entries, 4u);
      cluster.on("zero", [&](Node& node) {
        EXPECT_EQ(node.schemas(), sample_content(1).schemas);
        EXPECT_EQ(node.tasks(), sample_content(1).tasks);
      });
    });
  }
}

TEST(Quirks, F48AZeroCapacityMemberFindsNothingInReplicatedCaches) {
  for (const bool on : {true, false}) {
    TestCluster cluster;
    cluster.form(2, sample_content(5));
    cluster.add("zero",
                zero_with(on ? std::optional(Quirk::kReplicatedReadsLocally) : std::nullopt));
    cluster.run([&] {
      cluster.start("zero");
      cluster.on("zero", [&](Node& zero) {
        const SteadyTime soon = cluster.now() + seconds(5);
        EXPECT_EQ(zero.get("r", "k1", soon).value().has_value(), !on);
        EXPECT_TRUE(zero.get("d2", "k1", soon).value().has_value());
      });
    });
  }
}

// Which of three creations through a zero-capacity member fail.
std::vector<int> failed_creations(std::optional<Quirk> quirk, Duration apart) {
  TestCluster cluster;
  cluster.form(2, sample_content(1));
  cluster.add("zero", zero_with(quirk));
  std::vector<int> failed;
  cluster.run([&] {
    cluster.start("zero");
    cluster.on("zero", [&](Node& zero) {
      const auto create = [&](int i) {
        return zero.create_cache(definition("c" + std::to_string(i)), cluster.now() + seconds(5));
      };
      for (int i = 1; i <= 3; ++i) {
        if (!create(i).ok()) failed.push_back(i);
        EXPECT_TRUE(zero.core()->env.sleep_for(apart).ok());
      }
      EXPECT_FALSE(create(2).value());
    });
  });
  return failed;
}

TEST(Quirks, F58OfCachesCreatedTogetherTheSecondIsStartedTooEarlyAndIsThereAfterwards) {
  const Duration together = milliseconds(50);
  EXPECT_EQ(failed_creations(Quirk::kConfigurationComesLate, together), std::vector<int>{2});
  EXPECT_EQ(failed_creations(Quirk::kConfigurationComesLate, seconds(2)), std::vector<int>());
  EXPECT_EQ(failed_creations(std::nullopt, together), std::vector<int>());
}

TEST(Quirks, F36AZeroCapacityMemberThatFindsNobodyBeginsAClusterOfItsOwn) {
  for (const bool on : {true, false}) {
    TestCluster cluster;
    cluster.add("zero", zero_with(on ? std::optional(Quirk::kSingletonCluster) : std::nullopt));
    cluster.run([&] {
      cluster.on("zero", [&](Node& zero) {
        const Status started = zero.start(cluster.now() + minutes(5));
        EXPECT_EQ(started.code(), on ? Code::kOk : Code::kDeadlineExceeded);
      });
    });
  }
}

TEST(Quirks, WithoutF36AZeroCapacityMemberWaitsForTheFirstDataNode) {
  TestCluster cluster;
  cluster.add("zero", zero_with(std::nullopt));
  cluster.add("late");
  cluster.run([&] {
    const auto started = cluster.begin(
        "zero", [&](Node& zero) { EXPECT_TRUE(zero.start(cluster.now() + minutes(5)).ok()); });
    cluster.wait(minutes(1));
    cluster.start("late");
    EXPECT_TRUE(started->wait(kForever).ok());
    EXPECT_EQ(cluster.node("zero").members().size(), 2u);
  });
}

// What an iteration through a zero-capacity member ends with when a node of three is killed in its
// middle.
Status iterate_over_a_crash(std::optional<Quirk> quirk, size_t* entries) {
  TestCluster cluster;
  cluster.form(3, sample_content(6000));
  cluster.add("zero", zero_with(quirk));
  Status result;
  cluster.run([&] {
    cluster.start("zero");
    Event half(cluster.sim().harness());
    const auto done = cluster.begin("zero", [&](Node& zero) {
      const auto visit = [&](std::span<const CacheRecord> records) {
        *entries += records.size();
        half.set();
        return zero.core()->env.sleep_for(seconds(1));
      };
      result = zero.iterate("d1", visit, minutes(1));
    });
    EXPECT_TRUE(half.wait(kForever).ok());
    cluster.kill("n1");
    EXPECT_TRUE(done->wait(kForever).ok());
  });
  return result;
}

TEST(Quirks, F52AnIterationGoesOnWithoutTheSegmentsThatLostTheirLastOwner) {
  size_t entries = 0;
  EXPECT_EQ(iterate_over_a_crash(Quirk::kLostSegmentsAreSilent, &entries), ok_status());
  EXPECT_LT(entries, 6000u);
  entries = 0;
  EXPECT_EQ(iterate_over_a_crash(std::nullopt, &entries).code(), Code::kDataLoss);
}

// F54: a node of three, the only owner of some segments, is killed; then another one comes.
Status join_degraded(std::optional<Quirk> quirk, bool* logged) {
  TestCluster cluster;
  Content content;
  content.caches["d"] = cache_with(
      "<distributed-cache name=\"d\" owners=\"1\"><partition-handling "
      "when-split=\"DENY_READ_WRITES\"/></distributed-cache>",
      100);
  ClusterShape shape;
  NodeConfig config;
  for (const char* name : {"n0", "n1", "n2"}) {
    shape.members.push_back({name, "10.0.0." + std::to_string(shape.members.size() + 1), false});
    if (quirk) config.quirks.set(*quirk, true);
    cluster.add(name, config);
  }
  const auto snapshot = form_cluster(shape, content).value();
  for (const char* name : {"n0", "n1", "n2"}) cluster.node(name).start_formed(*snapshot);
  cluster.add("new", config);
  Status result;
  cluster.run([&] {
    cluster.kill("n1");
    cluster.wait(seconds(5));
    cluster.on("new", [&](Node& node) { result = node.start(cluster.now() + seconds(30)); });
    EXPECT_EQ(cluster.node("n0").health().status, "DEGRADED");
    *logged =
        cluster.logged("n0", "ISPN000071: Caught exception when handling command for cache d");
  });
  return result;
}

TEST(Quirks, F54ANodeCanNotJoinWhileACacheIsDegraded) {
  bool logged = false;
  EXPECT_EQ(join_degraded(Quirk::kJoinerOfDegradedFails, &logged).code(),
            Code::kFailedPrecondition);
  EXPECT_TRUE(logged);
  EXPECT_EQ(join_degraded(std::nullopt, &logged), ok_status());
  EXPECT_FALSE(logged);
}

// F56: an iteration of a cache whose reader takes 20 s for each batch.
Status iterate_slowly(const std::string& inside, std::optional<Quirk> quirk) {
  TestCluster cluster;
  Content content;
  content.caches["s"] =
      cache_with("<distributed-cache name=\"s\">" + inside + "</distributed-cache>", 5000);
  cluster.form(2, content);
  cluster.add("zero", zero_with(quirk));
  Status result;
  cluster.run([&] {
    cluster.start("zero");
    cluster.on("zero", [&](Node& zero) {
      const auto visit = [&](std::span<const CacheRecord>) {
        return zero.core()->env.sleep_for(seconds(20));
      };
      result = zero.iterate("s", visit, minutes(1));
    });
  });
  return result;
}

TEST(Quirks, F56AnIterationOverAStoreTimesOutWhenItsReaderIsSlow) {
  const std::string store = "<persistence><file-store/></persistence>";
  EXPECT_EQ(iterate_slowly(store, Quirk::kSlowReaderTimesOut).code(), Code::kDeadlineExceeded);
  EXPECT_EQ(iterate_slowly("", Quirk::kSlowReaderTimesOut), ok_status());
  EXPECT_EQ(iterate_slowly(store, std::nullopt), ok_status());
}

// Not a bug: what invalidation caches are.
TEST(Invalidation, AWriteStaysWhereItIsMadeAndMakesTheOthersForget) {
  TestCluster cluster;
  Content content;
  content.caches["i"] = cache_with(R"(<invalidation-cache name="i"/>)", 0);
  cluster.form(2, content);
  cluster.run([&] {
    const auto put = [&](const char* node, const char* value) {
      cluster.on(node, [&](Node& n) {
        const CacheRecord record = record_of("k", value);
        EXPECT_TRUE(n.put("i", {&record, 1}, cluster.now() + seconds(5)).ok());
      });
    };
    const auto value_at = [&](const char* node) {
      std::string value;
      cluster.on(node, [&](Node& n) {
        const auto record = n.get("i", "k", cluster.now() + seconds(5)).value();
        value = record ? record->value : "";
      });
      return value;
    };
    put("n0", "one");
    EXPECT_EQ(value_at("n0"), "one");
    EXPECT_EQ(value_at("n1"), "");
    put("n1", "two");
    EXPECT_EQ(value_at("n0"), "");
    EXPECT_EQ(value_at("n1"), "two");
    cluster.on("n0", [&](Node& n) {
      EXPECT_FALSE(n.remove("i", "k", cluster.now() + seconds(5)).value());
    });
    EXPECT_EQ(value_at("n1"), "");
  });
}

}  // namespace
}  // namespace drydock::fakegrid
