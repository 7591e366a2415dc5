// Event, Queue, Mutex and WaitGroup with deadlines, built on Env::make_gate(). Same rules as Gate:
// tasks of one Env only, waits return kOk, kDeadlineExceeded or kCancelled, and the object must
// outlive the waits.
#pragma once

#include <deque>
#include <memory>
#include <utility>

#include "core/base/env.h"

namespace drydock {

// Set once, then every wait returns at once. May be reset.
class Event {
 public:
  explicit Event(Env& env) : gate_(env.make_gate()) {}

  void set() {
    set_ = true;
    gate_->notify_all();
  }
  void reset() { set_ = false; }
  bool is_set() const { return set_; }

  // May suspend.
  Status wait(SteadyTime deadline) {
    while (!set_) DRYDOCK_RETURN_IF_ERROR(gate_->wait(deadline));
    return ok_status();
  }

 private:
  std::unique_ptr<Gate> gate_;
  bool set_ = false;
};

// FIFO of values between tasks. `capacity` bounds it: push waits while it is full.
template <class T>
class Queue {
 public:
  Queue(Env& env, size_t capacity)
      : readable_(env.make_gate()), writable_(env.make_gate()), capacity_(capacity) {
    DRYDOCK_CHECK(capacity > 0, "a queue without room can never be used");
  }

  // May suspend. kFailedPrecondition once the queue is closed.
  Status push(T value, SteadyTime deadline) {
    while (!closed_ && values_.size() >= capacity_)
      DRYDOCK_RETURN_IF_ERROR(writable_->wait(deadline));
    if (closed_) return Status(Code::kFailedPrecondition, "the queue is closed");
    values_.push_back(std::move(value));
    readable_->notify_one();
    return ok_status();
  }
  // Never suspends; false when full or closed.
  bool try_push(T value) {
    if (closed_ || values_.size() >= capacity_) return false;
    values_.push_back(std::move(value));
    readable_->notify_one();
    return true;
  }
  // May suspend. After close() the values left are still given, then kNotFound.
  Result<T> pop(SteadyTime deadline) {
    while (values_.empty()) {
      if (closed_) return Status(Code::kNotFound, "the queue is closed and empty");
      DRYDOCK_RETURN_IF_ERROR(readable_->wait(deadline));
    }
    T value = std::move(values_.front());
    values_.pop_front();
    writable_->notify_one();
    return value;
  }
  void close() {
    closed_ = true;
    readable_->notify_all();
    writable_->notify_all();
  }
  bool closed() const { return closed_; }
  size_t size() const { return values_.size(); }
  bool empty() const { return values_.empty(); }

 private:
  std::unique_ptr<Gate> readable_;
  std::unique_ptr<Gate> writable_;
  size_t capacity_;
  std::deque<T> values_;
  bool closed_ = false;
};

// Mutual exclusion over code that suspends. First come, first served.
class Mutex {
 public:
  explicit Mutex(Env& env) : gate_(env.make_gate()) {}

  // May suspend.
  Status lock(SteadyTime deadline) {
    while (locked_) DRYDOCK_RETURN_IF_ERROR(gate_->wait(deadline));
    locked_ = true;
    return ok_status();
  }
  void unlock() {
    DRYDOCK_CHECK(locked_, "unlock of a mutex that is not locked");
    locked_ = false;
    gate_->notify_one();
  }

 private:
  std::unique_ptr<Gate> gate_;
  bool locked_ = false;
};

// Unlocks at the end of a scope; take it only after lock() returned kOk.
class MutexGuard {
 public:
  explicit MutexGuard(Mutex& mutex) : mutex_(mutex) {}
  ~MutexGuard() { mutex_.unlock(); }
  MutexGuard(const MutexGuard&) = delete;
  MutexGuard& operator=(const MutexGuard&) = delete;

 private:
  Mutex& mutex_;
};

// Waits until as many done() as add() were called.
class WaitGroup {
 public:
  explicit WaitGroup(Env& env) : gate_(env.make_gate()) {}

  void add(int count = 1) { open_ += count; }
  void done() {
    DRYDOCK_CHECK(open_ > 0, "done() without add()");
    if (--open_ == 0) gate_->notify_all();
  }
  // May suspend.
  Status wait(SteadyTime deadline) {
    while (open_ > 0) DRYDOCK_RETURN_IF_ERROR(gate_->wait(deadline));
    return ok_status();
  }

 private:
  std::unique_ptr<Gate> gate_;
  int open_ = 0;
};

}  // namespace drydock
