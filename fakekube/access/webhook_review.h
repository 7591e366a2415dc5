// The AdmissionReview (admission.k8s.io/v1) that a webhook is sent, and what its answer means:
// member order, rules and texts of a real API server.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/base/wire.h"
#include "fakekube/access/webhooks.h"

namespace drydock::fakekube {

// What one webhook is asked.
struct WebhookTask {
  const Webhook& hook;
  const ResourceType& version;  // of the objects, for matchPolicy Equivalent
  bool mutating = false;
  std::string uid;                    // of the review; the answer repeats it
  std::optional<json::value> object;  // as the webhook sees it
  std::optional<json::value> old_object;
};

struct WebhookVerdict {
  std::string failure;              // "failed to call webhook: ...": it was not really asked
  std::optional<ApiReply> refusal;  // it denied, or answered with a patch that is none
  json::array patch;
  std::vector<std::string> warnings;
};

// The objects of a question in the form that the webhook's version has; on a create, a mutating
// webhook sees nothing yet of what the server itself sets.
std::optional<json::value> seen_object(const WebhookQuestion& question, const ResourceType& version,
                                       bool mutating);
std::optional<json::value> seen_old_object(const WebhookQuestion& question,
                                           const ResourceType& version);
// The way back of seen_object(): what the server had set is there again.
json::value own_object(const WebhookQuestion& question, const ResourceType& version,
                       json::value seen);

// "https://host:port/path?timeout=10s"
std::string called_url(const Webhook& hook);
HttpRequest review_request(const WebhookQuestion& question, const WebhookTask& task);
WebhookVerdict read_verdict(const WebhookTask& task, const Address& address,
                            const Result<HttpResponse>& response);

}  // namespace drydock::fakekube
