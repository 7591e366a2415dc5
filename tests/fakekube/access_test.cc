#include "fakekube/access/access.h"

#include "tests/fakekube/api_fixture.h"

namespace drydock::fakekube {
namespace {

class AccessTest : public ApiTest {
 protected:
  AccessTest() {
    server_.access().set_enforced(true);
    server_.access().add_token("root", {.name = "admin", .groups = {"system:masters"}});
    server_.access().add_token("plain", {.name = "plain"});
  }

  // As somebody; "" = without a token.
  Answer as(const std::string& token, std::string method, std::string target,
            std::string_view body = "") {
    HttpRequest request{
        .method = std::move(method), .target = std::move(target), .headers = {}, .body = {}};
    request.headers.emplace_back("Content-Type", "application/json");
    if (!token.empty()) request.headers.emplace_back("Authorization", "Bearer " + token);
    if (!body.empty()) request.body = Body(std::string(body));
    HttpReply reply = server_.handle(request);
    Answer answer{
        .code = reply.response.status, .headers = reply.response.headers, .body = {}, .text = {}};
    if (const Result<JsonPtr> json = reply.response.body.json(); json.ok()) answer.body = *json;
    return answer;
  }

  void grant(std::string_view rules, std::string_view subject) {
    as("root", "POST", "/apis/rbac.authorization.k8s.io/v1/namespaces/ns/roles",
       R"({"metadata":{"name":"r"},"rules":)" + std::string(rules) + "}");
    as("root", "POST", "/apis/rbac.authorization.k8s.io/v1/namespaces/ns/rolebindings",
       R"({"metadata":{"name":"b"},"roleRef":{"kind":"Role","name":"r"},"subjects":[)" +
           std::string(subject) + "]}");
  }

  static constexpr const char* kPlain = R"({"kind":"User","name":"plain"})";
  static constexpr const char* kReadPods =
      R"([{"apiGroups":[""],"resources":["pods"],"verbs":["get","list"]}])";
};

TEST_F(AccessTest, AnUnknownTokenIs401AndNoTokenIsAnonymous) {
  run([&] {
    const Answer bad = as("nonsense", "GET", "/version");
    EXPECT_EQ(bad.code, 401);
    EXPECT_EQ(bad.message(), "Unauthorized");
    EXPECT_EQ(as("", "GET", "/version").code, 200);
    EXPECT_EQ(as("", "GET", "/readyz").code, 200);
    const Answer api = as("", "GET", "/api");
    EXPECT_EQ(api.code, 403);
    EXPECT_EQ(api.message(), "forbidden: User \"system:anonymous\" cannot get path \"/api\"");
    EXPECT_EQ(json_text(*json_find(*api.body, {"details"})), "{}");
    server_.access().set_anonymous_allowed(false);
    EXPECT_EQ(as("", "GET", "/version").code, 401);
  });
}

TEST_F(AccessTest, ARefusalNamesUserVerbResourceAndPlace) {
  run([&] {
    EXPECT_EQ(
        as("plain", "GET", "/api/v1/namespaces/ns/pods").message(),
        "pods is forbidden: User \"plain\" cannot list resource \"pods\" in API group \"\" in "
        "the namespace \"ns\"");
    EXPECT_EQ(as("plain", "GET", "/api/v1/namespaces/ns/pods/x").message(),
              "pods \"x\" is forbidden: User \"plain\" cannot get resource \"pods\" in API group "
              "\"\" in the namespace \"ns\"");
    const Answer status =
        as("plain", "PATCH", "/apis/infinispan.org/v2alpha1/namespaces/ns/backups/x/status", "{}");
    EXPECT_EQ(status.message(),
              "backups.infinispan.org \"x\" is forbidden: User \"plain\" cannot patch resource "
              "\"backups/status\" in API group \"infinispan.org\" in the namespace \"ns\"");
    EXPECT_EQ(json_text(*json_find(*status.body, {"details"})),
              R"({"name":"x","group":"infinispan.org","kind":"backups"})");
    EXPECT_EQ(as("plain", "GET", "/apis/infinispan.org/v2alpha1/backups").message(),
              "backups.infinispan.org is forbidden: User \"plain\" cannot list resource "
              "\"backups\" in API group \"infinispan.org\" at the cluster scope");
    EXPECT_EQ(
        as("plain", "GET", "/api/v1/namespaces/ns").message(),
        "namespaces \"ns\" is forbidden: User \"plain\" cannot get resource \"namespaces\" in "
        "API group \"\" in the namespace \"ns\"");
    EXPECT_EQ(as("plain", "GET", "/apis/no.such/v1/things?watch=1").message(),
              "things.no.such is forbidden: User \"plain\" cannot watch resource \"things\" in API "
              "group \"no.such\" at the cluster scope");
  });
}

TEST_F(AccessTest, ABindingCountsFromItsWriteToItsDeletion) {
  run([&] {
    EXPECT_EQ(as("plain", "GET", kPodsPath).code, 403);
    grant(kReadPods, kPlain);
    EXPECT_EQ(as("plain", "GET", kPodsPath).code, 200);
    EXPECT_EQ(as("plain", "DELETE", kPodsPath).code, 403);
    EXPECT_EQ(as("plain", "GET", "/api/v1/pods").code, 403);
    as("root", "DELETE", "/apis/rbac.authorization.k8s.io/v1/namespaces/ns/rolebindings/b");
    EXPECT_EQ(as("plain", "GET", kPodsPath).code, 403);
  });
}

TEST_F(AccessTest, ASubresourceHasToBeNamedAndNamesCanBeListed) {
  run([&] {
    grant(R"([{"apiGroups":[""],"resources":["pods/log"],"verbs":["get"]},
              {"apiGroups":[""],"resources":["secrets"],"resourceNames":["mine"],"verbs":["*"]}])",
          kPlain);
    EXPECT_EQ(as("plain", "GET", std::string(kPodsPath) + "/p/log").code, 404);
    EXPECT_EQ(as("plain", "GET", std::string(kPodsPath) + "/p").code, 403);
    EXPECT_EQ(as("plain", "GET", "/api/v1/namespaces/ns/secrets/mine").code, 404);
    EXPECT_EQ(as("plain", "GET", "/api/v1/namespaces/ns/secrets/other").code, 403);
    EXPECT_EQ(as("plain", "GET", "/api/v1/namespaces/ns/secrets").code, 403);
    EXPECT_EQ(
        as("plain", "GET", "/api/v1/namespaces/ns/secrets?fieldSelector=metadata.name%3Dmine").code,
        200);
  });
}

TEST_F(AccessTest, AMissingRoleIsNamedInTheRefusal) {
  run([&] {
    as("root", "POST", "/apis/rbac.authorization.k8s.io/v1/namespaces/ns/rolebindings",
       R"({"metadata":{"name":"b"},"roleRef":{"kind":"Role","name":"gone"},"subjects":[)" +
           std::string(kPlain) + "]}");
    EXPECT_EQ(
        as("plain", "GET", kPodsPath).message(),
        "pods is forbidden: User \"plain\" cannot list resource \"pods\" in API group \"\" in "
        "the namespace \"ns\": RBAC: role.rbac.authorization.k8s.io \"gone\" not found");
  });
}

TEST_F(AccessTest, AServiceAccountsTokenIsGoodWhileTheAccountLives) {
  run([&] {
    EXPECT_EQ(server_.access().issue_token("ns", "op"), "");
    as("root", "POST", "/api/v1/namespaces/ns/serviceaccounts", R"({"metadata":{"name":"op"}})");
    const std::string token = server_.access().issue_token("ns", "op");
    grant(kReadPods, R"({"kind":"ServiceAccount","name":"op","namespace":"ns"})");
    EXPECT_EQ(as(token, "GET", kPodsPath).code, 200);
    as("root", "DELETE", "/api/v1/namespaces/ns/serviceaccounts/op");
    EXPECT_EQ(as(token, "GET", kPodsPath).code, 401);
  });
}

TEST_F(AccessTest, AReviewAnswersAndIsNotStored) {
  run([&] {
    grant(kReadPods, kPlain);
    const char* path = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";
    const auto ask_for = [&](const char* verb) {
      return as(
          "plain", "POST", path,
          R"({"apiVersion":"authorization.k8s.io/v1","kind":"SelfSubjectAccessReview","spec":)"
          R"({"resourceAttributes":{"namespace":"ns","resource":"pods","verb":")" +
              std::string(verb) + "\"}}}");
    };
    const Answer yes = ask_for("get");
    EXPECT_EQ(yes.code, 201);
    EXPECT_EQ(json_text(*json_find(*yes.body, {"status"})),
              R"({"allowed":true,"reason":"RBAC: allowed by RoleBinding \"b/ns\" of Role \"r\" to )"
              R"(User \"plain\""})");
    EXPECT_EQ(json_text(*json_find(*yes.body, {"spec", "resourceAttributes"})),
              R"({"namespace":"ns","verb":"get","resource":"pods"})");
    EXPECT_EQ(json_text(*json_find(*ask_for("create").body, {"status"})), R"({"allowed":false})");
    const Answer who =
        as("plain", "POST", "/apis/authentication.k8s.io/v1/selfsubjectreviews",
           R"({"apiVersion":"authentication.k8s.io/v1","kind":"SelfSubjectReview"})");
    EXPECT_EQ(json_text(*json_find(*who.body, {"status", "userInfo"})),
              R"({"username":"plain","groups":["system:authenticated"]})");
    const Answer none =
        as("plain", "POST", path,
           R"({"apiVersion":"authorization.k8s.io/v1","kind":"SelfSubjectAccessReview"})");
    EXPECT_EQ(none.code, 422);
  });
}

TEST_F(AccessTest, RulesAreListedAndTokensReviewed) {
  run([&] {
    grant(kReadPods, kPlain);
    const Answer rules =
        as("plain", "POST", "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews",
           R"({"apiVersion":"authorization.k8s.io/v1","kind":"SelfSubjectRulesReview",)"
           R"("spec":{"namespace":"ns"}})");
    const json::array& listed = json_array(*rules.body, {"status", "resourceRules"});
    ASSERT_EQ(listed.size(), 3U);
    EXPECT_EQ(json_text(listed[2]),
              R"({"verbs":["get","list"],"apiGroups":[""],"resources":["pods"]})");
    const Answer token = as("root", "POST", "/apis/authentication.k8s.io/v1/tokenreviews",
                            R"({"apiVersion":"authentication.k8s.io/v1","kind":"TokenReview",)"
                            R"("spec":{"token":"plain"}})");
    EXPECT_EQ(json_text(*json_find(*token.body, {"status"})),
              R"({"authenticated":true,"user":{"username":"plain",)"
              R"("groups":["system:authenticated"]}})");
  });
}

TEST_F(AccessTest, NotEnforcedNobodyIsRefused) {
  run([&] {
    server_.access().set_enforced(false);
    EXPECT_EQ(as("", "GET", kPodsPath).code, 200);
    EXPECT_EQ(as("nonsense", "GET", kPodsPath).code, 200);
  });
}

}  // namespace
}  // namespace drydock::fakekube
