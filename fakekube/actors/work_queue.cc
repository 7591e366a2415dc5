#include "fakekube/actors/work_queue.h"

#include <algorithm>

#include "core/base/log.h"
#include "fakekube/actors/timings.h"

namespace drydock::fakekube {

WorkQueue::WorkQueue(Env& env) : env_(env), gate_(env.make_gate()) {}

void WorkQueue::add(const std::string& key) {
  if (!waiting_.insert(key).second) return;
  ready_.push_back(key);
  gate_->notify_one();
}

void WorkQueue::add_after(const std::string& key, Duration delay) {
  if (delay <= Duration::zero()) return add(key);
  const SteadyTime at = env_.now() + delay;
  const auto [position, is_new] = delayed_.try_emplace(key, at);
  if (!is_new) {
    if (position->second <= at) return;
    by_time_.erase({position->second, key});
    position->second = at;
  }
  by_time_.insert({at, key});
  gate_->notify_one();
}

void WorkQueue::add_failed(const std::string& key, Duration base, Duration max) {
  const int doublings = std::min(failures_[key]++, 30);
  add_after(key, std::min(base * (int64_t{1} << doublings), max));
}

void WorkQueue::forget(const std::string& key) { failures_.erase(key); }

Result<std::string> WorkQueue::pop() {
  while (true) {
    release_due();
    if (!ready_.empty()) break;
    const SteadyTime until = by_time_.empty() ? kForever : by_time_.begin()->first;
    const Status waited = gate_->wait(until);
    if (waited.code() == Code::kCancelled) return waited;
  }
  std::string key = std::move(ready_.front());
  ready_.pop_front();
  waiting_.erase(key);
  return key;
}

void WorkQueue::release_due() {
  while (!by_time_.empty() && by_time_.begin()->first <= env_.now()) {
    const std::string key = by_time_.begin()->second;
    by_time_.erase(by_time_.begin());
    delayed_.erase(key);
    if (waiting_.insert(key).second) ready_.push_back(key);
  }
}

Controller::Controller(Env& env, std::string name, Duration work_time)
    : Actor(env, std::move(name)), queue_(env), work_time_(work_time) {}

void Controller::run() {
  while (true) {
    const Result<std::string> key = queue_.pop();
    if (!key.ok()) return;
    if (!env_.sleep_for(work_time_).ok()) return;
    const Status done = reconcile(*key);
    if (done.code() == Code::kCancelled) return;
    if (done.ok()) {
      queue_.forget(*key);
      continue;
    }
    log_debug(env_, "{}: {}: {}", name(), *key, done.to_string());
    queue_.add_failed(*key, timings::kRetryBase, timings::kRetryMax);
  }
}

std::string object_key(const json::value& object) {
  return json_string(object, {"metadata", "namespace"}) + "/" +
         json_string(object, {"metadata", "name"});
}

std::pair<std::string, std::string> split_key(const std::string& key) {
  const size_t slash = key.find('/');
  return {key.substr(0, slash), key.substr(slash + 1)};
}

}  // namespace drydock::fakekube
