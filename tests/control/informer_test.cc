#include "core/control/informer.h"

#include <gtest/gtest.h>

#include "tests/control/fake_api.h"

namespace drydock::control {
namespace {

json::value pod(const std::string& name, int value = 0) {
  return json::object{{"metadata", json::object{{"name", name}}}, {"value", value}};
}

class InformerTest : public testing::Test {
 protected:
  InformerTest() {
    informer_.on_change([this](const JsonPtr& before, const JsonPtr& after) {
      const JsonPtr& known = after != nullptr ? after : before;
      changes_ += (before == nullptr  ? "+"
                   : after == nullptr ? "-"
                                      : "~") +
                  json_string(*known, {"metadata", "name"}) + " ";
    });
  }
  // The informer runs beside `body` and is cancelled after it.
  void run(const std::function<void()>& body) {
    const auto all = [&] {
      const TaskHandle task =
          client_.spawn("informer", [&] { EXPECT_EQ(informer_.run().code(), Code::kCancelled); });
      EXPECT_TRUE(client_.spawn("test", body).join(kForever).ok());
      task.cancel();
      EXPECT_TRUE(task.join(kForever).ok());
    };
    EXPECT_EQ(simulation_.run([&] { EXPECT_TRUE(client_.spawn("all", all).join(kForever).ok()); },
                              hours(24)),
              sim::RunEnd::kDone)
        << simulation_.waiting_report();
  }
  void settle(Duration time = seconds(1)) { EXPECT_TRUE(client_.sleep_for(time).ok()); }
  int64_t value(const std::string& name) {
    const JsonPtr object = informer_.get(name);
    return object == nullptr ? -1 : json_int(*object, {"value"});
  }
  int lists() const { return api_.count("GET /api/v1/namespaces/ns/pods?limit=500"); }

  sim::Simulation simulation_;
  FakeApi api_{simulation_};
  sim::Process& client_ = simulation_.add_process("client", "client-host", "10.0.0.9");
  KubeClient kube_{client_, client_.wire(), {.api = {FakeApi::kIp, 443}, .namespace_name = "ns"}};
  Informer informer_{client_, kube_, kPods, {}};
  std::string changes_;
};

TEST_F(InformerTest, HoldsWhatWasListedAndFollowsChanges) {
  api_.put("pods", pod("a"));
  run([&] {
    ASSERT_TRUE(informer_.wait_synced(client_.now() + seconds(5)).ok());
    EXPECT_EQ(value("a"), 0);
    api_.put("pods", pod("b"));
    api_.put("pods", pod("a", 2));
    api_.remove("pods", "b");
    settle();
    EXPECT_EQ(value("a"), 2);
    EXPECT_EQ(value("b"), -1);
    EXPECT_EQ(changes_, "+a +b ~a -b ");
  });
}

TEST_F(InformerTest, ACutStreamIsResumedWithoutListingAgain) {
  run([&] {
    settle();
    api_.cut_watches();
    api_.put("pods", pod("a", 1));
    settle();
    EXPECT_EQ(value("a"), 1);
    EXPECT_EQ(lists(), 1);
  });
}

TEST_F(InformerTest, AfterGoneItListsAgainAndMissesNoDeletion) {
  api_.put("pods", pod("a"));
  run([&] {
    settle();
    api_.intercept = [](const HttpRequest&) { return status_reply(503, "x", "down"); };
    api_.cut_watches();
    settle();
    api_.remove("pods", "a");
    api_.put("pods", pod("b"));
    api_.compact();
    api_.put("pods", pod("c"));
    api_.intercept = nullptr;
    settle(seconds(20));
    EXPECT_EQ(value("a"), -1);
    EXPECT_EQ(value("b"), 0);
    EXPECT_EQ(changes_, "+a +b +c -a ");
    EXPECT_EQ(lists(), 2);
  });
}

TEST_F(InformerTest, ASilentConnectionIsGivenUp) {
  run([&] {
    settle();
    const sim::CutId cut = simulation_.network().cut("client", "api", true);
    api_.put("pods", pod("a"));
    settle(minutes(6));
    simulation_.network().heal(cut);
    settle(seconds(20));
    EXPECT_EQ(value("a"), 0);
  });
}

TEST_F(InformerTest, AServerThatIsDownIsAskedAgainWithBackOff) {
  api_.intercept = [](const HttpRequest&) { return status_reply(503, "x", "down"); };
  run([&] {
    settle(minutes(2));
    EXPECT_GE(api_.requests.size(), 10u);
    EXPECT_LE(api_.requests.size(), 30u);
    api_.put("pods", pod("a"));
    api_.intercept = nullptr;
    EXPECT_TRUE(informer_.wait_synced(client_.now() + seconds(11)).ok());
    EXPECT_EQ(value("a"), 0);
  });
}

TEST_F(InformerTest, OwnWritesAreReadBeforeTheWatchTellsThem) {
  api_.put("pods", pod("a", 1));
  run([&] {
    settle();
    const std::string replaced = json_string(*informer_.get("a"), {"metadata", "resourceVersion"});
    api_.put("pods", pod("a", 2));
    const JsonPtr written = api_.get("pods", "a");
    informer_.note_write(replaced, written);
    EXPECT_EQ(value("a"), 2);
    informer_.note_write("7", make_json(pod("a", 9)));  // not what the copy holds
    EXPECT_EQ(value("a"), 2);
    settle();
    EXPECT_EQ(changes_, "+a ~a ");
  });
}

TEST_F(InformerTest, AnOlderOwnWriteNeverComesBackThroughTheWatch) {
  api_.put("pods", pod("a", 1));
  run([&] {
    settle();
    for (int value_now : {2, 3}) {
      const std::string replaced =
          json_string(*informer_.get("a"), {"metadata", "resourceVersion"});
      api_.put("pods", pod("a", value_now));
      informer_.note_write(replaced, api_.get("pods", "a"));
    }
    settle();
    EXPECT_EQ(value("a"), 3);
    EXPECT_EQ(changes_, "+a ~a ");  // not one more for the version in between
  });
}

TEST(InformerText, EventsMayBeCutAnywhere) {
  const std::vector<std::string> pieces{R"({"type":"ADDED","object":{"metadata":{"na)",
                                        R"(me":"a"},"value":1}})"
                                        "\n"
                                        R"({"type":"ADD)",
                                        R"(ED","object":{"metadata":{"name":"b"},"value":2}})"};
  sim::Simulation simulation;
  sim::Process& server = simulation.add_process("server", "server-host", FakeApi::kIp);
  const auto listener = server.wire().serve(443, [&](const HttpRequest& request) -> HttpReply {
    if (request.target.find("watch=true") == std::string::npos)
      return HttpResponse{200, {}, Body(R"({"metadata":{"resourceVersion":"1"},"items":[]})")};
    return {HttpResponse{200}, [&](StreamWriter& writer) {
              for (const std::string& piece : pieces) (void)writer.write(Body(piece));
              (void)server.sleep_for(hours(1));
            }};
  });
  sim::Process& client = simulation.add_process("client", "client-host", "10.0.0.9");
  KubeClient kube(client, client.wire(), {.api = {FakeApi::kIp, 443}, .namespace_name = "ns"});
  Informer informer(client, kube, kPods, {});
  simulation.run(
      [&] {
        const TaskHandle task = client.spawn("informer", [&] { (void)informer.run(); });
        EXPECT_TRUE(simulation.harness().sleep_for(seconds(1)).ok());
        EXPECT_EQ(informer.objects().size(), 2u);
        EXPECT_EQ(json_int(*informer.get("b"), {"value"}), 2);
        task.cancel();
        EXPECT_TRUE(task.join(kForever).ok());
      },
      hours(1));
}

}  // namespace
}  // namespace drydock::control
