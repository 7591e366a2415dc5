// What a driver of fibers provides: a steady clock and timers. sim implements it with virtual
// time; a live driver with Asio's.
#pragma once

#include <cstdint>
#include <functional>

#include "core/base/time.h"

namespace drydock::fibers {

using TimerId = uint64_t;  // 0 = none

class Timers {
 public:
  virtual ~Timers() = default;
  virtual SteadyTime now() const = 0;
  // Calls `callback` from the main context at `at` (or as soon as possible after). Timers of equal
  // time fire in the order in which they were armed. The callback may not suspend.
  virtual TimerId arm(SteadyTime at, std::function<void()> callback) = 0;
  // No effect on a timer that fired or was cancelled.
  virtual void cancel(TimerId id) = 0;
};

}  // namespace drydock::fibers
