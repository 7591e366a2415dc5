#include "tests/fakegrid/test_cluster.h"

namespace drydock::fakegrid {
namespace {

TEST(Entries, TwoOwnersSurviveACrashWithoutLoss) {
  TestCluster cluster;
  cluster.form(3, sample_content(500));
  cluster.run([&] {
    cluster.kill("n1");
    cluster.wait(seconds(5));
    const ReadOut after = cluster.content();
    EXPECT_EQ(after.content.caches.at("d2"), sample_content(500).caches.at("d2"));
    EXPECT_EQ(after.content.caches.at("r"), sample_content(500).caches.at("r"));
    EXPECT_TRUE(after.differences.empty());
    EXPECT_EQ(after.lost, std::vector<std::string>{"d1"});
    cluster.on("n2", [&](Node& node) { EXPECT_EQ(iterate_all(node, "d2").times.size(), 500u); });
  });
}

TEST(Entries, TheCrashOfASingleOwnerIsReportedAsLossByIteration) {
  TestCluster cluster;
  cluster.form(3, sample_content(500));
  cluster.run([&] {
    cluster.kill("n2");
    cluster.wait(seconds(5));
    cluster.on("n0", [&](Node& node) {
      const Iterated seen = iterate_all(node, "d1");
      EXPECT_EQ(seen.status.code(), Code::kDataLoss);
      EXPECT_NE(seen.status.message().find("'d1'"), std::string::npos);
      EXPECT_TRUE(iterate_all(node, "d2").status.ok());
    });
    EXPECT_TRUE(
        cluster.logged("n0", "[Context=d1] ISPN000313: Lost data because of abrupt leavers [n2]"));
    EXPECT_FALSE(cluster.logged("n0", "[Context=d2] ISPN000313"));
  });
}

TEST(Entries, ACrashInTheMiddleOfAnIterationIsReportedOrMadeGood) {
  for (const auto& [cache, wanted] :
       {std::pair{"d1", Code::kDataLoss}, std::pair{"d2", Code::kOk}}) {
    TestCluster cluster;
    cluster.form(3, sample_content(3000));
    cluster.add("zero", true);
    cluster.run([&, cache = cache, wanted = wanted] {
      cluster.start("zero");
      cluster.on("zero", [&](Node& zero) {
        std::map<std::string, int> times;
        bool killed = false;
        const Status status = zero.iterate(
            cache,
            [&](std::span<const CacheRecord> records) {
              for (const CacheRecord& record : records) ++times[record.key];
              if (!std::exchange(killed, true)) cluster.kill("n1");
              return ok_status();
            },
            seconds(60));
        EXPECT_EQ(status.code(), wanted) << status.to_string();
        for (const auto& [key, count] : times) EXPECT_EQ(count, 1) << key;
        if (wanted == Code::kOk) {
          EXPECT_EQ(times.size(), 3000u);
        }
      });
    });
  }
}

TEST(Entries, AnErrorOfTheVisitorEndsTheIteration) {
  TestCluster cluster;
  cluster.form(2, sample_content(100));
  cluster.run([&] {
    cluster.on("n0", [&](Node& node) {
      const Status status = node.iterate(
          "r", [](std::span<const CacheRecord>) { return Status(Code::kNoSpace, "full"); },
          seconds(5));
      EXPECT_EQ(status, Status(Code::kNoSpace, "full"));
      EXPECT_EQ(node.iterate("absent", {}, seconds(5)).code(), Code::kNotFound);
    });
  });
}

TEST(Entries, AWriteFromAnyMemberIsReadFromEveryMember) {
  TestCluster cluster;
  cluster.form(3, sample_content(0));
  cluster.add("zero", true);
  cluster.run([&] {
    cluster.start("zero");
    cluster.on("zero", [&](Node& zero) {
      std::vector<CacheRecord> records;
      for (int i = 0; i < 40; ++i) records.push_back(record_of("k" + std::to_string(i), "v"));
      for (const char* cache : {"d1", "d2", "r"})
        EXPECT_EQ(zero.put(cache, records, cluster.now() + seconds(5)), ok_status());
      EXPECT_EQ(*zero.remove("d2", "k3", cluster.now() + seconds(5)), true);
      EXPECT_EQ(*zero.remove("d2", "k3", cluster.now() + seconds(5)), false);
    });
    for (const char* name : {"n0", "n1", "n2"})
      cluster.on(name, [&](Node& node) {
        for (const char* cache : {"d1", "d2", "r"})
          EXPECT_TRUE((*node.get(cache, "k7", cluster.now() + seconds(5))).has_value());
        EXPECT_FALSE((*node.get("d2", "k3", cluster.now() + seconds(5))).has_value());
        EXPECT_EQ(*node.size("d2", cluster.now() + seconds(5)), 39u);
      });
    EXPECT_TRUE(cluster.content().differences.empty());
    EXPECT_EQ(cluster.node("zero").instruments().caches.at("r").entries, 0u);
  });
}

TEST(Entries, AWriteDuringAJoinIsNotUndoneByTheStateThatIsTransferred) {
  TestCluster cluster;
  cluster.form(2, sample_content(3000));
  cluster.add("n2");
  cluster.run([&] {
    const auto joined = cluster.begin(
        "n2", [&](Node& node) { EXPECT_TRUE(node.start(cluster.now() + seconds(60)).ok()); });
    cluster.on("n0", [&](Node& node) {
      for (int i = 0; i < 3000; i += 10) {
        std::vector<CacheRecord> records;
        for (int k = i; k < i + 10; ++k) records.push_back(record_of("k" + std::to_string(k), "+"));
        EXPECT_EQ(node.put("r", records, cluster.now() + seconds(15)), ok_status());
      }
    });
    EXPECT_TRUE(joined->wait(kForever).ok());
    const ReadOut after = cluster.content();
    EXPECT_EQ(after.differences, std::vector<std::string>());
    for (const CacheRecord& record : after.content.caches.at("r").records)
      EXPECT_EQ(record.value, "+") << record.key;
  });
}

TEST(Entries, MortalEntriesAreGoneWhenTheirTimeIsOver) {
  TestCluster cluster;
  cluster.form(2, sample_content(0));
  cluster.run([&] {
    const auto deadline = [&] { return cluster.now() + seconds(5); };
    const auto has = [&](Node& node, const char* key) {
      return (*node.get("d2", key, deadline())).has_value();
    };
    cluster.on("n0", [&](Node& node) {
      const std::vector<CacheRecord> records{
          record_of("short", "1", {.lifespan_ms = 10'000, .max_idle_ms = -1}),
          record_of("idle", "1", {.lifespan_ms = -1, .max_idle_ms = 20'000}),
          record_of("kept", "1")};
      EXPECT_EQ(node.put("d2", records, deadline()), ok_status());
      EXPECT_TRUE(has(node, "short"));
    });
    cluster.wait(seconds(15));
    cluster.on("n1", [&](Node& node) {
      EXPECT_FALSE(has(node, "short"));
      EXPECT_TRUE(has(node, "idle"));  // and so begins its idle time anew
      EXPECT_EQ(*node.size("d2", deadline()), 2u);
    });
    cluster.wait(seconds(15));
    cluster.on("n0", [&](Node& node) { EXPECT_TRUE(has(node, "idle")); });
    cluster.wait(seconds(25));
    cluster.on("n0", [&](Node& node) {
      EXPECT_FALSE(has(node, "idle"));
      EXPECT_EQ(iterate_all(node, "d2").times, (std::map<std::string, int>{{"kept", 1}}));
    });
  });
}

TEST(Entries, ARecordWhoseLifeIsOverIsNotStored) {
  TestCluster cluster;
  cluster.form(2, sample_content(0));
  cluster.run([&] {
    cluster.on("n0", [&](Node& node) {
      CacheRecord dead = record_of("dead", "1", {.lifespan_ms = 1000, .max_idle_ms = -1});
      dead.created_ms = 5;
      EXPECT_EQ(node.put("d2", {&dead, 1}, cluster.now() + seconds(5)), ok_status());
      CacheRecord broken = record_of("broken", "1");
      broken.metadata = "nonsense";
      EXPECT_EQ(node.put("d2", {&broken, 1}, cluster.now() + seconds(5)).code(), Code::kInvalid);
    });
    EXPECT_EQ(cluster.node("n0").instruments().caches.at("d2").entries, 0u);
  });
}

TEST(Entries, AFrozenOwnerMakesItsKeysTimeOut) {
  TestCluster cluster;
  cluster.form(2, sample_content(200));
  cluster.run([&] {
    cluster.pause("n1");
    cluster.on("n0", [&](Node& node) {
      int timed_out = 0;
      for (int i = 0; i < 5; ++i) {
        const auto got = node.get("d1", "k" + std::to_string(i), cluster.now() + seconds(2));
        if (got.ok()) continue;
        EXPECT_EQ(got.code(), Code::kDeadlineExceeded);
        ++timed_out;
      }
      EXPECT_GT(timed_out, 0);
      EXPECT_LT(timed_out, 5);
    });
  });
}

TEST(Definitions, ACacheIsCreatedClusterWideAndKeepsItsConfiguration) {
  TestCluster cluster;
  cluster.form(2, sample_content(0));
  cluster.add("zero", true);
  const std::string xml = "<distributed-cache name=\"new\" owners='2'>\n</distributed-cache>";
  cluster.run([&] {
    cluster.start("zero");
    cluster.on("zero", [&](Node& zero) {
      const SteadyTime deadline = cluster.now() + seconds(5);
      EXPECT_EQ(*zero.create_cache({"new", xml}, deadline), true);
      EXPECT_EQ(*zero.create_cache({"new", "<local-cache/>"}, deadline), false);
      EXPECT_EQ(zero.create_cache({"bad", "<oops"}, deadline).code(), Code::kInvalid);
      EXPECT_EQ(zero.create_cache({"bad", "<other/>"}, deadline).code(), Code::kInvalid);
      EXPECT_EQ(*zero.create_template({"t2", "<local-cache-configuration/>"}, deadline), true);
      const CacheRecord record = record_of("k", "v");
      EXPECT_EQ(zero.put("new", {&record, 1}, deadline), ok_status());
    });
    EXPECT_EQ(cluster.node("n1").cache_configuration("new"), xml);
    EXPECT_EQ(cluster.node("n0").templates().size(), 2u);
    EXPECT_EQ(cluster.content().content.caches.at("new").records.size(), 1u);
  });
}

TEST(LocalCaches, AMemberWithoutCapacityMayUseThoseOfTheFirstDataNode) {
  for (const bool uses : {false, true}) {
    TestCluster cluster;
    Content content;
    content.caches["l"] = {"<local-cache name=\"l\"/>", {record_of("k", "v")}};
    cluster.form(2, content);
    cluster.add("zero", NodeConfig{.zero_capacity = true, .uses_local_caches_of_data_node = uses});
    cluster.run([&] {
      cluster.start("zero");
      cluster.on("zero", [&](Node& zero) {
        const SteadyTime deadline = cluster.now() + seconds(5);
        EXPECT_EQ(zero.get("l", "k", deadline)->has_value(), uses);
        size_t seen = 0;
        const auto count = [&](std::span<const CacheRecord> records) {
          seen += records.size();
          return ok_status();
        };
        EXPECT_EQ(zero.iterate("l", count, seconds(5)), ok_status());
        EXPECT_EQ(seen, uses ? 1u : 0u);
        const CacheRecord record = record_of("k2", "v2");
        EXPECT_EQ(zero.put("l", {&record, 1}, deadline), ok_status());
        EXPECT_EQ(zero.leave(deadline), ok_status());
      });
      cluster.kill("zero");
      EXPECT_EQ(cluster.content().content.caches.at("l").records.size(), uses ? 2u : 1u);
    });
  }
}

TEST(Definitions, ABadSchemaIsListedWithItsErrors) {
  TestCluster cluster;
  cluster.form(1, Content());
  cluster.run([&] {
    cluster.on("n0", [&](Node& node) {
      const SteadyTime deadline = cluster.now() + seconds(5);
      EXPECT_EQ(node.put_schema("good.proto", "// c\nmessage A {}", deadline), ok_status());
      EXPECT_EQ(node.put_schema("bad.proto", "no schema", deadline), ok_status());
      const auto schemas = node.schemas();
      EXPECT_EQ(schemas.size(), 4u);
      EXPECT_EQ(schemas.at(".errors"), "bad.proto");
      EXPECT_EQ(schemas.count("bad.proto.errors"), 1u);
      EXPECT_EQ(node.put_schema("bad.proto", "message B {}", deadline), ok_status());
      EXPECT_EQ(node.schemas().size(), 2u);
    });
  });
}

TEST(Counters, KeepTheirBoundsAndSurviveACrash) {
  TestCluster cluster;
  cluster.form(3, Content());
  cluster.run([&] {
    const auto deadline = [&] { return cluster.now() + seconds(5); };
    cluster.on("n0", [&](Node& node) {
      CounterRecord bounded{.name = "b", .configuration = {}, .value = 3};
      bounded.configuration.type = CounterType::kBoundedStrong;
      bounded.configuration.lower_bound = 0;
      bounded.configuration.upper_bound = 5;
      CounterRecord weak{.name = "w", .configuration = {}, .value = 0};
      weak.configuration.type = CounterType::kWeak;
      EXPECT_EQ(*node.create_counter(bounded, deadline()), true);
      EXPECT_EQ(*node.create_counter(bounded, deadline()), false);
      EXPECT_EQ(*node.create_counter(weak, deadline()), true);
      EXPECT_EQ(*node.add_to_counter("b", 2, deadline()), 5);
      EXPECT_EQ(node.add_to_counter("b", 1, deadline()).code(), Code::kFailedPrecondition);
      EXPECT_EQ(node.set_counter("b", -1, deadline()).code(), Code::kFailedPrecondition);
      EXPECT_EQ(node.set_counter("b", 1, deadline()), ok_status());
      EXPECT_EQ(node.add_to_counter("absent", 1, deadline()).code(), Code::kNotFound);
      EXPECT_EQ(*node.add_to_counter("w", 100, deadline()), 100);
      bounded.name = "c";
      bounded.value = 9;
      EXPECT_EQ(node.create_counter(bounded, deadline()).code(), Code::kFailedPrecondition);
    });
    cluster.kill("n0");
    cluster.wait(seconds(3));
    cluster.on("n2", [&](Node& node) {
      EXPECT_EQ(node.counter("b", deadline())->value, 1);
      EXPECT_EQ(node.counter("w", deadline())->value, 100);
      EXPECT_EQ(node.counters(deadline())->size(), 2u);
    });
  });
}

}  // namespace
}  // namespace drydock::fakegrid
