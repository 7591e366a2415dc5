// The table "observed, meaning" of the architecture, row by row, and the rules of the beginning.
#include "core/control/operation_rules.h"

#include <gtest/gtest.h>

namespace drydock::control {
namespace {

Operation backup(const std::string& name = "b") {
  Operation operation;
  operation.meta.name = name;
  operation.meta.uid = "uid-1";
  operation.spec.cluster = "c";
  return operation;
}

Observation answered(OperationState state, std::string reason = "") {
  Observation observation{.ready = true};
  observation.report = OperationReport{state, std::move(reason)};
  return observation;
}
Observation silent(Code code, bool ready = true) {
  return {.ready = ready, .call = Status(code, "m")};
}
Observation ended(PodPresence presence, std::optional<TerminationOutcome> outcome = {}) {
  Observation observation{.presence = presence, .outcome = std::move(outcome)};
  observation.call = Status(Code::kUnavailable, "it was not asked");
  observation.end_details = "exit code 137, OOMKilled";
  return observation;
}

struct Row {
  std::string observed;
  Observation observation;
  Step step;
  std::string reason;
};

std::vector<Row> table() {
  std::vector<Row> rows;
  for (const Code code : {Code::kDeadlineExceeded, Code::kConnectionReset, Code::kRefused,
                          Code::kUnavailable, Code::kInternal})
    rows.push_back({"no answer, " + std::string(code_name(code)), silent(code), Step::kUnknown,
                    "Unreachable"});
  rows.push_back({"pod not Ready and no answer", silent(Code::kDeadlineExceeded, false),
                  Step::kUnknown, "PodNotReady"});

  rows.push_back({"done", answered(OperationState::kSucceeded), Step::kSucceed, "Completed"});
  rows.push_back({"running", answered(OperationState::kRunning), Step::kRunning, "Accepted"});
  rows.push_back(
      {"its own 500", answered(OperationState::kFailed, "x"), Step::kFail, "OperationFailed"});
  Observation stale = answered(OperationState::kSucceeded);
  stale.presence = PodPresence::kEnded;
  rows.push_back({"done, with a stale pod status", stale, Step::kSucceed, "Completed"});
  stale = answered(OperationState::kRunning);
  stale.ready = false;
  rows.push_back({"running, pod not Ready", stale, Step::kRunning, "Accepted"});

  Observation absent = answered(OperationState::kAbsent);
  rows.push_back({"404, never accepted", absent, Step::kStart, "NotStarted"});
  absent.accepted = true;
  rows.push_back({"404 after a 202, just now", absent, Step::kKeep, ""});
  absent.absent_for = seconds(10) - milliseconds(1);
  rows.push_back({"404 after a 202, not yet long enough", absent, Step::kKeep, ""});
  absent.absent_for = seconds(10);
  rows.push_back({"404 for forgotten_after", absent, Step::kFail, "OperationForgotten"});
  absent.ready = false;
  rows.push_back({"404 from a pod that is not Ready", absent, Step::kUnknown, "PodNotReady"});

  const TerminationOutcome good{"backup", "b", true, ""};
  const TerminationOutcome bad{"backup", "b", false, "cache 'a' does not exist"};
  rows.push_back({"container ended, it says Succeeded", ended(PodPresence::kEnded, good),
                  Step::kSucceed, "Completed"});
  rows.push_back({"container ended, it says Failed", ended(PodPresence::kEnded, bad), Step::kFail,
                  "OperationFailed"});
  rows.push_back({"container ended, of another operation",
                  ended(PodPresence::kEnded, TerminationOutcome{"backup", "other", true, ""}),
                  Step::kFail, "OutcomeLost"});
  rows.push_back({"container ended, of another kind",
                  ended(PodPresence::kEnded, TerminationOutcome{"restore", "b", true, ""}),
                  Step::kFail, "OutcomeLost"});
  for (const PodPresence presence :
       {PodPresence::kEnded, PodPresence::kGone, PodPresence::kReplaced, PodPresence::kNodeGone})
    rows.push_back({"pod state " + std::to_string(static_cast<int>(presence)), ended(presence),
                    Step::kFail, "OutcomeLost"});

  rows.push_back({"401", silent(Code::kUnauthenticated), Step::kFail, "AuthenticationFailed"});
  rows.push_back({"403", silent(Code::kForbidden), Step::kFail, "AuthenticationFailed"});
  return rows;
}

TEST(Decide, EveryRowOfTheTable) {
  for (const Row& row : table()) {
    SCOPED_TRACE(row.observed);
    const Decision decision = decide(backup(), row.observation, {});
    EXPECT_EQ(decision.step, row.step);
    EXPECT_EQ(decision.reason, row.reason);
    const bool explained = row.step == Step::kFail || row.step == Step::kUnknown;
    EXPECT_EQ(decision.message.empty(), !explained);
  }
}

TEST(Decide, AFailureSaysWhyAndWhereToLook) {
  EXPECT_EQ(
      decide(backup(), answered(OperationState::kFailed, "ISPN012042: Backup failed"), {}).message,
      "the backup failed: ISPN012042: Backup failed; see the log of pod 'b'");
  EXPECT_EQ(decide(backup(), answered(OperationState::kFailed), {}).message,
            "the backup failed: the server gives no reason; see the log of pod 'b'");
}

TEST(Decide, ALostOutcomeSaysWhetherTheLogIsThere) {
  const auto message = [](PodPresence presence) {
    return decide(backup(), ended(presence), {}).message;
  };
  EXPECT_NE(message(PodPresence::kEnded).find("OOMKilled"), std::string::npos);
  EXPECT_NE(message(PodPresence::kEnded).find("its log is kept"), std::string::npos);
  for (const PodPresence presence :
       {PodPresence::kGone, PodPresence::kReplaced, PodPresence::kNodeGone})
    EXPECT_NE(message(presence).find("the log went with it"), std::string::npos);
}

Infinispan cluster() {
  Infinispan c;
  c.meta.name = "c";
  c.stateful_set = "c";
  c.replicas = 2;
  c.image = "i";
  c.service_type = "DataGrid";
  c.conditions = {{"PreliminaryChecksPassed", "True", "", "", ""},
                  {"WellFormed", "True", "", "View: c-0-1,c-1-2", ""}};
  c.view = {"c-0-1", "c-1-2"};
  return c;
}

TEST(CheckCluster, GoesOnOnlyWithEveryDataNode) {
  EXPECT_EQ(check_cluster("c", nullptr).reason, "ClusterMissing");
  Infinispan c = cluster();
  EXPECT_EQ(check_cluster("c", &c).kind, Finding::Kind::kGoOn);
  c.replicas = 3;
  EXPECT_EQ(check_cluster("c", &c).reason, "ClusterIncomplete");
  EXPECT_EQ(check_cluster("c", &c).kind, Finding::Kind::kWait);
  c.conditions.push_back({"Stopping", "True", "", "", ""});
  EXPECT_EQ(check_cluster("c", &c).reason, "ClusterNotReady");
}

TEST(CheckCluster, ACacheServiceCanNeverBeBackedUp) {
  Infinispan c = cluster();
  c.service_type = "Cache";
  EXPECT_EQ(check_cluster("c", &c).kind, Finding::Kind::kFail);
  EXPECT_EQ(check_cluster("c", &c).reason, "ServiceTypeCache");
}

TEST(CheckSource, ARestoreWaitsForAnUnfinishedBackupAndFailsWithAFailedOne) {
  Operation source = backup();
  EXPECT_EQ(check_source("b", nullptr).reason, "BackupMissing");
  for (const Phase phase : {Phase::kNone, Phase::kInitializing, Phase::kInitialized,
                            Phase::kRunning, Phase::kUnknown}) {
    source.status.phase = phase;
    EXPECT_EQ(check_source("b", &source).kind, Finding::Kind::kWait);
    EXPECT_EQ(check_source("b", &source).reason, "BackupNotFinished");
  }
  source.status.phase = Phase::kSucceeded;
  EXPECT_EQ(check_source("b", &source).kind, Finding::Kind::kGoOn);
  source.status.phase = Phase::kFailed;
  EXPECT_EQ(check_source("b", &source).kind, Finding::Kind::kFail);
}

TEST(CheckSource, AnImportedBackupIsEnough) {
  Operation source = backup();
  source.imported = true;
  EXPECT_EQ(check_source("b", &source).kind, Finding::Kind::kGoOn);
  source.status.phase = Phase::kRunning;  // annotated too late
  EXPECT_EQ(check_source("b", &source).kind, Finding::Kind::kWait);
}

TEST(CheckView, ANodeAloneNeverBegins) {
  EXPECT_EQ(check_view(cluster(), {{"b-77"}, "HEALTHY"}).reason, "ViewIncomplete");
  EXPECT_EQ(check_view(cluster(), {{"c-0-1", "b-77"}, "HEALTHY"}).reason, "ViewIncomplete");
  EXPECT_EQ(check_view(cluster(), {{"c-0-1", "c-1-2", "b-77"}, "DEGRADED"}).reason,
            "ClusterUnhealthy");
  EXPECT_EQ(check_view(cluster(), {{"c-0-1", "c-1-2", "b-77"}, "HEALTHY_REBALANCING"}).kind,
            Finding::Kind::kGoOn);
}

TEST(CheckSpec, WhatAdmissionRefusesFails) {
  EXPECT_EQ(check_spec(backup()).kind, Finding::Kind::kGoOn);
  Operation bad = backup();
  bad.spec.cluster.clear();
  EXPECT_EQ(check_spec(bad).reason, "InvalidSpec");
  bad = backup();
  bad.spec.storage = "lots";
  EXPECT_EQ(check_spec(bad).reason, "InvalidSpec");
  bad = backup();
  bad.spec.memory = "1G!";
  EXPECT_EQ(check_spec(bad).reason, "InvalidSpec");
  bad = backup();
  bad.kind = OperationKind::kRestore;
  EXPECT_EQ(check_spec(bad).reason, "InvalidSpec");
}

json::value owned(std::string_view kind, std::string_view name, std::string_view uid) {
  return json::object{
      {"metadata",
       json::object{{"ownerReferences",
                     json::array{json::object{
                         {"kind", kind}, {"name", name}, {"uid", uid}, {"controller", true}}}}}}};
}

TEST(CheckOwner, OnlyWhatThisCrOwnsIsAdopted) {
  EXPECT_EQ(check_owner(backup(), owned("Backup", "b", "uid-1"), "Pod", false).kind,
            Finding::Kind::kGoOn);
  for (const auto& other : {owned("Restore", "b", "uid-9"), owned("StatefulSet", "c", "uid-9"),
                            owned("Backup", "x", "uid-9"), json::value(json::object{})}) {
    const Finding finding = check_owner(backup(), other, "Pod", false);
    EXPECT_EQ(finding.kind, Finding::Kind::kFail);
    EXPECT_EQ(finding.reason, "NameTaken");
  }
  EXPECT_NE(check_owner(backup(), owned("StatefulSet", "c", "u"), "Pod", false)
                .message.find("StatefulSet 'c'"),
            std::string::npos);
}

TEST(CheckOwner, WhatAPredecessorLeavesIsWaitedFor) {
  EXPECT_EQ(check_owner(backup(), owned("Backup", "b", "uid-0"), "Pod", false).reason,
            "PredecessorTerminating");
}

TEST(CheckOwner, AnAnnotatedClaimWithoutOwnerIsAdopted) {
  json::value claim = json::object{};
  json_at(claim, {"metadata", "annotations", kAnnotationAdopt}) = "b";
  EXPECT_EQ(check_owner(backup(), claim, "PersistentVolumeClaim", true).kind, Finding::Kind::kGoOn);
  EXPECT_EQ(check_owner(backup("x"), claim, "PersistentVolumeClaim", true).kind,
            Finding::Kind::kFail);
  json::value of_other = owned("Backup", "x", "uid-9");
  json_at(of_other, {"metadata", "annotations", kAnnotationAdopt}) = "b";
  EXPECT_EQ(check_owner(backup(), of_other, "PersistentVolumeClaim", true).kind,
            Finding::Kind::kFail);
}

TEST(DescribeWaiting, NamesWhatHoldsThePodUp) {
  Pod pod;
  pod.phase = "Pending";
  EXPECT_EQ(describe_waiting(pod), "it is being started");
  pod.waiting_reason = "ImagePullBackOff";
  pod.waiting_message = "no such image";
  EXPECT_EQ(describe_waiting(pod), "its container waits: ImagePullBackOff: no such image");
  pod.conditions = {{"PodScheduled", "False", "Unschedulable", "no node fits", ""}};
  EXPECT_EQ(describe_waiting(pod), "it is not scheduled: no node fits");
}

}  // namespace
}  // namespace drydock::control
