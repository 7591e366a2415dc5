#include "fakekube/api/admission.h"

#include <algorithm>

#include "fakekube/api/status_error.h"

namespace drydock::fakekube {
namespace {

ApiReply denied(const AdmissionHook& hook, const AdmissionDenial& denial) {
  std::string message = "admission webhook " + quoted(hook.name) + " denied the request";
  message += denial.message.empty() ? " without explanation" : ": " + denial.message;
  if (denial.causes.empty()) return failure(denial.code, denial.reason, message);
  StatusDetails details{.name = denial.name, .group = hook.type->group, .kind = hook.type->kind};
  for (const DenialCause& cause : denial.causes)
    details.causes.push_back({cause.reason, cause.field, cause.message});
  return failure(denial.code, denial.reason, message, details);
}

ApiReply unreachable(const AdmissionHook& hook) {
  const std::string cause = "failed calling webhook " + quoted(hook.name) + ": " + hook.broken;
  return failure(500, "InternalError", "Internal error occurred: " + cause,
                 StatusDetails{.causes = {{"", "", cause}}});
}

bool concerned(const AdmissionHook& hook, const ResourceType& type, std::string_view subresource) {
  return hook.type == &type && hook.subresource == subresource;
}

}  // namespace

void Admission::add(AdmissionHook hook) {
  DRYDOCK_CHECK(hook.type != nullptr && hook.review != nullptr, "a hook needs a type and a review");
  const auto place = std::upper_bound(
      hooks_.begin(), hooks_.end(), hook,
      [](const AdmissionHook& a, const AdmissionHook& b) { return a.name < b.name; });
  hooks_.insert(place, std::move(hook));
}

void Admission::set_broken(std::string_view hook_name, std::string text) {
  const auto found = std::find_if(hooks_.begin(), hooks_.end(), [&](const AdmissionHook& hook) {
    return hook.name == hook_name;
  });
  DRYDOCK_CHECK(found != hooks_.end(), "no admission hook of that name");
  found->broken = std::move(text);
}

bool Admission::any(const ResourceType& type, std::string_view subresource) const {
  return enabled_ && std::any_of(hooks_.begin(), hooks_.end(), [&](const AdmissionHook& hook) {
           return concerned(hook, type, subresource);
         });
}

std::optional<ApiReply> Admission::review(AdmissionKind kind, const ApiCall& call, Verb operation,
                                          json::value* object,
                                          const json::value* old_object) const {
  if (!enabled_) return std::nullopt;
  for (const AdmissionHook& hook : hooks_) {
    if (hook.kind != kind || !concerned(hook, *call.type, call.subresource)) continue;
    if (std::find(hook.operations.begin(), hook.operations.end(), operation) ==
        hook.operations.end())
      continue;
    if (!hook.broken.empty()) {
      if (hook.ignore_failure) continue;
      return unreachable(hook);
    }
    AdmissionAnswer answer = hook.review({.operation = operation,
                                          .type = call.type,
                                          .namespace_name = call.namespace_name,
                                          .name = call.name,
                                          .object = object,
                                          .old_object = old_object,
                                          .dry_run = call.dry_run});
    if (answer.denial) return denied(hook, *answer.denial);
    if (answer.mutated && kind == AdmissionKind::kMutating) *object = std::move(*answer.mutated);
  }
  return std::nullopt;
}

}  // namespace drydock::fakekube
