#include "tests/fakekube_actors/test_cluster.h"

namespace drydock::fakekube {
namespace {

std::string phase_of(const JsonPtr& object) {
  return object ? json_string(*object, {"status", "phase"}) : "absent";
}

json::value claim_of(const std::string& name, const std::string& storage_class) {
  return make_claim(name, R"({"storageClassName":")" + storage_class + "\"}");
}

json::value pod_with_claim(const std::string& name, const std::string& claim,
                           const std::string& node = "") {
  json::value pod = make_pod(
      name, "sleeper",
      R"({"volumes":[{"name":"v","persistentVolumeClaim":{"claimName":")" + claim + "\"}}]}");
  if (!node.empty())
    json_at(pod, {"spec", "nodeSelector"}) = json::object{{"kubernetes.io/hostname", node}};
  json_at(pod, {"spec", "containers"}).as_array()[0].as_object()["volumeMounts"] =
      json::array{json::object{{"name", "v"}, {"mountPath", "/backups"}}};
  return pod;
}

TEST(VolumeBinder, AnImmediateClaimIsProvisionedAndBoundWithoutAPod) {
  TestCluster cluster;
  cluster.run([&] {
    cluster.create(kStorageClasses, make_class("fast", "Immediate"));
    cluster.create(kPersistentVolumeClaims, claim_of("c", "fast"));
    ASSERT_TRUE(cluster.eventually(
        "Bound", [&] { return phase_of(cluster.get(kPersistentVolumeClaims, "c")) == "Bound"; }));
    const JsonPtr claim = cluster.get(kPersistentVolumeClaims, "c");
    const std::string volume = json_string(*claim, {"spec", "volumeName"});
    EXPECT_EQ(volume, "pvc-" + object_uid(*claim));
    EXPECT_EQ(json_string(*claim, {"status", "capacity", "storage"}), "1Gi");
    EXPECT_EQ(cluster.storage.volumes[volume], uint64_t{1} << 30);
    EXPECT_EQ(phase_of(cluster.get(kPersistentVolumes, volume)), "Bound");
    EXPECT_TRUE(cluster.has_event("c", "ProvisioningSucceeded: "));
  });
}

TEST(VolumeBinder, AClaimWithoutClassTakesTheDefaultOne) {
  TestCluster cluster;
  cluster.run([&] {
    cluster.create(kStorageClasses, make_class("usual", "Immediate", true));
    cluster.create(kPersistentVolumeClaims, make_claim("c"));
    ASSERT_TRUE(cluster.eventually(
        "Bound", [&] { return phase_of(cluster.get(kPersistentVolumeClaims, "c")) == "Bound"; }));
    EXPECT_EQ(json_string(*cluster.get(kPersistentVolumeClaims, "c"), {"spec", "storageClassName"}),
              "usual");
  });
}

TEST(VolumeBinder, AnUnknownClassLeavesTheClaimPendingWithAnEvent) {
  TestCluster cluster;
  cluster.run([&] {
    cluster.create(kPersistentVolumeClaims, claim_of("c", "typo"));
    cluster.sleep(minutes(1));
    EXPECT_EQ(phase_of(cluster.get(kPersistentVolumeClaims, "c")), "Pending");
    EXPECT_TRUE(cluster.has_event(
        "c", "ProvisioningFailed: storageclass.storage.k8s.io \"typo\" not found"));
    cluster.create(kStorageClasses, make_class("typo", "Immediate"));
    EXPECT_TRUE(cluster.eventually(
        "Bound", [&] { return phase_of(cluster.get(kPersistentVolumeClaims, "c")) == "Bound"; }));
  });
}

TEST(VolumeBinder, AClaimThatWaitsForItsConsumerIsBoundWhenAPodIsScheduled) {
  TestCluster cluster;
  cluster.add_node("n1");
  cluster.run([&] {
    cluster.create(kStorageClasses, make_class("late", "WaitForFirstConsumer"));
    cluster.create(kPersistentVolumeClaims, claim_of("c", "late"));
    cluster.sleep(seconds(10));
    EXPECT_EQ(phase_of(cluster.get(kPersistentVolumeClaims, "c")), "Pending");
    EXPECT_TRUE(cluster.has_event("c", "WaitForFirstConsumer: "));
    cluster.create(pod_with_claim("p", "c"));
    ASSERT_TRUE(cluster.wait_phase("p", "Running", seconds(30)));
    const JsonPtr claim = cluster.get(kPersistentVolumeClaims, "c");
    EXPECT_EQ(phase_of(claim), "Bound");
    EXPECT_EQ(annotation(*claim, "volume.kubernetes.io/selected-node"), "n1");
    ASSERT_EQ(cluster.runtime->starts.back().mounts.size(), 1U);
    EXPECT_EQ(cluster.runtime->starts.back().mounts[0].path, "/backups");
  });
}

TEST(VolumeBinder, AFailedProvisioningIsToldAndTriedAgain) {
  TestCluster cluster;
  cluster.storage.next_provision = Status(Code::kNoSpace, "pool is full");
  cluster.run([&] {
    cluster.create(kStorageClasses, make_class("fast", "Immediate"));
    cluster.create(kPersistentVolumeClaims, claim_of("c", "fast"));
    ASSERT_TRUE(cluster.eventually(
        "Bound", [&] { return phase_of(cluster.get(kPersistentVolumeClaims, "c")) == "Bound"; }));
    EXPECT_TRUE(cluster.has_event(
        "c", "failed to provision volume with StorageClass \"fast\": pool is full"));
  });
}

TEST(VolumeBinder, ADeletedClaimStaysWhileALivePodUsesItThenTakesItsVolumeAlong) {
  TestCluster cluster;
  cluster.add_node("n1");
  cluster.run([&] {
    cluster.create(kStorageClasses, make_class("fast", "Immediate"));
    cluster.create(kPersistentVolumeClaims, claim_of("c", "fast"));
    cluster.create(pod_with_claim("p", "c"));
    ASSERT_TRUE(cluster.wait_phase("p", "Running"));
    ASSERT_TRUE(cluster.remove(kPersistentVolumeClaims, "c").ok());
    cluster.sleep(seconds(30));
    ASSERT_TRUE(cluster.get(kPersistentVolumeClaims, "c"));
    EXPECT_TRUE(is_deleting(*cluster.get(kPersistentVolumeClaims, "c")));
    ASSERT_TRUE(cluster.remove(kPods, "p").ok());
    ASSERT_TRUE(cluster.wait_gone(kPersistentVolumeClaims, "c"));
    EXPECT_TRUE(
        cluster.eventually("storage freed", [&] { return cluster.storage.volumes.empty(); }));
    EXPECT_TRUE(cluster.eventually("no volume", [&] {
      return cluster.client->list(kPersistentVolumes, {}).value().items.empty();
    }));
  });
}

TEST(VolumeBinder, ARetainedVolumeIsReleasedAndKeepsItsData) {
  TestCluster cluster;
  cluster.run([&] {
    json::value storage_class = make_class("kept", "Immediate");
    json_at(storage_class, {"reclaimPolicy"}) = "Retain";
    cluster.create(kStorageClasses, std::move(storage_class));
    cluster.create(kPersistentVolumeClaims, claim_of("c", "kept"));
    ASSERT_TRUE(cluster.eventually(
        "Bound", [&] { return phase_of(cluster.get(kPersistentVolumeClaims, "c")) == "Bound"; }));
    const std::string volume =
        json_string(*cluster.get(kPersistentVolumeClaims, "c"), {"spec", "volumeName"});
    ASSERT_TRUE(cluster.remove(kPersistentVolumeClaims, "c").ok());
    ASSERT_TRUE(cluster.eventually("Released", [&] {
      return phase_of(cluster.get(kPersistentVolumes, volume)) == "Released";
    }));
    EXPECT_TRUE(cluster.storage.volumes.contains(volume));
    // A new claim of the same name is another claim.
    cluster.create(kPersistentVolumeClaims, claim_of("c", "kept"));
    ASSERT_TRUE(cluster.eventually(
        "Bound", [&] { return phase_of(cluster.get(kPersistentVolumeClaims, "c")) == "Bound"; }));
    EXPECT_NE(json_string(*cluster.get(kPersistentVolumeClaims, "c"), {"spec", "volumeName"}),
              volume);
  });
}

TEST(VolumeBinder, AVolumeReservedForAClaimGoesToItAlone) {
  TestCluster cluster;
  cluster.run([&] {
    cluster.create(kPersistentVolumes, json_parse(R"({"apiVersion":"v1","kind":"PersistentVolume",
      "metadata":{"name":"pv-1"},"spec":{"capacity":{"storage":"5Gi"},"storageClassName":"",
      "accessModes":["ReadWriteOnce"],"persistentVolumeReclaimPolicy":"Retain",
      "csi":{"driver":"disk.drydock.dev","volumeHandle":"pv-1"},
      "claimRef":{"namespace":"ns","name":"mine"}}})")
                                           .value());
    cluster.create(kPersistentVolumeClaims, claim_of("other", ""));
    cluster.sleep(seconds(5));
    EXPECT_EQ(phase_of(cluster.get(kPersistentVolumes, "pv-1")), "Available");
    EXPECT_TRUE(cluster.has_event("other", "FailedBinding: no persistent volumes available"));
    cluster.create(kPersistentVolumeClaims, claim_of("mine", ""));
    ASSERT_TRUE(cluster.eventually("Bound", [&] {
      return phase_of(cluster.get(kPersistentVolumeClaims, "mine")) == "Bound";
    }));
    EXPECT_EQ(phase_of(cluster.get(kPersistentVolumeClaims, "other")), "Pending");
  });
}

TEST(VolumeBinder, AClaimWhoseVolumeVanishedIsLostForGood) {
  TestCluster cluster;
  cluster.run([&] {
    cluster.create(kStorageClasses, make_class("fast", "Immediate"));
    cluster.create(kPersistentVolumeClaims, claim_of("c", "fast"));
    ASSERT_TRUE(cluster.eventually(
        "Bound", [&] { return phase_of(cluster.get(kPersistentVolumeClaims, "c")) == "Bound"; }));
    const std::string volume =
        json_string(*cluster.get(kPersistentVolumeClaims, "c"), {"spec", "volumeName"});
    ASSERT_TRUE(cluster.client
                    ->patch(kPersistentVolumes, "", volume,
                            json_parse(R"({"metadata":{"finalizers":null}})").value())
                    .ok());
    ASSERT_TRUE(cluster.remove(kPersistentVolumes, volume).ok());
    ASSERT_TRUE(cluster.eventually(
        "Lost", [&] { return phase_of(cluster.get(kPersistentVolumeClaims, "c")) == "Lost"; }));
    EXPECT_TRUE(cluster.has_event("c", "ClaimLost: "));
  });
}

TEST(Attacher, TwoPodsOfOneNodeShareAVolumeAndAPodElsewhereWaitsForBoth) {
  TestCluster cluster;
  cluster.add_node("n1");
  cluster.add_node("n2");
  cluster.run([&] {
    cluster.create(kStorageClasses, make_class("fast", "Immediate"));
    cluster.create(kPersistentVolumeClaims, claim_of("c", "fast"));
    cluster.create(pod_with_claim("a", "c", "n1"));
    cluster.create(pod_with_claim("b", "c", "n1"));
    ASSERT_TRUE(cluster.wait_phase("a", "Running"));
    ASSERT_TRUE(cluster.wait_phase("b", "Running"));
    cluster.create(pod_with_claim("far", "c", "n2"));
    cluster.sleep(minutes(3));
    EXPECT_EQ(json_string(container_status(*cluster.pod("far")), {"state", "waiting", "reason"}),
              "ContainerCreating");
    EXPECT_TRUE(cluster.has_event("far", "FailedAttachVolume: Multi-Attach error for volume"));
    EXPECT_TRUE(cluster.has_event("far", "Volume is already used by pod(s) a, b"));
    ASSERT_TRUE(cluster.remove(kPods, "a").ok());
    cluster.sleep(minutes(1));
    EXPECT_EQ(json_string(*cluster.pod("far"), {"status", "phase"}), "Pending");
    ASSERT_TRUE(cluster.remove(kPods, "b").ok());
    EXPECT_TRUE(cluster.wait_phase("far", "Running"));
  });
}

TEST(Attacher, ACompletedPodReleasesItsVolumeForAnotherNode) {
  TestCluster cluster;
  cluster.add_node("n1");
  cluster.add_node("n2");
  cluster.images["sleeper"] = [](Program& program) {
    (void)program.env.sleep_for(seconds(20));
    return ExitStatus{};
  };
  cluster.run([&] {
    cluster.create(kStorageClasses, make_class("fast", "Immediate"));
    cluster.create(kPersistentVolumeClaims, claim_of("c", "fast"));
    cluster.create(pod_with_claim("backup", "c", "n1"));
    ASSERT_TRUE(cluster.wait_phase("backup", "Succeeded"));
    cluster.create(pod_with_claim("restore", "c", "n2"));
    EXPECT_TRUE(cluster.wait_phase("restore", "Running", seconds(20)));
  });
}

TEST(Attacher, ASilentNodeKeepsItsVolumeForSixMinutesAfterItsPodWent) {
  TestCluster cluster;
  cluster.add_node("n1");
  cluster.add_node("n2");
  cluster.run([&] {
    cluster.create(kStorageClasses, make_class("fast", "Immediate"));
    cluster.create(kPersistentVolumeClaims, claim_of("c", "fast"));
    cluster.create(pod_with_claim("old", "c", "n1"));
    ASSERT_TRUE(cluster.wait_phase("old", "Running"));
    cluster.silence("n1");
    cluster.sleep(minutes(2));
    ASSERT_TRUE(cluster.remove(kPods, "old", {.grace_period_seconds = 0}).ok());
    cluster.create(pod_with_claim("new", "c", "n2"));
    cluster.sleep(minutes(5));
    EXPECT_EQ(json_string(*cluster.pod("new"), {"status", "phase"}), "Pending");
    EXPECT_TRUE(cluster.wait_phase("new", "Running", minutes(4)));
  });
}

}  // namespace
}  // namespace drydock::fakekube
