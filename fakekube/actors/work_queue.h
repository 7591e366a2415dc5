// Work queue of keys ("namespace/name"): each at most once, in order of arrival, with delays and
// per-key back-off. And Controller: an actor that works such a queue with one worker.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "core/base/env.h"
#include "core/base/json.h"
#include "fakekube/actors/actor.h"

namespace drydock::fakekube {

class WorkQueue {
 public:
  explicit WorkQueue(Env& env);

  // Never suspend. A key already waiting is not added again; a delayed one keeps the earlier time.
  void add(const std::string& key);
  void add_after(const std::string& key, Duration delay);
  // As add_after, with a delay that doubles with each failure until forget(key).
  void add_failed(const std::string& key, Duration base, Duration max);
  void forget(const std::string& key);

  // Suspends until there is a key. kCancelled; nothing else.
  Result<std::string> pop();

 private:
  void release_due();

  Env& env_;
  std::unique_ptr<Gate> gate_;
  std::deque<std::string> ready_;
  std::set<std::string> waiting_;  // keys in ready_
  std::map<std::string, SteadyTime> delayed_;
  std::set<std::pair<SteadyTime, std::string>> by_time_;  // the same, by time
  std::map<std::string, int> failures_;
};

// An actor that reconciles keys one after the other.
class Controller : public Actor {
 protected:
  // `work_time`: between taking a key and acting on it.
  Controller(Env& env, std::string name, Duration work_time);

  // One step towards what the key's object asks for. An error is retried with back-off; a conflict
  // too. May suspend.
  virtual Status reconcile(const std::string& key) = 0;
  void run() override;

  WorkQueue queue_;

 private:
  Duration work_time_;
};

// "namespace/name"; "/name" for cluster-scoped objects.
std::string object_key(const json::value& object);
std::pair<std::string, std::string> split_key(const std::string& key);

}  // namespace drydock::fakekube
