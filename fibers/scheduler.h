// The one place that switches fibers. A FIFO Boost.Fiber algorithm for this thread, driven from
// the thread's main context: virtual time (sim) and real time (a live driver) differ only in what
// the main context does when nothing is ready.
//
//   Scheduler& scheduler = Scheduler::this_thread();
//   scheduler.start([] { ... });      // becomes ready
//   scheduler.run_ready();            // main context: returns once nothing is ready
//
// Everything that blocks goes through suspend(): it carries the C++ exception state, which the ABI
// keeps per thread, with the fiber, and tells AddressSanitizer about the switch. Boost's own waits
// (mutex, channel, sleep, join) do neither and are banned (tests/tidy).
#pragma once

#include <cstddef>
#include <functional>

namespace boost::fibers {
class context;
}

namespace drydock::fibers {

using Context = boost::fibers::context;

class Scheduler {
 public:
  // Installed on first use; lives as long as the thread.
  static Scheduler& this_thread();

  // A new fiber at the end of the ready queue. `body` may not let an exception escape.
  void start(std::function<void()> body);

  // The running fiber (or main context).
  Context* current() const;

  // Takes the current fiber off the processor until wake(). Never call it from the main context.
  void suspend();

  // Puts a suspended fiber at the end of the ready queue.
  void wake(Context* context);

  // Main context only: runs ready fibers, first come first served, until none is ready.
  void run_ready();

  // Takes a fiber out of the ready queue; false when it wasn't there. Linear: for pausing only.
  bool remove_ready(Context* context);

  size_t switches() const;

 private:
  Scheduler() = default;
};

}  // namespace drydock::fibers
