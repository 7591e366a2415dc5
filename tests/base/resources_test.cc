#include "core/base/resources.h"

#include <gtest/gtest.h>

namespace drydock {
namespace {

json::value parse(std::string_view text) {
  Result<json::value> value = json_parse(text);
  EXPECT_TRUE(value.ok()) << value.status().to_string();
  return *value;
}

TEST(Phases, NamesGoBothWays) {
  for (const Phase phase : {Phase::kNone, Phase::kInitializing, Phase::kInitialized,
                            Phase::kRunning, Phase::kSucceeded, Phase::kFailed, Phase::kUnknown})
    EXPECT_EQ(parse_phase(phase_name(phase)), phase);
  EXPECT_EQ(parse_phase("NotFound"), std::nullopt);
}

TEST(Phases, OnlyTheDocumentedTransitionsExist) {
  const std::string expected =
      " >Initializing Initializing>Initialized Initializing>Failed Initialized>Running "
      "Initialized>Succeeded Initialized>Failed Initialized>Unknown Running>Succeeded "
      "Running>Failed Running>Unknown Unknown>Running Unknown>Succeeded Unknown>Failed";
  std::string legal;
  for (int from = 0; from < 7; ++from)
    for (int to = 0; to < 7; ++to)
      if (is_legal_transition(static_cast<Phase>(from), static_cast<Phase>(to)))
        legal += std::string(" ") + std::string(phase_name(static_cast<Phase>(from))) + ">" +
                 std::string(phase_name(static_cast<Phase>(to)));
  EXPECT_EQ(legal, expected);
}

TEST(Conditions, TheTransitionTimeIsThatOfTheStatus) {
  Conditions conditions;
  const WallTime start{seconds(1767225600)};
  EXPECT_TRUE(set_condition(conditions, {"Started", "False", "PodNotReady", "a", {}}, start));
  EXPECT_TRUE(
      set_condition(conditions, {"Started", "False", "PodNotReady", "b", {}}, start + seconds(5)));
  EXPECT_EQ(conditions.front().last_transition_time, "2026-01-01T00:00:00Z");
  EXPECT_FALSE(
      set_condition(conditions, {"Started", "False", "PodNotReady", "b", {}}, start + seconds(6)));
  EXPECT_TRUE(
      set_condition(conditions, {"Started", "True", "Accepted", "b", {}}, start + seconds(7)));
  EXPECT_EQ(conditions.size(), 1u);
  EXPECT_EQ(conditions.front().last_transition_time, "2026-01-01T00:00:07Z");
}

TEST(Conditions, TypesAreComparedIgnoringCase) {
  const Conditions conditions{{"WellFormed", "True", "", "", ""}};
  EXPECT_TRUE(condition_true(conditions, "wellFormed"));
  EXPECT_FALSE(condition_true(conditions, "Stopping"));
}

TEST(Operation, DeprecatedNamesReplaceTheNewOnes) {
  const Operation backup = parse_operation(OperationKind::kBackup, parse(R"({
      "metadata":{"name":"b","uid":"u","generation":3},
      "spec":{"cluster":"c","volume":{"storage":"2Gi","storageClassName":"fast"},
              "resources":{"templates":["new"],"cacheConfigs":["old"],"scripts":["s"],
                           "protoSchemas":["*"]}}})"));
  EXPECT_EQ(backup.spec.resources.templates, std::vector<std::string>{"old"});
  EXPECT_EQ(backup.spec.resources.tasks, std::vector<std::string>{"s"});
  EXPECT_EQ(json_text(backup.spec.resources.to_rest_json()),
            R"({"templates":["old"],"proto-schemas":["*"],"tasks":["s"]})");
  EXPECT_EQ(backup.spec.storage, "2Gi");
  EXPECT_EQ(backup.spec.storage_class, "fast");
  EXPECT_EQ(backup.meta.generation, 3);
  EXPECT_EQ(backup.status.phase, Phase::kNone);
}

TEST(Operation, NothingListedMeansEverything) {
  const Operation backup =
      parse_operation(OperationKind::kBackup, parse(R"({"spec":{"resources":{"caches":[]}}})"));
  EXPECT_TRUE(backup.spec.resources.everything());
  EXPECT_EQ(json_text(backup.spec.resources.to_rest_json()), "{}");
}

TEST(Operation, TheSpecSurvivesItsAnnotation) {
  const OperationSpec spec{.cluster = "c",
                           .backup = "b",
                           .storage = "1Gi",
                           .storage_class = "s",
                           .resources = {.caches = {"it's", "a\"b"}, .proto_schemas = {"*"}},
                           .memory = "1Gi:512Mi",
                           .cpu = "1"};
  EXPECT_EQ(OperationSpec::from_json(spec.to_json()), spec);
  EXPECT_EQ(OperationSpec::from_json(OperationSpec{}.to_json()), OperationSpec{});
}

TEST(Operation, TheStatusSurvivesTheApi) {
  OperationStatus status{.phase = Phase::kUnknown, .reason = "r", .pvc = "pvc/b", .pod_uid = "p"};
  set_condition(status.conditions, {"Reachable", "False", "Unreachable", "m", {}}, WallTime{});
  const Operation read =
      parse_operation(OperationKind::kBackup, json::object{{"status", status.to_json()}});
  EXPECT_EQ(read.status, status);
}

TEST(Operation, OnlyABackupCanBeImported) {
  const json::value object =
      parse(R"({"metadata":{"annotations":{"drydock.dev/imported":"true"}}})");
  EXPECT_TRUE(parse_operation(OperationKind::kBackup, object).imported);
  EXPECT_FALSE(parse_operation(OperationKind::kRestore, object).imported);
}

json::value cluster(std::string_view conditions, std::string_view spec = R"("replicas":2)") {
  return parse(R"({"metadata":{"name":"c"},"spec":{)" + std::string(spec) +
               R"(},"status":{"conditions":[)" + std::string(conditions) + "]}}");
}
constexpr std::string_view kStable =
    R"({"type":"PreliminaryChecksPassed","status":"True"},
       {"type":"wellFormed","status":"True","message":"View: c-0-123, c-1-9"})";

TEST(Infinispan, IsStableWhenWellFormedAndNotStopping) {
  EXPECT_TRUE(parse_infinispan(cluster(kStable)).stable());
  const Infinispan upgrading =
      parse_infinispan(cluster(std::string(kStable) + R"(,{"type":"Upgrade","status":"True"})"));
  EXPECT_EQ(upgrading.unstable_reason(), "condition Upgrade is True");
  EXPECT_TRUE(upgrading.stopping());
  EXPECT_EQ(parse_infinispan(cluster("")).unstable_reason(),
            "condition PreliminaryChecksPassed is not reported yet");
}

TEST(Infinispan, ScaledToZeroIsStopping) {
  EXPECT_TRUE(parse_infinispan(cluster(kStable, R"("replicas":0)")).stopping());
  EXPECT_FALSE(parse_infinispan(cluster(kStable)).stopping());
}

TEST(Infinispan, MissingDataNodesAreNamed) {
  const Infinispan c = parse_infinispan(cluster(kStable, R"("replicas":3)"));
  EXPECT_EQ(c.view, (std::vector<std::string>{"c-0-123", "c-1-9"}));
  EXPECT_EQ(missing_data_nodes(c, c.view), std::vector<std::string>{"c-2"});
}

TEST(Infinispan, AMemberIsOfAPodByItsName) {
  EXPECT_TRUE(is_member_of_pod("c-1", "c-1"));
  EXPECT_TRUE(is_member_of_pod("c-1-48213", "c-1"));
  EXPECT_FALSE(is_member_of_pod("c-10", "c-1"));
  EXPECT_FALSE(is_member_of_pod("c-1-x", "c-1"));
}

TEST(Infinispan, DefaultsAreTheOperators) {
  const Infinispan c = parse_infinispan(parse(
      R"({"metadata":{"name":"c"},"spec":{"version":"15.0.21"},
          "status":{"operand":{"image":"i"},"statefulSetName":"s"}})"));
  EXPECT_EQ(c.service_type, "DataGrid");
  EXPECT_EQ(c.image, "i");
  EXPECT_EQ(c.stateful_set, "s");
  EXPECT_EQ(c.major_version, 15);
  EXPECT_EQ(c.startup.failure_threshold, 600);
}

TEST(Pod, EndsWithItsContainer) {
  const Pod pod = parse_pod(parse(R"({"status":{"phase":"Running","podIP":"10.0.0.9","conditions":[
      {"type":"Ready","status":"False"}],"containerStatuses":[
      {"name":"sidecar","state":{"running":{}}},
      {"name":"infinispan","state":{"terminated":{"exitCode":137,"reason":"OOMKilled","message":
"{\"operation\":\"backup\",\"name\":\"b\",\"outcome\":\"Failed\",\"reason\":\"x\"}"}}}
      ]}})"));
  EXPECT_TRUE(pod.ended());
  EXPECT_FALSE(pod.ready);
  EXPECT_EQ(pod.exit_code, 137);
  const auto outcome = parse_termination_outcome(pod.termination_message);
  ASSERT_TRUE(outcome);
  EXPECT_FALSE(outcome->succeeded);
  EXPECT_EQ(outcome->reason, "x");
}

TEST(Pod, ASidecarThatRunsOnDoesNotKeepItAlive) {
  const Pod pod = parse_pod(parse(
      R"({"status":{"phase":"Running","containerStatuses":[{"name":"sidecar","state":{"terminated":
          {"exitCode":0}}},{"name":"infinispan","state":{"running":{}}}]}})"));
  EXPECT_FALSE(pod.ended());
}

TEST(Pod, AnyOtherTerminationMessageTellsNoOutcome) {
  EXPECT_FALSE(parse_termination_outcome(""));
  EXPECT_FALSE(parse_termination_outcome("killed"));
  EXPECT_FALSE(parse_termination_outcome(R"({"outcome":"Perhaps"})"));
  const TerminationOutcome outcome{"restore", "r", true, ""};
  EXPECT_TRUE(parse_termination_outcome(outcome.to_text())->succeeded);
}

TEST(Quantity, OnlyUsableOnesPass) {
  for (const char* good : {"1Gi", "500m", "1.5G", "2e3", "1E", "10E-1", "+1Ki", "0.5"})
    EXPECT_TRUE(is_positive_quantity(good)) << good;
  for (const char* bad : {"", "0", "0Gi", "-1Gi", "lots", "1G!", "1 Gi", "1.2.3", "Gi", "1e", "."})
    EXPECT_FALSE(is_positive_quantity(bad)) << bad;
}

TEST(Quantity, ALimitMayHaveARequest) {
  EXPECT_EQ(parse_limit_and_request("2Gi")->request, "2Gi");
  EXPECT_EQ(parse_limit_and_request("2Gi:1Gi")->request, "1Gi");
  EXPECT_FALSE(parse_limit_and_request("2Gi:"));
  EXPECT_FALSE(parse_limit_and_request("1:2:3"));
}

TEST(Owners, AreDescribedForPeople) {
  EXPECT_EQ(describe_owner(parse("{}")), "nobody");
  EXPECT_EQ(describe_owner(parse(R"({"metadata":{"ownerReferences":[
      {"kind":"StatefulSet","name":"s","controller":true}]}})")),
            "StatefulSet 's'");
}

}  // namespace
}  // namespace drydock
