// Virtual time: one heap of events keyed by (time, sequence). Idle time is free: the clock jumps to
// the next event. Implements the timers that fibers wait on.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "fibers/timers.h"

namespace drydock::sim {

class EventHeap final : public fibers::Timers {
 public:
  SteadyTime now() const override { return now_; }
  fibers::TimerId arm(SteadyTime at, std::function<void()> callback) override;
  void cancel(fibers::TimerId id) override;

  // Time of the next event, kForever when there is none.
  SteadyTime next_time();
  // Jumps to the next event and runs it. There must be one.
  void run_next();

  uint64_t fired() const { return fired_; }

 private:
  struct Entry {
    int64_t at_ns;
    uint64_t sequence;
    uint32_t slot;
  };
  struct Slot {
    std::function<void()> callback;
    uint32_t generation = 1;
    bool live = false;
  };
  static bool later(const Entry& a, const Entry& b) {
    return a.at_ns != b.at_ns ? a.at_ns > b.at_ns : a.sequence > b.sequence;
  }
  void drop_cancelled();
  void release(uint32_t slot);

  SteadyTime now_{};
  std::vector<Entry> heap_;
  std::vector<Slot> slots_;
  std::vector<uint32_t> free_slots_;
  uint64_t sequence_ = 0;
  uint64_t fired_ = 0;
};

}  // namespace drydock::sim
