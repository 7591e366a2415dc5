#include "fibers/sanitizer.h"

#ifdef DRYDOCK_ASAN

#include <pthread.h>
#include <sanitizer/common_interface_defs.h>

#include <boost/context/stack_traits.hpp>
#include <boost/fiber/context.hpp>

#include "fibers/stack.h"

namespace drydock::fibers {
namespace {

thread_local bool switch_pending = false;

void main_stack(const void** bottom, size_t* bytes) {
  static thread_local void* cached_bottom = nullptr;
  static thread_local size_t cached_bytes = 0;
  if (cached_bottom == nullptr) {
    pthread_attr_t attributes;
    pthread_getattr_np(pthread_self(), &attributes);
    pthread_attr_getstack(&attributes, &cached_bottom, &cached_bytes);
    pthread_attr_destroy(&attributes);
  }
  *bottom = cached_bottom;
  *bytes = cached_bytes;
}

// The dispatcher runs on a stack of Boost's own; its context object lies at the stack's top.
void dispatcher_stack(const boost::fibers::context* context, const void** bottom, size_t* bytes) {
  constexpr size_t kBelowTop = 4096;
  *bytes = boost::context::stack_traits::default_size();
  *bottom = reinterpret_cast<const char*>(context) - *bytes + kBelowTop;
}

}  // namespace

void announce_switch(boost::fibers::context* next) {
  const void* bottom = nullptr;
  size_t bytes = 0;
  if (!find_stack(next, &bottom, &bytes)) {
    if (next->is_context(boost::fibers::type::main_context))
      main_stack(&bottom, &bytes);
    else
      dispatcher_stack(next, &bottom, &bytes);
  }
  switch_pending = true;
  void* fake_stack = nullptr;
  __sanitizer_start_switch_fiber(&fake_stack, bottom, bytes);
}

void announce_arrival() {
  if (!switch_pending) return;
  switch_pending = false;
  const void* bottom = nullptr;
  size_t bytes = 0;
  __sanitizer_finish_switch_fiber(nullptr, &bottom, &bytes);
}

}  // namespace drydock::fibers

#else

namespace drydock::fibers {

void announce_switch(boost::fibers::context*) {}
void announce_arrival() {}

}  // namespace drydock::fibers

#endif
