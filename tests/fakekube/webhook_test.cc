#include "tests/fakekube/api_fixture.h"

namespace drydock::fakekube {
namespace {

constexpr const char* kUrl = "https://hooks.test:8443/x";
constexpr const char* kBackup =
    R"({"apiVersion":"infinispan.org/v2alpha1","kind":"Backup","metadata":{"name":"b"},)"
    R"("spec":{"cluster":"source"}})";
// [{"op":"add","path":"/spec/container","value":{"memory":"1Gi"}}]
constexpr const char* kMemoryPatch =
    "W3sib3AiOiJhZGQiLCJwYXRoIjoiL3NwZWMvY29udGFpbmVyIiwidmFsdWUiOnsibWVtb3J5IjoiMUdpIn19XQ==";
// [{"op":"add","path":"/spec/no/where","value":1}]
constexpr const char* kBadPatch =
    "W3sib3AiOiJhZGQiLCJwYXRoIjoiL3NwZWMvbm8vd2hlcmUiLCJ2YWx1ZSI6MX1d";

class WebhookTest : public ApiTest {
 protected:
  WebhookTest() {
    auto handlers = std::make_unique<LocalWebhooks>();
    handlers->serve(kUrl, [this](const WebhookCall& call) { return answer(call); });
    server_.admission().set_caller(std::move(handlers));
  }

  // The webhook: keeps the question, answers `response_` (with the question's uid) or as told.
  Result<HttpResponse> answer(const WebhookCall& call) {
    asked_.push_back(*json_parse(call.request.body.text()));
    target_ = call.request.target;
    if (slow_ > Duration::zero() && !simulation_.harness().sleep_for(slow_).ok())
      return Status(Code::kCancelled, "");
    if (slow_ > Duration::zero()) return Status(Code::kDeadlineExceeded, "");
    HttpResponse response{.status = status_, .headers = {}, .body = {}};
    response.headers.emplace_back("Content-Type", "application/json");
    json::value review = *json_parse(R"({"apiVersion":"admission.k8s.io/v1",)"
                                     R"("kind":"AdmissionReview"})");
    json::value said = *json_parse(response_);
    json_at(said, {"uid"}) = json_string(asked_.back(), {"request", "uid"});
    json_at(review, {"response"}) = std::move(said);
    response.body = Body(raw_.empty() ? json_text(review) : raw_);
    return response;
  }

  void configure(std::string_view kind, std::string_view more = "", std::string_view name = "cfg",
                 std::string_view rules = R"([{"apiGroups":["infinispan.org"],"apiVersions":["*"],)"
                                          R"("operations":["CREATE","UPDATE"],)"
                                          R"("resources":["backups"]}])") {
    const std::string plural = kind == "Mutating" ? "mutating" : "validating";
    const Answer made =
        ask("POST", "/apis/admissionregistration.k8s.io/v1/" + plural + "webhookconfigurations",
            R"({"metadata":{"name":")" + std::string(name) + R"("},"webhooks":[{"name":")" +
                std::string(name) + R"(.hook.test","clientConfig":{"url":")" + kUrl +
                R"("},"sideEffects":"None","admissionReviewVersions":["v1"],"rules":)" +
                std::string(rules) + std::string(more) + "}]}");
    EXPECT_EQ(made.code, 201) << json_text(*made.body);
  }
  Answer create() { return ask("POST", kBackupsPath, kBackup); }

  std::string response_ = R"({"allowed":true})";
  std::string raw_;
  int status_ = 200;
  Duration slow_ = {};
  std::vector<json::value> asked_;
  std::string target_;
};

TEST_F(WebhookTest, AConfigurationGetsItsDefaults) {
  run([&] {
    configure("Mutating");
    const Answer got =
        ask("GET", "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/cfg");
    json::value hook = json_array(*got.body, {"webhooks"})[0];
    EXPECT_EQ(json_string(hook, {"failurePolicy"}), "Fail");
    EXPECT_EQ(json_string(hook, {"matchPolicy"}), "Equivalent");
    EXPECT_EQ(json_string(hook, {"reinvocationPolicy"}), "Never");
    EXPECT_EQ(json_int(hook, {"timeoutSeconds"}), 10);
    EXPECT_EQ(json_text(*json_find(hook, {"objectSelector"})), "{}");
    EXPECT_EQ(json_string(json_array(hook, {"rules"})[0], {"scope"}), "*");
  });
}

TEST_F(WebhookTest, AConfigurationIsValidated) {
  run([&] {
    const Answer answer = ask(
        "POST", "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations",
        R"({"metadata":{"name":"x"},"webhooks":[{"name":"short","clientConfig":{},"rules":[]}]})");
    EXPECT_EQ(answer.code, 422);
    const json::array& causes = json_array(*answer.body, {"details", "causes"});
    ASSERT_EQ(causes.size(), 4U);
    EXPECT_EQ(json_string(causes[0], {"message"}),
              "Invalid value: \"short\": should be a domain with at least three segments separated "
              "by dots");
    EXPECT_EQ(json_string(causes[1], {"message"}),
              "Required value: must specify one of None, NoneOnDryRun");
    EXPECT_EQ(json_string(causes[2], {"message"}),
              "Required value: exactly one of url or service is required");
    EXPECT_EQ(json_string(causes[3], {"message"}),
              "Required value: must specify one of v1, v1beta1");
  });
}

TEST_F(WebhookTest, AMutationIsStoredAndTheQuestionIsARealServers) {
  run([&] {
    configure("Mutating", R"(,"timeoutSeconds":1)");
    response_ =
        R"({"allowed":true,"patchType":"JSONPatch","patch":")" + std::string(kMemoryPatch) + "\"}";
    const Answer made = create();
    EXPECT_EQ(json_string(*made.body, {"spec", "container", "memory"}), "1Gi");
    EXPECT_FALSE(json_string(*made.body, {"metadata", "uid"}).empty());
    ASSERT_EQ(asked_.size(), 1U);
    EXPECT_EQ(target_, "/x?timeout=1s");
    const json::value& request = *json_find(asked_[0], {"request"});
    EXPECT_EQ(json_string(request, {"operation"}), "CREATE");
    EXPECT_EQ(json_string(request, {"name"}), "b");
    EXPECT_EQ(json_string(request, {"userInfo", "username"}), "system:admin");
    EXPECT_EQ(json_find(request, {"object", "metadata", "uid"}), nullptr);
    EXPECT_EQ(json_find(request, {"object", "metadata", "creationTimestamp"}), nullptr);
    EXPECT_TRUE(json_find(request, {"oldObject"})->is_null());
    EXPECT_EQ(json_text(*json_find(request, {"options"})),
              R"({"kind":"CreateOptions","apiVersion":"meta.k8s.io/v1"})");
  });
}

TEST_F(WebhookTest, AValidatingWebhookSeesTheWholeObjectAndMayDeny) {
  run([&] {
    configure("Validating");
    EXPECT_EQ(create().code, 201);
    EXPECT_FALSE(json_string(asked_[0], {"request", "object", "metadata", "uid"}).empty());
    response_ = R"({"allowed":false,"status":{"code":422,"reason":"Invalid","message":"no",)"
                R"("details":{"name":"b"}}})";
    const Answer denied = merge(std::string(kBackupsPath) + "/b", R"({"spec":{"cluster":"c"}})");
    EXPECT_EQ(denied.code, 422);
    EXPECT_EQ(denied.reason(), "Invalid");
    EXPECT_EQ(denied.message(), "admission webhook \"cfg.hook.test\" denied the request: no");
    EXPECT_EQ(json_string(*denied.body, {"details", "name"}), "b");
    EXPECT_EQ(json_int(asked_[1], {"request", "object", "metadata", "generation"}), 2);
    EXPECT_EQ(json_string(asked_[1], {"request", "options", "kind"}), "UpdateOptions");
    response_ = R"({"allowed":false})";
    const Answer silent = merge(std::string(kBackupsPath) + "/b", R"({"spec":{"cluster":"c"}})");
    EXPECT_EQ(silent.code, 400);
    EXPECT_EQ(silent.message(),
              "admission webhook \"cfg.hook.test\" denied the request without explanation");
    EXPECT_EQ(json_find(*silent.body, {"reason"}), nullptr);
  });
}

TEST_F(WebhookTest, WarningsBecomeHeaders) {
  run([&] {
    configure("Validating");
    response_ = R"({"allowed":true,"warnings":["take care"]})";
    const Answer made = create();
    const std::string* warning = find_header(made.headers, "Warning");
    ASSERT_NE(warning, nullptr);
    EXPECT_EQ(*warning, "299 - \"take care\"");
  });
}

TEST_F(WebhookTest, RulesScopeAndSelectorsDecideWhoIsAsked) {
  run([&] {
    configure("Validating", R"(,"namespaceSelector":{"matchLabels":{"team":"x"}})");
    EXPECT_EQ(create().code, 201);
    EXPECT_TRUE(asked_.empty());
    merge("/api/v1/namespaces/ns", R"({"metadata":{"labels":{"team":"x"}}})");
    const std::string path = std::string(kBackupsPath) + "/b";
    merge(path, R"({"metadata":{"labels":{"a":"1"}}})");
    EXPECT_EQ(asked_.size(), 1U);
    merge(path + "/status", R"({"status":{"phase":"Running"}})");
    ask("DELETE", path);
    ask("POST", kMapsPath, R"({"metadata":{"name":"m"}})");
    EXPECT_EQ(asked_.size(), 1U);
  });
}

TEST_F(WebhookTest, EachFailureOfACallHasItsText) {
  run([&] {
    configure("Validating", R"(,"timeoutSeconds":1)");
    const std::string head = "Internal error occurred: failed calling webhook \"cfg.hook.test\": ";
    const auto expect = [&](const std::string& text) {
      const Answer answer = create();
      EXPECT_EQ(answer.code, 500);
      EXPECT_EQ(answer.reason(), "InternalError");
      EXPECT_EQ(answer.message(), head + text);
    };
    status_ = 500;
    expect(
        "failed to call webhook: an error on the server (\"unknown\") has prevented the request "
        "from succeeding");
    status_ = 200;
    raw_ = "{\"kind\":\"AdmissionReview\",\"apiVersion\":\"admission.k8s.io/v1\"}";
    expect("received invalid webhook response: webhook response was absent");
    raw_ = "{}";
    expect("failed to call webhook: Object 'Kind' is missing in '{}'");
    raw_.clear();
    response_ = R"({"allowed":true,"patchType":"JSONPatch","patch":"W10="})";
    expect("received invalid webhook response: validating webhook may not return response.patch");
    slow_ = seconds(1);
    expect(
        "failed to call webhook: Post \"https://hooks.test:8443/x?timeout=1s\": context deadline "
        "exceeded");
    server_.admission().set_caller(nullptr);
    expect(
        "failed to call webhook: Post \"https://hooks.test:8443/x?timeout=1s\": dial tcp "
        "hooks.test:8443: connect: connection refused");
    EXPECT_EQ(ask("GET", std::string(kBackupsPath) + "/b").code, 404);
  });
}

TEST_F(WebhookTest, AFailureMayBeIgnored) {
  run([&] {
    configure("Validating", R"(,"failurePolicy":"Ignore")");
    status_ = 500;
    EXPECT_EQ(create().code, 201);
  });
}

TEST_F(WebhookTest, APatchThatDoesNotApplyIsAnInternalErrorWhateverThePolicy) {
  run([&] {
    configure("Mutating", R"(,"failurePolicy":"Ignore")");
    response_ =
        R"({"allowed":true,"patchType":"JSONPatch","patch":")" + std::string(kBadPatch) + "\"}";
    const Answer answer = create();
    EXPECT_EQ(answer.code, 500);
    EXPECT_EQ(answer.message(),
              "Internal error occurred: add operation does not apply: doc is missing path: "
              "\"/spec/no/where\": missing value");
  });
}

TEST_F(WebhookTest, AnEarlierWebhookSeesALaterPatchWhenItAskedForIt) {
  run([&] {
    configure("Mutating", R"(,"reinvocationPolicy":"IfNeeded")", "a");
    configure("Mutating", "", "b");
    response_ =
        R"({"allowed":true,"patchType":"JSONPatch","patch":")" + std::string(kMemoryPatch) + "\"}";
    EXPECT_EQ(create().code, 201);
    EXPECT_EQ(asked_.size(), 2U);  // the second patch changed nothing any more
    asked_.clear();
    auto handlers = std::make_unique<LocalWebhooks>();
    handlers->serve(kUrl, [this](const WebhookCall& call) {
      response_ = call.hook == "a.hook.test" ? R"({"allowed":true})" : response_;
      if (call.hook == "b.hook.test")
        response_ = R"({"allowed":true,"patchType":"JSONPatch","patch":")" +
                    std::string(kMemoryPatch) + "\"}";
      return answer(call);
    });
    server_.admission().set_caller(std::move(handlers));
    ask("DELETE", std::string(kBackupsPath) + "/b");
    EXPECT_EQ(create().code, 201);
    EXPECT_EQ(asked_.size(), 3U);
  });
}

TEST_F(WebhookTest, ADryRunNeedsAWebhookWithoutSideEffects) {
  run([&] {
    configure("Validating");
    EXPECT_EQ(ask("POST", std::string(kBackupsPath) + "?dryRun=All", kBackup).code, 201);
    EXPECT_TRUE(json_bool(asked_[0], {"request", "dryRun"}));
    EXPECT_EQ(json_text(*json_find(asked_[0], {"request", "options", "dryRun"})), R"(["All"])");
  });
}

TEST_F(WebhookTest, AServiceIsCalledByItsName) {
  run([&] {
    ask("POST", "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations",
        R"({"metadata":{"name":"s"},"webhooks":[{"name":"s.hook.test","sideEffects":"None",)"
        R"("admissionReviewVersions":["v1"],"clientConfig":{"service":{"name":"svc",)"
        R"("namespace":"ops","path":"/v"}},"rules":[{"apiGroups":["*"],"apiVersions":["*"],)"
        R"("operations":["*"],"resources":["configmaps"]}]}]})");
    server_.admission().set_service_resolver([](const ServiceReference& service) {
      return Result<Address>(Status(Code::kNotFound, "service \"" + service.name + "\" not found"));
    });
    const Answer answer = ask("POST", kMapsPath, R"({"metadata":{"name":"m"}})");
    EXPECT_EQ(answer.message(),
              "Internal error occurred: failed calling webhook \"s.hook.test\": failed to call "
              "webhook: Post \"https://svc.ops.svc:443/v?timeout=10s\": service \"svc\" not found");
  });
}

TEST_F(WebhookTest, AnAddressIsCalledOverTheNetwork) {
  sim::Process& hook = simulation_.add_process("hook", "hook-host", "10.0.0.5");
  std::string target;
  auto listener = hook.wire().serve(8443, [&](const HttpRequest& request) {
    target = request.target;
    HttpResponse response{.status = 200, .headers = {}, .body = {}};
    const json::value review = **request.body.json();
    response.body = Body(json_text(
        json::object{{"apiVersion", "admission.k8s.io/v1"},
                     {"kind", "AdmissionReview"},
                     {"response",
                      {{"uid", json_string(review, {"request", "uid"})},
                       {"allowed", false},
                       {"status", {{"code", 403}, {"message", "not over the network"}}}}}}));
    return HttpReply(std::move(response));
  });
  ASSERT_TRUE(listener.ok());
  server_.admission().set_caller(make_wire_caller(simulation_.harness().wire()));
  run([&] {
    EXPECT_EQ(ask("POST", "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations",
                  R"({"metadata":{"name":"net"},"webhooks":[{"name":"net.hook.test",)"
                  R"("clientConfig":{"url":"https://10.0.0.5:8443/check"},"sideEffects":"None",)"
                  R"("admissionReviewVersions":["v1"],"timeoutSeconds":3,)"
                  R"("rules":[{"apiGroups":["infinispan.org"],"apiVersions":["*"],)"
                  R"("operations":["CREATE"],"resources":["backups"]}]}]})")
                  .code,
              201);
    const Answer refused = create();
    EXPECT_EQ(refused.code, 403);
    EXPECT_EQ(refused.message(),
              "admission webhook \"net.hook.test\" denied the request: not over the network");
    EXPECT_EQ(target, "/check?timeout=3s");
  });
}

}  // namespace
}  // namespace drydock::fakekube
