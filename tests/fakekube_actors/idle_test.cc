// What a cluster costs that does nothing: heartbeats and nothing else.
#include "tests/fakekube_actors/test_cluster.h"

namespace drydock::fakekube {
namespace {

TEST(IdleCluster, CostsOneLeaseWritePerNodeAndPeriod) {
  TestCluster cluster;
  for (const char* name : {"n1", "n2", "n3"}) cluster.add_node(name);
  cluster.run([&] {
    for (const char* name : {"a", "b", "c"}) {
      cluster.create(make_pod(name, "sleeper"));
      ASSERT_TRUE(cluster.wait_ready(name));
    }
    cluster.sleep(minutes(1));
    const uint64_t before = cluster.server->store().revision();
    cluster.sleep(minutes(50));  // not so long that Events expire
    const uint64_t writes = cluster.server->store().revision() - before;
    // 3 nodes x 300 leases, and a node status every 5 minutes.
    EXPECT_GE(writes, 3U * 300U);
    EXPECT_LE(writes, 3U * (300U + 11U));
  });
}

}  // namespace
}  // namespace drydock::fakekube
