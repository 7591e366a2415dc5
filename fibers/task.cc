#include "fibers/task.h"

#include <algorithm>
#include <exception>

#include "fibers/scheduler.h"

namespace drydock::fibers {
namespace {

thread_local Task* current_task = nullptr;

// A cancelled task that goes on waiting in a loop would hang the world: name it instead.
constexpr unsigned kMaxWaitsAfterCancel = 100'000;

class ListGate final : public Gate {
 public:
  explicit ListGate(Timers& timers) : timers_(timers) {}
  Status wait(SteadyTime deadline) override { return list_.wait(timers_, deadline, "gate"); }
  void notify_one() override { list_.notify_one(); }
  void notify_all() override { list_.notify_all(); }

 private:
  Timers& timers_;
  WaitList list_;
};

}  // namespace

void Waiter::finish(Code outcome) {
  if (finished_) return;
  finished_ = true;
  outcome_ = outcome;
  if (list_ != nullptr) list_->remove(*this);
  if (timer_ != 0 && outcome != Code::kDeadlineExceeded) task_->timers_.cancel(timer_);
  task_->waiter_ = nullptr;
  task_->make_ready();
}

WaitList::~WaitList() {
  DRYDOCK_CHECK(first_ == nullptr, "a gate was destroyed while a task waited on it");
}

void WaitList::append(Waiter& waiter) {
  waiter.list_ = this;
  waiter.previous_ = last_;
  (last_ != nullptr ? last_->next_ : first_) = &waiter;
  last_ = &waiter;
}

void WaitList::remove(Waiter& waiter) {
  (waiter.previous_ != nullptr ? waiter.previous_->next_ : first_) = waiter.next_;
  (waiter.next_ != nullptr ? waiter.next_->previous_ : last_) = waiter.previous_;
  waiter.list_ = nullptr;
}

Status WaitList::wait(Timers& timers, SteadyTime deadline, const char* what) {
  Task* task = Task::current();
  DRYDOCK_CHECK(task != nullptr, "only a task can wait");
  if (task->cancelled()) return task->refuse_wait();
  if (deadline <= timers.now()) return Status(Code::kDeadlineExceeded, "deadline exceeded");
  Waiter waiter;
  waiter.task_ = task;
  waiter.what_ = what;
  append(waiter);
  if (deadline != kForever)
    waiter.timer_ = timers.arm(deadline, [&waiter] { waiter.finish(Code::kDeadlineExceeded); });
  task->waiter_ = &waiter;
  task->suspend();
  if (waiter.outcome_ == Code::kOk) return ok_status();
  if (waiter.outcome_ == Code::kCancelled) return cancelled();
  return Status(waiter.outcome_, "deadline exceeded");
}

void WaitList::notify_one() {
  if (first_ != nullptr) first_->finish(Code::kOk);
}

void WaitList::notify_all() {
  while (first_ != nullptr) first_->finish(Code::kOk);
}

Task::Task(TaskGroup& group, std::string name)
    : group_(&group), timers_(group.timers_), name_(std::move(name)) {}

Task* Task::current() { return current_task; }

Status Task::refuse_wait() {
  DRYDOCK_CHECK(++waits_after_cancel_ < kMaxWaitsAfterCancel,
                "cancelled task '" + name_ + "' goes on waiting in a loop");
  return drydock::cancelled();
}

void Task::suspend() {
  Scheduler::this_thread().suspend();
  current_task = this;
}

void Task::make_ready() {
  if (group_->paused_)
    group_->held_.push_back(fiber_);
  else
    Scheduler::this_thread().wake(fiber_);
}

void Task::cancel() {
  if (done_ || cancelled_) return;
  cancelled_ = true;
  if (waiter_ != nullptr) waiter_->finish(Code::kCancelled);
}

Status Task::join(SteadyTime deadline) {
  while (!done_) DRYDOCK_RETURN_IF_ERROR(joiners_.wait(timers_, deadline, "join"));
  return ok_status();
}

void Task::run(const std::function<void()>& function) {
  current_task = this;
  fiber_ = Scheduler::this_thread().current();
  if (group_->paused_) {
    group_->held_.push_back(fiber_);
    suspend();
  }
  try {
    function();
  } catch (const std::exception& error) {
    check_failed(__FILE__, __LINE__, "no exception leaves a task",
                 "task '" + name_ + "': " + error.what());
  }
  done_ = true;
  group_->remove(*this);
  group_ = nullptr;
  joiners_.notify_all();
  current_task = nullptr;
}

TaskGroup::TaskGroup(Timers& timers, std::string name) : timers_(timers), name_(std::move(name)) {}

TaskGroup::~TaskGroup() {
  DRYDOCK_CHECK(tasks_.empty(),
                "group '" + name_ + "' ends before its task '" + tasks_.front()->name() + "'");
}

TaskHandle TaskGroup::spawn(std::string name, std::function<void()> function) {
  auto task = std::make_shared<Task>(*this, std::move(name));
  task->cancelled_ = cancelled_;
  add(*task);
  Scheduler::this_thread().start([task, function = std::move(function)]() mutable {
    task->run(function);
    function = nullptr;
  });
  return TaskHandle(task);
}

std::unique_ptr<Gate> TaskGroup::make_gate() { return std::make_unique<ListGate>(timers_); }

Status TaskGroup::sleep_until(SteadyTime time) {
  WaitList nobody_notifies;
  const Status status = nobody_notifies.wait(timers_, time, "sleep");
  return status.code() == Code::kDeadlineExceeded ? ok_status() : status;
}

void TaskGroup::cancel_all() {
  cancelled_ = true;
  resume();  // so that the tasks can end
  const std::vector<Task*> tasks = tasks_;
  for (Task* task : tasks) task->cancel();
}

void TaskGroup::pause() {
  if (paused_) return;
  paused_ = true;
  for (Task* task : tasks_) {
    if (task->fiber_ == nullptr || task->waiter_ != nullptr) continue;
    if (Scheduler::this_thread().remove_ready(task->fiber_)) held_.push_back(task->fiber_);
  }
}

void TaskGroup::resume() {
  if (!paused_) return;
  paused_ = false;
  for (boost::fibers::context* fiber : held_) Scheduler::this_thread().wake(fiber);
  held_.clear();
}

void TaskGroup::add(Task& task) { tasks_.push_back(&task); }

void TaskGroup::remove(Task& task) { std::erase(tasks_, &task); }

}  // namespace drydock::fibers
