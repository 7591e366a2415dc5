#include "sim/network.h"

#include <gtest/gtest.h>

#include "core/base/sync.h"
#include "sim/simulation.h"

namespace drydock::sim {
namespace {

// A client and a server on two machines; the server echoes the target after a set time.
class NetworkTest : public testing::Test {
 protected:
  void serve(Duration service_time) {
    auto listener = server.wire().serve(80, [this, service_time](const HttpRequest& request) {
      ++received;
      (void)server.sleep_for(service_time);
      return HttpReply(HttpResponse{200, {}, Body(request.target)});
    });
    ASSERT_TRUE(listener.ok());
    server.keep(std::shared_ptr<Listener>(std::move(*listener)));
  }
  Result<HttpResponse> get(Duration patience) {
    return client.wire().call({"10.0.0.2", 80}, {"GET", "/x", {}, {}}, client.now() + patience);
  }
  void run(std::function<void()> body) {
    client.spawn("body", [this, body = std::move(body)] {
      body();
      finished.set();
    });
    ASSERT_EQ(RunEnd::kDone,
              simulation.run([this] { EXPECT_TRUE(finished.wait(kForever).ok()); }, hours(1)))
        << simulation.waiting_report();
  }

  Simulation simulation;
  Process& client = simulation.add_process("client", "a", "10.0.0.1");
  Process& server = simulation.add_process("server", "b", "10.0.0.2");
  Event finished{simulation.harness()};
  int received = 0;
};

TEST_F(NetworkTest, ACallIsAnsweredAfterTwoLatenciesAndTheServiceTime) {
  serve(milliseconds(5));
  run([&] {
    const auto answer = get(seconds(1));
    ASSERT_TRUE(answer.ok()) << answer.status().to_string();
    EXPECT_EQ("/x", answer->body.text());
    EXPECT_GE(client.now(), SteadyTime(milliseconds(5) + 2 * LinkOptions().latency));
    EXPECT_LT(client.now(), SteadyTime(milliseconds(6)));
  });
}

TEST_F(NetworkTest, NobodyListeningIsRefusedAndCertainlyNotReceived) {
  run([&] {
    const auto answer = get(seconds(1));
    EXPECT_EQ(Code::kRefused, answer.code());
    EXPECT_FALSE(may_have_been_received(answer.status()));
  });
}

TEST_F(NetworkTest, AnAddressThatNobodyHasTimesOut) {
  run([&] {
    const auto answer =
        client.wire().call({"10.9.9.9", 80}, {"GET", "/", {}, {}}, client.now() + seconds(3));
    EXPECT_EQ(Code::kDeadlineExceeded, answer.code());
    EXPECT_EQ(SteadyTime(seconds(3)), client.now());
  });
}

TEST_F(NetworkTest, AKilledServerResetsTheCallThatItWasHandling) {
  serve(seconds(10));
  run([&] {
    simulation.harness().spawn("killer", [&] {
      (void)simulation.harness().sleep_for(seconds(2));
      simulation.kill(server);
    });
    const auto answer = get(seconds(30));
    EXPECT_EQ(Code::kConnectionReset, answer.code());
    EXPECT_TRUE(may_have_been_received(answer.status()));
    EXPECT_LT(client.now(), SteadyTime(seconds(3)));
  });
}

TEST_F(NetworkTest, ACrashedMachineTellsNobody) {
  serve(seconds(10));
  run([&] {
    simulation.harness().spawn("killer", [&] {
      (void)simulation.harness().sleep_for(seconds(2));
      simulation.crash_host("b");
    });
    EXPECT_EQ(Code::kDeadlineExceeded, get(seconds(30)).code());
    EXPECT_EQ(SteadyTime(seconds(30)), client.now());
  });
}

TEST_F(NetworkTest, WhatWasSentIntoACutArrivesAfterItHeals) {
  serve(Duration(0));
  run([&] {
    const CutId cut = simulation.network().cut("client", "server", true);
    simulation.harness().spawn("healer", [&, cut] {
      (void)simulation.harness().sleep_for(seconds(20));
      simulation.network().heal(cut);
    });
    EXPECT_EQ(Code::kDeadlineExceeded, get(seconds(5)).code());
    EXPECT_EQ(0, received);
    EXPECT_TRUE(get(seconds(30)).ok());
    EXPECT_EQ(2, received);  // the first one's request too: it was only late
    EXPECT_GE(client.now(), SteadyTime(seconds(20)));
  });
}

TEST_F(NetworkTest, AOneWayCutOfTheAnswerLeavesTheRequestReceived) {
  serve(Duration(0));
  run([&] {
    simulation.network().cut("server", "client", false);
    EXPECT_EQ(Code::kDeadlineExceeded, get(seconds(5)).code());
    EXPECT_EQ(1, received);
  });
}

TEST_F(NetworkTest, ASilentMachineIsCutFromAllOthersButNotFromItself) {
  serve(Duration(0));
  Process& neighbour = simulation.add_process("neighbour", "b", "10.0.0.3");
  simulation.network().cut("b", "*", true);
  bool local_ok = false;
  neighbour.spawn("local", [&] {
    local_ok = neighbour.wire()
                   .call({"10.0.0.2", 80}, {"GET", "/", {}, {}}, neighbour.now() + seconds(1))
                   .ok();
  });
  run([&] { EXPECT_EQ(Code::kDeadlineExceeded, get(seconds(5)).code()); });
  EXPECT_TRUE(local_ok);
}

TEST_F(NetworkTest, BandwidthMakesLargeBodiesTakeTime) {
  serve(Duration(0));
  run([&] {
    const auto answer = client.wire().call({"10.0.0.2", 80},
                                           {"POST", "/x", {}, Body(std::string(125'000'000, 'x'))},
                                           client.now() + seconds(5));
    EXPECT_TRUE(answer.ok());
    EXPECT_GE(client.now(), SteadyTime(seconds(1)));
    EXPECT_LT(client.now(), SteadyTime(milliseconds(1010)));
  });
}

TEST_F(NetworkTest, AStreamGivesItsChunksInOrderAndEnds) {
  auto listener = server.wire().serve(80, [this](const HttpRequest&) {
    return HttpReply(HttpResponse{200, {}, {}}, [this](StreamWriter& writer) {
      for (int i = 0; i < 1000; ++i) {
        if (!writer.write(Body(std::to_string(i))).ok()) return;
        if (i % 100 == 0) (void)server.sleep_for(seconds(1));
      }
    });
  });
  server.keep(std::shared_ptr<Listener>(std::move(*listener)));
  run([&] {
    auto stream =
        client.wire().open({"10.0.0.2", 80}, {"GET", "/", {}, {}}, client.now() + seconds(1));
    ASSERT_TRUE(stream.ok());
    for (int i = 0; i < 1000; ++i) {
      auto chunk = (*stream)->next(client.now() + seconds(5));
      ASSERT_TRUE(chunk.ok() && chunk->has_value());
      EXPECT_EQ(std::to_string(i), (*chunk)->text());
    }
    auto end = (*stream)->next(client.now() + seconds(5));
    ASSERT_TRUE(end.ok());
    EXPECT_FALSE(end->has_value());
  });
}

TEST_F(NetworkTest, AStreamWriterLearnsThatItsReaderHasGone) {
  Status last;
  bool told = false;
  auto listener = server.wire().serve(80, [&](const HttpRequest&) {
    return HttpReply(HttpResponse{200, {}, {}}, [&](StreamWriter& writer) {
      writer.on_closed([&] { told = true; });
      while (last.ok()) {
        (void)server.sleep_for(seconds(1));
        last = writer.write(Body("tick"));
      }
    });
  });
  server.keep(std::shared_ptr<Listener>(std::move(*listener)));
  run([&] {
    {
      auto stream =
          client.wire().open({"10.0.0.2", 80}, {"GET", "/", {}, {}}, client.now() + seconds(1));
      ASSERT_TRUE(stream.ok());
      ASSERT_TRUE((*stream)->next(client.now() + seconds(5)).ok());
    }
    (void)client.sleep_for(seconds(3));
  });
  EXPECT_TRUE(told);
  EXPECT_EQ(Code::kConnectionReset, last.code());
}

TEST_F(NetworkTest, ACallAgainstTheRuleVanishesAndOneThatHasBegunGoesOn) {
  serve(milliseconds(500));
  std::optional<uint16_t> asked;
  run([&] {
    client.spawn("rule", [&] {
      (void)client.sleep_for(milliseconds(100));
      simulation.network().set_connection_rule(
          [&](const Process&, const Process&, std::optional<uint16_t> port) {
            asked = port;
            return false;
          });
    });
    EXPECT_TRUE(get(seconds(1)).ok());
    EXPECT_EQ(Code::kDeadlineExceeded, get(seconds(1)).code());
    EXPECT_EQ(80, asked);
    simulation.network().set_connection_rule(nullptr);
    EXPECT_TRUE(get(seconds(1)).ok());
  });
  EXPECT_EQ(2, received);
}

TEST_F(NetworkTest, PeersAreCutWhenTheirFirstMessageIsAgainstTheRuleAndUntilItIsNot) {
  std::string arrived;
  server.receive_messages([&](const std::string&, const std::shared_ptr<const void>& message) {
    arrived += *std::static_pointer_cast<const std::string>(message);
  });
  const auto allow = [&](bool allowed) {
    simulation.network().set_connection_rule(
        [allowed](const Process&, const Process&, std::optional<uint16_t> port) {
          return allowed || port.has_value();
        });
  };
  const auto send = [&](const char* text) {
    client.send_message("10.0.0.2", 1, std::make_shared<const std::string>(text));
  };
  run([&] {
    allow(false);
    send("a");
    (void)client.sleep_for(seconds(1));
    EXPECT_EQ("", arrived);
    allow(true);
    send("b");
    allow(false);
    send("c");
    (void)client.sleep_for(seconds(1));
  });
  EXPECT_EQ("abc", arrived);
}

TEST_F(NetworkTest, WhatWasRefusedAndWhatWaitedForAPausedProcessIsCounted) {
  run([&] {
    EXPECT_EQ(Code::kRefused, get(seconds(1)).code());
    EXPECT_EQ(1, server.refused_connections());
    serve(milliseconds(1));
    EXPECT_TRUE(get(seconds(1)).ok());
    EXPECT_EQ(0, server.delayed_deliveries());
    simulation.pause(server);
    EXPECT_EQ(Code::kDeadlineExceeded, get(seconds(1)).code());
    simulation.resume(server);
    EXPECT_EQ(1, server.delayed_deliveries());
    EXPECT_EQ(1, server.refused_connections());
  });
}

TEST_F(NetworkTest, GridMessagesArriveInOrderAndClosedPeersAreTold) {
  std::string arrived;
  std::string closed;
  server.receive_messages([&](const std::string& from, const std::shared_ptr<const void>& message) {
    arrived += from + *std::static_pointer_cast<const std::string>(message) + " ";
  });
  client.on_peer_closed([&](const std::string& ip) { closed = ip; });
  run([&] {
    client.send_message("10.0.0.2", 100'000, std::make_shared<const std::string>("a"));
    client.send_message("10.0.0.2", 1, std::make_shared<const std::string>("b"));
    (void)client.sleep_for(seconds(1));
    simulation.kill(server);
    (void)client.sleep_for(seconds(1));
  });
  EXPECT_EQ("10.0.0.1a 10.0.0.1b ", arrived);
  EXPECT_EQ("10.0.0.2", closed);
}

TEST_F(NetworkTest, PeersAreToldWhenALinkFallsSilentAndWhenItIsHeardAgain) {
  std::string told;
  client.on_peer_silence([&](const std::string& ip) { told += "-" + ip; },
                         [&](const std::string& ip) { told += "+" + ip; });
  server.receive_messages([](const std::string&, const std::shared_ptr<const void>&) {});
  run([&] {
    client.send_message("10.0.0.2", 1, std::make_shared<const std::string>("hello"));
    const CutId one_way = simulation.network().cut("client", "server", false);
    EXPECT_EQ("", told);  // the other direction still works
    const CutId all = simulation.network().cut("b", "*", true);
    EXPECT_EQ("-10.0.0.2", told);
    simulation.network().heal(all);
    simulation.network().heal(one_way);
    simulation.pause(server);
    simulation.resume(server);
    EXPECT_EQ("-10.0.0.2+10.0.0.2-10.0.0.2+10.0.0.2", told);
    simulation.crash_host("b");
    EXPECT_EQ("-10.0.0.2+10.0.0.2-10.0.0.2+10.0.0.2-10.0.0.2", told);
  });
}

TEST_F(NetworkTest, APausedServerAnswersAfterItWasResumed) {
  serve(Duration(0));
  run([&] {
    simulation.pause(server);
    EXPECT_EQ(Code::kDeadlineExceeded, get(seconds(5)).code());
    simulation.resume(server);
    EXPECT_TRUE(get(seconds(5)).ok());
  });
}

}  // namespace
}  // namespace drydock::sim
