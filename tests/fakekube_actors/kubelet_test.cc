#include <fmt/format.h>

#include "tests/fakekube_actors/test_cluster.h"

namespace drydock::fakekube {
namespace {

json::value terminated(const json::value& pod) {
  const json::value status = container_status(pod);
  const json::value* state = json_find(status, {"state", "terminated"});
  return state ? *state : json::value(json::object());
}

std::string waiting_reason(const json::value& pod) {
  return json_string(container_status(pod), {"state", "waiting", "reason"});
}

TEST(Kubelet, APodRunsToItsEndAndShowsHowItEnded) {
  TestCluster cluster;
  cluster.add_node("n1");
  cluster.images["works"] = [](Program& program) {
    program.start.log("hello");
    EXPECT_TRUE(program.env.sleep_for(seconds(5)).ok());
    return ExitStatus{.code = 0, .message = "all done"};
  };
  cluster.run([&] {
    cluster.create(make_pod("p", "works"));
    ASSERT_TRUE(cluster.wait_phase("p", "Running"));
    EXPECT_EQ(condition_status(*cluster.pod("p"), "Ready"), "True");
    EXPECT_EQ(json_string(*cluster.pod("p"), {"status", "podIP"}), "10.244.1.2");
    ASSERT_TRUE(cluster.wait_phase("p", "Succeeded"));
    const JsonPtr pod = cluster.pod("p");
    EXPECT_EQ(json_string(terminated(*pod), {"reason"}), "Completed");
    EXPECT_EQ(json_string(terminated(*pod), {"message"}), "all done");
    EXPECT_EQ(condition_status(*pod, "Ready"), "False");
    EXPECT_EQ(json_string(*find_condition(*pod, "Ready"), {"reason"}), "PodCompleted");
    EXPECT_EQ(condition_status(*pod, "Initialized"), "True");
    cluster.sleep(seconds(1));
    for (const char* text : {"Scheduled: Successfully assigned ns/p to n1",
                             "Pulled: ", "Created: ", "Started: Started container main"})
      EXPECT_TRUE(cluster.has_event("p", text)) << text;
  });
}

TEST(Kubelet, AFailedProgramMakesANeverPodFailedForGood) {
  TestCluster cluster;
  cluster.add_node("n1");
  cluster.images["oom"] = [](Program&) { return ExitStatus{.code = 137, .reason = "OOMKilled"}; };
  cluster.run([&] {
    cluster.create(make_pod("p", "oom"));
    ASSERT_TRUE(cluster.wait_phase("p", "Failed"));
    EXPECT_EQ(json_string(terminated(*cluster.pod("p")), {"reason"}), "OOMKilled");
    EXPECT_EQ(json_int(terminated(*cluster.pod("p")), {"exitCode"}), 137);
    cluster.sleep(minutes(10));
    EXPECT_EQ(json_string(*cluster.pod("p"), {"status", "phase"}), "Failed");
    EXPECT_EQ(cluster.runtime->starts.size(), 1U);
  });
}

TEST(Kubelet, DeletionSendsSigtermAndRemovesTheObjectWhenTheProgramHasEnded) {
  TestCluster cluster;
  cluster.add_node("n1");
  cluster.images["slow"] = [](Program& program) {
    EXPECT_TRUE(program.stop.wait(kForever).ok());
    EXPECT_TRUE(program.env.sleep_for(seconds(7)).ok());
    return ExitStatus{.code = 0};
  };
  cluster.run([&] {
    cluster.create(make_pod("p", "slow"));
    ASSERT_TRUE(cluster.wait_phase("p", "Running"));
    const SteadyTime asked = cluster.env().now();
    ASSERT_TRUE(cluster.remove(kPods, "p").ok());
    cluster.sleep(seconds(6));
    ASSERT_TRUE(cluster.pod("p"));
    EXPECT_EQ(json_string(*cluster.pod("p"), {"status", "phase"}), "Running");
    ASSERT_TRUE(cluster.wait_gone(kPods, "p"));
    EXPECT_LT(cluster.env().now() - asked, seconds(9));
    EXPECT_EQ(cluster.runtime->running, 0);
    EXPECT_TRUE(cluster.has_event("p", "Killing: Stopping container main"));
  });
}

TEST(Kubelet, AProgramThatIgnoresSigtermIsKilledAfterItsGrace) {
  TestCluster cluster;
  cluster.add_node("n1");
  cluster.images["deaf"] = [](Program& program) {
    (void)program.env.sleep_for(hours(1));
    return ExitStatus{};
  };
  cluster.run([&] {
    cluster.create(make_pod("p", "deaf"));
    ASSERT_TRUE(cluster.wait_phase("p", "Running"));
    const SteadyTime asked = cluster.env().now();
    ASSERT_TRUE(cluster.remove(kPods, "p").ok());
    ASSERT_TRUE(cluster.wait_gone(kPods, "p"));
    EXPECT_GE(cluster.env().now() - asked, seconds(30));
    EXPECT_LT(cluster.env().now() - asked, seconds(32));
    EXPECT_EQ(cluster.runtime->running, 0);
  });
}

TEST(Kubelet, ADeadlinePatchedInLaterEndsTheContainerAndKeepsObjectAndLog) {
  TestCluster cluster;
  cluster.add_node("n1");
  cluster.images["talks"] = [](Program& program) {
    program.start.log("a line");
    return until_stopped(program);
  };
  cluster.run([&] {
    cluster.create(make_pod("p", "talks"));
    ASSERT_TRUE(cluster.wait_phase("p", "Running"));
    cluster.sleep(seconds(20));
    ASSERT_TRUE(cluster.client
                    ->patch(kPods, "ns", "p",
                            json::object{{"spec", json::object{{"activeDeadlineSeconds", 1}}}})
                    .ok());
    ASSERT_TRUE(cluster.wait_phase("p", "Failed"));
    const JsonPtr pod = cluster.pod("p");
    EXPECT_EQ(json_string(*pod, {"status", "reason"}), "DeadlineExceeded");
    EXPECT_EQ(json_int(terminated(*pod), {"exitCode"}), 143);
    const auto lines = cluster.logs.lines(object_uid(*pod), "main", false);
    ASSERT_TRUE(lines.ok());
    ASSERT_EQ((*lines)->size(), 1U);
    EXPECT_EQ((*lines)->front().text, "a line");
    ASSERT_TRUE(cluster.remove(kPods, "p").ok());
    cluster.sleep(seconds(1));
    EXPECT_EQ(cluster.logs.lines(object_uid(*pod), "main", false).code(), Code::kNotFound);
  });
}

TEST(Kubelet, InitContainersRunOneAfterTheOtherBeforeTheOthers) {
  TestCluster cluster;
  cluster.add_node("n1");
  cluster.images["step"] = [](Program& program) {
    EXPECT_TRUE(program.env.sleep_for(seconds(2)).ok());
    return ExitStatus{};
  };
  cluster.run([&] {
    cluster.create(make_pod("p", "sleeper", R"({"initContainers":[
      {"name":"a","image":"step"},{"name":"b","image":"step"}]})"));
    ASSERT_TRUE(cluster.eventually(
        "PodInitializing", [&] { return waiting_reason(*cluster.pod("p")) == "PodInitializing"; }));
    EXPECT_EQ(condition_status(*cluster.pod("p"), "Initialized"), "False");
    ASSERT_TRUE(cluster.wait_phase("p", "Running"));
    ASSERT_EQ(cluster.runtime->starts.size(), 3U);
    EXPECT_EQ(cluster.runtime->starts[0].container, "a");
    EXPECT_EQ(cluster.runtime->starts[1].container, "b");
    EXPECT_EQ(condition_status(*cluster.pod("p"), "Initialized"), "True");
  });
}

TEST(Kubelet, AFailingInitContainerFailsANeverPod) {
  TestCluster cluster;
  cluster.add_node("n1");
  cluster.images["bad"] = [](Program&) { return ExitStatus{.code = 3}; };
  cluster.run([&] {
    cluster.create(make_pod("p", "sleeper", R"({"initContainers":[{"name":"a","image":"bad"}]})"));
    ASSERT_TRUE(cluster.wait_phase("p", "Failed"));
    EXPECT_EQ(cluster.runtime->starts.size(), 1U);
    const json::array& init = json_array(*cluster.pod("p"), {"status", "initContainerStatuses"});
    ASSERT_EQ(init.size(), 1U);
    EXPECT_EQ(json_string(init[0], {"state", "terminated", "reason"}), "Error");
  });
}

TEST(Kubelet, AnUnknownImageKeepsThePodPendingUntilItAppears) {
  TestCluster cluster;
  cluster.add_node("n1");
  cluster.run([&] {
    cluster.create(make_pod("p", "missing"));
    ASSERT_TRUE(cluster.eventually(
        "ErrImagePull", [&] { return waiting_reason(*cluster.pod("p")) == "ErrImagePull"; }));
    ASSERT_TRUE(cluster.eventually("ImagePullBackOff", [&] {
      return waiting_reason(*cluster.pod("p")) == "ImagePullBackOff";
    }));
    EXPECT_EQ(json_string(*cluster.pod("p"), {"status", "phase"}), "Pending");
    EXPECT_TRUE(cluster.has_event("p", "Error: ErrImagePull"));
    cluster.images["missing"] = until_stopped;
    EXPECT_TRUE(cluster.wait_phase("p", "Running", minutes(6)));
  });
}

TEST(Kubelet, AnAlwaysPodIsRestartedWithBackOff) {
  TestCluster cluster;
  cluster.add_node("n1");
  cluster.images["crash"] = [](Program& program) {
    program.start.log("about to crash");
    (void)program.env.sleep_for(seconds(1));
    return ExitStatus{.code = 1};
  };
  cluster.run([&] {
    cluster.create(make_pod("p", "crash", R"({"restartPolicy":"Always"})"));
    ASSERT_TRUE(cluster.eventually("CrashLoopBackOff", [&] {
      return waiting_reason(*cluster.pod("p")) == "CrashLoopBackOff";
    }));
    const JsonPtr pod = cluster.pod("p");
    EXPECT_EQ(json_string(*pod, {"status", "phase"}), "Running");
    EXPECT_EQ(json_int(container_status(*pod), {"lastState", "terminated", "exitCode"}), 1);
    EXPECT_TRUE(cluster.logs.lines(object_uid(*pod), "main", true).ok());
    cluster.sleep(minutes(30));
    // 10 s doubled up to 5 min: few restarts in half an hour.
    EXPECT_GT(json_int(container_status(*cluster.pod("p")), {"restartCount"}), 7);
    EXPECT_LT(json_int(container_status(*cluster.pod("p")), {"restartCount"}), 13);
  });
}

constexpr std::string_view kProbed = R"({{"containers":[{{"name":"main","image":"web",
  "imagePullPolicy":"IfNotPresent","{}":{{"httpGet":{{"path":"/health","port":8080}},
  "periodSeconds":1,"failureThreshold":3}}}}]}})";

Image web_server(bool& healthy) {
  return [&healthy](Program& program) {
    const auto listener = program.wire.serve(8080, [&healthy](const HttpRequest& request) {
      EXPECT_EQ(request.target, "/health");
      return HttpReply(HttpResponse{.status = healthy ? 200 : 503});
    });
    return until_stopped(program);
  };
}

TEST(Kubelet, ReadinessFollowsTheProbeBothWaysAndThePhaseStays) {
  TestCluster cluster;
  cluster.add_node("n1");
  bool healthy = false;
  cluster.images["web"] = web_server(healthy);
  cluster.run([&] {
    cluster.create(make_pod("p", "web", fmt::format(kProbed, "readinessProbe")));
    ASSERT_TRUE(cluster.wait_phase("p", "Running"));
    cluster.sleep(seconds(10));
    EXPECT_EQ(condition_status(*cluster.pod("p"), "Ready"), "False");
    EXPECT_TRUE(cluster.has_event(
        "p", "Unhealthy: Readiness probe failed: HTTP probe failed with statuscode: 503"));
    healthy = true;
    ASSERT_TRUE(cluster.wait_ready("p", seconds(3)));
    healthy = false;
    cluster.sleep(seconds(5));
    EXPECT_EQ(condition_status(*cluster.pod("p"), "Ready"), "False");
    EXPECT_EQ(json_string(*cluster.pod("p"), {"status", "phase"}), "Running");
  });
}

TEST(Kubelet, AFailedStartupProbeKillsANeverPod) {
  TestCluster cluster;
  cluster.add_node("n1");
  cluster.images["web"] = until_stopped;  // never listens
  cluster.run([&] {
    cluster.create(make_pod("p", "web", fmt::format(kProbed, "startupProbe")));
    ASSERT_TRUE(cluster.wait_phase("p", "Failed"));
    EXPECT_EQ(json_int(terminated(*cluster.pod("p")), {"exitCode"}), 143);
    EXPECT_TRUE(cluster.has_event("p", "Container main failed startup probe"));
  });
}

TEST(Kubelet, AMissingSecretHoldsThePodUntilItIsThere) {
  TestCluster cluster;
  cluster.add_node("n1");
  cluster.run([&] {
    cluster.create(make_pod("p", "sleeper", R"({"volumes":[{"name":"v","secret":
      {"secretName":"s"}}],"containers":[{"name":"main","image":"sleeper",
      "imagePullPolicy":"IfNotPresent","volumeMounts":[{"name":"v","mountPath":"/etc/s"}]}]})"));
    ASSERT_TRUE(cluster.eventually("FailedMount", [&] {
      return cluster.has_event(
          "p", "FailedMount: MountVolume.SetUp failed for volume \"v\" : secret \"s\" not found");
    }));
    EXPECT_EQ(waiting_reason(*cluster.pod("p")), "ContainerCreating");
    cluster.create(kSecrets, json_parse(R"({"apiVersion":"v1","kind":"Secret","metadata":
      {"name":"s","namespace":"ns"},"data":{"key":"dmFsdWU="}})")
                                 .value());
    ASSERT_TRUE(cluster.wait_phase("p", "Running", minutes(3)));
    std::map<std::string, std::string> files;
    for (const ProjectedFile& file : cluster.runtime->starts.back().files)
      files[file.path] = file.content;
    EXPECT_EQ(files["/etc/s/key"], "value");
    const std::string account = "/var/run/secrets/kubernetes.io/serviceaccount/";
    EXPECT_EQ(files[account + "namespace"], "ns");
    EXPECT_EQ(files.size(), 4U);  // and the account's token and certificates
  });
}

TEST(Kubelet, AMachineThatRestartsHasLostItsContainersButNotTheirLogs) {
  TestCluster cluster;
  cluster.add_node("n1");
  cluster.images["talks"] = [](Program& program) {
    program.start.log("before the crash");
    return until_stopped(program);
  };
  cluster.run([&] {
    cluster.create(make_pod("p", "talks"));
    cluster.create(make_pod("again", "talks", R"({"restartPolicy":"Always"})"));
    ASSERT_TRUE(cluster.wait_phase("p", "Running"));
    ASSERT_TRUE(cluster.wait_phase("again", "Running"));
    cluster.kill_node("n1");
    EXPECT_EQ(cluster.runtime->running, 0);
    cluster.sleep(seconds(20));
    EXPECT_EQ(json_string(*cluster.pod("p"), {"status", "phase"}), "Running");
    cluster.start_node("n1");
    ASSERT_TRUE(cluster.wait_phase("p", "Failed"));
    EXPECT_EQ(json_int(terminated(*cluster.pod("p")), {"exitCode"}), 255);
    const auto lines = cluster.logs.lines(object_uid(*cluster.pod("p")), "main", false);
    ASSERT_TRUE(lines.ok());
    EXPECT_EQ((*lines)->front().text, "before the crash");
    ASSERT_TRUE(cluster.eventually("restarted", [&] {
      return json_int(container_status(*cluster.pod("again")), {"restartCount"}) == 1;
    }));
  });
}

TEST(Kubelet, AnEvictedPodIsFailedWithTheReason) {
  TestCluster cluster;
  cluster.add_node("n1");
  cluster.run([&] {
    cluster.create(make_pod("p", "sleeper"));
    ASSERT_TRUE(cluster.wait_phase("p", "Running"));
    EXPECT_TRUE(cluster.node("n1").kubelet->evict(object_uid(*cluster.pod("p")),
                                                  "The node was low on resource: memory."));
    ASSERT_TRUE(cluster.wait_phase("p", "Failed"));
    EXPECT_EQ(json_string(*cluster.pod("p"), {"status", "reason"}), "Evicted");
    EXPECT_EQ(condition_status(*cluster.pod("p"), "DisruptionTarget"), "True");
    EXPECT_EQ(json_int(terminated(*cluster.pod("p")), {"exitCode"}), 137);
  });
}

}  // namespace
}  // namespace drydock::fakekube
