#include "core/control/kube_client.h"

#include <gtest/gtest.h>

#include "tests/control/fake_api.h"

namespace drydock::control {
namespace {

class KubeClientTest : public testing::Test {
 protected:
  void run(const std::function<void()>& body) {
    EXPECT_EQ(simulation_.run([&] { EXPECT_TRUE(client_.spawn("test", body).join(kForever).ok()); },
                              hours(1)),
              sim::RunEnd::kDone)
        << simulation_.waiting_report();
  }
  Code code_for(HttpResponse response) {
    api_.intercept = [&](const HttpRequest&) { return response; };
    return kube_.get(kPods, "p").code();
  }

  sim::Simulation simulation_;
  FakeApi api_{simulation_};
  sim::Process& client_ = simulation_.add_process("client", "client-host", "10.0.0.9");
  KubeClient kube_{client_,
                   client_.wire(),
                   {.api = {FakeApi::kIp, 443},
                    .namespace_name = "ns",
                    .bearer_token = "t0ken",
                    .list_limit = 2}};
};

TEST_F(KubeClientTest, PathsAreThoseOfTheApi) {
  run([&] {
    (void)kube_.get(kPods, "p");
    (void)kube_.get(kBackups, "b");
    (void)kube_.get(kNodes, "n");
    (void)kube_.patch_status(kRestores, "r", json::object{});
    EXPECT_EQ(
        api_.requests,
        (std::vector<std::string>{
            "GET /api/v1/namespaces/ns/pods/p",
            "GET /apis/infinispan.org/v2alpha1/namespaces/ns/backups/b", "GET /api/v1/nodes/n",
            "PATCH /apis/infinispan.org/v2alpha1/namespaces/ns/restores/r/status"}));
  });
}

TEST_F(KubeClientTest, SendsTheTokenAndTheRightContentType) {
  run([&] {
    HttpRequest seen;
    api_.intercept = [&](const HttpRequest& request) -> std::optional<HttpResponse> {
      seen = request;
      return HttpResponse{200, {}, make_json(json::object{})};
    };
    (void)kube_.patch(kPods, "p", json::object{{"spec", json::object{}}});
    EXPECT_EQ(*find_header(seen.headers, "Authorization"), "Bearer t0ken");
    EXPECT_EQ(*find_header(seen.headers, "Content-Type"), "application/merge-patch+json");
    (void)kube_.create(kPods, json::object{});
    EXPECT_EQ(*find_header(seen.headers, "Content-Type"), "application/json");
  });
}

TEST_F(KubeClientTest, EveryAnswerHasItsCode) {
  run([&] {
    EXPECT_EQ(code_for(status_reply(400, "BadRequest", "m")), Code::kInvalid);
    EXPECT_EQ(code_for(status_reply(401, "Unauthorized", "m")), Code::kUnauthenticated);
    EXPECT_EQ(code_for(status_reply(403, "Forbidden", "m")), Code::kForbidden);
    EXPECT_EQ(code_for(status_reply(404, "NotFound", "m")), Code::kNotFound);
    EXPECT_EQ(code_for(status_reply(409, "AlreadyExists", "m")), Code::kAlreadyExists);
    EXPECT_EQ(code_for(status_reply(409, "Conflict", "m")), Code::kConflict);
    EXPECT_EQ(code_for(status_reply(410, "Expired", "m")), Code::kExpired);
    EXPECT_EQ(code_for(status_reply(415, "UnsupportedMediaType", "m")), Code::kUnsupported);
    EXPECT_EQ(code_for(status_reply(422, "Invalid", "m")), Code::kInvalid);
    EXPECT_EQ(code_for(status_reply(429, "TooManyRequests", "m")), Code::kUnavailable);
    EXPECT_EQ(code_for(status_reply(500, "InternalError", "m")), Code::kUnavailable);
    EXPECT_EQ(code_for(status_reply(504, "Timeout", "m")), Code::kUnavailable);
    EXPECT_EQ(code_for({418, {}, Body("teapot")}), Code::kInternal);
  });
}

TEST_F(KubeClientTest, AKindThatNobodyServesSaysNothingOfItsObjects) {
  run([&] { EXPECT_EQ(code_for({404, {}, Body("404 page not found\n")}), Code::kUnavailable); });
}

TEST_F(KubeClientTest, TheServersMessageIsKeptAlsoWhenItIsPlainText) {
  run([&] {
    api_.intercept = [&](const HttpRequest&) {
      return HttpResponse{429, {}, Body("Too many requests, please try again later.\n")};
    };
    const Status status = kube_.get(kPods, "p").status();
    EXPECT_EQ(status, Status(Code::kUnavailable, "Too many requests, please try again later."));
    api_.intercept = nullptr;
    EXPECT_EQ(kube_.get(kPods, "p").status(), Status(Code::kNotFound, "pods \"p\" not found"));
  });
}

TEST_F(KubeClientTest, ListsAreReadInPages) {
  run([&] {
    for (const char* name : {"a", "b", "c", "d", "e"})
      api_.put("pods", json::object{{"metadata", json::object{{"name", name}}}});
    const Result<KubeList> list = kube_.list(kPods);
    ASSERT_TRUE(list.ok());
    EXPECT_EQ(list->items.size(), 5u);
    EXPECT_EQ(json_string(*list->items[4], {"metadata", "name"}), "e");
    EXPECT_EQ(list->resource_version, "105");
    EXPECT_EQ(api_.requests.size(), 3u);
  });
}

TEST_F(KubeClientTest, ACallIsRepeatedWhenTheServerSaysWhen) {
  run([&] {
    int refusals = 2;
    api_.put("pods", json::object{{"metadata", json::object{{"name", "p"}}}});
    api_.intercept = [&](const HttpRequest&) -> std::optional<HttpResponse> {
      if (refusals-- <= 0) return std::nullopt;
      return status_reply(503, "ServiceUnavailable", "m", {{"Retry-After", "1"}});
    };
    const SteadyTime start = client_.now();
    EXPECT_EQ(kube_.get(kPods, "p").code(), Code::kOk);
    EXPECT_GE(client_.now() - start, seconds(2));
    refusals = 100;
    EXPECT_EQ(kube_.get(kPods, "p").code(), Code::kUnavailable);
    EXPECT_LE(client_.now() - start, seconds(2) + seconds(6));
  });
}

TEST_F(KubeClientTest, ASilentServerCostsTheCallDeadline) {
  run([&] {
    simulation_.network().cut("client", "api", true);
    const SteadyTime start = client_.now();
    EXPECT_EQ(kube_.get(kPods, "p").code(), Code::kDeadlineExceeded);
    EXPECT_EQ(client_.now() - start, limits::kCallDeadline);
  });
}

TEST_F(KubeClientTest, AStaleWriteIsAConflict) {
  run([&] {
    api_.put("backups", json::object{{"metadata", json::object{{"name", "b"}}}});
    json::value patch =
        parse_json(R"({"metadata":{"resourceVersion":"101"},"status":{"phase":"x"}})");
    EXPECT_EQ(kube_.patch_status(kBackups, "b", patch).code(), Code::kOk);
    EXPECT_EQ(kube_.patch_status(kBackups, "b", patch).code(), Code::kConflict);
  });
}

TEST_F(KubeClientTest, ADeletionCarriesTheUid) {
  run([&] {
    json::value seen;
    api_.intercept = [&](const HttpRequest& request) -> std::optional<HttpResponse> {
      seen = **request.body.json();
      return HttpResponse{200, {}, make_json(json::object{})};
    };
    EXPECT_EQ(kube_.remove(kClaims, "c", "uid-7").code(), Code::kOk);
    EXPECT_EQ(json_string(seen, {"preconditions", "uid"}), "uid-7");
  });
}

}  // namespace
}  // namespace drydock::control
