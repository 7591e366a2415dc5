// A queue of keys to reconcile, as controller-runtime's: a key is handed to one worker at a time,
// additions are merged while it waits or is worked on, failures are retried with back-off per key.
//
//   WorkQueue queue(env, {});
//   queue.add("my-backup");
//   Result<std::string> key = queue.get();          // suspends
//   ...; queue.forget(*key); queue.done(*key);
//
// Only get() suspends.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "core/base/env.h"
#include "core/base/limits.h"

namespace drydock::control {

class WorkQueue {
 public:
  struct Options {
    Duration backoff_base = limits::kBackoffBase;
    Duration backoff_max = limits::kBackoffMax;
  };

  WorkQueue(Env& env, Options options) : gate_(env.make_gate()), env_(env), options_(options) {}

  void add(std::string_view key);
  // Adds the key after the delay; of several pending delays of one key the earliest counts.
  void add_after(std::string_view key, Duration delay);
  // Adds the key after its back-off, which doubles with each call until forget().
  void add_rate_limited(std::string_view key);
  void forget(std::string_view key);

  // The next key; the caller calls done() for it. kCancelled; kNotFound after shutdown().
  Result<std::string> get();
  // A key added meanwhile becomes ready again.
  void done(std::string_view key);
  // get() gives out no more keys.
  void shutdown();

  size_t ready() const { return ready_.size(); }

 private:
  void move_due();

  std::unique_ptr<Gate> gate_;
  Env& env_;
  Options options_;
  std::deque<std::string> ready_;
  std::set<std::string, std::less<>> waiting_;  // in ready_, or added while processing
  std::set<std::string, std::less<>> processing_;
  std::map<std::string, SteadyTime, std::less<>> delayed_;
  std::set<std::pair<SteadyTime, std::string>> schedule_;  // delayed_ by time
  std::map<std::string, int, std::less<>> failures_;
  bool shutdown_ = false;
};

}  // namespace drydock::control
