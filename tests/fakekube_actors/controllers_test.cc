#include <fmt/format.h>

#include "tests/fakekube_actors/test_cluster.h"

namespace drydock::fakekube {
namespace {

json::value config_map(const std::string& name, const std::string& owners = "[]") {
  return json_parse(R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":")" + name +
                    R"(","namespace":"ns","ownerReferences":)" + owners + "}}")
      .value();
}

std::string owner(const std::string& name, const std::string& uid, bool blocks = false) {
  return fmt::format(R"({{"apiVersion":"v1","kind":"ConfigMap","name":"{}","uid":"{}",
                         "blockOwnerDeletion":{}}})",
                     name, uid, blocks);
}

TEST(GarbageCollector, DependantsFollowTheirDeletedOwner) {
  TestCluster cluster;
  cluster.run([&] {
    const std::string uid = object_uid(cluster.create(kConfigMaps, config_map("owner")));
    cluster.create(kConfigMaps, config_map("child", "[" + owner("owner", uid) + "]"));
    cluster.create(kConfigMaps, config_map("free"));
    cluster.sleep(seconds(5));
    ASSERT_TRUE(cluster.get(kConfigMaps, "child"));
    ASSERT_TRUE(cluster.remove(kConfigMaps, "owner").ok());
    EXPECT_TRUE(cluster.wait_gone(kConfigMaps, "child", seconds(1)));
    EXPECT_TRUE(cluster.get(kConfigMaps, "free"));
  });
}

TEST(GarbageCollector, AnOwnerOfTheSameNameWithAnotherUidIsNoOwner) {
  TestCluster cluster;
  cluster.run([&] {
    cluster.create(kConfigMaps, config_map("owner"));
    cluster.create(kConfigMaps, config_map("child", "[" + owner("owner", "someone-else") + "]"));
    EXPECT_TRUE(cluster.wait_gone(kConfigMaps, "child", seconds(1)));
    EXPECT_TRUE(cluster.get(kConfigMaps, "owner"));
  });
}

TEST(GarbageCollector, ADeadReferenceIsTakenAwayWhileAnotherOwnerLives) {
  TestCluster cluster;
  cluster.run([&] {
    const std::string a = object_uid(cluster.create(kConfigMaps, config_map("a")));
    const std::string b = object_uid(cluster.create(kConfigMaps, config_map("b")));
    cluster.create(kConfigMaps,
                   config_map("child", "[" + owner("a", a) + "," + owner("b", b) + "]"));
    cluster.sleep(seconds(1));
    ASSERT_TRUE(cluster.remove(kConfigMaps, "a").ok());
    ASSERT_TRUE(cluster.eventually("one owner left", [&] {
      return json_array(*cluster.get(kConfigMaps, "child"), {"metadata", "ownerReferences"})
                 .size() == 1;
    }));
    cluster.sleep(seconds(5));
    EXPECT_TRUE(cluster.get(kConfigMaps, "child"));
  });
}

TEST(GarbageCollector, ForegroundDeletionKeepsTheOwnerUntilItsBlockingDependantsAreGone) {
  TestCluster cluster;
  cluster.add_node("n1");
  cluster.images["slow"] = [](Program& program) {
    EXPECT_TRUE(program.stop.wait(kForever).ok());
    EXPECT_TRUE(program.env.sleep_for(seconds(10)).ok());
    return ExitStatus{};
  };
  cluster.run([&] {
    const std::string uid = object_uid(cluster.create(kConfigMaps, config_map("owner")));
    json::value pod = make_pod("p", "slow");
    json_at(pod, {"metadata", "ownerReferences"}) =
        json::array{json_parse(owner("owner", uid, true)).value()};
    cluster.create(std::move(pod));
    ASSERT_TRUE(cluster.wait_phase("p", "Running"));
    ASSERT_TRUE(cluster.remove(kConfigMaps, "owner", {.propagation_policy = "Foreground"}).ok());
    cluster.sleep(seconds(5));
    EXPECT_TRUE(cluster.get(kConfigMaps, "owner"));
    EXPECT_TRUE(is_deleting(*cluster.pod("p")));
    ASSERT_TRUE(cluster.wait_gone(kPods, "p", seconds(20)));
    EXPECT_TRUE(cluster.wait_gone(kConfigMaps, "owner", seconds(2)));
  });
}

TEST(GarbageCollector, OrphanedDependantsStayWithoutReference) {
  TestCluster cluster;
  cluster.run([&] {
    const std::string uid = object_uid(cluster.create(kConfigMaps, config_map("owner")));
    cluster.create(kConfigMaps, config_map("child", "[" + owner("owner", uid) + "]"));
    cluster.sleep(seconds(1));
    ASSERT_TRUE(cluster.remove(kConfigMaps, "owner", {.propagation_policy = "Orphan"}).ok());
    ASSERT_TRUE(cluster.wait_gone(kConfigMaps, "owner", seconds(2)));
    cluster.sleep(seconds(5));
    ASSERT_TRUE(cluster.get(kConfigMaps, "child"));
    EXPECT_TRUE(
        json_array(*cluster.get(kConfigMaps, "child"), {"metadata", "ownerReferences"}).empty());
  });
}

TEST(NodeLifecycle, ASilentNodesPodIsNotReadyButRunningAndComesBackAsItWas) {
  TestCluster cluster;
  cluster.add_node("n1");
  cluster.run([&] {
    cluster.create(make_pod("p", "sleeper"));
    ASSERT_TRUE(cluster.wait_ready("p"));
    const sim::CutId cut = cluster.silence("n1");
    cluster.sleep(seconds(40));
    EXPECT_EQ(condition_status(*cluster.get(kNodes, "n1"), "Ready"), "True");
    cluster.sleep(seconds(25));
    EXPECT_EQ(condition_status(*cluster.get(kNodes, "n1"), "Ready"), "Unknown");
    EXPECT_EQ(condition_status(*cluster.pod("p"), "Ready"), "False");
    EXPECT_EQ(json_string(*cluster.pod("p"), {"status", "phase"}), "Running");
    EXPECT_EQ(cluster.logs.lines(object_uid(*cluster.pod("p")), "main", false).code(),
              Code::kUnavailable);
    cluster.heal(cut);
    EXPECT_TRUE(cluster.wait_ready("p", seconds(60)));
    ASSERT_TRUE(cluster.eventually(
        "no taints", [&] { return node_taints(*cluster.get(kNodes, "n1")).empty(); }));
    EXPECT_EQ(cluster.runtime->starts.size(), 1U);
    cluster.sleep(minutes(10));
    EXPECT_TRUE(cluster.pod("p"));
  });
}

TEST(NodeLifecycle, APodOfASilentNodeIsTerminatingAfterItsTolerationUntilTheNodeReturns) {
  TestCluster cluster;
  cluster.add_node("n1");
  cluster.run([&] {
    cluster.create(make_pod("p", "sleeper"));
    ASSERT_TRUE(cluster.wait_ready("p"));
    const sim::CutId cut = cluster.silence("n1");
    cluster.sleep(minutes(5));
    EXPECT_FALSE(is_deleting(*cluster.pod("p")));
    cluster.sleep(minutes(1) + seconds(30));
    ASSERT_TRUE(is_deleting(*cluster.pod("p")));
    EXPECT_EQ(condition_status(*cluster.pod("p"), "DisruptionTarget"), "True");
    cluster.sleep(minutes(30));
    ASSERT_TRUE(cluster.pod("p"));
    EXPECT_EQ(json_string(*cluster.pod("p"), {"status", "phase"}), "Running");
    EXPECT_EQ(cluster.runtime->running, 1);
    cluster.heal(cut);
    EXPECT_TRUE(cluster.wait_gone(kPods, "p", minutes(3)));
    EXPECT_EQ(cluster.runtime->running, 0);
  });
}

TEST(NodeLifecycle, TheEndOfAProgramOnASilentNodeIsReportedWhenItReturns) {
  TestCluster cluster;
  cluster.add_node("n1");
  cluster.images["short"] = [](Program& program) {
    EXPECT_TRUE(program.env.sleep_for(seconds(30)).ok());
    return ExitStatus{.code = 0, .message = "made it"};
  };
  cluster.run([&] {
    cluster.create(make_pod("p", "short"));
    ASSERT_TRUE(cluster.wait_phase("p", "Running"));
    const sim::CutId cut = cluster.silence("n1");
    cluster.sleep(minutes(4));
    EXPECT_EQ(json_string(*cluster.pod("p"), {"status", "phase"}), "Running");
    cluster.heal(cut);
    ASSERT_TRUE(cluster.wait_phase("p", "Succeeded"));
    EXPECT_EQ(json_string(container_status(*cluster.pod("p")), {"state", "terminated", "message"}),
              "made it");
  });
}

TEST(PodGc, PodsOfADeletedNodeAreRemoved) {
  TestCluster cluster;
  cluster.add_node("n1");
  cluster.run([&] {
    cluster.create(make_pod("p", "sleeper"));
    ASSERT_TRUE(cluster.wait_phase("p", "Running"));
    cluster.silence("n1");
    ASSERT_TRUE(cluster.remove(kNodes, "n1").ok());
    cluster.sleep(seconds(30));
    EXPECT_TRUE(cluster.pod("p"));
    EXPECT_TRUE(cluster.wait_gone(kPods, "p", seconds(40)));
  });
}

TEST(NamespaceController, ADeletedNamespaceIsEmptiedThenGone) {
  TestCluster cluster;
  cluster.add_node("n1");
  cluster.run([&] {
    cluster.create(make_pod("p", "sleeper"));
    cluster.create(kConfigMaps, config_map("c"));
    ASSERT_TRUE(cluster.wait_phase("p", "Running"));
    ASSERT_TRUE(cluster.remove(kNamespaces, "ns").ok());
    cluster.sleep(seconds(4));
    EXPECT_TRUE(cluster.get(kConfigMaps, "c"));
    ASSERT_TRUE(cluster.eventually("gone", [&] {
      return cluster.client->get(kNamespaces, "", "ns").code() == Code::kNotFound;
    }));
    EXPECT_FALSE(cluster.pod("p"));
    EXPECT_EQ(cluster.runtime->running, 0);
  });
}

}  // namespace
}  // namespace drydock::fakekube
