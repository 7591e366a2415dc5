#include "fibers/scheduler.h"

#include <cxxabi.h>

#include <boost/fiber/algo/algorithm.hpp>
#include <boost/fiber/context.hpp>
#include <boost/fiber/fiber.hpp>
#include <boost/fiber/operations.hpp>
#include <cstring>
#include <deque>
#include <memory>

#include "core/base/check.h"
#include "fibers/sanitizer.h"
#include "fibers/stack.h"

namespace drydock::fibers {
namespace {

// The Itanium C++ ABI keeps caught and uncaught exceptions per thread; they belong to the fiber.
struct ExceptionState {
  void* caught = nullptr;
  unsigned uncaught = 0;
};

class FifoAlgorithm final : public boost::fibers::algo::algorithm {
 public:
  void awakened(Context* context) noexcept override {
    if (context->is_context(boost::fibers::type::dispatcher_context)) {
      dispatcher_ = context;
      return;
    }
    if (context == main_) return;
    ready_.push_back(context);
  }

  Context* pick_next() noexcept override {
    announce_arrival();
    Context* next = choose();
    if (next != nullptr && next != Context::active()) announce_switch(next);
    return next;
  }

  bool has_ready_fibers() const noexcept override { return !ready_.empty(); }

  // Reached only when a Boost wait blocked the main context: real time inside the fiber world.
  void suspend_until(const std::chrono::steady_clock::time_point&) noexcept override {
    check_failed(__FILE__, __LINE__, "suspend_until", "the main context blocked in a Boost wait");
  }
  void notify() noexcept override {}

  void wait_in_main(Context* main) { main_ = main; }
  std::deque<Context*>& ready() { return ready_; }
  size_t picks() const { return picks_; }

 private:
  // The dispatcher frees ended fibers: it runs now and then, and before the main context.
  static constexpr size_t kDispatchEvery = 64;

  Context* choose() {
    const bool dispatch = ++picks_ % kDispatchEvery == 0 || ready_.empty();
    if (dispatcher_ != nullptr && dispatch) {
      Context* dispatcher = dispatcher_;
      dispatcher_ = nullptr;
      return dispatcher;
    }
    if (ready_.empty()) return main_;
    Context* next = ready_.front();
    ready_.pop_front();
    return next;
  }

  std::deque<Context*> ready_;
  Context* dispatcher_ = nullptr;
  Context* main_ = nullptr;
  size_t picks_ = 0;
};

thread_local FifoAlgorithm* algorithm = nullptr;

}  // namespace

Scheduler& Scheduler::this_thread() {
  static thread_local Scheduler scheduler;
  if (algorithm == nullptr) {
    boost::fibers::algo::algorithm::ptr_t installed(new FifoAlgorithm);
    algorithm = static_cast<FifoAlgorithm*>(installed.get());
    Context::active()->get_scheduler()->set_algo(std::move(installed));
    algorithm->wait_in_main(Context::active());
  }
  return scheduler;
}

void Scheduler::start(std::function<void()> body) {
  boost::fibers::fiber(boost::fibers::launch::post, std::allocator_arg, PooledStack(),
                       [body = std::move(body)]() mutable {
                         announce_arrival();
                         body();
                         body = nullptr;
                       })
      .detach();
}

Context* Scheduler::current() const { return Context::active(); }

void Scheduler::suspend() {
  auto* globals = reinterpret_cast<ExceptionState*>(abi::__cxa_get_globals());
  const ExceptionState saved = *globals;
  *globals = ExceptionState();
  Context::active()->suspend();
  announce_arrival();
  *reinterpret_cast<ExceptionState*>(abi::__cxa_get_globals()) = saved;
}

void Scheduler::wake(Context* context) { Context::active()->schedule(context); }

void Scheduler::run_ready() {
  DRYDOCK_CHECK(Context::active()->is_context(boost::fibers::type::main_context),
                "only the main context drives the fibers");
  if (!algorithm->has_ready_fibers()) return;
  suspend();
}

bool Scheduler::remove_ready(Context* context) {
  std::deque<Context*>& ready = algorithm->ready();
  for (auto at = ready.begin(); at != ready.end(); ++at) {
    if (*at != context) continue;
    ready.erase(at);
    return true;
  }
  return false;
}

size_t Scheduler::switches() const { return algorithm->picks(); }

}  // namespace drydock::fibers
