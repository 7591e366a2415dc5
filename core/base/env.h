// Env: the port to time, tasks and chance. All code in core/, fakekube/ and fakegrid/ gets its
// time, its concurrency and its random numbers from an Env, and from nowhere else.
//
//   Status poll(Env& env, Gate& changed) {
//     return changed.wait(env.now() + seconds(1));   // kOk, kDeadlineExceeded or kCancelled
//   }
//
// One Env belongs to one process (an operator, a server in a pod). All tasks of an Env run on one
// OS thread and switch only inside functions that say "may suspend": between two such calls no
// other task runs, so plain data needs no lock.
//
// Cancellation. A task is cancelled by its handle, or because its process is killed. From then on
// every waiting call of that task returns kCancelled at once, without suspending; a task that sees
// kCancelled returns, freeing only memory. Cancellation is never an exception.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "core/base/status.h"
#include "core/base/time.h"

namespace spdlog {
class logger;
}

namespace drydock {

// The one waiting primitive that an Env provides; sync.h builds event, queue and mutex on it.
// A Gate is used only by tasks of the Env that made it, and must outlive their waits.
class Gate {
 public:
  virtual ~Gate() = default;

  // Suspends until notified (kOk), until `deadline` (kDeadlineExceeded) or until the task is
  // cancelled (kCancelled). Notifications are not remembered: check the condition in a loop.
  virtual Status wait(SteadyTime deadline) = 0;

  // Makes the longest waiting task (or all of them) ready, first come first served. Never suspends.
  virtual void notify_one() = 0;
  virtual void notify_all() = 0;
};

// A running task. Dropping the handle detaches: the task goes on. Copyable; all copies mean the
// same task.
class TaskHandle {
 public:
  class State {
   public:
    virtual ~State() = default;
    virtual void cancel() = 0;
    virtual Status join(SteadyTime deadline) = 0;
    virtual bool done() const = 0;
  };

  TaskHandle() = default;
  explicit TaskHandle(std::shared_ptr<State> state) : state_(std::move(state)) {}

  // Asks the task to end; never suspends. Idempotent; no effect on a task that is done.
  void cancel() const {
    if (state_) state_->cancel();
  }
  // Suspends until the task is done (kOk), the deadline, or cancellation of the *caller*.
  Status join(SteadyTime deadline) const { return state_ ? state_->join(deadline) : ok_status(); }
  bool done() const { return !state_ || state_->done(); }

 private:
  std::shared_ptr<State> state_;
};

class Env {
 public:
  virtual ~Env() = default;

  virtual SteadyTime now() const = 0;
  virtual WallTime wall_now() const = 0;

  // Suspends. kOk when the time has come, kCancelled when the task is to end.
  virtual Status sleep_until(SteadyTime time) = 0;
  Status sleep_for(Duration duration) { return sleep_until(now() + duration); }

  // Starts a task; never suspends (the task runs later). `name` shows in traces and deadlock
  // reports. The function must not let an exception escape.
  virtual TaskHandle spawn(std::string name, std::function<void()> function) = 0;

  // A gate for tasks of this Env; owned by the caller.
  virtual std::unique_ptr<Gate> make_gate() = 0;

  // A uniformly distributed 64-bit number that depends only on (seed, this process's name,
  // stream, ordinal): asking twice gives the same answer, asking for one never shifts another.
  // Callers count their own ordinals. In production: from the system's random source.
  virtual uint64_t draw(std::string_view stream, uint64_t ordinal) = 0;

  // True once the current task is cancelled (its waiting calls return kCancelled).
  virtual bool cancelled() const = 0;

  // This process's log. The Env stamps it with wall_now(); use log.h's functions to write to it.
  virtual spdlog::logger& logger() = 0;
};

}  // namespace drydock
