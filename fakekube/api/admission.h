// Admission: what may change or deny a write, called where a real API server calls it (mutating
// before the schema check, validating after). Three kinds, in this order: plugins
// (admission_plugins.h), hooks in this process, and webhooks, which the Mutating- and
// ValidatingWebhookConfiguration objects of the store name (webhooks.h).
//
//   server.admission().add({.name = "vbackup.kb.io", .type = &kBackups,
//                           .operations = {Verb::kCreate, Verb::kUpdate}, .review = validate});
//   server.admission().set_caller(make_wire_caller(wire));   // who calls webhooks by address
//   server.admission().set_enabled(false);    // as if no hook and no webhook were configured
//
// A denial reaches the client as `admission webhook "vbackup.kb.io" denied the request: <message>`
// with the denial's code, reason and causes.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/json.h"
#include "core/base/time.h"
#include "fakekube/access/admission_plugins.h"
#include "fakekube/access/webhook_caller.h"
#include "fakekube/access/webhooks.h"
#include "fakekube/api/api_call.h"

namespace drydock::fakekube {

class ApiServer;

struct DenialCause {
  std::string reason;   // "FieldValueForbidden"
  std::string message;  // "Forbidden: ..."
  std::string field;    // "spec"
};

struct AdmissionDenial {
  int code = 400;      // as in a webhook's status; 400 without reason is a real server's default
  std::string reason;  // "Invalid"; may be empty
  std::string message;
  std::string name;                 // of the object, for the details
  std::vector<DenialCause> causes;  // empty: the answer has no details
};

struct AdmissionReview {
  Verb operation = Verb::kCreate;  // kCreate, kUpdate (PUT and PATCH) or kDelete
  const ResourceType* type = nullptr;
  std::string_view namespace_name;
  std::string_view name;
  const json::value* object = nullptr;      // as it would be stored; null on delete
  const json::value* old_object = nullptr;  // null on create
  bool dry_run = false;
};

struct AdmissionAnswer {
  std::optional<AdmissionDenial> denial;
  std::optional<json::value> mutated;  // replaces the object; mutating hooks only
};

enum class AdmissionKind { kMutating, kValidating };

struct AdmissionHook {
  std::string name;
  AdmissionKind kind = AdmissionKind::kValidating;
  const ResourceType* type = nullptr;
  std::string subresource = {};  // a rule for "" does not see "status"
  std::vector<Verb> operations = {Verb::kCreate, Verb::kUpdate};
  std::function<AdmissionAnswer(const AdmissionReview&)> review = {};  // may not suspend
  // What the call of the webhook itself ends with: "" = works; else it can't be reached, and this
  // is the text after `failed calling webhook "<name>": ` ("failed to call webhook: Post ...").
  std::string broken = {};
  bool ignore_failure = false;  // failurePolicy Ignore: a broken hook is passed over
  Duration delay = {};          // before its answer; beyond `timeout` it counts as broken
  Duration timeout = seconds(10);
  mutable int64_t troubled = 0;  // calls of it that were late or failed, so far
};

class Admission {
 public:
  // Before the first request: a call may be waiting for a slow hook.
  void add(AdmissionHook hook);
  // False: no hook and no webhook is asked (as if the configurations were deleted).
  void set_enabled(bool enabled) { enabled_ = enabled; }
  bool enabled() const { return enabled_; }
  // Each CHECKs that there is a hook of that name.
  // Breaks (non-empty) or repairs (empty) it.
  void set_broken(std::string_view hook_name, std::string text);
  void set_ignore_failure(std::string_view hook_name, bool ignore);
  // Makes it slow; zero repairs it.
  void set_delay(std::string_view hook_name, Duration delay);

  // How many calls of it were late or failed, so far.
  int64_t troubled(std::string_view hook_name) const;

  // Who calls webhooks by address; without one every call is refused. Owned. Not
  // while a webhook is being called.
  void set_caller(std::unique_ptr<WebhookCaller> caller) { caller_ = std::move(caller); }
  // Where a clientConfig.service is; without one: the Address {"<name>.<namespace>.svc", port}.
  void set_service_resolver(ServiceResolver resolver) { resolver_ = std::move(resolver); }

  AdmissionPlugins& plugins() { return plugins_; }
  const AdmissionPlugins& plugins() const { return plugins_; }

  // Servers of one cluster share an Admission; `server` is the one that was called, in a task of
  // its process. Asks plugins (validating), then every matching hook of `kind` in name order, then
  // webhooks; `object` is replaced by mutations, and is null on delete, when mutating webhooks are
  // asked together with the validating ones. Warnings are appended. An error reply, or nullopt to
  // go on. May suspend if a hook is slow or a webhook is called: what was read from the store
  // before may then be out of date.
  std::optional<ApiReply> review(ApiServer& server, AdmissionKind kind, const ApiCall& call,
                                 Verb operation, json::value* object, const json::value* old_object,
                                 std::vector<std::string>* warnings = nullptr) const;
  // Whether anybody would be asked: lets the hot path skip building the review.
  bool any(ApiServer& server, const ResourceType& type, std::string_view subresource) const;

 private:
  const AdmissionHook& hook(std::string_view name) const;
  AdmissionHook& hook(std::string_view name);
  std::optional<ApiReply> ask_hooks(ApiServer& server, AdmissionKind kind, const ApiCall& call,
                                    Verb operation, json::value* object,
                                    const json::value* old_object) const;

  AdmissionPlugins plugins_;
  std::vector<AdmissionHook> hooks_;  // by name
  mutable WebhookSet webhooks_;
  std::unique_ptr<WebhookCaller> caller_;
  ServiceResolver resolver_;
  bool enabled_ = true;
};

}  // namespace drydock::fakekube
