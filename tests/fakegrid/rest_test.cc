#include "fakegrid/server/rest.h"

#include "fakegrid/server/http_target.h"
#include "tests/fakegrid/rest_cluster.h"

namespace drydock::fakegrid {
namespace {

// Runs `work` on a task of n0 with the REST server of n0, in a cluster of two.
void with_rest(const std::function<void(RestServer&)>& work, bool* stopped = nullptr) {
  TestCluster cluster;
  cluster.form(2, sample_content(5));
  cluster.run([&] {
    RestServer rest(*cluster.sim().processes()[1], cluster.node("n0"), {.always_probes = true},
                    [&] {
                      if (stopped != nullptr) *stopped = true;
                    });
    cluster.on("n0", [&](Node&) { work(rest); });
    cluster.wait(seconds(20));
  });
}

TEST(Rest, HealthHasTheDocumentOfRealServers) {
  with_rest([](RestServer& rest) {
    for (const char* path :
         {"/rest/v2/container/health", "/rest/v2/cache-managers/default/health"}) {
      const HttpResponse response = call(rest, "GET", path);
      EXPECT_EQ(response.status, 200);
      EXPECT_NE(response.body.text().find(
                    R"({"cluster_health":{"cluster_name":"dg","health_status":"HEALTHY",)"
                    R"("number_of_nodes":2,"node_names":["n0","n1"]},"cache_health":[)"),
                std::string::npos);
    }
    EXPECT_EQ(call(rest, "GET", "/rest/v2/container/health/status").body.text(), "HEALTHY");
    EXPECT_EQ(call(rest, "HEAD", "/health/ready").status, 200);
    EXPECT_NE(call(rest, "GET", "/rest/v2/container").body.text().find("\"cluster_size\":2"),
              std::string::npos);
    EXPECT_EQ(call(rest, "GET", "/rest/v2/nothing").status, 404);
  });
}

TEST(Rest, EntriesAreWrittenReadAndRemoved) {
  with_rest([](RestServer& rest) {
    EXPECT_EQ(call(rest, "PUT", "/rest/v2/caches/d2/a%20b", "text").status, 204);
    EXPECT_EQ(call(rest, "GET", "/rest/v2/caches/d2/a%20b").body.text(), "text");
    EXPECT_EQ(call(rest, "GET", "/rest/v2/caches/d2?action=size").body.text(), "6");
    EXPECT_EQ(call(rest, "DELETE", "/rest/v2/caches/d2/a%20b").status, 204);
    EXPECT_EQ(call(rest, "DELETE", "/rest/v2/caches/d2/a%20b").status, 404);
    EXPECT_EQ(call(rest, "HEAD", "/rest/v2/caches/d2/a%20b").status, 404);
    EXPECT_EQ(call(rest, "GET", "/rest/v2/caches/none/x").status, 404);
    EXPECT_EQ(call(rest, "POST", "/rest/v2/counters/c?action=add&delta=5").body.text(), "12");
    EXPECT_EQ(call(rest, "POST", "/rest/v2/counters/c?action=decrement").body.text(), "11");
    EXPECT_EQ(call(rest, "GET", "/rest/v2/counters/c").body.text(), "11");
    EXPECT_EQ(call(rest, "GET", "/rest/v2/counters/none").status, 404);
  });
}

TEST(Rest, StopAnswersFirstThenLeavesThenTellsTheProcess) {
  bool stopped = false;
  with_rest(
      [&](RestServer& rest) {
        EXPECT_EQ(call(rest, "POST", "/rest/v2/server?action=stop").status, 204);
        EXPECT_FALSE(stopped);
      },
      &stopped);
  EXPECT_TRUE(stopped);
}

TEST(Rest, TargetsAreDecodedOncePerSegment) {
  const HttpTarget target = parse_target("/rest//a%2Fb/%zz%4?action=x%26y&flag");
  EXPECT_EQ(target.path, (std::vector<std::string>{"rest", "a/b", "%zz%4"}));
  EXPECT_EQ(target.action(), "x&y");
  EXPECT_EQ(target.query.at("flag"), "");
}

}  // namespace
}  // namespace drydock::fakegrid
