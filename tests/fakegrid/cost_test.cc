#include "tests/fakegrid/test_cluster.h"

namespace drydock::fakegrid {
namespace {

constexpr int kEntries = 8000;

CacheContent big_cache(const std::string& xml) {
  CacheContent cache{.configuration_xml = xml, .records = {}};
  for (int i = 0; i < kEntries; ++i)
    cache.records.push_back(record_of("key" + std::to_string(i), std::string(1024, 'x')));
  return cache;
}

// Megabytes per second of this many records of the anchor's size.
double rate(Duration took) {
  const double bytes = kEntries * 1074.0;
  return bytes / 1e6 / (static_cast<double>(took.count()) / 1e9);
}

// The product's measured speed with two data nodes, whatever the number of owners.
TEST(Cost, IterationAndPutsRunAtTheMeasuredSpeed) {
  Content content;
  content.caches["one"] = big_cache(R"(<distributed-cache name="one" owners="1"/>)");
  content.caches["two"] = big_cache(R"(<distributed-cache name="two" owners="2"/>)");
  TestCluster cluster;
  cluster.form(2, content);
  cluster.add("zero", true);
  cluster.run([&] {
    cluster.start("zero");
    cluster.on("zero", [&](Node& zero) {
      for (const char* cache : {"one", "two"}) {
        SteadyTime begin = cluster.now();
        EXPECT_EQ(iterate_all(zero, cache).times.size(), static_cast<size_t>(kEntries));
        EXPECT_GT(rate(cluster.now() - begin), 25);
        EXPECT_LT(rate(cluster.now() - begin), 37);
        begin = cluster.now();
        std::span<const CacheRecord> records = content.caches.at(cache).records;
        for (; !records.empty(); records = records.subspan(std::min<size_t>(512, records.size())))
          EXPECT_EQ(zero.put(cache, records.first(std::min<size_t>(512, records.size())),
                             cluster.now() + seconds(15)),
                    ok_status());
        EXPECT_GT(rate(cluster.now() - begin), 26);
        EXPECT_LT(rate(cluster.now() - begin), 43);
      }
    });
  });
}

TEST(Cost, AnIterationSlowsAClientsReadByItsShareOnly) {
  Content content;
  content.caches["two"] = big_cache(R"(<distributed-cache name="two" owners="2"/>)");
  TestCluster cluster;
  cluster.form(2, content);
  cluster.run([&] {
    const auto read = [&](Node& node) {
      const SteadyTime begin = cluster.now();
      EXPECT_TRUE(node.get("two", "key1", cluster.now() + seconds(15)).ok());
      return cluster.now() - begin;
    };
    Duration alone{};
    Duration shared{};
    cluster.on("n0", [&](Node& node) { alone = read(node); });
    const auto iterated =
        cluster.begin("n1", [&](Node& node) { EXPECT_TRUE(iterate_all(node, "two").status.ok()); });
    cluster.wait(milliseconds(50));
    cluster.on("n0", [&](Node& node) { shared = read(node); });
    EXPECT_FALSE(iterated->is_set());
    EXPECT_TRUE(iterated->wait(kForever).ok());
    EXPECT_LE(shared, alone * 3);
  });
}

}  // namespace
}  // namespace drydock::fakegrid
