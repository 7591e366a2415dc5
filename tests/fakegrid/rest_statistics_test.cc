// What servers say about how many entries lie where, as measured (docs/facts/grid.md).
#include "fakegrid/server/rest_statistics.h"

#include "core/base/json.h"
#include "tests/fakegrid/rest_cluster.h"

namespace drydock::fakegrid {
namespace {

constexpr int kEntries = 200;

// n0 and n1 with a cache of each kind, all of it written through n0; then zero, which has no
// capacity.
class RestStatistics : public ::testing::Test {
 protected:
  void with_cluster(const std::string& version, const std::function<void()>& story) {
    version_ = version;
    for (const char* name : {"n0", "n1", "n2", "zero"}) {
      NodeConfig config{.zero_capacity = std::string(name) == "zero", .version = version};
      cluster_.add(name, config);
    }
    cluster_.run([&] {
      for (const char* name : {"n0", "n1"}) cluster_.start(name);
      fill("d1", R"(<distributed-cache name="d1" owners="1" statistics="true"/>)");
      fill("d2", R"(<distributed-cache name="d2" statistics="true"/>)");
      fill("r", R"(<replicated-cache name="r" statistics="true"/>)");
      fill("inval", R"(<invalidation-cache name="inval" statistics="true"/>)");
      fill("local", R"(<local-cache name="local" statistics="true"/>)");
      fill("quiet", R"(<local-cache name="quiet"/>)");
      cluster_.start("zero");
      story();
    });
  }
  void fill(const std::string& cache, const std::string& xml) {
    cluster_.on("n0", [&](Node& node) {
      const SteadyTime deadline = cluster_.now() + seconds(10);
      ASSERT_TRUE(node.create_cache({cache, xml}, deadline).ok());
      std::vector<CacheRecord> records;
      for (int i = 0; i < kEntries; ++i) records.push_back(record_of("k" + std::to_string(i), "v"));
      ASSERT_TRUE(node.put(cache, records, deadline).ok());
    });
  }
  HttpResponse ask(const std::string& name, const std::string& target) {
    HttpResponse response;
    cluster_.on(name, [&](Node& node) {
      RestServer rest(cluster_.sim().harness(), node, [] {});
      response = call(rest, "GET", target);
    });
    return response;
  }
  json::value stats(const std::string& name, const std::string& cache) {
    return json_parse(ask(name, "/rest/v2/caches/" + cache + "?action=stats").body.text()).value();
  }
  // "n0=112 n1=88 zero=0".
  std::string distribution(const std::string& name, const std::string& cache) {
    const HttpResponse answer = ask(name, "/rest/v2/caches/" + cache + "?action=distribution");
    EXPECT_EQ(answer.status, 200);
    std::string out;
    const json::value members = json_parse(answer.body.text()).value();
    for (const json::value& member : members.as_array())
      out += (out.empty() ? "" : " ") + json_string(member, {"node_name"}) + "=" +
             std::to_string(json_int(member, {"total_entries"}));
    return out;
  }
  // The value behind the metric's name and labels; "": there is none.
  std::string metric(const std::string& name, const std::string& what) {
    const std::string text = ask(name, "/metrics").body.text();
    const std::string begin = "\nvendor_cache_manager_default_" + what + " ";
    const size_t at = text.find(begin);
    if (at == std::string::npos) return "";
    const size_t value = at + begin.size();
    return text.substr(value, text.find('\n', value) - value);
  }

  std::string version_;
  TestCluster cluster_;
};

TEST_F(RestStatistics, DistributionNamesEveryMemberAndOneWithoutCapacityHoldsNothing) {
  with_cluster("15.0.21.Final", [&] {
    EXPECT_EQ(distribution("n0", "d2"), "n0=200 n1=200 zero=0");
    EXPECT_EQ(distribution("zero", "r"), "n0=200 n1=200 zero=0");
    EXPECT_EQ(distribution("n1", "inval"), "n0=200 n1=0 zero=0");
    const std::string d1 = distribution("zero", "d1");
    EXPECT_TRUE(d1.ends_with(" zero=0")) << d1;
    EXPECT_FALSE(d1.starts_with("n0=200")) << d1;
  });
}

TEST_F(RestStatistics, ALocalCacheIsDistributedOverTheNodeThatIsAsked) {
  with_cluster("14.0.3.Final", [&] {
    EXPECT_EQ(distribution("n0", "local"), "n0=200");
    EXPECT_EQ(distribution("n1", "local"), "n1=0");
  });
}

TEST_F(RestStatistics, DistributionIsAnUnknownActionBefore14) {
  with_cluster("12.1.11.Final", [&] {
    EXPECT_EQ(ask("n0", "/rest/v2/caches/d2?action=distribution").status, 400);
    EXPECT_EQ(ask("n0", "/rest/v2/caches/d2?action=stats").status, 200);
  });
}

TEST_F(RestStatistics, StoresCountWhatOwnCallersWroteAndWhatAJoinBrought) {
  with_cluster("14.0.3.Final", [&] {
    EXPECT_EQ(json_int(stats("n0", "d2"), {"total_number_of_entries"}), kEntries);
    EXPECT_EQ(json_int(stats("n1", "d2"), {"total_number_of_entries"}), 0);
    EXPECT_EQ(json_int(stats("zero", "d2"), {"total_number_of_entries"}, -1), 0);
    cluster_.start("n2");
    EXPECT_EQ(json_int(stats("n2", "r"), {"total_number_of_entries"}), kEntries);
    EXPECT_GT(json_int(stats("n2", "d1"), {"total_number_of_entries"}), 0);
    EXPECT_EQ(json_int(stats("zero", "r"), {"total_number_of_entries"}, -1), 0);
  });
}

TEST_F(RestStatistics, StoresAreNoStatisticFrom15On) {
  with_cluster("15.0.21.Final", [&] {
    EXPECT_EQ(json_find(stats("n0", "d2"), {"total_number_of_entries"}), nullptr);
    EXPECT_EQ(json_int(stats("n0", "d2"), {"current_number_of_entries"}), -1);
  });
}

TEST_F(RestStatistics, NobodyIsPrimaryOfWhatAnInvalidationCacheHolds) {
  with_cluster("15.0.21.Final", [&] {
    EXPECT_EQ(json_int(stats("n0", "inval"), {"approximate_entries"}), kEntries);
    EXPECT_EQ(json_int(stats("n0", "inval"), {"approximate_entries_unique"}, -1), 0);
    EXPECT_EQ(json_int(stats("n0", "local"), {"approximate_entries_unique"}), kEntries);
    EXPECT_EQ(json_int(stats("n0", "r"), {"approximate_entries_unique"}) +
                  json_int(stats("n1", "r"), {"approximate_entries_unique"}),
              kEntries);
  });
}

TEST_F(RestStatistics, AnAbsentEntryOfAnInvalidationCacheFailsOnAMemberWithoutCapacityIn15) {
  with_cluster("15.0.21.Final", [&] {
    EXPECT_EQ(ask("zero", "/rest/v2/caches/inval/k1").status, 500);
    EXPECT_EQ(ask("n1", "/rest/v2/caches/inval/k1").status, 404);
    EXPECT_EQ(ask("zero", "/rest/v2/caches/local/k1").status, 404);
  });
}

TEST_F(RestStatistics, AnAbsentEntryOfAnInvalidationCacheIsAbsentIn16) {
  with_cluster("16.0.7", [&] { EXPECT_EQ(ask("zero", "/rest/v2/caches/inval/k1").status, 404); });
}

TEST_F(RestStatistics, MetricsOf12CountWhenTheyAreAsked) {
  with_cluster("12.1.11.Final", [&] {
    EXPECT_EQ(metric("n0", R"(cluster_size{node="n0"})"), "3.0");
    EXPECT_EQ(metric("n1", R"(cache_r_statistics_number_of_entries{node="n1"})"), "200.0");
    EXPECT_EQ(metric("zero", R"(cache_r_statistics_number_of_entries{node="zero"})"), "0.0");
    EXPECT_EQ(metric("zero", R"(cache_d1_cluster_cache_stats_number_of_entries{node="zero"})"),
              "200.0");
    const std::string in_memory =
        "_cluster_cache_stats_current_number_of_entries_in_memory{node=\"zero\"}";
    EXPECT_EQ(metric("zero", "cache_d1" + in_memory), "200.0");
    EXPECT_EQ(metric("zero", "cache_d2" + in_memory), "200.0");
    EXPECT_EQ(metric("zero", "cache_r" + in_memory), "0.0");
    EXPECT_EQ(metric("zero", "cache_local" + in_memory), "100.0");
    EXPECT_EQ(metric("n0", R"(cache_quiet_statistics_number_of_entries{node="n0"})"), "");
  });
}

TEST_F(RestStatistics, MetricsFrom14OnCountNothingOnDemandAndShowWhatIsInFlight) {
  with_cluster("15.0.21.Final", [&] {
    EXPECT_EQ(metric("n0", R"(cluster_size{node="n0",})"), "3.0");
    EXPECT_EQ(metric("n0", R"(cache_d2_statistics_number_of_entries{cache="d2",node="n0",})"),
              "-1.0");
    const std::string in_flight = "_state_transfer_manager_inflight_segment_transfer_count{cache=";
    EXPECT_EQ(metric("n0", "cache_d2" + in_flight + R"("d2",node="n0",})"), "0.0");
    EXPECT_EQ(metric("n0", "cache_local" + in_flight + R"("local",node="n0",})"), "");
  });
}

}  // namespace
}  // namespace drydock::fakegrid
