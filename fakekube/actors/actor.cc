#include "fakekube/actors/actor.h"

#include <utility>

namespace drydock::fakekube {

void Actor::start() {
  DRYDOCK_CHECK(!started_, "an actor starts once: " + name_);
  started_ = true;
  prepare();
  spawn(name_, [this] { run(); });
}

void Actor::stop() {
  stopped_ = true;
  for (const TaskHandle& task : tasks_) task.cancel();
  tasks_.clear();
  for (const std::shared_ptr<Actor>& child : children_) child->stop();
}

TaskHandle Actor::spawn(std::string task_name, std::function<void()> function) {
  DRYDOCK_CHECK(!stopped_, "a stopped actor starts no task: " + name_);
  std::erase_if(tasks_, [](const TaskHandle& task) { return task.done(); });
  TaskHandle task = env_.spawn(std::move(task_name),
                               [self = shared_from_this(), work = std::move(function)] { work(); });
  tasks_.push_back(task);
  return task;
}

}  // namespace drydock::fakekube
