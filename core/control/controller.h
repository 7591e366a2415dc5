// The runner of a reconciler: workers that take keys from a queue and call reconcile().
//
//   struct MyReconciler : Reconciler { Result<ReconcileResult> reconcile(const Request&) override;
//   }; auto controller = std::make_shared<Controller>(env, "backup", reconciler, options);
//   controller->queue().add("my-backup");
//   Controller::start(controller);         // spawns the workers
//
// Several workers, so that one hung pod does not hold up other CRs; a name is never worked on twice
// at once. An error is logged and retried with back-off; kCancelled ends the worker.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/base/env.h"
#include "core/control/work_queue.h"

namespace drydock::control {

struct Request {
  std::string name;
};

struct ReconcileResult {
  Duration requeue_after = Duration::zero();  // zero: when something changes
};

// Reads the state of one object and moves it one step. May suspend; every wait has a deadline.
class Reconciler {
 public:
  virtual ~Reconciler() = default;
  virtual Result<ReconcileResult> reconcile(const Request& request) = 0;
};

class Controller {
 public:
  struct Options {
    int workers = 4;
    WorkQueue::Options queue;
  };

  Controller(Env& env, std::string name, std::shared_ptr<Reconciler> reconciler, Options options);

  // Spawns the workers, which share ownership of the controller; cancel them to end.
  static std::vector<TaskHandle> start(const std::shared_ptr<Controller>& controller);

  WorkQueue& queue() { return queue_; }

 private:
  void work();
  Status work_once();

  Env& env_;
  std::string name_;
  std::shared_ptr<Reconciler> reconciler_;
  Options options_;
  WorkQueue queue_;
};

}  // namespace drydock::control
