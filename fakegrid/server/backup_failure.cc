#include "fakegrid/server/backup_failure.h"

namespace drydock::fakegrid {

Status java_exception(std::string_view exception) {
  return Status(Code::kInternal, std::string(exception));
}

Status cache_exception(std::string_view text) {
  return java_exception("org.infinispan.commons.CacheException: " + std::string(text));
}

Status cache_exception(std::string_view text, const Status& cause) {
  if (cause.code() == Code::kCancelled) return cause;
  std::string thrown = "org.infinispan.commons.CacheException";
  if (!text.empty()) thrown += ": " + std::string(text);
  return java_exception(thrown + "\nCaused by: " + cause.message());
}

Status file_exception(const Status& status, std::string_view place) {
  switch (status.code()) {
    case Code::kCancelled: return status;
    case Code::kNotFound:
      return java_exception("java.nio.file.NoSuchFileException: " + std::string(place));
    case Code::kAlreadyExists:
      return java_exception("java.nio.file.FileAlreadyExistsException: " + std::string(place));
    case Code::kInvalid:
      return java_exception("java.nio.file.FileSystemException: " + std::string(place) +
                            ": File name too long");
    default: return java_exception("java.io.IOException: " + status.message());
  }
}

std::string logged_with(std::string_view category, std::string_view text, const Status& failure) {
  const std::string first = failure.message().substr(0, failure.message().find('\n'));
  return std::string(category) + std::string(text) +
         "\njava.util.concurrent.CompletionException: " + first +
         "\nCaused by: " + failure.message();
}

}  // namespace drydock::fakegrid
