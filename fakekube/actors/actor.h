// Actor: something beside the API server with tasks of its own (a controller, the scheduler, a
// kubelet). Everything it does, it does later than the API call that caused it.
//
//   auto gc = std::make_shared<GarbageCollector>(env, client, informers);
//   gc->start();
//   ...
//   gc->stop();     // or the whole process is killed
//
// Its tasks keep it alive: after stop() it goes away as soon as they have ended. Env, client and
// the ports that it was given must outlive its tasks.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/base/env.h"

namespace drydock::fakekube {

class Actor : public std::enable_shared_from_this<Actor> {
 public:
  virtual ~Actor() = default;
  Actor(const Actor&) = delete;
  Actor& operator=(const Actor&) = delete;

  // Spawns the actor's tasks; once. Never suspends.
  void start();
  // Cancels all its tasks; never suspends. Idempotent.
  void stop();

  const std::string& name() const { return name_; }

 protected:
  Actor(Env& env, std::string name) : env_(env), name_(std::move(name)) {}

  // The actor's main task: a loop that ends on kCancelled.
  virtual void run() = 0;
  // Called by start() before the main task runs: subscribe here.
  virtual void prepare() {}
  // A further task that keeps this actor alive. Not after stop().
  TaskHandle spawn(std::string task_name, std::function<void()> function);
  bool stopped() const { return stopped_; }
  // Stopped together with this actor (an event recorder).
  template <class Child>
  std::shared_ptr<Child> adopt(std::shared_ptr<Child> child) {
    children_.push_back(child);
    return child;
  }

  Env& env_;

 private:
  std::string name_;
  std::vector<TaskHandle> tasks_;
  std::vector<std::shared_ptr<Actor>> children_;
  bool started_ = false;
  bool stopped_ = false;
};

}  // namespace drydock::fakekube
