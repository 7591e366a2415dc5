#include "core/base/check.h"

#include <cstdio>
#include <cstdlib>

namespace drydock {
namespace {

thread_local CheckContext current_context = nullptr;

}  // namespace

void set_check_context(CheckContext context) { current_context = context; }

void check_failed(const char* file, int line, const char* expression, const std::string& message) {
  const std::string context = current_context != nullptr ? current_context() : std::string();
  std::fprintf(stderr, "%s:%d: CHECK failed: %s: %s%s%s\n", file, line, expression, message.c_str(),
               context.empty() ? "" : "\n  while: ", context.c_str());
  std::fflush(stderr);
  std::abort();
}

}  // namespace drydock
