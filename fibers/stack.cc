#include "fibers/stack.h"

#include <cstdlib>
#include <map>
#include <vector>

#include "core/base/check.h"
#include "fibers/sanitizer.h"

#ifdef DRYDOCK_ASAN
#include <sanitizer/asan_interface.h>
#endif

namespace drydock::fibers {
namespace {

// Both lists are leaked on purpose: the fiber scheduler frees the last stacks after thread_locals
// have died.
#ifdef DRYDOCK_ASAN
std::map<const char*, size_t>& known_stacks() {
  static thread_local auto& stacks = *new std::map<const char*, size_t>;
  return stacks;
}
#else
constexpr size_t kPooledStacks = 256;

std::vector<void*>& pool() {
  static thread_local auto& stacks = *new std::vector<void*>;
  return stacks;
}
#endif

void* take_memory() {
#ifndef DRYDOCK_ASAN
  if (!pool().empty()) {
    void* memory = pool().back();
    pool().pop_back();
    return memory;
  }
#endif
  void* memory = std::malloc(stack_bytes());
  DRYDOCK_CHECK(memory != nullptr, "no memory for a fiber stack");
  return memory;
}

}  // namespace

size_t stack_bytes() {
#if defined(DRYDOCK_ASAN)
  return 2 * 1024 * 1024;  // its frames are many times larger; the deepest bodies overran 512 KiB
#elif defined(DRYDOCK_TSAN) || !defined(__OPTIMIZE__)
  return 512 * 1024;
#else
  return 128 * 1024;
#endif
}

boost::context::stack_context PooledStack::allocate() {
  void* memory = take_memory();
#ifdef DRYDOCK_ASAN
  known_stacks()[static_cast<const char*>(memory)] = stack_bytes();
#endif
  boost::context::stack_context stack;
  stack.size = stack_bytes();
  stack.sp = static_cast<char*>(memory) + stack.size;
  return stack;
}

void PooledStack::deallocate(boost::context::stack_context& stack) noexcept {
  char* memory = static_cast<char*>(stack.sp) - stack.size;
#ifdef DRYDOCK_ASAN
  __asan_unpoison_memory_region(memory, stack.size);
  known_stacks().erase(memory);
#else
  if (pool().size() < kPooledStacks) {
    pool().push_back(memory);
    return;
  }
#endif
  std::free(memory);
}

bool find_stack([[maybe_unused]] const void* address, [[maybe_unused]] const void** bottom,
                [[maybe_unused]] size_t* bytes) {
#ifdef DRYDOCK_ASAN
  const char* at = static_cast<const char*>(address);
  auto after = known_stacks().upper_bound(at);
  if (after == known_stacks().begin()) return false;
  --after;
  if (at >= after->first + after->second) return false;
  *bottom = after->first;
  *bytes = after->second;
  return true;
#else
  return false;
#endif
}

}  // namespace drydock::fibers
