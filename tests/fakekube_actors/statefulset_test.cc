// StatefulSets: order, updates, and what becomes of their claims.
#include <fmt/format.h>

#include "tests/fakekube_actors/test_cluster.h"

namespace drydock::fakekube {
namespace {

json::value make_set(int replicas, const std::string& spec_patch = "{}") {
  json::value set = json_parse(R"({"apiVersion":"apps/v1","kind":"StatefulSet",
    "metadata":{"name":"grid","namespace":"ns"},"spec":{"serviceName":"grid-ping",
    "selector":{"matchLabels":{"app":"grid"}},"template":{"metadata":{"labels":{"app":"grid"}},
    "spec":{"containers":[{"name":"infinispan","image":"sleeper",
                           "imagePullPolicy":"IfNotPresent"}]}}}})")
                        .value();
  json_at(set, {"spec", "replicas"}) = replicas;
  json_merge_patch(json_at(set, {"spec"}), json_parse(spec_patch).value());
  return set;
}

TEST(StatefulSet, PodsComeOneAfterTheOtherAndGoInReverse) {
  TestCluster cluster;
  cluster.add_node("n1");
  cluster.images["sleeper"] = [](Program& program) {
    (void)program.stop.wait(kForever);
    (void)program.env.sleep_for(seconds(3));
    return ExitStatus{};
  };
  cluster.run([&] {
    cluster.create(kStatefulSets, make_set(3));
    ASSERT_TRUE(cluster.wait_phase("grid-0", "Running"));
    EXPECT_FALSE(cluster.pod("grid-2"));
    ASSERT_TRUE(cluster.eventually("three ready", [&] {
      return json_int(*cluster.get(kStatefulSets, "grid"), {"status", "readyReplicas"}) == 3;
    }));
    const JsonPtr pod = cluster.pod("grid-1");
    EXPECT_EQ(json_string(*pod, {"metadata", "labels", "statefulset.kubernetes.io/pod-name"}),
              "grid-1");
    EXPECT_EQ(json_string(*pod, {"spec", "hostname"}), "grid-1");
    ASSERT_TRUE(
        cluster.client
            ->patch(kStatefulSets, "ns", "grid", json_parse(R"({"spec":{"replicas":1}})").value())
            .ok());
    ASSERT_TRUE(cluster.eventually("grid-2 ends first", [&] {
      return cluster.pod("grid-2") && is_deleting(*cluster.pod("grid-2"));
    }));
    EXPECT_FALSE(is_deleting(*cluster.pod("grid-1")));
    ASSERT_TRUE(cluster.wait_gone(kPods, "grid-1"));
    EXPECT_TRUE(cluster.pod("grid-0"));
  });
}

TEST(StatefulSet, ADeletedPodComesBackUnderItsNameWithItsClaim) {
  TestCluster cluster;
  cluster.add_node("n1");
  cluster.run([&] {
    cluster.create(kStorageClasses, make_class("fast", "WaitForFirstConsumer", true));
    cluster.create(kStatefulSets, make_set(2, R"({"podManagementPolicy":"Parallel",
      "volumeClaimTemplates":[{"metadata":{"name":"data"},"spec":{"accessModes":["ReadWriteOnce"],
      "resources":{"requests":{"storage":"1Gi"}}}}]})"));
    ASSERT_TRUE(cluster.wait_ready("grid-1"));
    const std::string before = object_uid(*cluster.pod("grid-1"));
    const std::string claim = object_uid(*cluster.get(kPersistentVolumeClaims, "data-grid-1"));
    ASSERT_TRUE(cluster.remove(kPods, "grid-1").ok());
    ASSERT_TRUE(cluster.eventually("another pod of that name", [&] {
      const JsonPtr pod = cluster.pod("grid-1");
      return pod && object_uid(*pod) != before && condition_status(*pod, "Ready") == "True";
    }));
    EXPECT_EQ(object_uid(*cluster.get(kPersistentVolumeClaims, "data-grid-1")), claim);
    EXPECT_EQ(cluster.storage.volumes.size(), 2U);
  });
}

TEST(StatefulSet, AFailedPodIsMadeAnewAndAChangedTemplateReplacesAll) {
  TestCluster cluster;
  cluster.add_node("n1");
  cluster.run([&] {
    cluster.create(kStatefulSets, make_set(2));
    ASSERT_TRUE(cluster.wait_ready("grid-1"));
    const std::string before = object_uid(*cluster.pod("grid-0"));
    cluster.node("n1").kubelet->evict(before, "The node was low on resource: memory.");
    ASSERT_TRUE(cluster.eventually("recreated", [&] {
      const JsonPtr pod = cluster.pod("grid-0");
      return pod && object_uid(*pod) != before && condition_status(*pod, "Ready") == "True";
    }));
    ASSERT_TRUE(cluster.client
                    ->patch(kStatefulSets, "ns", "grid",
                            json_parse(R"({"spec":{"template":{"metadata":{"labels":
                                {"app":"grid","v":"2"}}}}})")
                                .value())
                    .ok());
    ASSERT_TRUE(cluster.eventually("all replaced", [&] {
      const JsonPtr set = cluster.get(kStatefulSets, "grid");
      return json_int(*set, {"status", "updatedReplicas"}) == 2 &&
             json_int(*set, {"status", "readyReplicas"}) == 2;
    }));
    EXPECT_EQ(json_string(*cluster.pod("grid-0"), {"metadata", "labels", "v"}), "2");
  });
}

constexpr const char* kSecondTemplate =
    R"({"spec":{"template":{"metadata":{"labels":{"app":"grid","v":"2"}}}}})";

void patch_set(TestCluster& cluster, const std::string& patch) {
  EXPECT_EQ(cluster.client->patch(kStatefulSets, "ns", "grid", json_parse(patch).value())
                .status()
                .to_string(),
            "Ok");
}

std::string version_of(TestCluster& cluster, const std::string& name) {
  const JsonPtr pod = cluster.pod(name);
  return pod ? json_string(*pod, {"metadata", "labels", "v"}, "1") : "none";
}

bool wait_ready_replicas(TestCluster& cluster, int64_t ready) {
  return cluster.eventually(fmt::format("{} are ready", ready), [&] {
    const JsonPtr set = cluster.get(kStatefulSets, "grid");
    return json_int(*set, {"status", "readyReplicas"}) == ready;
  });
}

TEST(StatefulSet, PodsBelowThePartitionKeepTheOldTemplateEvenWhenTheyAreMadeAnew) {
  TestCluster cluster;
  cluster.add_node("n1");
  cluster.run([&] {
    cluster.create(kStatefulSets,
                   make_set(3, R"({"updateStrategy":{"rollingUpdate":{"partition":2}}})"));
    ASSERT_TRUE(wait_ready_replicas(cluster, 3));
    patch_set(cluster, kSecondTemplate);
    ASSERT_TRUE(
        cluster.eventually("grid-2 is new", [&] { return version_of(cluster, "grid-2") == "2"; }));
    ASSERT_TRUE(wait_ready_replicas(cluster, 3));
    const std::string before = object_uid(*cluster.pod("grid-0"));
    ASSERT_TRUE(cluster.remove(kPods, "grid-0").ok());
    ASSERT_TRUE(cluster.eventually("grid-0 is another pod", [&] {
      return cluster.pod("grid-0") && object_uid(*cluster.pod("grid-0")) != before;
    }));
    ASSERT_TRUE(wait_ready_replicas(cluster, 3));
    EXPECT_EQ(version_of(cluster, "grid-0"), "1");
    EXPECT_EQ(version_of(cluster, "grid-1"), "1");
    const JsonPtr set = cluster.get(kStatefulSets, "grid");
    EXPECT_EQ(json_int(*set, {"status", "updatedReplicas"}), 1);
    EXPECT_EQ(json_int(*set, {"status", "currentReplicas"}), 2);
    EXPECT_NE(json_string(*set, {"status", "currentRevision"}),
              json_string(*set, {"status", "updateRevision"}));
    patch_set(cluster, R"({"spec":{"updateStrategy":{"rollingUpdate":{"partition":0}}}})");
    ASSERT_TRUE(cluster.eventually("all are new", [&] {
      const JsonPtr now = cluster.get(kStatefulSets, "grid");
      return json_string(*now, {"status", "currentRevision"}) ==
             json_string(*now, {"status", "updateRevision"});
    }));
    EXPECT_EQ(version_of(cluster, "grid-0"), "2");
  });
}

TEST(StatefulSet, OnDeleteTakesTheNewTemplateOnlyForPodsThatAreDeleted) {
  TestCluster cluster;
  cluster.add_node("n1");
  cluster.run([&] {
    cluster.create(kStatefulSets, make_set(2, R"({"updateStrategy":{"type":"OnDelete"}})"));
    ASSERT_TRUE(wait_ready_replicas(cluster, 2));
    patch_set(cluster, kSecondTemplate);
    cluster.sleep(minutes(1));
    EXPECT_EQ(version_of(cluster, "grid-1"), "1");
    ASSERT_TRUE(cluster.remove(kPods, "grid-0").ok());
    ASSERT_TRUE(
        cluster.eventually("grid-0 is new", [&] { return version_of(cluster, "grid-0") == "2"; }));
    EXPECT_EQ(version_of(cluster, "grid-1"), "1");
  });
}

TEST(StatefulSet, AParallelOneDoesNotWaitForAPodThatNeverGetsReady) {
  TestCluster cluster;
  cluster.add_node("n1");
  cluster.runtime->on_exec = [](const std::vector<std::string>&) { return 1; };
  cluster.run([&] {
    cluster.create(kStatefulSets, make_set(3, R"({"podManagementPolicy":"Parallel",
        "template":{"spec":{"containers":[{"name":"infinispan","image":"sleeper",
        "imagePullPolicy":"IfNotPresent","readinessProbe":{"exec":{"command":["no"]}}}]}}})"));
    ASSERT_TRUE(cluster.wait_phase("grid-2", "Running"));
    patch_set(cluster, kSecondTemplate);
    ASSERT_TRUE(cluster.eventually("the highest is new",
                                   [&] { return version_of(cluster, "grid-2") == "2"; }));
    cluster.sleep(minutes(1));
    EXPECT_EQ(version_of(cluster, "grid-1"), "1");
    patch_set(cluster, R"({"spec":{"replicas":1}})");
    cluster.sleep(seconds(1));
    for (const char* name : {"grid-1", "grid-2"})
      EXPECT_TRUE(!cluster.pod(name) || is_deleting(*cluster.pod(name))) << name;
  });
}

TEST(StatefulSet, EachTemplateIsARevisionAndAnOldOneThatComesBackIsTheNewest) {
  TestCluster cluster;
  cluster.add_node("n1");
  cluster.run([&] {
    cluster.create(kStatefulSets, make_set(1));
    ASSERT_TRUE(wait_ready_replicas(cluster, 1));
    const std::string first =
        json_string(*cluster.get(kStatefulSets, "grid"), {"status", "updateRevision"});
    EXPECT_EQ(json_int(*cluster.get(kControllerRevisions, first), {"revision"}), 1);
    patch_set(cluster, kSecondTemplate);
    ASSERT_TRUE(cluster.eventually("new", [&] { return version_of(cluster, "grid-0") == "2"; }));
    patch_set(cluster, R"({"spec":{"template":{"metadata":{"labels":{"v":null}}}}})");
    ASSERT_TRUE(cluster.eventually("old", [&] { return version_of(cluster, "grid-0") == "1"; }));
    EXPECT_EQ(json_int(*cluster.get(kControllerRevisions, first), {"revision"}), 3);
    ASSERT_TRUE(cluster.remove(kStatefulSets, "grid").ok());
    EXPECT_TRUE(cluster.wait_gone(kControllerRevisions, first));
  });
}

TEST(StatefulSet, ClaimsGoWithPodsThatAreScaledAwayAndWithTheSetWhenItsPolicySaysSo) {
  TestCluster cluster;
  cluster.add_node("n1");
  cluster.run([&] {
    cluster.create(kStorageClasses, make_class("fast", "WaitForFirstConsumer", true));
    cluster.create(kStatefulSets, make_set(2, R"({
        "persistentVolumeClaimRetentionPolicy":{"whenScaled":"Delete","whenDeleted":"Delete"},
        "volumeClaimTemplates":[{"metadata":{"name":"data"},"spec":{
        "accessModes":["ReadWriteOnce"],"resources":{"requests":{"storage":"1Gi"}}}}]})"));
    ASSERT_TRUE(wait_ready_replicas(cluster, 2));
    patch_set(cluster, R"({"spec":{"replicas":1}})");
    ASSERT_TRUE(cluster.wait_gone(kPersistentVolumeClaims, "data-grid-1"));
    cluster.sleep(seconds(30));
    ASSERT_TRUE(cluster.get(kPersistentVolumeClaims, "data-grid-0"));
    ASSERT_TRUE(cluster.remove(kStatefulSets, "grid").ok());
    EXPECT_TRUE(cluster.wait_gone(kPersistentVolumeClaims, "data-grid-0"));
  });
}

}  // namespace
}  // namespace drydock::fakekube
