// TaskGroup: the tasks that an operation started, so that its owner can wait for the last of them
// even when the operation's own task was cancelled and could not.
//
//   TaskGroup tasks(env);
//   TaskHandle reader = tasks.spawn("backup.read", [state] { ... });
//   tasks.cancel();
//   DRYDOCK_RETURN_IF_ERROR(tasks.join(env.now() + seconds(10)));
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "core/base/env.h"

namespace drydock::engine {

class TaskGroup {
 public:
  explicit TaskGroup(Env& env) : env_(env) {}
  // Cancels what still runs; does not wait for it.
  ~TaskGroup() { cancel(); }
  TaskGroup(const TaskGroup&) = delete;
  TaskGroup& operator=(const TaskGroup&) = delete;

  // As Env::spawn. Never suspends; forgets tasks that are done.
  TaskHandle spawn(std::string name, std::function<void()> function) {
    std::erase_if(tasks_, [](const TaskHandle& task) { return task.done(); });
    tasks_.push_back(env_.spawn(std::move(name), std::move(function)));
    return tasks_.back();
  }
  // Cancels all of them. Never suspends.
  void cancel() {
    for (const TaskHandle& task : tasks_) task.cancel();
  }
  // Suspends until all are done, the deadline, or cancellation of the caller.
  Status join(SteadyTime deadline) {
    for (const TaskHandle& task : std::vector<TaskHandle>(tasks_))
      DRYDOCK_RETURN_IF_ERROR(task.join(deadline));
    return ok_status();
  }

 private:
  Env& env_;
  std::vector<TaskHandle> tasks_;
};

}  // namespace drydock::engine
