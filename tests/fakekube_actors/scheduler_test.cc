#include "tests/fakekube_actors/test_cluster.h"

namespace drydock::fakekube {
namespace {

std::string message_of(const JsonPtr& pod) {
  const json::value* condition = find_condition(*pod, "PodScheduled");
  return condition ? json_string(*condition, {"message"}) : "";
}

TEST(Scheduler, PodsSpreadOverTheLeastLoadedNodesAndTiesGoToTheFirstName) {
  TestCluster cluster;
  for (const char* name : {"n2", "n1", "n3"}) cluster.add_node(name);
  cluster.run([&] {
    cluster.sleep(seconds(2));
    for (const char* name : {"a", "b", "c", "d"}) {
      cluster.create(make_pod(name, "sleeper"));
      ASSERT_TRUE(cluster.wait_phase(name, "Running"));
    }
    EXPECT_EQ(pod_node(*cluster.pod("a")), "n1");
    EXPECT_EQ(pod_node(*cluster.pod("b")), "n2");
    EXPECT_EQ(pod_node(*cluster.pod("c")), "n3");
    EXPECT_EQ(pod_node(*cluster.pod("d")), "n1");
    EXPECT_EQ(condition_status(*cluster.pod("a"), "PodScheduled"), "True");
  });
}

TEST(Scheduler, WithoutNodesAPodIsUnschedulableUntilOneIsReady) {
  TestCluster cluster;
  cluster.run([&] {
    cluster.create(make_pod("p", "sleeper"));
    ASSERT_TRUE(cluster.eventually("Unschedulable", [&] {
      return condition_status(*cluster.pod("p"), "PodScheduled") == "False";
    }));
    EXPECT_EQ(message_of(cluster.pod("p")), "no nodes available to schedule pods");
    EXPECT_EQ(json_string(*find_condition(*cluster.pod("p"), "PodScheduled"), {"reason"}),
              "Unschedulable");
    EXPECT_TRUE(cluster.has_event("p", "FailedScheduling: no nodes available"));
    cluster.add_node("n1");
    EXPECT_TRUE(cluster.wait_phase("p", "Running", seconds(15)));
  });
}

TEST(Scheduler, APodThatAsksForMoreThanIsFreeWaitsUntilAnotherEnds) {
  TestCluster cluster;
  cluster.add_node("n1", {.memory = "1Gi"});
  const std::string big =
      R"({"containers":[{"name":"main","image":"sleeper","imagePullPolicy":"IfNotPresent",
          "resources":{"requests":{"memory":"600Mi"}}}]})";
  cluster.run([&] {
    cluster.create(make_pod("a", "sleeper", big));
    ASSERT_TRUE(cluster.wait_phase("a", "Running"));
    cluster.create(make_pod("b", "sleeper", big));
    ASSERT_TRUE(cluster.eventually("Unschedulable", [&] {
      return condition_status(*cluster.pod("b"), "PodScheduled") == "False";
    }));
    EXPECT_EQ(
        message_of(cluster.pod("b")),
        "0/1 nodes are available: 1 Insufficient memory. preemption: 0/1 nodes are available: "
        "1 No preemption victims found for incoming pod.");
    ASSERT_TRUE(cluster.remove(kPods, "a").ok());
    EXPECT_TRUE(cluster.wait_phase("b", "Running", seconds(15)));
  });
}

TEST(Scheduler, NodeSelectorAndTaintsDecideWhereAPodMayRun) {
  TestCluster cluster;
  cluster.add_node("n1");
  cluster.add_node("n2", {.labels = {{"disk", "fast"}}});
  cluster.run([&] {
    cluster.sleep(seconds(2));
    cluster.create(make_pod("picky", "sleeper", R"({"nodeSelector":{"disk":"fast"}})"));
    ASSERT_TRUE(cluster.wait_phase("picky", "Running"));
    EXPECT_EQ(pod_node(*cluster.pod("picky")), "n2");

    ASSERT_TRUE(cluster.client
                    ->patch(kNodes, "", "n2",
                            json_parse(R"({"spec":{"taints":[
                        {"key":"only","value":"grid","effect":"NoSchedule"}]}})")
                                .value())
                    .ok());
    cluster.sleep(seconds(1));
    cluster.create(make_pod("other", "sleeper", R"({"nodeSelector":{"disk":"fast"}})"));
    ASSERT_TRUE(cluster.eventually("Unschedulable", [&] {
      return condition_status(*cluster.pod("other"), "PodScheduled") == "False";
    }));
    EXPECT_EQ(message_of(cluster.pod("other")),
              "0/2 nodes are available: 1 node(s) didn't match Pod's node affinity/selector, 1 "
              "node(s) had untolerated taint {only: grid}. preemption: 0/2 nodes are available: 2 "
              "Preemption is not helpful for scheduling.");
    cluster.create(make_pod("tolerant", "sleeper", R"({"nodeSelector":{"disk":"fast"},
        "tolerations":[{"key":"only","operator":"Exists"}]})"));
    EXPECT_TRUE(cluster.wait_phase("tolerant", "Running"));
  });
}

TEST(Scheduler, AMissingClaimIsNamedAndItsCreationLetsThePodGoOn) {
  TestCluster cluster;
  cluster.add_node("n1");
  cluster.run([&] {
    cluster.create(kStorageClasses, make_class("fast", "Immediate"));
    cluster.create(make_pod("p", "sleeper", R"({"volumes":[{"name":"v",
        "persistentVolumeClaim":{"claimName":"c"}}]})"));
    ASSERT_TRUE(cluster.eventually("Unschedulable", [&] {
      return message_of(cluster.pod("p")).find("persistentvolumeclaim \"c\" not found") !=
             std::string::npos;
    }));
    cluster.create(kPersistentVolumeClaims, make_claim("c", R"({"storageClassName":"fast"})"));
    EXPECT_TRUE(cluster.wait_phase("p", "Running"));
  });
}

}  // namespace
}  // namespace drydock::fakekube
