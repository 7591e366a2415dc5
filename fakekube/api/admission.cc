#include "fakekube/api/admission.h"

#include <algorithm>
#include <utility>

#include "fakekube/api/api_server.h"
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

bool concerned(const AdmissionHook& hook, const ResourceType& type, std::string_view subresource) {
  return hook.type == &type && hook.subresource == subresource;
}

bool asked_of(const AdmissionHook& hook, Verb operation) {
  return std::find(hook.operations.begin(), hook.operations.end(), operation) !=
         hook.operations.end();
}

// What the call itself ends with, after the hook's delay; empty: it works.
std::string call_failure(ApiServer& server, const AdmissionHook& hook) {
  const std::string broken = hook.broken;
  const bool late = hook.delay > hook.timeout;
  if (!broken.empty() || hook.delay > Duration::zero()) ++hook.troubled;
  if (hook.delay > Duration::zero() &&
      !server.env().sleep_for(std::min(hook.delay, hook.timeout)).ok())
    return "failed to call webhook: context canceled";
  return late && broken.empty() ? "failed to call webhook: context deadline exceeded" : broken;
}

}  // namespace

void Admission::add(AdmissionHook hook) {
  DRYDOCK_CHECK(hook.type != nullptr && hook.review != nullptr, "a hook needs a type and a review");
  const auto place = std::upper_bound(
      hooks_.begin(), hooks_.end(), hook,
      [](const AdmissionHook& a, const AdmissionHook& b) { return a.name < b.name; });
  hooks_.insert(place, std::move(hook));
}

const AdmissionHook& Admission::hook(std::string_view name) const {
  const auto found = std::find_if(hooks_.begin(), hooks_.end(),
                                  [&](const AdmissionHook& hook) { return hook.name == name; });
  DRYDOCK_CHECK(found != hooks_.end(), "no admission hook of that name");
  return *found;
}

AdmissionHook& Admission::hook(std::string_view name) {
  return const_cast<AdmissionHook&>(std::as_const(*this).hook(name));
}

int64_t Admission::troubled(std::string_view hook_name) const { return hook(hook_name).troubled; }

void Admission::set_broken(std::string_view hook_name, std::string text) {
  hook(hook_name).broken = std::move(text);
}

void Admission::set_ignore_failure(std::string_view hook_name, bool ignore) {
  hook(hook_name).ignore_failure = ignore;
}

void Admission::set_delay(std::string_view hook_name, Duration delay) {
  hook(hook_name).delay = delay;
}

bool Admission::any(ApiServer& server, const ResourceType& type,
                    std::string_view subresource) const {
  if (plugins_.any(server, type, subresource)) return true;
  if (!enabled_) return false;
  return WebhookSet::any(server) ||
         std::any_of(hooks_.begin(), hooks_.end(),
                     [&](const AdmissionHook& hook) { return concerned(hook, type, subresource); });
}

std::optional<ApiReply> Admission::ask_hooks(ApiServer& server, AdmissionKind kind,
                                             const ApiCall& call, Verb operation,
                                             json::value* object,
                                             const json::value* old_object) const {
  for (size_t i = 0; i < hooks_.size(); ++i) {
    const AdmissionHook& hook = hooks_[i];
    if (hook.kind != kind || !concerned(hook, *call.type, call.subresource)) continue;
    if (!asked_of(hook, operation)) continue;
    if (const std::string failed = call_failure(server, hook); !failed.empty()) {
      if (hook.ignore_failure) continue;
      return webhook_failure(hook.name, failed);
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

std::optional<ApiReply> Admission::review(ApiServer& server, AdmissionKind kind,
                                          const ApiCall& call, Verb operation, json::value* object,
                                          const json::value* old_object,
                                          std::vector<std::string>* warnings) const {
  std::vector<std::string> unheard;
  std::vector<std::string>& heard = warnings == nullptr ? unheard : *warnings;
  const bool mutating = kind == AdmissionKind::kMutating;
  if (!mutating && object != nullptr)
    if (auto refused = plugins_.validate(server, call, object, old_object, heard)) return refused;
  if (enabled_) {
    if (auto refused = ask_hooks(server, kind, call, operation, object, old_object)) return refused;
    const WebhookQuestion question{call, operation, object, old_object, heard};
    const WebhookWay way{caller_.get(), resolver_};
    if (mutating || object == nullptr)
      if (auto refused = webhooks_.mutate(server, question, way)) return refused;
    if (!mutating)
      if (auto refused = webhooks_.validate(server, question, way)) return refused;
  }
  if (mutating || object == nullptr) return std::nullopt;
  return plugins_.charge(server, call, object, old_object);
}

}  // namespace drydock::fakekube
