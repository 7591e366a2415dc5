#include "core/control/rest_client.h"

#include <gtest/gtest.h>

#include "tests/control/fake_server.h"

namespace drydock::control {
namespace {

class RestClientTest : public testing::Test {
 protected:
  void run(const std::function<void()>& body) {
    EXPECT_EQ(simulation_.run([&] { EXPECT_TRUE(client_.spawn("test", body).join(kForever).ok()); },
                              hours(1)),
              sim::RunEnd::kDone)
        << simulation_.waiting_report();
  }
  DirectServerApi connect(int major = 15, std::string password = "secret") {
    return {client_.wire(),
            Address{"10.0.0.1", kAdminPort},
            {.major_version = major,
             .credentials = {"operator", std::move(password)},
             .cnonce = [] { return "c"; }}};
  }
  SteadyTime soon() { return client_.now() + seconds(5); }
  Result<OperationReport> ask(DirectServerApi& api) {
    return api.status(OperationKind::kBackup, "b", soon());
  }

  sim::Simulation simulation_;
  FakeServer server_{simulation_, "server", "10.0.0.1"};
  sim::Process& client_ = simulation_.add_process("client", "client-host", "10.0.0.9");
};

TEST_F(RestClientTest, TheStateIsThatOfTheStatusCode) {
  run([&] {
    DirectServerApi api = connect();
    EXPECT_EQ(ask(api)->state, OperationState::kAbsent);
    const std::vector<std::pair<int, OperationState>> codes{{202, OperationState::kRunning},
                                                            {200, OperationState::kSucceeded},
                                                            {201, OperationState::kSucceeded},
                                                            {500, OperationState::kFailed}};
    for (const auto& [code, state] : codes) {
      server_.states["backups/b"] = code;
      EXPECT_EQ(ask(api)->state, state);
    }
    server_.states["backups/b"] = 503;
    EXPECT_EQ(ask(api).code(), Code::kUnavailable);
    server_.states["backups/b"] = 403;
    EXPECT_EQ(ask(api).code(), Code::kForbidden);
    server_.states["backups/b"] = 405;
    EXPECT_EQ(ask(api).code(), Code::kInternal);
  });
}

TEST_F(RestClientTest, AFailedBackupIsAskedForItsReason) {
  run([&] {
    DirectServerApi api = connect();
    server_.states["backups/b"] = 500;
    server_.failure_text = "ISPN012042: Backup failed\n";
    EXPECT_EQ(ask(api)->reason, "ISPN012042: Backup failed");
    server_.failure_text = std::string(100'000, 'x');
    EXPECT_EQ(ask(api)->reason.size(), 1024u);
  });
}

TEST_F(RestClientTest, AFailedRestoreHasAReasonWhereTheServerTellsOne) {
  run([&] {
    DirectServerApi api = connect();
    server_.states["restores/r"] = 500;
    server_.failure_text = "";
    const auto silent = api.status(OperationKind::kRestore, "r", soon());
    EXPECT_EQ(silent->state, OperationState::kFailed);
    EXPECT_EQ(silent->reason, "");
    server_.failure_text = "template 't' is lost\n";
    EXPECT_EQ(api.status(OperationKind::kRestore, "r", soon())->reason, "template 't' is lost");
  });
}

TEST_F(RestClientTest, OneNonceServesManyRequests) {
  run([&] {
    DirectServerApi api = connect();
    for (int i = 0; i < 5; ++i) EXPECT_EQ(ask(api).code(), Code::kOk);
    EXPECT_EQ(server_.nonces, 1);
    ASSERT_TRUE(client_.sleep_for(minutes(6)).ok());  // longer than a nonce lives
    EXPECT_EQ(ask(api).code(), Code::kOk);
    EXPECT_EQ(server_.nonces, 2);
  });
}

TEST_F(RestClientTest, AWrongPasswordIsTriedOnTwoFreshChallenges) {
  run([&] {
    DirectServerApi api = connect(15, "guess");
    EXPECT_EQ(ask(api).code(), Code::kUnauthenticated);
    EXPECT_EQ(server_.nonces, 3);  // the third is the refusal of the second answer
    EXPECT_TRUE(server_.requests.empty());
  });
}

TEST_F(RestClientTest, TheStartSaysWhereAndWhat) {
  run([&] {
    DirectServerApi api = connect();
    const StartRequest request{OperationKind::kBackup,
                               "b",
                               "/opt/infinispan/backups",
                               {.caches = {"it's", "a\"b"}, .proto_schemas = {"*"}}};
    EXPECT_EQ(api.start(request, soon()).code(), Code::kOk);
    EXPECT_EQ(api.start(request, soon()).code(), Code::kAlreadyExists);
    EXPECT_EQ(server_.bodies[0],
              R"({"directory":"/opt/infinispan/backups","resources":{"caches":["it's","a\"b"],)"
              R"("proto-schemas":["*"]}})");
    EXPECT_EQ(api.start({OperationKind::kRestore, "r", "/x/b.zip", {}}, soon()).code(), Code::kOk);
    EXPECT_EQ(server_.bodies[2], R"({"location":"/x/b.zip","resources":{}})");
  });
}

TEST_F(RestClientTest, ARefusedStartKeepsTheServersWords) {
  run([&] {
    DirectServerApi api = connect();
    int code = 400;
    server_.intercept = [&](const HttpRequest&) {
      return HttpResponse{code, {}, Body("ISPN012038: 'x' must be a directory")};
    };
    const StartRequest request{OperationKind::kBackup, "b", "x", {}};
    EXPECT_EQ(api.start(request, soon()),
              Status(Code::kInvalid, "ISPN012038: 'x' must be a directory"));
    code = 500;
    EXPECT_EQ(api.start(request, soon()).code(), Code::kInternal);
    code = 503;
    EXPECT_EQ(api.start(request, soon()).code(), Code::kUnavailable);
  });
}

TEST_F(RestClientTest, HealthIsTheServersOwnView) {
  run([&] {
    DirectServerApi api = connect();
    const Result<ServerHealth> health = api.health(soon());
    ASSERT_TRUE(health.ok());
    EXPECT_EQ(health->members, server_.members);
    EXPECT_EQ(health->status, "HEALTHY");
  });
}

TEST_F(RestClientTest, OldServersAreAskedBelowTheCacheManager) {
  FakeServer old(simulation_, "old", "10.0.0.2", "/rest/v2/cache-managers/default");
  run([&] {
    DirectServerApi api(
        client_.wire(), {"10.0.0.2", kAdminPort},
        {.major_version = 14, .credentials = {"operator", "secret"}, .cnonce = [] { return "c"; }});
    EXPECT_EQ(api.health(soon()).code(), Code::kOk);
  });
}

TEST_F(RestClientTest, StopIsTakenWith204) {
  run([&] {
    DirectServerApi api = connect();
    int stops = 0;
    server_.on_stop = [&] { ++stops; };
    EXPECT_EQ(api.stop(soon()).code(), Code::kOk);
    EXPECT_EQ(stops, 1);
    server_.intercept = [](const HttpRequest&) { return HttpResponse{404}; };
    EXPECT_EQ(api.stop(soon()).code(), Code::kInternal);
  });
}

TEST_F(RestClientTest, ASilentServerCostsTheDeadline) {
  run([&] {
    DirectServerApi api = connect();
    simulation_.network().cut("client", "server", true);
    const SteadyTime start = client_.now();
    EXPECT_EQ(ask(api).code(), Code::kDeadlineExceeded);
    EXPECT_EQ(client_.now() - start, seconds(5));
  });
}

}  // namespace
}  // namespace drydock::control
