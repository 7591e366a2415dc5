// Fiber stacks: pooled per thread, known to AddressSanitizer.
#pragma once

#include <boost/context/stack_context.hpp>
#include <boost/context/stack_traits.hpp>
#include <cstddef>

namespace drydock::fibers {

// Bytes per fiber. Committed lazily, so that the unused part costs address space only. The
// deepest measured use is 15 KiB at -O0; sanitizer builds have larger frames.
size_t stack_bytes();

// A Boost.Context stack allocator (StackAllocator concept).
class PooledStack {
 public:
  using traits_type = boost::context::stack_traits;

  boost::context::stack_context allocate();
  void deallocate(boost::context::stack_context& stack) noexcept;
};

// Bounds of the fiber stack that contains `address`; false when it is no fiber stack of ours.
bool find_stack(const void* address, const void** bottom, size_t* bytes);

}  // namespace drydock::fibers
