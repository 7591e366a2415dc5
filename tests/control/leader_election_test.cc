#include "core/control/leader_election.h"

#include <gtest/gtest.h>

#include "tests/control/fake_api.h"

namespace drydock::control {
namespace {

// One candidate: a process that acquires, then keeps, and says when.
struct Candidate {
  Candidate(sim::Simulation& simulation, const std::string& name, const std::string& ip)
      : process(simulation.add_process(name, name + "-host", ip)),
        kube(process, process.wire(),
             {.api = {FakeApi::kIp, 443}, .namespace_name = "ns", .call_deadline = seconds(2)}),
        elector(process, kube, {.identity = name}) {}

  void start() {
    task = process.spawn("elector", [this] {
      if (!elector.acquire().ok()) return;
      acquired = process.now();
      ended = elector.keep();
      lost = process.now();
    });
  }

  sim::Process& process;
  KubeClient kube;
  LeaderElector elector;
  TaskHandle task;
  std::optional<SteadyTime> acquired, lost;
  Status ended;
};

class LeaderElectionTest : public testing::Test {
 protected:
  void run(const std::function<void()>& body) {
    const auto all = [&] {
      body();
      a_.task.cancel();
      b_.task.cancel();
      EXPECT_TRUE(a_.task.join(kForever).ok());
      EXPECT_TRUE(b_.task.join(kForever).ok());
    };
    EXPECT_EQ(simulation_.run(all, hours(1)), sim::RunEnd::kDone) << simulation_.waiting_report();
  }
  void settle(Duration time) { EXPECT_TRUE(simulation_.harness().sleep_for(time).ok()); }
  std::string holder() {
    return json_string(*api_.get("leases", "drydock-operator"), {"spec", "holderIdentity"});
  }

  sim::Simulation simulation_;
  FakeApi api_{simulation_};
  Candidate a_{simulation_, "a", "10.0.0.1"};
  Candidate b_{simulation_, "b", "10.0.0.2"};
};

TEST_F(LeaderElectionTest, TheFirstLeadsAndTheOtherWaits) {
  run([&] {
    a_.start();
    settle(seconds(1));
    b_.start();
    settle(minutes(5));
    EXPECT_TRUE(a_.acquired);
    EXPECT_FALSE(a_.lost);
    EXPECT_FALSE(b_.acquired);
    EXPECT_EQ(holder(), "a");
  });
}

TEST_F(LeaderElectionTest, ADeadLeaderIsReplacedAfterTheLeaseDuration) {
  run([&] {
    a_.start();
    settle(seconds(1));
    b_.start();
    settle(seconds(30));
    const SteadyTime killed = simulation_.now();
    simulation_.kill(a_.process);
    settle(seconds(30));
    ASSERT_TRUE(b_.acquired);
    EXPECT_GE(*b_.acquired - killed, seconds(13));
    EXPECT_LE(*b_.acquired - killed, seconds(19));
    EXPECT_EQ(json_int(*api_.get("leases", "drydock-operator"), {"spec", "leaseTransitions"}), 1);
  });
}

TEST_F(LeaderElectionTest, ALeaderThatCannotRenewGivesUpBeforeTheOtherTakesOver) {
  run([&] {
    a_.start();
    settle(seconds(1));
    b_.start();
    settle(seconds(30));
    const SteadyTime cut = simulation_.now();
    simulation_.network().cut("a", "api", true);
    settle(minutes(1));
    ASSERT_TRUE(a_.lost);
    ASSERT_TRUE(b_.acquired);
    EXPECT_EQ(a_.ended.code(), Code::kFailedPrecondition);
    EXPECT_GE(*a_.lost - cut, seconds(8));
    EXPECT_LT(*a_.lost, *b_.acquired);
  });
}

TEST_F(LeaderElectionTest, ALeaderWhoseLeaseWasTakenGivesUpAtOnce) {
  run([&] {
    a_.start();
    settle(seconds(3));
    api_.patch("leases", "drydock-operator", R"({"spec":{"holderIdentity":"stranger"}})");
    settle(seconds(3));
    ASSERT_TRUE(a_.lost);
    EXPECT_EQ(holder(), "stranger");
  });
}

TEST_F(LeaderElectionTest, AReleasedLeaseIsTakenAtOnce) {
  api_.put("leases", parse_json(R"({"metadata":{"name":"drydock-operator"},
                                    "spec":{"holderIdentity":"","leaseTransitions":4}})"));
  run([&] {
    a_.start();
    settle(seconds(1));
    EXPECT_TRUE(a_.acquired);
  });
}

}  // namespace
}  // namespace drydock::control
