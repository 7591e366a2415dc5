#include "sim/simulation.h"

#include <gtest/gtest.h>

#include "core/base/sync.h"

namespace drydock::sim {
namespace {

TEST(Simulation, IdleTimeIsFreeAndExact) {
  Simulation simulation;
  SteadyTime end{};
  EXPECT_EQ(RunEnd::kDone, simulation.run(
                               [&] {
                                 EXPECT_TRUE(simulation.harness().sleep_for(hours(1000)).ok());
                                 end = simulation.now();
                               },
                               hours(2000)));
  EXPECT_EQ(SteadyTime(hours(1000)), end);
}

TEST(Simulation, TasksOfEqualTimeRunInTheOrderOfTheirStart) {
  Simulation simulation;
  Process& process = simulation.add_process("p", "host", "");
  std::string order;
  simulation.run(
      [&] {
        for (char name : {'a', 'b', 'c'})
          process.spawn(std::string(1, name), [&, name] {
            order += name;
            (void)process.sleep_for(seconds(1));
            order += name;
          });
        (void)simulation.harness().sleep_for(seconds(2));
      },
      hours(1));
  EXPECT_EQ("abcabc", order);
}

TEST(Simulation, WaitingForNothingIsADeadlockThatNamesTheWaiters) {
  Simulation simulation;
  Process& process = simulation.add_process("server", "host", "");
  Event never(process);
  process.spawn("stuck", [&] { (void)never.wait(kForever); });
  Event end(simulation.harness());
  EXPECT_EQ(RunEnd::kDeadlock, simulation.run([&] { (void)end.wait(kForever); }, hours(1)));
  EXPECT_NE(std::string::npos,
            simulation.waiting_report().find("server: task 'stuck' waits for a gate"));
  never.set();
  end.set();
}

TEST(Simulation, TheTimeLimitEndsARunThatMakesNoProgress) {
  Simulation simulation;
  const RunEnd end = simulation.run(
      [&] {
        while (simulation.harness().sleep_for(seconds(10)).ok()) {
        }
      },
      minutes(1));
  EXPECT_EQ(RunEnd::kTimeLimit, end);
}

TEST(Simulation, DrawsDependOnlyOnSeedEntityStreamAndOrdinal) {
  Simulation one({.seed = 7});
  const uint64_t first = one.draw("p", "uid", 0);
  const uint64_t second = one.draw("p", "uid", 1);
  EXPECT_NE(first, second);
  EXPECT_NE(first, one.draw("q", "uid", 0));
  EXPECT_NE(first, one.draw("p", "name", 0));
  Simulation again({.seed = 7});
  EXPECT_EQ(second, again.draw("p", "uid", 1));
  Simulation other({.seed = 8});
  EXPECT_NE(first, other.draw("p", "uid", 0));
}

TEST(Process, AKilledProcessIsInertFromThatInstant) {
  Simulation simulation;
  Process& process = simulation.add_process("p", "host", "");
  Status waited;
  bool slept_again = false;
  process.spawn("t", [&] {
    waited = process.sleep_for(hours(1));
    slept_again = process.sleep_for(seconds(1)).ok();
  });
  simulation.run(
      [&] {
        (void)simulation.harness().sleep_for(seconds(5));
        simulation.kill(process);
        const uint64_t count = simulation.trace().count();
        (void)simulation.harness().sleep_for(seconds(5));
        EXPECT_EQ(count, simulation.trace().count());
      },
      hours(2));
  EXPECT_EQ(Code::kCancelled, waited.code());
  EXPECT_FALSE(slept_again);
  EXPECT_TRUE(process.ended());
}

TEST(Process, KeptObjectsGoWhenTheLastTaskIsDoneNewestFirst) {
  Simulation simulation;
  Process& process = simulation.add_process("p", "host", "");
  std::string order;
  struct Named {
    std::string& order;
    char name;
    ~Named() { order += name; }
  };
  process.keep(std::make_shared<Named>(order, 'a'));
  process.keep(std::make_shared<Named>(order, 'b'));
  process.on_end([&] { order += '!'; });
  process.spawn("t", [&] {
    (void)process.sleep_for(hours(1));
    order += 't';
  });
  simulation.run(
      [&] {
        (void)simulation.harness().sleep_for(seconds(1));
        simulation.kill(process);
        (void)simulation.harness().sleep_for(seconds(1));
      },
      hours(2));
  EXPECT_EQ("tba!", order);
}

TEST(Process, APausedProcessIsNotScheduledAndLosesNothing) {
  Simulation simulation;
  Process& process = simulation.add_process("p", "host", "");
  SteadyTime woke{};
  process.spawn("t", [&] {
    (void)process.sleep_for(seconds(2));
    woke = process.now();
  });
  simulation.run(
      [&] {
        (void)simulation.harness().sleep_for(seconds(1));
        simulation.pause(process);
        (void)simulation.harness().sleep_for(seconds(9));
        EXPECT_EQ(SteadyTime(), woke);
        simulation.resume(process);
        (void)simulation.harness().sleep_for(seconds(1));
      },
      hours(1));
  EXPECT_EQ(SteadyTime(seconds(10)), woke);
}

TEST(Process, AWrongClockIsWrongOnItsMachineOnlyAndUntilItIsCorrected) {
  Simulation simulation;
  Process& here = simulation.add_process("here", "a", "");
  Process& there = simulation.add_process("there", "b", "");
  const auto error = [&](const Process& process) {
    return process.wall_now() - simulation.wall_now();
  };
  simulation.run(
      [&] {
        simulation.clocks().set("a", {.ahead = minutes(10)}, simulation.now());
        EXPECT_EQ(Duration(minutes(10)), error(here));
        EXPECT_EQ(Duration(0), error(there));
        EXPECT_EQ(there.now(), here.now());
        EXPECT_EQ(Duration(minutes(10)), error(simulation.add_process("later", "a", "")));
        EXPECT_EQ(2, simulation.clocks().reads("a"));
        simulation.clocks().correct("a");
        EXPECT_EQ(Duration(0), error(here));
      },
      hours(1));
}

TEST(Process, AClockOfAnotherRateErrsMoreAndMoreAndSleepsAreRight) {
  Simulation simulation;
  Process& process = simulation.add_process("p", "host", "");
  const auto error = [&] { return process.wall_now() - simulation.wall_now(); };
  simulation.run(
      [&] {
        simulation.clocks().set("host", {.ahead = seconds(1)}, simulation.now());
        simulation.clocks().set("p", {.ahead = -seconds(1), .percent = 90}, simulation.now());
        EXPECT_EQ(Duration(-seconds(1)), error());
        (void)simulation.harness().sleep_for(seconds(10));
        EXPECT_EQ(Duration(-seconds(2)), error());
      },
      hours(1));
  EXPECT_EQ(SteadyTime(seconds(10)), simulation.now());
}

TEST(Process, ACancelledTaskEndsWhileItsProcessLives) {
  Simulation simulation;
  Process& process = simulation.add_process("p", "host", "");
  Status seen;
  const TaskHandle task = process.spawn("t", [&] { seen = process.sleep_for(hours(1)); });
  simulation.run(
      [&] {
        (void)simulation.harness().sleep_for(seconds(1));
        task.cancel();
        EXPECT_TRUE(task.join(simulation.now() + seconds(1)).ok());
      },
      hours(2));
  EXPECT_EQ(Code::kCancelled, seen.code());
  EXPECT_FALSE(process.killed());
}

TEST(Process, ExceptionStateTravelsWithItsTask) {
  Simulation simulation;
  Process& process = simulation.add_process("p", "host", "");
  std::string caught;
  for (const char* name : {"one", "two"}) {
    process.spawn(name, [&, name] {
      try {
        throw std::runtime_error(name);
      } catch (const std::runtime_error&) {
        (void)process.sleep_for(seconds(name[0] == 'o' ? 2 : 1));
        try {
          throw;
        } catch (const std::runtime_error& again) {
          caught += again.what();
        }
      }
    });
  }
  simulation.run([&] { (void)simulation.harness().sleep_for(seconds(5)); }, hours(1));
  EXPECT_EQ("twoone", caught);
}

uint64_t hash_of_run(uint64_t seed) {
  Simulation simulation({.seed = seed});
  Process& process = simulation.add_process("p", "host", "10.0.0.1");
  simulation.run(
      [&] {
        for (uint64_t i = 0; i < 20; ++i) {
          const auto delay = Duration(static_cast<int64_t>(process.draw("delay", i) % 1000));
          (void)simulation.harness().sleep_for(delay);
          process.spawn("t" + std::to_string(i), [] {});
        }
      },
      hours(1));
  return simulation.trace().hash();
}

TEST(Trace, EqualRunsHaveEqualHashesAndOtherSeedsHaveOthers) {
  EXPECT_EQ(hash_of_run(1), hash_of_run(1));
  EXPECT_NE(hash_of_run(1), hash_of_run(2));
}

}  // namespace
}  // namespace drydock::sim
