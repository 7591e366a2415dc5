#include "core/control/operation_pod.h"

#include <gtest/gtest.h>

#include "core/base/text.h"
#include "core/control/operator_secret.h"

namespace drydock::control {
namespace {

json::value parse(std::string_view text) {
  Result<json::value> value = json_parse(text);
  EXPECT_TRUE(value.ok()) << value.status().to_string();
  return *value;
}

class OperationPodTest : public testing::Test {
 protected:
  json::value build(OperationKind kind = OperationKind::kBackup) {
    Operation operation{.kind = kind};
    operation.meta = {.name = "my-backup", .namespace_name = "ns", .uid = "u1", .generation = 1};
    operation.spec = {.cluster = "c", .memory = "2Gi:1Gi", .cpu = "1"};
    const Infinispan parsed = parse_infinispan(cluster_);
    return build_pod({.operation = operation,
                      .cluster = parsed,
                      .cluster_object = cluster_,
                      .data_pod = data_pod_,
                      .claim = "my-backup",
                      .claim_read_only = kind == OperationKind::kRestore});
  }
  static const json::value& container(const json::value& pod) {
    return json_array(pod, {"spec", "containers"}).at(0);
  }

  json::value cluster_ = parse(R"({"metadata":{"name":"c","labels":{"team":"a","other":"b"},
      "annotations":{"infinispan.org/podTargetLabels":"team, missing"}},
      "spec":{"version":"15.0.21","serviceAccountName":"sa","container":{"extraJvmOpts":"-Xx",
        "env":[{"name":"A","value":"1"}]},
        "service":{"container":{"readinessProbe":{"failureThreshold":9}}}},
      "status":{"operand":{"image":"quay/infinispan:15"},"statefulSetName":"sts"}})");
  json::value data_pod_ = parse(R"({"spec":{"securityContext":{"fsGroup":185}}})");
};

TEST_F(OperationPodTest, HasTheShapeOfTheOperators) {
  const json::value pod = build();
  EXPECT_EQ(json_text(*json_find(pod, {"metadata", "labels"})),
            R"({"team":"a","app":"infinispan-zero-pod","infinispan_cr":"c","clusterName":"c",)"
            R"("backup_cr":"my-backup"})");
  EXPECT_EQ(json_string(pod, {"spec", "restartPolicy"}), "Never");
  EXPECT_EQ(json_string(pod, {"spec", "serviceAccountName"}), "sa");
  EXPECT_EQ(json_int(pod, {"spec", "securityContext", "fsGroup"}), 185);
  EXPECT_EQ(json_string(container(pod), {"name"}), "infinispan");
  EXPECT_EQ(json_string(container(pod), {"image"}), "quay/infinispan:15");
  std::string names;
  for (const json::value& variable : json_array(container(pod), {"env"}))
    names += json_string(variable, {"name"}) + " ";
  EXPECT_EQ(names, "MANAGED_ENV JAVA_OPTIONS A IDENTITIES_BATCH ");
  EXPECT_EQ(json_text(*json_find(container(pod), {"resources"})),
            R"({"limits":{"memory":"2Gi","cpu":"1"},"requests":{"memory":"1Gi","cpu":"1"}})");
  const auto owner = controller_of(pod);
  ASSERT_TRUE(owner);
  EXPECT_EQ(owner->uid, "u1");
}

TEST_F(OperationPodTest, ProbesFollowTheClustersNumbersAndVersion) {
  const json::value pod = build();
  const json::value& readiness = *json_find(container(pod), {"readinessProbe"});
  EXPECT_EQ(json_int(readiness, {"failureThreshold"}), 9);
  EXPECT_EQ(json_string(readiness, {"httpGet", "path"}), "rest/v2/container/health/status");
  EXPECT_EQ(json_int(container(pod), {"startupProbe", "failureThreshold"}), 600);
  json_at(cluster_, {"spec", "version"}) = "16.0.7";
  EXPECT_EQ(json_string(container(build()), {"readinessProbe", "httpGet", "path"}),
            "/health/ready");
  json_at(cluster_, {"spec", "version"}) = "14.0.3";
  EXPECT_EQ(json_string(container(build()), {"livenessProbe", "httpGet", "path"}),
            "rest/v2/cache-managers/default/health/status");
}

TEST_F(OperationPodTest, ARestoreMountsTheArchiveReadOnly) {
  const json::value pod = build(OperationKind::kRestore);
  const json::array& volumes = json_array(pod, {"spec", "volumes"});
  EXPECT_EQ(
      json_text(volumes.at(1)),
      R"({"name":"my-backup","persistentVolumeClaim":{"claimName":"my-backup","readOnly":true}})");
  EXPECT_EQ(json_string(volumes.at(0), {"configMap", "name"}), "sts-configuration");
  EXPECT_EQ(label_of(pod, kLabelRestore), "my-backup");
}

TEST_F(OperationPodTest, TheSpecActedOnIsWrittenIntoThePod) {
  const auto acted_on = parse_acted_on(build());
  ASSERT_TRUE(acted_on);
  EXPECT_EQ(acted_on->uid, "u1");
  EXPECT_EQ(acted_on->generation, 1);
  EXPECT_EQ(acted_on->spec.memory, "2Gi:1Gi");
  EXPECT_FALSE(parse_acted_on(json::object{}));
}

TEST(Claim, AsksForStorageOfItsClass) {
  Operation operation;
  operation.meta = {.name = "b", .namespace_name = "ns", .uid = "u"};
  EXPECT_EQ(json_text(*json_find(build_claim(operation), {"spec"})),
            R"({"accessModes":["ReadWriteOnce"],"resources":{"requests":{"storage":"1Gi"}}})");
  operation.spec.storage = "5Gi";
  operation.spec.storage_class = "fast";
  EXPECT_EQ(json_string(build_claim(operation), {"spec", "storageClassName"}), "fast");
}

json::value secret(std::string_view key, std::string_view text) {
  json::value object = json::object{};
  json_at(object, {"data", key}) = base64_encode(text);
  return object;
}

TEST(OperatorSecret, TheOperatorIsFoundAmongTheIdentities) {
  const auto user = parse_operator_secret(secret("identities.yaml",
                                                 "credentials:\n"
                                                 "- username: developer\n"
                                                 "  password: no\n"
                                                 "  roles:\n"
                                                 "  - admin\n"
                                                 "- username: operator\n"
                                                 "  password: \"s3:cret\"\n"
                                                 "  roles:\n"
                                                 "  - admin\n"));
  ASSERT_TRUE(user.ok());
  EXPECT_EQ(user->username, "operator");
  EXPECT_EQ(user->password, "s3:cret");
}

TEST(OperatorSecret, TheOrderOfAnIdentitysLinesDoesNotMatter) {
  const auto user =
      parse_operator_secret(secret("identities.yaml",
                                   "credentials:\n- password: a\n  username: developer\n"
                                   "- password: right\n  username: operator\n"));
  ASSERT_TRUE(user.ok());
  EXPECT_EQ(user->password, "right");
}

TEST(OperatorSecret, PlainKeysWillDo) {
  json::value both = secret("username", "operator");
  json_at(both, {"data", "password"}) = base64_encode("p");
  const auto user = parse_operator_secret(both);
  ASSERT_TRUE(user.ok());
  EXPECT_EQ(user->password, "p");
}

TEST(OperatorSecret, AMissingUserIsInvalidAndNothingSecretIsSaid) {
  const auto user = parse_operator_secret(
      secret("identities.yaml", "credentials:\n- username: other\n  password: hidden\n"));
  EXPECT_EQ(user.code(), Code::kInvalid);
  EXPECT_EQ(user.status().message().find("hidden"), std::string::npos);
}

}  // namespace
}  // namespace drydock::control
