#include "tests/control/operator_world.h"

namespace drydock::control {
namespace {

TEST_F(OperatorTest, ABackupGoesThroughItsPhasesToSucceeded) {
  run([&] {
    create_backup();
    settle(seconds(1));
    EXPECT_EQ(phase(), Phase::kInitialized);
    EXPECT_EQ(backup().status.pvc, "pvc/b");
    EXPECT_EQ(backup().status.pod_uid, parse_meta(*api_.get("pods", "b")).uid);
    EXPECT_NE(api_.get("persistentvolumeclaims", "b"), nullptr);
    make_ready();
    settle(seconds(2));
    EXPECT_EQ(phase(), Phase::kRunning);
    EXPECT_EQ(server_.bodies[0], R"({"directory":"/opt/infinispan/backups","resources":{}})");
    server_.states["backups/b"] = 200;
    settle(seconds(4));
    EXPECT_EQ(phase(), Phase::kSucceeded);
    EXPECT_EQ(backup().status.reason, "");
    EXPECT_EQ(reason_of(condition::kPodEnded), "ContainerTerminated");
    EXPECT_EQ(server_.starts, 1);
    EXPECT_EQ(server_.count("POST /rest/v2/server?action=stop"), 1);
    EXPECT_NE(api_.get("pods", "b"), nullptr) << "the log went with the pod";
    EXPECT_EQ(event_reasons(), (std::multiset<std::string>{"Accepted", "Completed", "PodCreated",
                                                           "PodNotReady", "Running"}));
  });
}

TEST_F(OperatorTest, EndPhasesAreQuiet) {
  run([&] {
    begin_backup();
    server_.states["backups/b"] = 200;
    settle(seconds(10));
    ASSERT_EQ(phase(), Phase::kSucceeded);
    const size_t asked = server_.requests.size();
    const std::string version = backup().meta.resource_version;
    api_.remove("infinispans", "c");
    api_.remove("pods", "b");
    settle(minutes(10));
    EXPECT_EQ(server_.requests.size(), asked);
    EXPECT_EQ(backup().meta.resource_version, version);
  });
}

TEST_F(OperatorTest, AFailedOperationSaysWhyAndKeepsItsPod) {
  run([&] {
    begin_backup();
    server_.failure_text = "ISPN012042: Backup failed";
    server_.states["backups/b"] = 500;
    settle(seconds(4));
    EXPECT_EQ(phase(), Phase::kFailed);
    EXPECT_NE(backup().status.reason.find("ISPN012042"), std::string::npos);
    EXPECT_NE(api_.get("pods", "b"), nullptr);
  });
}

TEST_F(OperatorTest, ACutShowsUnknownInTimeAndThenTheTruth) {
  run([&] {
    begin_backup();
    const sim::CutId cut = simulation_.network().cut("operator-host", "pod-host", true);
    settle(limits::kPollInterval + limits::kCallDeadline + milliseconds(100));
    EXPECT_EQ(phase(), Phase::kUnknown);
    EXPECT_EQ(reason_of(condition::kReachable), "Unreachable");
    EXPECT_NE(backup().status.reason, "");
    simulation_.network().heal(cut);
    settle(seconds(20));
    EXPECT_EQ(phase(), Phase::kRunning);
    EXPECT_EQ(backup().status.reason, "");
    EXPECT_EQ(server_.starts, 1);
  });
}

TEST_F(OperatorTest, AnEndReachedDuringACutIsShownStraightAway) {
  run([&] {
    begin_backup();
    const sim::CutId cut = simulation_.network().cut("operator-host", "pod-host", true);
    settle(minutes(10));
    server_.states["backups/b"] = 200;
    simulation_.network().heal(cut);
    settle(seconds(20));
    EXPECT_EQ(phase(), Phase::kSucceeded);
  });
}

TEST_F(OperatorTest, TheTerminationMessageHoldsTheOutcomeOfAnEndedPod) {
  run([&] {
    begin_backup();
    simulation_.network().cut("operator-host", "pod-host", true);
    end_container(0, TerminationOutcome{"backup", "b", true, ""}.to_text());
    settle(seconds(10));
    EXPECT_EQ(phase(), Phase::kSucceeded);
  });
}

TEST_F(OperatorTest, AnEndWithoutMessageIsALostOutcome) {
  run([&] {
    begin_backup();
    end_container(137);
    settle(seconds(10));
    EXPECT_EQ(phase(), Phase::kFailed);
    EXPECT_EQ(reason_of(condition::kSucceeded), "OutcomeLost");
  });
}

TEST_F(OperatorTest, ADeletedPodIsNeverCreatedAgain) {
  run([&] {
    begin_backup();
    api_.remove("pods", "b");
    simulation_.network().cut("operator-host", "pod-host", true);
    settle(seconds(30));
    EXPECT_EQ(phase(), Phase::kFailed);
    EXPECT_NE(backup().status.reason.find("the log went with it"), std::string::npos);
    EXPECT_EQ(api_.get("pods", "b"), nullptr);
  });
}

TEST_F(OperatorTest, AForgottenOperationFailsAfterTenSeconds) {
  run([&] {
    begin_backup();
    server_.states.clear();
    settle(seconds(9));
    EXPECT_EQ(phase(), Phase::kRunning);
    settle(seconds(8));
    EXPECT_EQ(phase(), Phase::kFailed);
    EXPECT_EQ(reason_of(condition::kSucceeded), "OperationForgotten");
    EXPECT_EQ(server_.starts, 1);
  });
}

TEST_F(OperatorTest, ARemovedNodeTakesTheOutcomeWithIt) {
  run([&] {
    begin_backup();
    simulation_.network().cut("operator-host", "pod-host", true);
    settle(minutes(20));
    EXPECT_EQ(phase(), Phase::kUnknown) << "the pod may live";
    api_.remove("nodes", "n1");
    settle(seconds(90));
    EXPECT_EQ(phase(), Phase::kFailed);
    EXPECT_EQ(reason_of(condition::kSucceeded), "OutcomeLost");
  });
}

TEST_F(OperatorTest, AWrongPasswordFails) {
  api_.patch("secrets", "c-generated-operator-secret", R"({"data":{"identities.yaml":null,
      "username":"b3BlcmF0b3I=","password":"Z3Vlc3M="}})");
  run([&] {
    create_backup();
    settle(seconds(1));
    make_ready();
    settle(seconds(80));
    EXPECT_EQ(phase(), Phase::kFailed);
    EXPECT_EQ(reason_of(condition::kSucceeded), "AuthenticationFailed");
    EXPECT_EQ(backup().status.reason.find("guess"), std::string::npos);
  });
}

TEST_F(OperatorTest, AMissingClusterIsWaitedForVisibly) {
  api_.remove("infinispans", "c");
  run([&] {
    create_backup();
    settle(minutes(5));
    EXPECT_EQ(phase(), Phase::kInitializing);
    EXPECT_EQ(reason_of(condition::kInitialized), "ClusterMissing");
    EXPECT_EQ(api_.get("pods", "b"), nullptr);
    EXPECT_EQ(event_reasons(), (std::multiset<std::string>{"Accepted", "ClusterMissing"}));
  });
}

TEST_F(OperatorTest, ANodeAloneNeverBegins) {
  server_.members = {"b-77"};
  run([&] {
    create_backup();
    settle(seconds(1));
    make_ready();
    settle(minutes(2));
    EXPECT_EQ(phase(), Phase::kInitialized);
    EXPECT_EQ(reason_of(condition::kStarted), "ViewIncomplete");
    EXPECT_EQ(server_.starts, 0);
    settle(minutes(9));
    EXPECT_EQ(phase(), Phase::kFailed);
    EXPECT_EQ(reason_of(condition::kSucceeded), "StartDeadlineExceeded");
  });
}

TEST_F(OperatorTest, APodThatIsNeverReadyFailsByItsDeadlineAndIsFenced) {
  run([&] {
    create_backup();
    settle(minutes(12));
    EXPECT_EQ(phase(), Phase::kFailed);
    EXPECT_EQ(reason_of(condition::kPodEnded), "NotSeen");
    EXPECT_EQ(json_int(*api_.get("pods", "b"), {"spec", "activeDeadlineSeconds"}), 1);
  });
}

TEST_F(OperatorTest, AServerThatDoesNotTakeTheStopIsEndedByTheKubelet) {
  server_.on_stop = [] {};
  run([&] {
    begin_backup();
    server_.intercept = [](const HttpRequest& request) -> std::optional<HttpResponse> {
      if (request.target.find("action=stop") == std::string::npos) return std::nullopt;
      return HttpResponse{404};
    };
    server_.states["backups/b"] = 200;
    settle(seconds(10));
    EXPECT_EQ(phase(), Phase::kRunning);
    EXPECT_EQ(reason_of(condition::kSucceeded), "Completed");
    EXPECT_EQ(json_int(*api_.get("pods", "b"), {"spec", "activeDeadlineSeconds"}), 1);
    end_container(137);
    settle(seconds(2));
    EXPECT_EQ(phase(), Phase::kSucceeded);
  });
}

TEST_F(OperatorTest, AStoppingClusterGetsItsPodBack) {
  run([&] {
    begin_backup();
    api_.patch("infinispans", "c", R"({"spec":{"replicas":0}})");
    settle(minutes(4));
    EXPECT_EQ(phase(), Phase::kRunning);
    EXPECT_EQ(reason_of(condition::kClusterStopping), "Yielding");
    settle(minutes(2));
    EXPECT_EQ(phase(), Phase::kFailed);
    EXPECT_EQ(reason_of(condition::kSucceeded), "ClusterStopping");
  });
}

TEST_F(OperatorTest, ANameThatIsTakenFailsAndSaysByWhom) {
  api_.put("pods", parse_json(R"({"metadata":{"name":"c-1","ownerReferences":[
      {"kind":"StatefulSet","name":"c","uid":"x","controller":true}]}})"));
  run([&] {
    create_backup("c-1");
    settle(seconds(2));
    EXPECT_EQ(phase("c-1"), Phase::kFailed);
    EXPECT_NE(backup("c-1").status.reason.find("StatefulSet 'c'"), std::string::npos);
    EXPECT_TRUE(server_.requests.empty());
  });
}

TEST_F(OperatorTest, AnImportedBackupIsLeftAlone) {
  run([&] {
    api_.put("backups", parse_json(R"({"metadata":{"name":"b","namespace":"ns",
        "annotations":{"drydock.dev/imported":"true"}},"spec":{"cluster":"c"}})"));
    settle(minutes(1));
    EXPECT_EQ(phase(), Phase::kNone);
    EXPECT_EQ(reason_of(condition::kImported), "Annotated");
    EXPECT_EQ(api_.get("pods", "b"), nullptr);
  });
}

TEST_F(OperatorTest, ARestoreWaitsForItsBackupAndThenReadsItsArchive) {
  run([&] {
    create_restore("r", "b");
    settle(seconds(1));
    begin_backup();
    EXPECT_EQ(api_.get("pods", "r"), nullptr);
    server_.states["backups/b"] = 200;
    settle(seconds(5));
    ASSERT_EQ(phase(), Phase::kSucceeded);
    ASSERT_NE(api_.get("pods", "r"), nullptr);
    server_.on_stop = [this] { end_container(0, "", "r"); };
    make_ready("r");
    settle(seconds(2));
    EXPECT_EQ(server_.bodies.back(),
              R"({"location":"/opt/infinispan/backups/b/b.zip","resources":{}})");
    server_.states["restores/r"] = 201;
    settle(seconds(3));
    EXPECT_EQ(json_string(*api_.get("restores", "r"), {"status", "phase"}), "Succeeded");
  });
}

TEST_F(OperatorTest, OnlyTheSpecThePodWasCreatedForCounts) {
  run([&] {
    create_backup();
    settle(seconds(1));
    api_.patch("backups", "b", R"({"spec":{"resources":{"caches":["edited"]}}})");
    make_ready();
    settle(seconds(2));
    EXPECT_EQ(server_.bodies[0], R"({"directory":"/opt/infinispan/backups","resources":{}})");
  });
}

TEST_F(OperatorTest, AMissingRightIsVisibleAndHeals) {
  bool allowed = false;
  api_.intercept = [&](const HttpRequest& request) -> std::optional<HttpResponse> {
    if (allowed || request.method != "POST" || !request.target.ends_with("/pods"))
      return std::nullopt;
    return status_reply(403, "Forbidden", "pods is forbidden: User \"op\" cannot create");
  };
  run([&] {
    create_backup();
    settle(minutes(2));
    EXPECT_EQ(phase(), Phase::kInitializing);
    EXPECT_EQ(reason_of(condition::kInitialized), "Forbidden");
    allowed = true;
    settle(seconds(11));
    EXPECT_EQ(phase(), Phase::kInitialized);
  });
}

TEST_F(OperatorTest, AnApiServerThatIsAwayLeavesThePhaseAndIsCaughtUpWith) {
  run([&] {
    begin_backup();
    const sim::CutId cut = simulation_.network().cut("operator-host", "api-host", true);
    settle(minutes(2));
    server_.states["backups/b"] = 200;
    settle(seconds(10));
    EXPECT_EQ(phase(), Phase::kRunning);
    simulation_.network().heal(cut);
    settle(seconds(30));
    EXPECT_EQ(phase(), Phase::kSucceeded);
    EXPECT_EQ(server_.starts, 1);
  });
}

// Killed after each request that it makes, at the moment before its answer arrives.
TEST_F(OperatorTest, AKillAfterAnyRequestEndsInTheSamePlace) {
  run([&] {
    int restarts = 0;
    size_t kill_at = 1;
    size_t seen = 0;
    api_.intercept = [&](const HttpRequest& request) -> std::optional<HttpResponse> {
      if (request.method == "GET") return std::nullopt;
      if (++seen != kill_at || request.target.find("/events") != std::string::npos)
        return std::nullopt;
      api_.process().spawn("kill", [&] {
        ++restarts;
        restart_operator();
      });
      return std::nullopt;
    };
    for (; kill_at < 12; ++kill_at) {
      seen = 0;
      server_.states.clear();
      server_.starts = 0;
      api_.remove("pods", "b");
      api_.remove("persistentvolumeclaims", "b");
      api_.remove("backups", "b");
      settle(seconds(2));
      create_backup();
      settle(seconds(2));
      ASSERT_NE(api_.get("pods", "b"), nullptr) << kill_at;
      const std::string pod_uid = parse_meta(*api_.get("pods", "b")).uid;
      make_ready();
      settle(seconds(15));
      server_.states["backups/b"] = 200;
      settle(seconds(15));
      EXPECT_EQ(phase(), Phase::kSucceeded) << kill_at;
      EXPECT_EQ(server_.starts, 1) << kill_at;
      EXPECT_EQ(parse_meta(*api_.get("pods", "b")).uid, pod_uid) << kill_at;
    }
    EXPECT_GE(restarts, 6);
  });
}

TEST_F(OperatorTest, AKillBetweenTheStartAndItsRecordStartsOnce) {
  run([&] {
    bool killed = false;
    server_.intercept = [&](const HttpRequest& request) -> std::optional<HttpResponse> {
      if (killed || request.method != "POST") return std::nullopt;
      killed = true;
      server_.process.spawn("kill", [&] { restart_operator(); });
      return std::nullopt;
    };
    create_backup();
    settle(seconds(1));
    make_ready();
    settle(seconds(5));
    EXPECT_TRUE(killed);
    EXPECT_EQ(server_.starts, 1);
    EXPECT_EQ(phase(), Phase::kRunning);
  });
}

TEST_F(OperatorTest, AStartThatGotLostIsAskedForAgain) {
  run([&] {
    int lost = 1;
    server_.intercept = [&](const HttpRequest& request) -> std::optional<HttpResponse> {
      if (request.method != "POST" || lost-- <= 0) return std::nullopt;
      return HttpResponse{503};
    };
    create_backup();
    settle(seconds(1));
    make_ready();
    settle(seconds(5));
    EXPECT_EQ(phase(), Phase::kRunning);
    EXPECT_EQ(reason_of(condition::kReachable), "Answered") << "it was never Unknown";
    EXPECT_EQ(server_.starts, 1);
  });
}

}  // namespace
}  // namespace drydock::control
