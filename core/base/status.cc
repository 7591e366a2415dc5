#include "core/base/status.h"

namespace drydock {

std::string_view code_name(Code code) {
  switch (code) {
    case Code::kOk: return "Ok";
    case Code::kCancelled: return "Cancelled";
    case Code::kDeadlineExceeded: return "DeadlineExceeded";
    case Code::kRefused: return "Refused";
    case Code::kConnectionReset: return "ConnectionReset";
    case Code::kNotFound: return "NotFound";
    case Code::kAlreadyExists: return "AlreadyExists";
    case Code::kConflict: return "Conflict";
    case Code::kInvalid: return "Invalid";
    case Code::kForbidden: return "Forbidden";
    case Code::kUnauthenticated: return "Unauthenticated";
    case Code::kExpired: return "Expired";
    case Code::kUnavailable: return "Unavailable";
    case Code::kNoSpace: return "NoSpace";
    case Code::kReadOnly: return "ReadOnly";
    case Code::kDataLoss: return "DataLoss";
    case Code::kUnsupported: return "Unsupported";
    case Code::kFailedPrecondition: return "FailedPrecondition";
    case Code::kInternal: return "Internal";
  }
  return "Unknown";
}

std::string Status::to_string() const {
  if (ok()) return "Ok";
  return std::string(code_name(code_)) + ": " + message_;
}

Status Status::with_context(std::string_view context) const {
  if (ok()) return *this;
  return Status(code_, std::string(context) + ": " + message_);
}

}  // namespace drydock
