// Which webhooks a write concerns: rules, scope, selectors, matchPolicy.
//
//   const ResourceType* version = matched_version(server, hook, call, Verb::kCreate);
//   if (version != nullptr && selectors_match(server, hook, question)) ...   // ask it
#pragma once

#include "fakekube/access/webhooks.h"

namespace drydock::fakekube {

// The version in which the webhook wants to see the object: the call's own, or with matchPolicy
// Equivalent another one of the same kind that a rule names. nullptr: no rule matches. Writes of
// webhook configurations and admission policies concern no webhook.
const ResourceType* matched_version(ApiServer& server, const Webhook& hook, const ApiCall& call,
                                    Verb operation);
// namespaceSelector and objectSelector; the latter also sees the old object.
bool selectors_match(ApiServer& server, const Webhook& hook, const WebhookQuestion& question);

}  // namespace drydock::fakekube
