// Status and Result: what the world did wrong, named by what the *caller* should do about it.
//
//   Result<File> file = volume.open("my-backup/my-backup.zip", OpenMode::kRead);
//   if (!file.ok()) return file.status();
//   DRYDOCK_ASSIGN(auto bytes, file->read_at(0, 4096));
//
// The set of codes is closed. Mapping to HTTP status codes and Kubernetes reasons happens only at
// the edges (core/control, fakekube). Tests assert the exact code.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "core/base/check.h"

namespace drydock {

enum class Code {
  kOk,
  kCancelled,           // the task or its process is ending: return at once, do nothing more
  kDeadlineExceeded,    // no answer in time; a request *may have been received*
  kRefused,             // nobody listened; a request was *certainly not* received
  kConnectionReset,     // the connection broke; a request *may have been received*
  kNotFound,            // the thing does not exist
  kAlreadyExists,       // the thing exists already
  kConflict,            // somebody changed it since it was read: read again, then retry
  kInvalid,             // the input is wrong; retrying the same input can't help
  kForbidden,           // known caller, not allowed (403)
  kUnauthenticated,     // unknown caller (401)
  kExpired,             // the position asked for is gone (410): list again
  kUnavailable,         // the other side said "not now" (429, 503, 504): retry later
  kNoSpace,             // the volume is full
  kReadOnly,            // the volume or file can't be written
  kDataLoss,            // bytes are not what they must be (CRC, truncation, lost segment)
  kUnsupported,         // the other side doesn't know how to do this
  kFailedPrecondition,  // the state of the other side forbids it (e.g. degraded, in progress)
  kInternal,            // the other side failed in a way that it did not explain
};

// The code's name as printed: "DeadlineExceeded". Never localised, stable for machine output.
std::string_view code_name(Code code);

class [[nodiscard]] Status {
 public:
  Status() = default;  // ok
  Status(Code code, std::string message) : code_(code), message_(std::move(message)) {
    DRYDOCK_CHECK(code != Code::kOk, "an error needs an error code");
  }

  bool ok() const { return code_ == Code::kOk; }
  Code code() const { return code_; }
  const std::string& message() const { return message_; }
  // "NotFound: pods \"x\" not found", or "Ok".
  std::string to_string() const;
  // Same code, with "<context>: " before the message.
  Status with_context(std::string_view context) const;

  friend bool operator==(const Status&, const Status&) = default;

 private:
  Code code_ = Code::kOk;
  std::string message_;
};

inline Status ok_status() { return Status(); }
inline Status cancelled() { return Status(Code::kCancelled, "cancelled"); }

// Either a value or a Status that is not ok. Reading the value of an error is a CHECK.
template <class T>
class [[nodiscard]] Result {
 public:
  Result(Status status) : status_(std::move(status)) {
    DRYDOCK_CHECK(!status_.ok(), "a Result without value needs an error");
  }
  Result(T value) : value_(std::move(value)) {}

  bool ok() const { return value_.has_value(); }
  const Status& status() const { return status_; }
  Code code() const { return status_.code(); }

  T& value() & { return checked(); }
  const T& value() const& { return const_cast<Result*>(this)->checked(); }
  T&& value() && { return std::move(checked()); }
  T& operator*() & { return checked(); }
  const T& operator*() const& { return const_cast<Result*>(this)->checked(); }
  T&& operator*() && { return std::move(checked()); }
  T* operator->() { return &checked(); }
  const T* operator->() const { return &const_cast<Result*>(this)->checked(); }

 private:
  T& checked() {
    DRYDOCK_CHECK(value_.has_value(), "value of a failed Result: " + status_.to_string());
    return *value_;
  }

  Status status_;
  std::optional<T> value_;
};

}  // namespace drydock

#define DRYDOCK_CONCAT_INNER(a, b) a##b
#define DRYDOCK_CONCAT(a, b) DRYDOCK_CONCAT_INNER(a, b)

// Returns the Status of `expression` from the enclosing function unless it is ok.
#define DRYDOCK_RETURN_IF_ERROR(expression)                                                   \
  do {                                                                                        \
    if (::drydock::Status drydock_status_ = (expression); !drydock_status_.ok()) [[unlikely]] \
      return drydock_status_;                                                                 \
  } while (false)

// Declares or assigns `target` from a Result, or returns its Status from the enclosing function.
#define DRYDOCK_ASSIGN(target, expression) \
  DRYDOCK_ASSIGN_INNER(DRYDOCK_CONCAT(drydock_result_, __COUNTER__), target, expression)
#define DRYDOCK_ASSIGN_INNER(result, target, expression) \
  auto result = (expression);                            \
  if (!result.ok()) [[unlikely]]                         \
    return result.status();                              \
  target = std::move(result).value()
