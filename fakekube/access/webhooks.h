// The webhooks that MutatingWebhookConfiguration and ValidatingWebhookConfiguration objects name:
// which of them a write concerns, and the asking. Called by Admission (api/admission.h).
//
// A configuration takes effect at once; a real server needs up to a second.
// Not done: matchConditions (CEL; a webhook is asked as if they were true), AdmissionReview
// v1beta1, auditAnnotations, CONNECT. Validating webhooks are asked one after the other, not in
// parallel.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/json.h"
#include "core/base/time.h"
#include "fakekube/access/webhook_caller.h"
#include "fakekube/api/api_call.h"

namespace drydock::fakekube {

class ApiServer;

// One webhook of a configuration, as it was last stored.
struct Webhook {
  JsonPtr configuration;  // keeps `spec` alive
  const json::value* spec = nullptr;
  std::string name;
  std::string url;  // without query
  std::optional<ServiceReference> service;
  Address address;  // of the URL
  Duration timeout = {};
  bool ignore_failure = false;
  bool reinvoke = false;
  bool equivalent = true;  // matchPolicy
};

// One write on its way.
struct WebhookQuestion {
  const ApiCall& call;
  Verb operation;                 // kCreate, kUpdate or kDelete
  json::value* object;            // replaced by patches; null on delete
  const json::value* old_object;  // null on create
  std::vector<std::string>& warnings;
};

// 500: the webhook itself could not be asked. `why` is "failed to call webhook: ...".
ApiReply webhook_failure(std::string_view hook_name, std::string_view why);

// How webhooks are reached.
struct WebhookWay {
  WebhookCaller* caller = nullptr;  // null: every call is refused
  const ServiceResolver& resolver;
};

class WebhookSet {
 public:
  // Whether there is any webhook at all; cheap.
  static bool any(ApiServer& server);
  // Each: an error reply, or nullopt to go on. May suspend.
  std::optional<ApiReply> mutate(ApiServer& server, const WebhookQuestion& question,
                                 const WebhookWay& way);
  std::optional<ApiReply> validate(ApiServer& server, const WebhookQuestion& question,
                                   const WebhookWay& way);

 private:
  // The webhooks of the stored configurations, read again when one changed since.
  struct Known {
    uint64_t revision = 0;
    std::shared_ptr<const std::vector<Webhook>> hooks;
  };
  static std::shared_ptr<const std::vector<Webhook>> current(ApiServer& server,
                                                             const ResourceType& type,
                                                             Known& known);

  Known mutating_;
  Known validating_;
};

}  // namespace drydock::fakekube
