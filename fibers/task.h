// Tasks: fibers with a name, cancellation and a group. A group is what a process is made of: its
// tasks can be cancelled together (the process is killed) or not scheduled for a while (paused).
//
//   TaskGroup group(timers, "operator");
//   TaskHandle task = group.spawn("reconcile", [&] { ... group.make_gate() ... });
//
// All waiting goes through Waiter (below): gates, sleeps and joins are lists of waiters.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/base/env.h"
#include "fibers/timers.h"

namespace boost::fibers {
class context;
}

namespace drydock::fibers {

class Task;
class TaskGroup;

// One suspended task in one FIFO list, with an optional deadline. Lives on the task's stack.
class Waiter {
 public:
  // Ends the wait with `outcome`; no effect when it has ended already.
  void finish(Code outcome);

 private:
  friend class WaitList;
  friend class Task;
  friend class TaskGroup;

  Task* task_ = nullptr;
  class WaitList* list_ = nullptr;
  Waiter* previous_ = nullptr;
  Waiter* next_ = nullptr;
  TimerId timer_ = 0;
  Code outcome_ = Code::kOk;
  bool finished_ = false;
  const char* what_ = "";
};

// FIFO of waiters. Must outlive its waiters.
class WaitList {
 public:
  WaitList() = default;
  ~WaitList();
  WaitList(const WaitList&) = delete;
  WaitList& operator=(const WaitList&) = delete;

  // Suspends the current task. `what` names the wait in deadlock reports.
  Status wait(Timers& timers, SteadyTime deadline, const char* what);
  void notify_one();
  void notify_all();

 private:
  friend class Waiter;
  void append(Waiter& waiter);
  void remove(Waiter& waiter);

  Waiter* first_ = nullptr;
  Waiter* last_ = nullptr;
};

class Task final : public TaskHandle::State, public std::enable_shared_from_this<Task> {
 public:
  Task(TaskGroup& group, std::string name);

  // The task that runs now; nullptr in the main context.
  static Task* current();

  void cancel() override;
  Status join(SteadyTime deadline) override;
  bool done() const override { return done_; }

  bool cancelled() const { return cancelled_; }
  const std::string& name() const { return name_; }
  // What the task waits for, for reports: "gate", "sleep", ... or "" when it runs or is ready.
  const char* waiting_for() const { return waiter_ != nullptr ? waiter_->what_ : ""; }

 private:
  friend class TaskGroup;
  friend class WaitList;
  friend class Waiter;

  void run(const std::function<void()>& function);
  void make_ready();
  // Puts the fiber to sleep until make_ready().
  void suspend();
  Status refuse_wait();

  TaskGroup* group_;  // valid until done_
  Timers& timers_;
  std::string name_;
  boost::fibers::context* fiber_ = nullptr;
  Waiter* waiter_ = nullptr;
  WaitList joiners_;
  bool cancelled_ = false;
  bool done_ = false;
  unsigned waits_after_cancel_ = 0;
};

class TaskGroup {
 public:
  TaskGroup(Timers& timers, std::string name);
  // All tasks must be done: cancel_all(), then let them run.
  ~TaskGroup();
  TaskGroup(const TaskGroup&) = delete;
  TaskGroup& operator=(const TaskGroup&) = delete;

  // A task in a group that was cancelled starts cancelled.
  TaskHandle spawn(std::string name, std::function<void()> function);
  std::unique_ptr<Gate> make_gate();
  Status sleep_until(SteadyTime time);

  // Every task, present and future, is cancelled. Wakes the waiting ones; they end without
  // suspending.
  void cancel_all();
  bool is_cancelled() const { return cancelled_; }

  // While paused no task of the group is scheduled. The task that pauses its own group runs on
  // until it waits.
  void pause();
  void resume();
  bool is_paused() const { return paused_; }

  const std::string& name() const { return name_; }
  // In order of their start.
  const std::vector<Task*>& tasks() const { return tasks_; }

 private:
  friend class Task;
  void add(Task& task);
  void remove(Task& task);

  Timers& timers_;
  std::string name_;
  std::vector<Task*> tasks_;
  std::vector<boost::fibers::context*> held_;  // ready, but the group is paused
  bool cancelled_ = false;
  bool paused_ = false;
};

}  // namespace drydock::fibers
