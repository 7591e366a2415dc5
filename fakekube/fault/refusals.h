// What an API server in trouble answers, for faults: as a real one words it (1.33).
//
//   ApiReply reply = refusal_of(Refusal::kQuota, call, std::nullopt);
//   // 403 pods "p" is forbidden: exceeded quota: ...
#pragma once

#include <cstdint>
#include <optional>

#include "fakekube/api/api_call.h"

namespace drydock::fakekube {

enum class Refusal {
  kTooManyRequests,   // 429 of priority and fairness: plain text, Retry-After 1
  kThrottled,         // 429 as a Status, Retry-After 1
  kReinitializing,    // 429 "storage is (re)initializing", Retry-After 1
  kInternal,          // 500 InternalError
  kNoSpace,           // 500 without reason: the database is full
  kUnavailable,       // 503
  kTimeout,           // 504
  kTooLargeRevision,  // 504 with cause ResourceVersionTooLarge, Retry-After 1
  kForbidden,         // 403: the user lacks the right
  kQuota,             // 403: exceeded quota
  kTerminating,       // 403: the namespace is being deleted
  kNotServed,         // 404 as plain text: nobody serves this kind
};

// `retry_after_s` replaces the Retry-After that the refusal has by itself.
ApiReply refusal_of(Refusal refusal, const ApiCall& call, std::optional<int64_t> retry_after_s);

// The name that the call is about; of a create the one in its body, "" when there is none.
std::string_view object_name(const ApiCall& call);

}  // namespace drydock::fakekube
