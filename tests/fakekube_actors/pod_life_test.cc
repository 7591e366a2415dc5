// What happens to running containers: memory, sidecars, hooks, logs, restarts of the kubelet alone.
#include "fakekube/actors/kubelet_resources.h"
#include "tests/fakekube_actors/test_cluster.h"

namespace drydock::fakekube {
namespace {

json::value terminated(const json::value& pod) {
  const json::value status = container_status(pod);
  const json::value* state = json_find(status, {"state", "terminated"});
  return state == nullptr ? json::value(json::object()) : *state;
}

TEST(Memory, AContainerAboveItsLimitIsKilledAndSaysSo) {
  TestCluster cluster;
  cluster.add_node("n1");
  cluster.images["grows"] = [](Program& program) {
    program.start.use_memory(100);
    EXPECT_TRUE(program.env.sleep_for(seconds(5)).ok());
    program.start.use_memory(2 * 1024 * 1024);
    return until_stopped(program);
  };
  cluster.run([&] {
    cluster.create(make_pod("p", "grows", R"({"containers":[{"name":"main","image":"grows",
        "imagePullPolicy":"IfNotPresent","resources":{"limits":{"memory":"1Mi"}}}]})"));
    ASSERT_TRUE(cluster.wait_phase("p", "Failed"));
    EXPECT_EQ(json_string(terminated(*cluster.pod("p")), {"reason"}), "OOMKilled");
    EXPECT_EQ(json_int(terminated(*cluster.pod("p")), {"exitCode"}), 137);
  });
}

TEST(Memory, ANodeWithoutAnyLeftEvictsThePodThatExceedsItsRequestMost) {
  TestCluster cluster;
  cluster.add_node("n1", {.memory = "1Gi"});
  cluster.images["holds"] = [](Program& program) {
    const bool modest = program.start.container == "modest";
    EXPECT_TRUE(program.env.sleep_for(seconds(modest ? 0 : 5)).ok());
    program.start.use_memory((modest ? 400 : 600) * 1024 * 1024);
    return until_stopped(program);
  };
  const auto pod = [](const std::string& name, const std::string& request) {
    return make_pod(name, "holds",
                    R"({"containers":[{"name":")" + name +
                        R"(","image":"holds","imagePullPolicy":"IfNotPresent",
        "resources":{"requests":{"memory":")" +
                        request + R"("}}}]})");
  };
  cluster.run([&] {
    cluster.create(pod("modest", "500Mi"));
    cluster.create(pod("greedy", "100Mi"));
    ASSERT_TRUE(cluster.wait_phase("greedy", "Failed"));
    const JsonPtr greedy = cluster.pod("greedy");
    EXPECT_EQ(json_string(*greedy, {"status", "reason"}), "Evicted");
    EXPECT_EQ(json_string(*greedy, {"status", "message"}),
              "The node was low on resource: memory. Threshold quantity: 100Mi, available: 24Mi. "
              "Container greedy was using 600Mi, request is 100Mi, has larger consumption of "
              "memory. ");
    EXPECT_EQ(condition_status(*greedy, "DisruptionTarget"), "True");
    EXPECT_EQ(json_string(*cluster.pod("modest"), {"status", "phase"}), "Running");
  });
}

TEST(Memory, APodThatANodeHasNoRoomForIsRejectedByItsKubelet) {
  TestCluster cluster;
  cluster.add_node("n1", {.cpu = "1"});
  cluster.run([&] {
    const std::string spec = R"({"nodeName":"n1","containers":[{"name":"main","image":"sleeper",
        "imagePullPolicy":"IfNotPresent","resources":{"requests":{"cpu":"600m"}}}]})";
    cluster.create(make_pod("a", "sleeper", spec));
    ASSERT_TRUE(cluster.wait_phase("a", "Running"));
    cluster.create(make_pod("b", "sleeper", spec));
    ASSERT_TRUE(cluster.wait_phase("b", "Failed"));
    const JsonPtr pod = cluster.pod("b");
    EXPECT_EQ(json_string(*pod, {"status", "reason"}), "OutOfcpu");
    EXPECT_EQ(json_string(*pod, {"status", "message"}),
              "Pod was rejected: Node didn't have enough resource: cpu, requested: 600, used: 600, "
              "capacity: 1000");
    EXPECT_EQ(json_find(*pod, {"status", "containerStatuses"}), nullptr);
    EXPECT_EQ(cluster.runtime->starts.size(), 1U);
  });
}

TEST(Storage, AContainerThatWritesMoreThanItsLimitIsEvicted) {
  TestCluster cluster;
  cluster.add_node("n1");
  cluster.images["talks"] = [](Program& program) {
    program.start.log(std::string(5000, '.'));
    return until_stopped(program);
  };
  cluster.run([&] {
    cluster.create(make_pod("p", "talks", R"({"containers":[{"name":"main","image":"talks",
        "imagePullPolicy":"IfNotPresent","resources":{"limits":{"ephemeral-storage":"4Ki"}}}]})"));
    ASSERT_TRUE(cluster.wait_phase("p", "Failed", seconds(30)));
    EXPECT_EQ(json_string(*cluster.pod("p"), {"status", "reason"}), "Evicted");
    EXPECT_EQ(json_string(*cluster.pod("p"), {"status", "message"}),
              "Container main exceeded its local ephemeral storage limit \"4Ki\". ");
  });
}

TEST(Sidecars, StartBeforeTheOthersAndEndAfterThemWithoutFailingThePod) {
  TestCluster cluster;
  cluster.add_node("n1");
  std::vector<std::string> order;
  cluster.images["side"] = [&order](Program& program) {
    order.push_back(program.start.container + " starts");
    (void)program.stop.wait(kForever);
    const bool slow = program.start.container == "s2";
    EXPECT_TRUE(program.env.sleep_for(seconds(slow ? 2 : 0)).ok());
    order.push_back(program.start.container + " ends");
    return ExitStatus{.code = 3};
  };
  cluster.images["work"] = [&order](Program& program) {
    order.emplace_back("main starts");
    EXPECT_TRUE(program.env.sleep_for(seconds(3)).ok());
    order.emplace_back("main ends");
    return ExitStatus{};
  };
  cluster.run([&] {
    cluster.create(make_pod("p", "work", R"({"initContainers":[
        {"name":"s1","image":"side","imagePullPolicy":"IfNotPresent","restartPolicy":"Always"},
        {"name":"s2","image":"side","imagePullPolicy":"IfNotPresent",
         "restartPolicy":"Always"}]})"));
    ASSERT_TRUE(cluster.wait_phase("p", "Succeeded"));
    EXPECT_EQ(order, (std::vector<std::string>{"s1 starts", "s2 starts", "main starts", "main ends",
                                               "s2 ends", "s1 ends"}));
    EXPECT_EQ(cluster.runtime->running, 0);
  });
}

TEST(Sidecars, OneThatEndsIsStartedAgainEvenInANeverPod) {
  TestCluster cluster;
  cluster.add_node("n1");
  int starts = 0;
  cluster.images["side"] = [&starts](Program& program) {
    if (++starts == 1) return ExitStatus{.code = 1};
    return until_stopped(program);
  };
  cluster.run([&] {
    cluster.create(make_pod("p", "sleeper", R"({"initContainers":[
        {"name":"s","image":"side","imagePullPolicy":"IfNotPresent","restartPolicy":"Always"}]})"));
    ASSERT_TRUE(cluster.eventually("second start", [&] { return starts == 2; }));
    ASSERT_TRUE(cluster.wait_ready("p"));
    EXPECT_EQ(json_string(*cluster.pod("p"), {"status", "phase"}), "Running");
  });
}

TEST(Hooks, PreStopRunsBeforeSigtermAndItsTimeIsPartOfTheGrace) {
  TestCluster cluster;
  cluster.add_node("n1");
  std::vector<std::string> order;
  cluster.runtime->on_exec = [&order](const std::vector<std::string>& command) {
    order.push_back(command.front());
    return 0;
  };
  cluster.images["stops"] = [&order](Program& program) {
    (void)program.stop.wait(kForever);
    order.emplace_back("SIGTERM");
    return ExitStatus{};
  };
  cluster.run([&] {
    cluster.create(make_pod("p", "stops", R"({"containers":[{"name":"main","image":"stops",
        "imagePullPolicy":"IfNotPresent",
        "lifecycle":{"preStop":{"exec":{"command":["goodbye"]}}}}]})"));
    ASSERT_TRUE(cluster.wait_phase("p", "Running"));
    ASSERT_TRUE(cluster.remove(kPods, "p").ok());
    ASSERT_TRUE(cluster.wait_gone(kPods, "p"));
    EXPECT_EQ(order, (std::vector<std::string>{"goodbye", "SIGTERM"}));
  });
}

std::string with_post_start(const std::string& image, const std::string& hook) {
  return R"({"containers":[{"name":"main","image":")" + image +
         R"(","imagePullPolicy":"IfNotPresent","ports":[{"name":"rest","containerPort":8080}],
        "lifecycle":{"postStart":)" +
         hook + "}}]}";
}

TEST(Hooks, AContainerIsShownAsRunningWhenItsPostStartHookIsOver) {
  TestCluster cluster;
  cluster.add_node("n1");
  cluster.run([&] {
    cluster.create(
        make_pod("p", "sleeper", with_post_start("sleeper", R"({"sleep":{"seconds":7}})")));
    ASSERT_TRUE(cluster.eventually(
        "started", [&] { return cluster.has_event("p", "Started: Started container main"); }));
    cluster.sleep(seconds(5));
    EXPECT_EQ(json_string(*cluster.pod("p"), {"status", "phase"}), "Pending");
    ASSERT_TRUE(cluster.wait_ready("p", seconds(5)));
  });
}

TEST(Hooks, AFailedPostStartHookEndsItsContainer) {
  TestCluster cluster;
  cluster.add_node("n1");
  cluster.runtime->on_exec = [](const std::vector<std::string>&) { return 1; };
  cluster.run([&] {
    cluster.create(
        make_pod("p", "sleeper", with_post_start("sleeper", R"({"exec":{"command":["hello"]}})")));
    ASSERT_TRUE(cluster.wait_phase("p", "Failed"));
    EXPECT_EQ(json_int(terminated(*cluster.pod("p")), {"exitCode"}), 143);
    cluster.sleep(seconds(1));
    EXPECT_TRUE(cluster.has_event("p", "FailedPostStartHook: PostStartHook failed"));
    EXPECT_TRUE(cluster.has_event("p", "Killing: FailedPostStartHook"));
  });
}

TEST(Hooks, AnyAnswerToAnHttpHookWillDoAndNoneIsAFailure) {
  TestCluster cluster;
  cluster.add_node("n1");
  std::vector<std::string> asked;
  cluster.images["serves"] = [&asked](Program& program) {
    const auto listener = program.wire.serve(8080, [&asked](const HttpRequest& request) {
      asked.push_back(request.target);
      return HttpReply{HttpResponse{.status = 500}};
    });
    return until_stopped(program);
  };
  cluster.run([&] {
    const std::string hook = R"({"httpGet":{"path":"/begin","port":"rest"}})";
    cluster.create(make_pod("p", "serves", with_post_start("serves", hook)));
    cluster.create(make_pod("deaf", "sleeper", with_post_start("sleeper", hook)));
    ASSERT_TRUE(cluster.wait_ready("p"));
    EXPECT_EQ(asked, std::vector<std::string>{"/begin"});
    EXPECT_TRUE(cluster.wait_phase("deaf", "Failed"));
  });
}

TEST(Hooks, AContainerWhoseKubeletRestartedDuringItsHookRuns) {
  TestCluster cluster;
  cluster.add_node("n1");
  cluster.run([&] {
    cluster.create(
        make_pod("p", "sleeper", with_post_start("sleeper", R"({"sleep":{"seconds":30}})")));
    ASSERT_TRUE(cluster.eventually(
        "started", [&] { return cluster.has_event("p", "Started: Started container main"); }));
    cluster.kubelet("n1").crash();
    cluster.sleep(seconds(2));
    cluster.kubelet("n1").start();
    EXPECT_TRUE(cluster.wait_ready("p", seconds(5)));
    EXPECT_EQ(cluster.runtime->starts.size(), 1U);
  });
}

TEST(Probes, AnExecProbeThatFailsKeepsThePodUnready) {
  TestCluster cluster;
  cluster.add_node("n1");
  int code = 2;
  cluster.runtime->on_exec = [&code](const std::vector<std::string>&) { return code; };
  cluster.run([&] {
    cluster.create(make_pod("p", "sleeper", R"({"containers":[{"name":"main","image":"sleeper",
        "imagePullPolicy":"IfNotPresent",
        "readinessProbe":{"exec":{"command":["check"]},"periodSeconds":1}}]})"));
    ASSERT_TRUE(cluster.wait_phase("p", "Running"));
    cluster.sleep(seconds(5));
    EXPECT_EQ(condition_status(*cluster.pod("p"), "Ready"), "False");
    EXPECT_TRUE(cluster.has_event("p", "Readiness probe failed: command exited with code 2"));
    code = 0;
    EXPECT_TRUE(cluster.wait_ready("p", seconds(5)));
  });
}

TEST(Images, ARegistryThatDoesNotAnswerIsTriedAgainWithBackOff) {
  TestCluster cluster;
  cluster.add_node("n1");
  cluster.runtime->image_trouble = Status(Code::kUnavailable, "dial tcp: i/o timeout");
  cluster.run([&] {
    cluster.create(make_pod("p", "sleeper"));
    ASSERT_TRUE(cluster.eventually("back-off", [&] {
      return cluster.has_event("p", "BackOff: Back-off pulling image \"sleeper\"");
    }));
    EXPECT_TRUE(cluster.has_event("p", "Failed to pull image \"sleeper\": dial tcp: i/o timeout"));
    EXPECT_EQ(json_string(container_status(*cluster.pod("p")), {"state", "waiting", "reason"}),
              "ImagePullBackOff");
    EXPECT_EQ(json_string(container_status(*cluster.pod("p")), {"state", "waiting", "message"}),
              "Back-off pulling image \"sleeper\": ErrImagePull: dial tcp: i/o timeout");
    cluster.runtime->image_trouble = ok_status();
    EXPECT_TRUE(cluster.wait_phase("p", "Running", minutes(6)));
  });
}

TEST(Logs, WhatWasWrittenBeforeARotationCanNotBeReadAnyMore) {
  TestCluster cluster;
  cluster.add_node("n1", {.log_max_bytes = 100});
  cluster.images["talks"] = [](Program& program) {
    for (int i = 0; i < 10; ++i) program.start.log("early " + std::string(20, '.'));
    EXPECT_TRUE(program.env.sleep_for(seconds(11)).ok());
    program.start.log("late");
    return ExitStatus{};
  };
  cluster.run([&] {
    cluster.create(make_pod("p", "talks"));
    ASSERT_TRUE(cluster.wait_phase("p", "Succeeded"));
    const auto lines = cluster.logs.lines(object_uid(*cluster.pod("p")), "main", false);
    ASSERT_TRUE(lines.ok());
    ASSERT_EQ((*lines)->size(), 1U);
    EXPECT_EQ((*lines)->front().text, "late");
  });
}

TEST(Kubelet, ARestartOfTheKubeletAloneKeepsItsContainers) {
  TestCluster cluster;
  cluster.add_node("n1");
  cluster.images["works"] = [](Program& program) {
    EXPECT_TRUE(program.env.sleep_for(seconds(60)).ok());
    return ExitStatus{};
  };
  cluster.run([&] {
    cluster.create(make_pod("p", "works"));
    ASSERT_TRUE(cluster.wait_phase("p", "Running"));
    const std::string address = json_string(*cluster.pod("p"), {"status", "podIP"});
    cluster.kubelet("n1").crash();
    EXPECT_EQ(cluster.runtime->running, 1);
    cluster.sleep(seconds(20));
    cluster.kubelet("n1").start();
    ASSERT_TRUE(cluster.wait_phase("p", "Succeeded"));
    EXPECT_EQ(cluster.runtime->starts.size(), 1U);
    EXPECT_EQ(json_int(container_status(*cluster.pod("p")), {"restartCount"}, -1), 0);
    EXPECT_EQ(json_string(*cluster.pod("p"), {"status", "podIP"}), address);
  });
}

TEST(Kubelet, AnEndDuringTheKubeletsAbsenceIsReportedWhenItIsBack) {
  TestCluster cluster;
  cluster.add_node("n1");
  cluster.images["works"] = [](Program& program) {
    EXPECT_TRUE(program.env.sleep_for(seconds(5)).ok());
    return ExitStatus{.code = 4, .message = "my last words"};
  };
  cluster.run([&] {
    cluster.create(make_pod("p", "works"));
    ASSERT_TRUE(cluster.wait_phase("p", "Running"));
    cluster.kubelet("n1").crash();
    cluster.sleep(seconds(30));
    EXPECT_EQ(json_string(*cluster.pod("p"), {"status", "phase"}), "Running");
    cluster.kubelet("n1").start();
    ASSERT_TRUE(cluster.wait_phase("p", "Failed"));
    EXPECT_EQ(json_string(terminated(*cluster.pod("p")), {"message"}), "my last words");
  });
}

TEST(Kubelet, AStatusLagShowsOldNewsOnly) {
  TestCluster cluster;
  cluster.add_node("n1");
  cluster.run([&] {
    cluster.node("n1").disk->status_lag = seconds(20);
    cluster.create(make_pod("p", "done"));
    cluster.sleep(seconds(15));
    EXPECT_EQ(json_string(*cluster.pod("p"), {"status", "phase"}), "Pending");
    EXPECT_EQ(cluster.runtime->starts.size(), 1U);
    EXPECT_TRUE(cluster.wait_phase("p", "Succeeded", minutes(2)));
  });
}

}  // namespace
}  // namespace drydock::fakekube
