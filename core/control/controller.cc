#include "core/control/controller.h"

#include "core/base/log.h"

namespace drydock::control {

Controller::Controller(Env& env, std::string name, std::shared_ptr<Reconciler> reconciler,
                       Options options)
    : env_(env),
      name_(std::move(name)),
      reconciler_(std::move(reconciler)),
      options_(options),
      queue_(env, options.queue) {}

std::vector<TaskHandle> Controller::start(const std::shared_ptr<Controller>& controller) {
  std::vector<TaskHandle> workers;
  for (int i = 0; i < controller->options_.workers; ++i)
    workers.push_back(controller->env_.spawn(controller->name_ + "-" + std::to_string(i),
                                             [controller] { controller->work(); }));
  return workers;
}

void Controller::work() {
  while (work_once().ok()) {
  }
}

Status Controller::work_once() {
  DRYDOCK_ASSIGN(const std::string key, queue_.get());
  const Result<ReconcileResult> result = reconciler_->reconcile(Request{key});
  if (result.code() == Code::kCancelled) return result.status();
  if (!result.ok()) {
    log_warn(env_, "{} '{}': {}; retrying", name_, key, result.status().to_string());
    queue_.add_rate_limited(key);
  } else {
    queue_.forget(key);
    if (result->requeue_after > Duration::zero()) queue_.add_after(key, result->requeue_after);
  }
  queue_.done(key);
  return ok_status();
}

}  // namespace drydock::control
