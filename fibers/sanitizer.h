// Whether this build is instrumented, and the switch announcements AddressSanitizer needs. With
// Debian's stock Boost.Context, ASan learns of a switch only if it is told.
#pragma once

#if defined(__SANITIZE_ADDRESS__)
#define DRYDOCK_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define DRYDOCK_ASAN 1
#endif
#endif

#if defined(__SANITIZE_THREAD__)
#define DRYDOCK_TSAN 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define DRYDOCK_TSAN 1
#endif
#endif

namespace boost::fibers {
class context;
}

namespace drydock::fibers {

// Call right before control leaves this stack for `next`, and right after control came back.
void announce_switch(boost::fibers::context* next);
void announce_arrival();

}  // namespace drydock::fibers
