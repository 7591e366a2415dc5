#include "fakekube/fault/refusals.h"

#include "fakekube/api/status_error.h"
#include "fakekube/store/object.h"

namespace drydock::fakekube {
namespace {

ApiReply too_many_requests() {
  ApiReply reply;
  reply.code = 429;
  reply.text = "Too many requests, please try again later.\n";
  reply.retry_after_s = 1;
  return reply;
}

ApiReply throttled(std::string_view message) {
  return failure(429, "TooManyRequests", message, StatusDetails{.retry_after_s = 1});
}

// As a client in a pod is named; who it really is doesn't matter to who reads the refusal.
std::string service_account(const ApiCall& call) {
  return "system:serviceaccount:" + call.namespace_name + ":" +
         call.user_agent.substr(0, call.user_agent.find('/'));
}

ApiReply lacks_right(const ApiCall& call) {
  std::string why = "User " + quoted(service_account(call)) + " cannot " +
                    std::string(verb_name(call.verb)) + " resource " +
                    quoted(std::string(call.type->plural) +
                           (call.subresource.empty() ? "" : "/" + call.subresource)) +
                    " in API group " + quoted(call.type->group);
  why += call.namespace_name.empty() ? " at the cluster scope"
                                     : " in the namespace " + quoted(call.namespace_name);
  if (!object_name(call).empty() && call.verb != Verb::kCreate)
    return forbidden(*call.type, call.name, why);
  return failure(403, "Forbidden",
                 std::string(call.type->qualified_plural) + " is forbidden: " + why,
                 StatusDetails{.group = call.type->group, .kind = call.type->plural});
}

ApiReply over_quota(const ApiCall& call) {
  const std::string counted = "count/" + std::string(call.type->qualified_plural);
  return forbidden(*call.type, object_name(call),
                   "exceeded quota: objects, requested: " + counted + "=1, used: " + counted +
                       "=10, limited: " + counted + "=10");
}

ApiReply plain_refusal(Refusal refusal, const ApiCall& call) {
  switch (refusal) {
    case Refusal::kTooManyRequests: return too_many_requests();
    case Refusal::kThrottled:
      return throttled(
          "the server has received too many requests and has asked us to try again later");
    case Refusal::kReinitializing: return throttled("storage is (re)initializing");
    case Refusal::kInternal:
      return failure(500, "InternalError", "Internal error occurred: the server is in trouble",
                     StatusDetails{.causes = {{"", "", "the server is in trouble"}}});
    case Refusal::kNoSpace: return failure(500, "", "etcdserver: mvcc: database space exceeded");
    case Refusal::kUnavailable:
      return failure(503, "ServiceUnavailable",
                     "the server is currently unable to handle the request");
    case Refusal::kTimeout:
      return failure(504, "Timeout",
                     "Timeout: request did not complete within the allotted timeout",
                     StatusDetails{});
    case Refusal::kTooLargeRevision: return too_large_revision(2, 1);
    case Refusal::kForbidden: return lacks_right(call);
    case Refusal::kQuota: return over_quota(call);
    case Refusal::kTerminating:
      return namespace_terminating(*call.type, object_name(call), call.namespace_name);
    case Refusal::kNotServed: break;
  }
  return plain_not_found();
}

}  // namespace

std::string_view object_name(const ApiCall& call) {
  if (!call.name.empty() || call.verb != Verb::kCreate || call.body == nullptr) return call.name;
  return metadata_string(*call.body, "name");
}

ApiReply refusal_of(Refusal refusal, const ApiCall& call, std::optional<int64_t> retry_after_s) {
  ApiReply reply = plain_refusal(refusal, call);
  if (retry_after_s) reply.retry_after_s = retry_after_s;
  return reply;
}

}  // namespace drydock::fakekube
