#include "tests/fakekube/api_fixture.h"

namespace drydock::fakekube {
namespace {

class Workloads : public ApiTest {
 protected:
  Answer post(const std::string& path, std::string_view body) { return ask("POST", path, body); }
  static std::string cause(const Answer& answer, size_t i = 0) {
    const json::array& causes = json_array(*answer.body, {"details", "causes"});
    return i < causes.size()
               ? json_string(causes[i], {"field"}) + ": " + json_string(causes[i], {"message"})
               : "";
  }

  static constexpr const char* kSets = "/apis/apps/v1/namespaces/ns/statefulsets";
  static constexpr const char* kDeployments = "/apis/apps/v1/namespaces/ns/deployments";
  static constexpr const char* kServicesPath = "/api/v1/namespaces/ns/services";
  static constexpr const char* kSecretsPath = "/api/v1/namespaces/ns/secrets";
  static constexpr const char* kTemplate =
      R"("template":{"metadata":{"labels":{"app":"x"}},"spec":{"containers":)"
      R"([{"name":"c","image":"i:1"}]}})";
};

TEST_F(Workloads, ADeploymentGetsItsDefaultsAndKeepsItsSelector) {
  run([&] {
    const Answer made = post(kDeployments, R"({"metadata":{"name":"d"},"spec":{"selector":)"
                                           R"({"matchLabels":{"app":"x"}},)" +
                                               std::string(kTemplate) + "}}");
    ASSERT_EQ(made.code, 201);
    EXPECT_EQ(
        json_text(*json_find(*made.body, {"spec", "strategy"})),
        R"({"type":"RollingUpdate","rollingUpdate":{"maxUnavailable":"25%","maxSurge":"25%"}})");
    EXPECT_EQ(json_int(*made.body, {"spec", "progressDeadlineSeconds"}), 600);
    EXPECT_EQ(json_text(*json_find(*made.body, {"status"})), "{}");
    const Answer moved = merge(std::string(kDeployments) + "/d",
                               R"({"spec":{"selector":{"matchLabels":{"app":"y"}},"template":)"
                               R"({"metadata":{"labels":{"app":"y"}}}}})");
    EXPECT_EQ(moved.code, 422);
    EXPECT_EQ(cause(moved),
              "spec.selector: Invalid value: "
              "v1.LabelSelector{MatchLabels:map[string]string{\"app\":\"y\"}, "
              "MatchExpressions:[]v1.LabelSelectorRequirement(nil)}: field is immutable");
  });
}

TEST_F(Workloads, ASelectorMustMatchTheTemplate) {
  run([&] {
    const Answer answer = post(kSets, R"({"metadata":{"name":"s"},"spec":{"serviceName":"x",)"
                                      R"("selector":{"matchLabels":{"z":"z"}},)" +
                                          std::string(kTemplate) + "}}");
    EXPECT_EQ(answer.code, 422);
    EXPECT_EQ(cause(answer),
              "spec.template.metadata.labels: Invalid value: map[string]string{\"app\":\"x\"}: "
              "`selector` does not match template `labels`");
  });
}

TEST_F(Workloads, AStatefulSetsSpecIsMostlyFixed) {
  run([&] {
    post(kSets, R"({"metadata":{"name":"s"},"spec":{"serviceName":"x","selector":)"
                R"({"matchLabels":{"app":"x"}},)" +
                    std::string(kTemplate) + "}}");
    const std::string path = std::string(kSets) + "/s";
    EXPECT_EQ(merge(path, R"({"spec":{"replicas":3}})").code, 200);
    const Answer refused = merge(path, R"({"spec":{"serviceName":"y"}})");
    EXPECT_EQ(refused.code, 422);
    EXPECT_EQ(cause(refused),
              "spec: Forbidden: updates to statefulset spec for fields other than 'replicas', "
              "'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', "
              "'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden");
    EXPECT_EQ(cause(merge(path, R"({"spec":{"replicas":-1}})")),
              "spec.replicas: Invalid value: -1: must be greater than or equal to 0");
  });
}

TEST_F(Workloads, AServiceGetsAnAddressThatStays) {
  run([&] {
    const Answer made =
        post(kServicesPath, R"({"metadata":{"name":"s"},"spec":{"ports":[{"port":11222}]}})");
    const std::string ip = json_string(*made.body, {"spec", "clusterIP"});
    EXPECT_EQ(ip.substr(0, 6), "10.96.");
    EXPECT_EQ(json_strings(*made.body, {"spec", "clusterIPs"}), std::vector<std::string>{ip});
    EXPECT_EQ(json_int(json_array(*made.body, {"spec", "ports"})[0], {"targetPort"}), 11222);
    EXPECT_EQ(json_string(*made.body, {"spec", "internalTrafficPolicy"}), "Cluster");
    const Answer moved =
        merge(std::string(kServicesPath) + "/s", R"({"spec":{"clusterIP":"10.96.9.9"}})");
    EXPECT_EQ(moved.code, 422);
    EXPECT_EQ(
        cause(moved),
        "spec.clusterIPs[0]: Invalid value: []string{\"10.96.9.9\"}: may not change once set");
    EXPECT_EQ(cause(post(kServicesPath, R"({"metadata":{"name":"n"},"spec":{}})")),
              "spec.ports: Required value");
  });
}

TEST_F(Workloads, ASecretsTypeAsksForItsKeys) {
  run([&] {
    const Answer answer =
        post(kSecretsPath, R"({"metadata":{"name":"t"},"type":"kubernetes.io/tls"})");
    EXPECT_EQ(answer.code, 422);
    EXPECT_EQ(cause(answer, 0), "data[tls.crt]: Required value");
    EXPECT_EQ(cause(answer, 1), "data[tls.key]: Required value");
    EXPECT_EQ(post(kSecretsPath, R"({"metadata":{"name":"o"},"stringData":{"a":"b"}})").code, 201);
    EXPECT_EQ(cause(merge(std::string(kSecretsPath) + "/o", R"({"type":"x"})")),
              "type: Invalid value: \"x\": field is immutable");
  });
}

TEST_F(Workloads, ANewNodeIsTaintedUntilItIsReady) {
  run([&] {
    const Answer fresh = post("/api/v1/nodes", R"({"metadata":{"name":"n"}})");
    EXPECT_EQ(json_text(json_array(*fresh.body, {"spec", "taints"})),
              R"([{"key":"node.kubernetes.io/not-ready","effect":"NoSchedule"}])");
    const Answer ready = post("/api/v1/nodes", R"({"metadata":{"name":"r"},"status":{"conditions":)"
                                               R"([{"type":"Ready","status":"True"}]}})");
    EXPECT_TRUE(json_array(*ready.body, {"spec", "taints"}).empty());
  });
}

TEST_F(Workloads, ALeaseLastsAtLeastASecond) {
  run([&] {
    EXPECT_EQ(cause(post("/apis/coordination.k8s.io/v1/namespaces/ns/leases",
                         R"({"metadata":{"name":"l"},"spec":{"leaseDurationSeconds":0}})")),
              "spec.leaseDurationSeconds: Invalid value: 0: must be greater than 0");
  });
}

TEST_F(Workloads, ABindingKeepsItsRole) {
  run([&] {
    const std::string path = "/apis/rbac.authorization.k8s.io/v1/namespaces/ns/rolebindings";
    const Answer made =
        post(path, R"({"metadata":{"name":"b"},"roleRef":{"kind":"Role","name":"r"},)"
                   R"("subjects":[{"kind":"User","name":"u"}]})");
    EXPECT_EQ(json_string(*made.body, {"roleRef", "apiGroup"}), "rbac.authorization.k8s.io");
    EXPECT_EQ(json_string(json_array(*made.body, {"subjects"})[0], {"apiGroup"}),
              "rbac.authorization.k8s.io");
    EXPECT_EQ(cause(merge(path + "/b", R"({"roleRef":{"name":"other"}})")),
              "roleRef: Invalid value: rbac.RoleRef{APIGroup:\"rbac.authorization.k8s.io\", "
              "Kind:\"Role\", Name:\"other\"}: cannot change roleRef");
  });
}

}  // namespace
}  // namespace drydock::fakekube
