#include "core/control/work_queue.h"

#include <algorithm>

namespace drydock::control {

void WorkQueue::add(std::string_view key) {
  if (shutdown_ || waiting_.contains(key)) return;
  waiting_.emplace(key);
  if (processing_.contains(key)) return;  // done() makes it ready
  ready_.emplace_back(key);
  gate_->notify_one();
}

void WorkQueue::add_after(std::string_view key, Duration delay) {
  if (delay <= Duration::zero()) return add(key);
  if (shutdown_) return;
  const SteadyTime due = env_.now() + delay;
  const auto found = delayed_.find(key);
  if (found != delayed_.end()) {
    if (found->second <= due) return;
    schedule_.erase({found->second, found->first});
    found->second = due;
  } else {
    delayed_.emplace(key, due);
  }
  schedule_.emplace(due, key);
  gate_->notify_one();
}

void WorkQueue::add_rate_limited(std::string_view key) {
  const int failures = failures_.try_emplace(std::string(key), 0).first->second++;
  Duration delay = options_.backoff_base;
  for (int i = 0; i < failures && delay < options_.backoff_max; ++i) delay *= 2;
  add_after(key, std::min(delay, options_.backoff_max));
}

void WorkQueue::forget(std::string_view key) {
  if (const auto found = failures_.find(key); found != failures_.end()) failures_.erase(found);
}

void WorkQueue::move_due() {
  while (!schedule_.empty() && schedule_.begin()->first <= env_.now()) {
    const std::string key = schedule_.begin()->second;
    schedule_.erase(schedule_.begin());
    delayed_.erase(key);
    add(key);
  }
}

Result<std::string> WorkQueue::get() {
  while (true) {
    move_due();
    if (shutdown_) return Status(Code::kNotFound, "the queue was shut down");
    if (!ready_.empty()) break;
    // Whoever waits since before the newest due time was known is woken before those that know it,
    // as a gate wakes the longest waiting first: an idle worker always watches the next due time.
    const SteadyTime due = schedule_.empty() ? kForever : schedule_.begin()->first;
    const Status woken = gate_->wait(due);
    if (woken.code() == Code::kCancelled) return woken;
  }
  std::string key = std::move(ready_.front());
  ready_.pop_front();
  if (const auto found = waiting_.find(key); found != waiting_.end()) waiting_.erase(found);
  processing_.insert(key);
  return key;
}

void WorkQueue::done(std::string_view key) {
  if (const auto found = processing_.find(key); found != processing_.end())
    processing_.erase(found);
  if (!waiting_.contains(key)) return;
  ready_.emplace_back(key);
  gate_->notify_one();
}

void WorkQueue::shutdown() {
  shutdown_ = true;
  gate_->notify_all();
}

}  // namespace drydock::control
