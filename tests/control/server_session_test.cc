#include "core/control/server_session.h"

#include <gtest/gtest.h>

#include "core/control/operator_secret.h"
#include "tests/control/fake_api.h"

namespace drydock::control {
namespace {

// Counts who is called where.
class SilentServer final : public ServerApi {
 public:
  Result<ServerHealth> health(SteadyTime) override { return ServerHealth{}; }
  Result<OperationReport> status(OperationKind, std::string_view, SteadyTime) override {
    return OperationReport{};
  }
  Status start(const StartRequest&, SteadyTime) override { return ok_status(); }
  Status stop(SteadyTime) override { return ok_status(); }
};

class ServerSessionTest : public testing::Test {
 protected:
  void run(const std::function<void()>& body) {
    EXPECT_EQ(simulation_.run([&] { EXPECT_TRUE(client_.spawn("test", body).join(kForever).ok()); },
                              hours(1)),
              sim::RunEnd::kDone)
        << simulation_.waiting_report();
  }

  static HttpResponse secret() {
    // credentials: [{username: operator, password: pw}]
    return {200,
            {},
            make_json(json::object{{"data",
                                    {{"identities.yaml",
                                      "Y3JlZGVudGlhbHM6Ci0gdXNlcm5hbWU6IG9wZXJhdG9yCiAgcGFzc3dvcmQ6"
                                      "IHB3Cg=="}}}})};
  }

  sim::Simulation simulation_;
  FakeApi api_{simulation_};
  sim::Process& client_ = simulation_.add_process("client", "client-host", "10.0.0.9");
  KubeClient kube_{client_,
                   client_.wire(),
                   {.api = {FakeApi::kIp, 443}, .namespace_name = "ns", .bearer_token = "t"}};
  std::vector<std::string> opened_;
  ServerSession session_{client_, kube_,
                         [this](const Address& server, const ServerApiOptions&) {
                           opened_.push_back(server.host);
                           return std::make_unique<SilentServer>();
                         },
                         seconds(5)};
};

TEST_F(ServerSessionTest, AnAddressThatCouldNotBeOpenedIsOpenedAgain) {
  run([&] {
    bool readable = true;
    api_.intercept = [&](const HttpRequest&) {
      return readable ? secret() : status_reply(403, "Forbidden", "no");
    };
    EXPECT_EQ(session_.connect("10.1.0.1", "c", 15).code(), Code::kOk);
    readable = false;
    EXPECT_EQ(session_.connect("10.1.0.2", "c", 15).code(), Code::kFailedPrecondition);
    EXPECT_EQ(session_.connect("10.1.0.2", "c", 15).code(), Code::kFailedPrecondition);
    readable = true;
    EXPECT_EQ(session_.connect("10.1.0.2", "c", 15).code(), Code::kOk);
    EXPECT_EQ(opened_, (std::vector<std::string>{"10.1.0.1", "10.1.0.2"}));
  });
}

}  // namespace
}  // namespace drydock::control
