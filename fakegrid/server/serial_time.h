// SerialTime: work of several tasks on one thread pool that is always busy: each piece takes its
// time after the pieces before it.
//
//   SerialTime pool(env);
//   DRYDOCK_RETURN_IF_ERROR(pool.spend(timings::kBackupOfCache));
#pragma once

#include <algorithm>

#include "core/base/env.h"

namespace drydock::fakegrid {

class SerialTime {
 public:
  explicit SerialTime(Env& env) : env_(env), free_(env.now()) {}

  // Suspends until the work is done. kCancelled.
  Status spend(Duration work) {
    free_ = std::max(free_, env_.now()) + work;
    return env_.sleep_until(free_);
  }

 private:
  Env& env_;
  SteadyTime free_;
};

}  // namespace drydock::fakegrid
