#include "fakekube/access/pod_security.h"
#include "tests/fakekube/api_fixture.h"

namespace drydock::fakekube {
namespace {

class PluginsTest : public ApiTest {
 protected:
  Answer pod(const std::string& name, std::string_view more = "") {
    return ask("POST", kPodsPath,
               R"({"metadata":{"name":")" + name +
                   R"("},"spec":{"containers":[{"name":"c","image":"i:1")" + std::string(more) +
                   "}]}}");
  }
  void quota(const std::string& name, std::string_view hard) {
    const Answer made =
        ask("POST", "/api/v1/namespaces/ns/resourcequotas",
            R"({"metadata":{"name":")" + name + R"("},"spec":{"hard":)" + std::string(hard) + "}}");
    EXPECT_EQ(made.code, 201);
  }
  void label(const std::string& key, const std::string& value) {
    merge("/api/v1/namespaces/ns", R"({"metadata":{"labels":{"pod-security.kubernetes.io/)" + key +
                                       "\":\"" + value + "\"}}}");
  }
};

TEST_F(PluginsTest, APodBeyondTheQuotaIsForbidden) {
  run([&] {
    quota("q", R"({"pods":"2"})");
    EXPECT_EQ(pod("a").code, 201);
    EXPECT_EQ(pod("b").code, 201);
    const Answer refused = pod("c");
    EXPECT_EQ(refused.code, 403);
    EXPECT_EQ(
        refused.message(),
        "pods \"c\" is forbidden: exceeded quota: q, requested: pods=1, used: pods=2, limited: "
        "pods=2");
    ask("DELETE", std::string(kPodsPath) + "/a");
    EXPECT_EQ(pod("c").code, 201);
  });
}

TEST_F(PluginsTest, RequestsAndLimitsAreCharged) {
  run([&] {
    quota("q", R"({"requests.cpu":"1","limits.memory":"1Gi"})");
    EXPECT_EQ(pod("none").message(),
              "pods \"none\" is forbidden: failed quota: q: must specify limits.memory for: c; "
              "requests.cpu for: c");
    const char* half = R"(,"resources":{"requests":{"cpu":"600m"},"limits":{"memory":"512Mi"}})";
    EXPECT_EQ(pod("a", half).code, 201);
    EXPECT_EQ(pod("b", half).message(),
              "pods \"b\" is forbidden: exceeded quota: q, requested: requests.cpu=600m, used: "
              "requests.cpu=600m, limited: requests.cpu=1");
  });
}

TEST_F(PluginsTest, OtherKindsAndOtherNamespacesAreCountedApart) {
  run([&] {
    quota("q", R"({"configmaps":"1","count/backups.infinispan.org":"1"})");
    server_.create_namespace("other");
    EXPECT_EQ(ask("POST", kMapsPath, R"({"metadata":{"name":"a"}})").code, 201);
    EXPECT_EQ(ask("POST", kMapsPath, R"({"metadata":{"name":"b"}})").code, 403);
    EXPECT_EQ(
        ask("POST", "/api/v1/namespaces/other/configmaps", R"({"metadata":{"name":"b"}})").code,
        201);
    server_.admission().plugins().disable("ResourceQuota");
    EXPECT_EQ(ask("POST", kMapsPath, R"({"metadata":{"name":"b"}})").code, 201);
  });
}

TEST_F(PluginsTest, PodSecurityRefusesByTheNamespacesLabel) {
  run([&] {
    label("enforce", "restricted");
    const Answer refused = pod("p");
    EXPECT_EQ(refused.code, 403);
    EXPECT_EQ(
        refused.message(),
        "pods \"p\" is forbidden: violates PodSecurity \"restricted:latest\": "
        "allowPrivilegeEscalation != false (container \"c\" must set "
        "securityContext.allowPrivilegeEscalation=false), unrestricted capabilities (container "
        "\"c\" must set securityContext.capabilities.drop=[\"ALL\"]), runAsNonRoot != true (pod or "
        "container \"c\" must set securityContext.runAsNonRoot=true), seccompProfile (pod or "
        "container \"c\" must set securityContext.seccompProfile.type to \"RuntimeDefault\" or "
        "\"Localhost\")");
    EXPECT_EQ(
        pod("q", R"(,"securityContext":{"allowPrivilegeEscalation":false,"runAsNonRoot":true,)"
                 R"("capabilities":{"drop":["ALL"]},"seccompProfile":)"
                 R"({"type":"RuntimeDefault"}})")
            .code,
        201);
    server_.admission().plugins().disable("PodSecurity");
    EXPECT_EQ(pod("p").code, 201);
  });
}

TEST_F(PluginsTest, PodSecurityOnlyWarnsWhereItIsAskedTo) {
  run([&] {
    label("warn", "baseline");
    EXPECT_EQ(find_header(pod("p").headers, "Warning"), nullptr);
    const Answer made = pod("q", R"(,"securityContext":{"privileged":true})");
    EXPECT_EQ(made.code, 201);
    const std::string* warning = find_header(made.headers, "Warning");
    ASSERT_NE(warning, nullptr);
    EXPECT_EQ(*warning,
              "299 - \"would violate PodSecurity \\\"baseline:latest\\\": privileged (container "
              "\\\"c\\\" must not set securityContext.privileged=true)\"");
  });
}

TEST(PodSecurity, SeveralContainersAreNamedTogether) {
  const json::value pod =
      *json_parse(R"({"spec":{"hostNetwork":true,"volumes":[{"name":"v","hostPath":{"path":"/"}}],)"
                  R"("containers":[{"name":"a","securityContext":{"privileged":true}},)"
                  R"({"name":"b","securityContext":{"privileged":true}}]}})");
  EXPECT_EQ(pod_security_violations(PodSecurityLevel::kBaseline, pod),
            "host namespaces (hostNetwork=true), hostPath volumes (volume \"v\"), privileged "
            "(containers \"a\", \"b\" must not set securityContext.privileged=true)");
  EXPECT_EQ(pod_security_violations(PodSecurityLevel::kPrivileged, pod), "");
}

class SlowHook : public ApiTest {
 protected:
  SlowHook() {
    server_.admission().add({.name = "slow.test",
                             .type = &kConfigMaps,
                             .review = [](const AdmissionReview&) { return AdmissionAnswer(); }});
  }
  Answer create() { return ask("POST", kMapsPath, R"({"metadata":{"name":"m"}})"); }
};

TEST_F(SlowHook, ADelayBelowTheTimeOutOnlyTakesTime) {
  run([&] {
    server_.admission().set_delay("slow.test", seconds(3));
    const SteadyTime before = simulation_.harness().now();
    EXPECT_EQ(create().code, 201);
    EXPECT_GE(simulation_.harness().now() - before, seconds(3));
  });
}

TEST_F(SlowHook, ALongerDelayFailsTheWriteUnlessFailuresAreIgnored) {
  run([&] {
    server_.admission().set_delay("slow.test", seconds(60));
    const SteadyTime before = simulation_.harness().now();
    EXPECT_EQ(create().message(),
              "Internal error occurred: failed calling webhook \"slow.test\": failed to call "
              "webhook: context deadline exceeded");
    EXPECT_LT(simulation_.harness().now() - before, seconds(11));
    server_.admission().set_ignore_failure("slow.test", true);
    EXPECT_EQ(create().code, 201);
  });
}

}  // namespace
}  // namespace drydock::fakekube
