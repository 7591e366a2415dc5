// What a client sees when something is wrong between it and the API server, and what was done.
#include <gtest/gtest.h>

#include "fakekube/api/api_server.h"
#include "fakekube/fault/api_faults.h"
#include "tests/fakekube/api_fixture.h"

namespace drydock::fakekube {
namespace {

constexpr char kHost[] = "10.96.0.1";

// The server of an ApiTest behind a real (simulated) connection.
class FaultTest : public ApiTest {
 protected:
  FaultTest()
      : server_process_(simulation_.add_process("api-server", "server-host", kHost)),
        client_process_(simulation_.add_process("client", "client-host", "10.0.0.2")) {
    faults_.attach(server_);
    listener_ = *server_process_.wire().serve(
        443, [this](const HttpRequest& request) { return server_.handle(request); });
  }

  Result<HttpResponse> call(std::string method, std::string target, std::string body = "",
                            std::string agent = "test/1") {
    return client_process_.wire().call(
        {kHost, 443},
        request(std::move(method), std::move(target), std::move(body), std::move(agent)),
        client_process_.now() + minutes(1));
  }

  std::unique_ptr<ResponseStream> watch(const std::string& target) {
    auto stream = client_process_.wire().open({kHost, 443}, request("GET", target, "", "test/1"),
                                              client_process_.now() + minutes(1));
    EXPECT_TRUE(stream.ok());
    return *std::move(stream);
  }

  static HttpRequest request(std::string method, std::string target, std::string body,
                             std::string agent) {
    HttpRequest request{
        .method = std::move(method), .target = std::move(target), .headers = {}, .body = {}};
    request.headers.emplace_back("User-Agent", std::move(agent));
    request.headers.emplace_back("Content-Type", request.method == "PATCH"
                                                     ? "application/merge-patch+json"
                                                     : "application/json");
    if (!body.empty()) request.body = Body(std::move(body));
    return request;
  }

  static std::string map_text(const std::string& name) { return json_text(config_map(name, "1")); }
  bool exists(const std::string& name) const {
    return const_cast<ApiServer&>(server_).store().find(kConfigMaps, "ns", name) != nullptr;
  }
  static std::string message_of(const Result<HttpResponse>& response) {
    const auto body = response->body.json();
    return body.ok() ? json_string(**body, {"message"}) : response->body.text();
  }

  // As a task of the client's process.
  void run_client(const std::function<void()>& body) {
    run([&] {
      client_process_.spawn("client", body);
      (void)simulation_.harness().sleep_for(minutes(10));
    });
  }

  ApiFaults faults_;
  sim::Process& server_process_;
  sim::Process& client_process_;
  std::unique_ptr<Listener> listener_;
};

TEST_F(FaultTest, AnAnswerLostAfterTheCommitIsAResetAndTheWriteIsThere) {
  run_client([&] {
    const ApiFaultId id = faults_.add({.kind = ApiFaultKind::kLoseAnswer, .times = 1});
    EXPECT_EQ(call("POST", kMapsPath, map_text("a")).code(), Code::kConnectionReset);
    EXPECT_TRUE(exists("a"));
    EXPECT_EQ(faults_.fired(id), 1);
    EXPECT_EQ(call("POST", kMapsPath, map_text("b"))->status, 201);
    EXPECT_EQ(faults_.fired(id), 1);
  });
}

TEST_F(FaultTest, AClientCrashesAfterTheCommitOfTheWriteThatSucceedsAndNotOfOneThatFails) {
  int crashes = 0;
  run_client([&] {
    EXPECT_EQ(call("POST", kMapsPath, map_text("a"))->status, 201);
    const ApiFaultId id = faults_.add({.kind = ApiFaultKind::kCrashClient,
                                       .calls = {.verbs = {Verb::kCreate}},
                                       .times = 1,
                                       .crash = [&] {
                                         EXPECT_TRUE(exists("b"));
                                         ++crashes;
                                       }});
    EXPECT_EQ(call("POST", kMapsPath, map_text("a"))->status, 409);
    EXPECT_EQ(faults_.fired(id), 0);
    EXPECT_EQ(call("POST", kMapsPath, map_text("b")).code(), Code::kConnectionReset);
    EXPECT_EQ(faults_.fired(id), 1);
    EXPECT_EQ(call("POST", kMapsPath, map_text("c"))->status, 201);
  });
  EXPECT_EQ(crashes, 1);
}

TEST_F(FaultTest, WhoMeetsAStorageInTroubleIsCounted) {
  Storage& storage = server_.storage();
  run_client([&] {
    storage.set_out_of_space(true);
    EXPECT_EQ(call("GET", kMapsPath)->status, 200);
    EXPECT_EQ(storage.troubles().full, 0);
    EXPECT_EQ(call("POST", kMapsPath, map_text("a"))->status, 500);
    EXPECT_EQ(storage.troubles().full, 1);
    storage.set_out_of_space(false);
    storage.set_stalled(true);
    EXPECT_EQ(call("POST", kMapsPath, map_text("a"))->status, 504);
    EXPECT_EQ(storage.troubles().hung, 1);
    storage.set_stalled(false);
    EXPECT_EQ(call("POST", kMapsPath, map_text("a"))->status, 201);
    storage.store().compact(storage.store().revision());
    const auto late = watch(std::string(kMapsPath) + "?watch=1&resourceVersion=1");
    EXPECT_TRUE(late->next(client_process_.now() + seconds(1)).ok());
    EXPECT_EQ(storage.troubles().expired, 1);
  });
  EXPECT_EQ(storage.troubles().hung, 1);
}

TEST_F(FaultTest, ARequestLostBeforeTheCommitIsAResetAndNothingIsThere) {
  run_client([&] {
    faults_.add({.kind = ApiFaultKind::kLoseRequest, .times = 1});
    EXPECT_EQ(call("POST", kMapsPath, map_text("a")).code(), Code::kConnectionReset);
    EXPECT_FALSE(exists("a"));
  });
}

TEST_F(FaultTest, AnInternalErrorWithRetryAfterCanComeAfterTheCommit) {
  run_client([&] {
    faults_.add({.kind = ApiFaultKind::kLoseAnswer,
                 .times = 1,
                 .refusal = Refusal::kInternal,
                 .retry_after_s = 2});
    const auto first = call("POST", kMapsPath, map_text("a"));
    EXPECT_EQ(first->status, 500);
    EXPECT_EQ(*find_header(first->headers, "Retry-After"), "2");
    const auto second = call("POST", kMapsPath, map_text("a"));
    EXPECT_EQ(second->status, 409);
    EXPECT_EQ(message_of(second), "configmaps \"a\" already exists");
  });
}

TEST_F(FaultTest, OnlyTheCallsThatWereMeantAreHit) {
  run_client([&] {
    const ApiFaultId id = faults_.add({.kind = ApiFaultKind::kRefuse,
                                       .calls = {.verbs = {Verb::kCreate},
                                                 .type = &kConfigMaps,
                                                 .namespace_name = "ns",
                                                 .name = "a",
                                                 .subresource = "",
                                                 .client = "test/1"},
                                       .refusal = Refusal::kUnavailable});
    EXPECT_EQ(call("GET", kMapsPath)->status, 200);
    EXPECT_EQ(call("POST", kMapsPath, map_text("b"))->status, 201);
    EXPECT_EQ(call("POST", kMapsPath, map_text("a"), "test/2")->status, 201);
    EXPECT_EQ(call("GET", std::string(kMapsPath) + "/a")->status, 200);
    EXPECT_EQ(faults_.fired(id), 0);
    EXPECT_EQ(call("POST", kMapsPath, map_text("a"))->status, 503);
    EXPECT_EQ(faults_.fired(id), 1);
  });
}

TEST_F(FaultTest, SomeCallsPassSomeAreHitAndAfterItsWindowNone) {
  run_client([&] {
    const ApiFaultId id = faults_.add(
        {.kind = ApiFaultKind::kRefuse, .skip = 1, .times = 2, .refusal = Refusal::kUnavailable});
    std::vector<int> seen;
    for (int i = 0; i < 4; ++i) seen.push_back(call("GET", kMapsPath)->status);
    EXPECT_EQ(seen, (std::vector{200, 503, 503, 200}));
    EXPECT_EQ(faults_.fired(id), 2);
    const ApiFaultId window =
        faults_.add({.kind = ApiFaultKind::kRefuse, .refusal = Refusal::kUnavailable});
    EXPECT_EQ(call("GET", kMapsPath)->status, 503);
    EXPECT_EQ(call("GET", kMapsPath)->status, 503);
    faults_.remove(window);
    EXPECT_EQ(call("GET", kMapsPath)->status, 200);
    EXPECT_EQ(faults_.fired(window), 2);
  });
}

TEST_F(FaultTest, ADelayedRequestIsDoneLateAndADelayedAnswerComesLate) {
  run_client([&] {
    faults_.add({.kind = ApiFaultKind::kDelayRequest, .times = 1, .delay = seconds(5)});
    faults_.add({.kind = ApiFaultKind::kDelayAnswer, .times = 1, .delay = seconds(5)});
    const auto exists_after_2s = [&](const std::string& name) {
      bool seen = false;
      client_process_.spawn("observer", [&, name] {
        (void)client_process_.sleep_for(seconds(2));
        seen = exists(name);
      });
      const SteadyTime begin = client_process_.now();
      EXPECT_EQ(call("POST", kMapsPath, map_text(name))->status, 201);
      EXPECT_GE(client_process_.now() - begin, seconds(5));
      return seen;
    };
    EXPECT_FALSE(exists_after_2s("late"));
    EXPECT_TRUE(exists_after_2s("answered-late"));
  });
}

TEST_F(FaultTest, AListBreaksOffInTheMiddleOfItsBody) {
  run_client([&] {
    (void)call("POST", kMapsPath, map_text("a"));
    faults_.add({.kind = ApiFaultKind::kBreakOff, .times = 1});
    const auto stream = watch(kMapsPath);
    EXPECT_EQ(stream->head().status, 200);
    const auto half = stream->next(client_process_.now() + seconds(5));
    ASSERT_TRUE(half.ok());
    EXPECT_FALSE(json_parse((*half)->text()).ok());
    EXPECT_EQ(stream->next(client_process_.now() + seconds(5)).code(), Code::kConnectionReset);
  });
}

TEST_F(FaultTest, AnOpenWatchIsResetOrBreaksOffInTheMiddleOfALine) {
  const auto next = [&](ResponseStream& stream) {
    return stream.next(client_process_.now() + seconds(5));
  };
  run_client([&] {
    const std::string target = std::string(kMapsPath) + "?watch=true&resourceVersion=1";
    const auto pods = watch(std::string(kPodsPath) + "?watch=true");
    const auto reset = watch(target);
    (void)client_process_.sleep_for(seconds(1));
    EXPECT_EQ(faults_.break_watches({.type = &kConfigMaps}, StreamCut::kReset), 1);
    EXPECT_EQ(next(*reset).code(), Code::kConnectionReset);

    const auto mid_line = watch(target);
    (void)client_process_.sleep_for(seconds(1));
    EXPECT_EQ(faults_.break_watches({.type = &kConfigMaps}, StreamCut::kMidLine), 1);
    (void)call("POST", kMapsPath, map_text("a"));
    const auto half = next(*mid_line);
    ASSERT_TRUE(half.ok());
    EXPECT_EQ((*half)->text().substr(0, 16), "{\"type\":\"ADDED\",");
    EXPECT_FALSE(json_parse((*half)->text()).ok());
    EXPECT_EQ(next(*mid_line).code(), Code::kConnectionReset);

    EXPECT_EQ(next(*pods).code(), Code::kDeadlineExceeded);
    EXPECT_EQ(faults_.break_watches({}, StreamCut::kReset), 1);
  });
}

TEST_F(FaultTest, AForeignWriterMakesEachWriteWithAVersionAConflict) {
  run_client([&] {
    const auto created = call("POST", kMapsPath, map_text("a"));
    const std::string version =
        json_string(**created->body.json(), {"metadata", "resourceVersion"});
    const std::string patch =
        R"({"metadata":{"resourceVersion":")" + version + R"("},"data":{"a":"2"}})";
    const std::string path = std::string(kMapsPath) + "/a";
    const ApiFaultId id = faults_.add(
        {.kind = ApiFaultKind::kConflict, .calls = {.verbs = {Verb::kPatch}}, .times = 1});
    const auto refused = call("PATCH", path, patch);
    EXPECT_EQ(refused->status, 409);
    EXPECT_EQ(message_of(refused),
              "Operation cannot be fulfilled on configmaps \"a\": the object has been modified; "
              "please apply your changes to the latest version and try again");
    EXPECT_EQ(faults_.fired(id), 1);
    EXPECT_EQ(call("PATCH", path, R"({"data":{"a":"2"}})")->status, 200);
  });
}

struct Words {
  const char* name;
  Refusal refusal;
  int code;
  const char* reason;
  const char* message;
  const char* retry_after;  // "" = no such header

  friend void PrintTo(const Words& words, std::ostream* out) { *out << words.name; }
};

class ARefusal : public FaultTest, public testing::WithParamInterface<Words> {};

TEST_P(ARefusal, IsWordedAsByARealServer) {
  const Words& words = GetParam();
  run_client([&] {
    faults_.add({.kind = ApiFaultKind::kRefuse, .refusal = words.refusal});
    const auto response = call("POST", kMapsPath, map_text("a"));
    EXPECT_EQ(response->status, words.code);
    EXPECT_EQ(message_of(response), words.message);
    const auto body = response->body.json();
    EXPECT_EQ(body.ok() ? json_string(**body, {"reason"}) : "plain text", words.reason);
    const std::string* retry = find_header(response->headers, "Retry-After");
    EXPECT_EQ(retry == nullptr ? "" : *retry, words.retry_after);
    EXPECT_FALSE(exists("a"));
  });
}

INSTANTIATE_TEST_SUITE_P(
    All, ARefusal,
    testing::Values(
        Words{"Fairness", Refusal::kTooManyRequests, 429, "plain text",
              "Too many requests, please try again later.\n", "1"},
        Words{"Throttled", Refusal::kThrottled, 429, "TooManyRequests",
              "the server has received too many requests and has asked us to try again later", "1"},
        Words{"Reinitializing", Refusal::kReinitializing, 429, "TooManyRequests",
              "storage is (re)initializing", "1"},
        Words{"Internal", Refusal::kInternal, 500, "InternalError",
              "Internal error occurred: the server is in trouble", ""},
        Words{"NoSpace", Refusal::kNoSpace, 500, "", "etcdserver: mvcc: database space exceeded",
              ""},
        Words{"Unavailable", Refusal::kUnavailable, 503, "ServiceUnavailable",
              "the server is currently unable to handle the request", ""},
        Words{"Timeout", Refusal::kTimeout, 504, "Timeout",
              "Timeout: request did not complete within the allotted timeout", ""},
        Words{"TooLargeRevision", Refusal::kTooLargeRevision, 504, "Timeout",
              "Timeout: Too large resource version: 2, current: 1", "1"},
        Words{"Forbidden", Refusal::kForbidden, 403, "Forbidden",
              "configmaps is forbidden: User \"system:serviceaccount:ns:test\" cannot create "
              "resource \"configmaps\" in API group \"\" in the namespace \"ns\"",
              ""},
        Words{"Quota", Refusal::kQuota, 403, "Forbidden",
              "configmaps \"a\" is forbidden: exceeded quota: objects, requested: "
              "count/configmaps=1, used: count/configmaps=10, limited: count/configmaps=10",
              ""},
        Words{"Terminating", Refusal::kTerminating, 403, "Forbidden",
              "configmaps \"a\" is forbidden: unable to create new content in namespace ns because "
              "it is being terminated",
              ""},
        Words{"NotServed", Refusal::kNotServed, 404, "plain text", "404 page not found\n", ""}),
    [](const auto& words) { return words.param.name; });

}  // namespace
}  // namespace drydock::fakekube
