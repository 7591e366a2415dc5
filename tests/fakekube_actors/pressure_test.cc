// Nodes that run short of memory or disk: what they say, who goes, who may still come.
#include "tests/fakekube_actors/test_cluster.h"

namespace drydock::fakekube {
namespace {

constexpr uint64_t kGi = 1024ULL * 1024 * 1024;

// What the machine does beside its pods takes so much.
void take_beside(TestCluster& cluster, NodeResource resource, uint64_t bytes) {
  cluster.node("n1").disk->taken_beside[static_cast<size_t>(resource)] = bytes;
  cluster.kubelet("n1").look_at_resources();
}

json::value asking_pod(const std::string& name, const std::string& memory) {
  return make_pod(name, "sleeper",
                  R"({"containers":[{"name":"main","image":"sleeper",
      "imagePullPolicy":"IfNotPresent","resources":{"requests":{"memory":")" +
                      memory + R"("}}}]})");
}

bool is_evicted(TestCluster& cluster, const std::string& name) {
  return json_string(*cluster.pod(name), {"status", "reason"}) == "Evicted";
}

bool has_taint(TestCluster& cluster, const std::string& key) {
  for (const Taint& taint : node_taints(*cluster.get(kNodes, "n1")))
    if (taint.key == key && taint.effect == "NoSchedule") return true;
  return false;
}

TEST(Pressure, PodsThatAskForNothingGoFirstAndOneAtATime) {
  TestCluster cluster;
  cluster.add_node("n1", {.memory = "4Gi"});
  cluster.run([&] {
    for (const auto& [name, memory] : {std::pair{"large", "2Gi"}, std::pair{"small", "100Mi"}})
      cluster.create(asking_pod(name, memory));
    cluster.create(make_pod("none", "sleeper"));
    for (const char* name : {"large", "small", "none"})
      ASSERT_TRUE(cluster.wait_phase(name, "Running"));
    take_beside(cluster, NodeResource::kMemory, 4 * kGi);
    ASSERT_TRUE(cluster.wait_phase("none", "Failed", seconds(5)));
    EXPECT_TRUE(is_evicted(cluster, "none"));
    EXPECT_FALSE(is_evicted(cluster, "small"));
    ASSERT_TRUE(cluster.wait_phase("small", "Failed", seconds(15)));
    EXPECT_FALSE(is_evicted(cluster, "large"));
    take_beside(cluster, NodeResource::kMemory, 0);
    cluster.sleep(minutes(1));
    EXPECT_EQ(json_string(*cluster.pod("large"), {"status", "phase"}), "Running");
  });
}

TEST(Pressure, ANodeShortOfMemorySaysSoAndGetsATaintUntilFiveMinutesAfter) {
  TestCluster cluster;
  cluster.add_node("n1", {.memory = "4Gi"});
  cluster.run([&] {
    cluster.create(asking_pod("before", "1Gi"));
    ASSERT_TRUE(cluster.wait_phase("before", "Running"));
    take_beside(cluster, NodeResource::kMemory, 4 * kGi);
    ASSERT_TRUE(cluster.eventually(
        "the taint", [&] { return has_taint(cluster, "node.kubernetes.io/memory-pressure"); }));
    const JsonPtr node = cluster.get(kNodes, "n1");
    const json::value* condition = find_condition(*node, "MemoryPressure");
    ASSERT_NE(condition, nullptr);
    EXPECT_EQ(json_string(*condition, {"status"}), "True");
    EXPECT_EQ(json_string(*condition, {"reason"}), "KubeletHasInsufficientMemory");
    EXPECT_TRUE(cluster.has_event("n1", "NodeHasInsufficientMemory: Node n1 status is now: "));
    EXPECT_TRUE(cluster.has_event("n1", "EvictionThresholdMet: Attempting to reclaim memory"));
    cluster.create(make_pod("waits", "sleeper"));
    take_beside(cluster, NodeResource::kMemory, 0);
    cluster.sleep(minutes(4));
    EXPECT_TRUE(cluster.has_event("waits",
                                  "1 node(s) had untolerated taint "
                                  "{node.kubernetes.io/memory-pressure: }"));
    EXPECT_EQ(json_string(*cluster.pod("waits"), {"status", "phase"}), "Pending");
    ASSERT_TRUE(cluster.wait_phase("waits", "Running", seconds(90)));
    EXPECT_FALSE(has_taint(cluster, "node.kubernetes.io/memory-pressure"));
  });
}

TEST(Pressure, AFullDiskEvictsWhoWroteMoreThanItAskedForAndNamesTheResource) {
  TestCluster cluster;
  cluster.add_node("n1", {.disk = "10Gi"});
  cluster.images["writes"] = [](Program& program) {
    program.start.log(std::string(3 * 1024 * 1024 - 1, '.'));
    return until_stopped(program);
  };
  cluster.run([&] {
    cluster.create(make_pod("quiet", "sleeper"));
    cluster.create(make_pod("p", "writes"));
    for (const char* name : {"quiet", "p"}) ASSERT_TRUE(cluster.wait_phase(name, "Running"));
    take_beside(cluster, NodeResource::kDisk, 9 * kGi - 1024 * 1024);
    ASSERT_TRUE(cluster.wait_phase("p", "Failed", seconds(15)));
    EXPECT_EQ(json_string(*cluster.pod("p"), {"status", "message"}),
              "The node was low on resource: ephemeral-storage. Threshold quantity: 1Gi, "
              "available: 1022Mi. Container main was using 3Mi, request is 0, has larger "
              "consumption of ephemeral-storage. ");
    EXPECT_TRUE(cluster.eventually(
        "the taint", [&] { return has_taint(cluster, "node.kubernetes.io/disk-pressure"); }));
    EXPECT_EQ(json_string(*cluster.pod("quiet"), {"status", "phase"}), "Running");
  });
}

TEST(Pressure, TheKubeletRefusesWhatWasBoundToItsNodeAllTheSame) {
  TestCluster cluster;
  cluster.add_node("n1", {.memory = "4Gi"});
  cluster.run([&] {
    ASSERT_TRUE(cluster.eventually("ready", [&] {
      const JsonPtr node = cluster.get(kNodes, "n1");
      return node && is_ready_node(*node);
    }));
    take_beside(cluster, NodeResource::kMemory, 4 * kGi);
    cluster.create(make_pod("p", "sleeper", R"({"nodeName":"n1"})"));
    ASSERT_TRUE(cluster.wait_phase("p", "Failed"));
    EXPECT_TRUE(is_evicted(cluster, "p"));
    EXPECT_EQ(json_string(*cluster.pod("p"), {"status", "message"}),
              "Pod was rejected: The node had condition: [MemoryPressure]. ");
    EXPECT_TRUE(cluster.runtime->starts.empty());
  });
}

TEST(NodeLifecycle, ACordonedNodeIsTaintedUntilItIsOpenAgain) {
  TestCluster cluster;
  cluster.add_node("n1");
  cluster.run([&] {
    const auto cordon = [&](bool cordoned) {
      const json::value patch{{"spec", {{"unschedulable", cordoned}}}};
      return cluster.client->patch(kNodes, "", "n1", patch).ok();
    };
    ASSERT_TRUE(cluster.eventually("a node", [&] { return cluster.get(kNodes, "n1") != nullptr; }));
    ASSERT_TRUE(cordon(true));
    EXPECT_TRUE(cluster.eventually(
        "tainted", [&] { return has_taint(cluster, "node.kubernetes.io/unschedulable"); }));
    ASSERT_TRUE(cordon(false));
    EXPECT_TRUE(cluster.eventually(
        "open", [&] { return !has_taint(cluster, "node.kubernetes.io/unschedulable"); }));
  });
}

}  // namespace
}  // namespace drydock::fakekube
