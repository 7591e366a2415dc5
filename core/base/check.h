// CHECK: what a programmer did wrong. On in every build; what the world does wrong is a Status.
//
//   DRYDOCK_CHECK(size <= limit, "segment map larger than the cluster");
//
// A failed check prints file, line, expression, message and the context line that the running
// world registered (seed and virtual time), then aborts. `drydock` maps the abort to exit code 5.
#pragma once

#include <string>

namespace drydock {

// Sets the function that describes what is running (seed, virtual time) when a check fails.
// One per OS thread; null clears it. The function may not suspend and may not throw.
using CheckContext = std::string (*)();
void set_check_context(CheckContext context);

[[noreturn]] void check_failed(const char* file, int line, const char* expression,
                               const std::string& message);

}  // namespace drydock

#define DRYDOCK_CHECK(expression, message)                                            \
  do {                                                                                \
    if (!(expression)) [[unlikely]]                                                   \
      ::drydock::check_failed(__FILE__, __LINE__, #expression, std::string(message)); \
  } while (false)
