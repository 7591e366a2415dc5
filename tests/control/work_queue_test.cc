#include "core/control/work_queue.h"

#include <gtest/gtest.h>

#include "core/control/controller.h"
#include "sim/simulation.h"

namespace drydock::control {
namespace {

class WorkQueueTest : public testing::Test {
 protected:
  void run(const std::function<void()>& body) {
    EXPECT_EQ(simulation_.run(body, hours(10)), sim::RunEnd::kDone) << simulation_.waiting_report();
  }
  Env& env() { return simulation_.harness(); }

  sim::Simulation simulation_;
};

TEST_F(WorkQueueTest, AKeyAddedTwiceIsGivenOnce) {
  run([&] {
    WorkQueue queue(env(), {});
    queue.add("a");
    queue.add("a");
    queue.add("b");
    EXPECT_EQ(*queue.get(), "a");
    EXPECT_EQ(*queue.get(), "b");
    EXPECT_EQ(queue.ready(), 0u);
  });
}

TEST_F(WorkQueueTest, AKeyAddedWhileWorkedOnComesAfterDone) {
  run([&] {
    WorkQueue queue(env(), {});
    queue.add("a");
    EXPECT_EQ(*queue.get(), "a");
    queue.add("a");
    EXPECT_EQ(queue.ready(), 0u);
    queue.done("a");
    EXPECT_EQ(*queue.get(), "a");
    queue.done("a");
    EXPECT_EQ(queue.ready(), 0u);
  });
}

TEST_F(WorkQueueTest, OfSeveralDelaysTheEarliestCounts) {
  run([&] {
    WorkQueue queue(env(), {});
    const SteadyTime start = env().now();
    queue.add_after("a", seconds(9));
    queue.add_after("a", seconds(2));
    queue.add_after("a", seconds(5));
    EXPECT_EQ(*queue.get(), "a");
    EXPECT_EQ(env().now() - start, seconds(2));
    queue.done("a");
    queue.add_after("b", seconds(20));
    EXPECT_EQ(*queue.get(), "b");
    EXPECT_EQ(env().now() - start, seconds(22));
  });
}

TEST_F(WorkQueueTest, FailuresBackOffFrom5MsAndForgetStartsAgain) {
  run([&] {
    WorkQueue queue(env(), {.backoff_max = milliseconds(15)});
    const auto wait = [&] {
      const SteadyTime start = env().now();
      queue.add_rate_limited("a");
      EXPECT_EQ(*queue.get(), "a");
      queue.done("a");
      return env().now() - start;
    };
    EXPECT_EQ(wait(), milliseconds(5));
    EXPECT_EQ(wait(), milliseconds(10));
    EXPECT_EQ(wait(), milliseconds(15));
    EXPECT_EQ(wait(), milliseconds(15));
    queue.forget("a");
    EXPECT_EQ(wait(), milliseconds(5));
  });
}

TEST_F(WorkQueueTest, ShutdownEndsTheWait) {
  run([&] {
    WorkQueue queue(env(), {});
    Code code = Code::kOk;
    const TaskHandle worker = env().spawn("worker", [&] { code = queue.get().code(); });
    ASSERT_TRUE(env().sleep_for(seconds(1)).ok());
    queue.shutdown();
    ASSERT_TRUE(worker.join(env().now() + seconds(1)).ok());
    EXPECT_EQ(code, Code::kNotFound);
  });
}

// The worker that watched the next due time gets busy; another must take over the watch.
TEST_F(WorkQueueTest, ABusyWorkerDoesNotDelayWhatBecomesDue) {
  run([&] {
    WorkQueue queue(env(), {});
    const SteadyTime start = env().now();
    std::map<std::string, Duration> taken;
    std::vector<TaskHandle> workers;
    for (int i = 0; i < 3; ++i)
      workers.push_back(env().spawn("worker", [&] {
        while (true) {
          const Result<std::string> key = queue.get();
          if (!key.ok()) return;
          taken[*key] = env().now() - start;
          (void)env().sleep_for(seconds(60));
          queue.done(*key);
        }
      }));
    queue.add_after("late", seconds(10));
    ASSERT_TRUE(env().sleep_for(seconds(1)).ok());
    queue.add("a");
    ASSERT_TRUE(env().sleep_for(seconds(1)).ok());
    queue.add("b");
    ASSERT_TRUE(env().sleep_for(seconds(100)).ok());
    EXPECT_EQ(taken["late"], seconds(10));
    queue.shutdown();
    for (const TaskHandle& worker : workers) EXPECT_TRUE(worker.join(kForever).ok());
  });
}

// Hangs on "hung"; fails twice on "bad".
class ScriptedReconciler : public Reconciler {
 public:
  explicit ScriptedReconciler(Env& env) : env_(env) {}
  Result<ReconcileResult> reconcile(const Request& request) override {
    ++calls[request.name];
    EXPECT_EQ(++active[request.name], 1) << "a key is worked on twice at once";
    if (request.name == "hung") (void)env_.sleep_for(minutes(5));
    (void)env_.sleep_for(milliseconds(1));
    --active[request.name];
    if (request.name == "bad" && calls["bad"] < 3) return Status(Code::kUnavailable, "not now");
    return ReconcileResult{};
  }
  std::map<std::string, int> calls;
  std::map<std::string, int> active;

 private:
  Env& env_;
};

TEST_F(WorkQueueTest, AHungKeyDoesNotHoldUpOthersAndErrorsAreRetried) {
  run([&] {
    auto reconciler = std::make_shared<ScriptedReconciler>(env());
    auto controller =
        std::make_shared<Controller>(env(), "test", reconciler, Controller::Options{.workers = 2});
    const std::vector<TaskHandle> workers = Controller::start(controller);
    controller->queue().add("hung");
    controller->queue().add("bad");
    ASSERT_TRUE(env().sleep_for(seconds(1)).ok());
    controller->queue().add("hung");
    controller->queue().add("good");
    ASSERT_TRUE(env().sleep_for(seconds(1)).ok());
    EXPECT_EQ(reconciler->calls["hung"], 1);
    EXPECT_EQ(reconciler->calls["bad"], 3);
    EXPECT_EQ(reconciler->calls["good"], 1);
    controller->queue().shutdown();
    for (const TaskHandle& worker : workers) EXPECT_TRUE(worker.join(kForever).ok());
  });
}

}  // namespace
}  // namespace drydock::control
