#include "fakekube/actors/container_record.h"

#include <gtest/gtest.h>

#include "fakekube/actors/pod_view.h"

namespace drydock::fakekube {
namespace {

constexpr WallTime kNow{seconds(1'767'225'600)};

json::value two_containers(const std::string& policy) {
  return json_parse(R"({"metadata":{"namespace":"ns","name":"p","uid":"u"},"spec":{
    "restartPolicy":")" +
                    policy + R"(","containers":[{"name":"a","image":"i"},
    {"name":"b","image":"i"}]},"status":{"phase":"Pending","qosClass":"Burstable"}})")
      .value();
}

void end(ContainerRecord& container, int code) {
  container.phase = ContainerPhase::kTerminated;
  container.terminated = {code, code == 0 ? "Completed" : "Error", "", kNow, kNow, "id"};
}

void begin(ContainerRecord& container) {
  container.phase = ContainerPhase::kRunning;
  container.started = container.ready = true;
}

TEST(PodPhase, FollowsFromTheContainerStatesAndThePolicy) {
  struct Case {
    std::string policy;
    int a;  // -1 waiting, -2 running, else its exit code
    int b;
    std::string phase;
  };
  const std::vector<Case> cases = {
      {"Never", -1, -2, "Pending"},   {"Never", -2, -2, "Running"},
      {"Never", 1, -2, "Running"},    {"Never", 0, 0, "Succeeded"},
      {"Never", 0, 1, "Failed"},      {"OnFailure", 0, 0, "Succeeded"},
      {"OnFailure", 0, 1, "Running"}, {"Always", 0, 0, "Running"},
      {"Always", 1, 1, "Running"},
  };
  for (const Case& one : cases) {
    const json::value pod = two_containers(one.policy);
    PodRecord record = make_pod_record(pod);
    const int wanted[] = {one.a, one.b};
    for (size_t i = 0; i < 2; ++i) {
      if (wanted[i] >= 0) end(record.containers[i], wanted[i]);
      if (wanted[i] == -2) begin(record.containers[i]);
    }
    EXPECT_EQ(derive_phase(record, restart_policy(pod), "Pending"), one.phase)
        << one.policy << " " << one.a << " " << one.b;
  }
}

TEST(PodPhase, AnEndedPhaseIsKeptWhateverTheContainersSay) {
  const json::value pod = two_containers("Never");
  PodRecord record = make_pod_record(pod);
  begin(record.containers[0]);
  EXPECT_EQ(derive_phase(record, RestartPolicy::kNever, "Failed"), "Failed");
}

TEST(PodPhase, APodPastItsDeadlineIsFailedOnlyWhenNothingOfItRuns) {
  PodRecord record = make_pod_record(two_containers("Never"));
  record.reason = "DeadlineExceeded";
  record.stopped = true;
  end(record.containers[0], 0);
  begin(record.containers[1]);
  EXPECT_EQ(derive_phase(record, RestartPolicy::kNever, "Running"), "Running");
  end(record.containers[1], 0);
  EXPECT_EQ(derive_phase(record, RestartPolicy::kNever, "Running"), "Failed");
}

TEST(PodPhase, AStoppedAlwaysPodEndsByItsExitCodes) {
  PodRecord record = make_pod_record(two_containers("Always"));
  record.stopped = true;
  end(record.containers[0], 0);
  end(record.containers[1], 143);
  EXPECT_EQ(derive_phase(record, RestartPolicy::kAlways, "Running"), "Failed");
}

TEST(PodStatus, NamesUnreadyContainersAndKeepsWhatOthersWrote) {
  json::value pod = two_containers("Never");
  set_condition(pod, "DisruptionTarget", "True", "DeletionByTaintManager", "m", kNow);
  PodRecord record = make_pod_record(pod);
  begin(record.containers[0]);
  record.containers[1].phase = ContainerPhase::kRunning;
  json_at(pod, {"status"}) = derive_pod_status(pod, record, "10.0.0.1", kNow);
  EXPECT_EQ(json_string(*find_condition(pod, "Ready"), {"message"}),
            "containers with unready status: [b]");
  EXPECT_EQ(condition_status(pod, "DisruptionTarget"), "True");
  EXPECT_EQ(json_string(pod, {"status", "qosClass"}), "Burstable");

  // Time moves only where the status does.
  begin(record.containers[1]);
  json_at(pod, {"status"}) = derive_pod_status(pod, record, "10.0.0.1", kNow + seconds(60));
  EXPECT_EQ(json_string(*find_condition(pod, "Ready"), {"lastTransitionTime"}),
            format_rfc3339(kNow + seconds(60)));
  EXPECT_EQ(json_string(*find_condition(pod, "Initialized"), {"lastTransitionTime"}),
            format_rfc3339(kNow));
}

}  // namespace
}  // namespace drydock::fakekube
