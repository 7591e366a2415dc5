// ResourceQuota: what a namespace's objects use, and whether one more write is within its quotas.
//
//   json::object used = quota_usage(store, quota, "ns");          //
//   {"pods":"2","requests.cpu":"1"} if (auto refused = charge_quota(server, call, &pod, nullptr))
//   return *refused;    // 403
//
// Counted: pods, persistentvolumeclaims, services, secrets, configmaps, replicationcontrollers,
// resourcequotas, count/<plural>.<group>; of pods that have not ended requests.* and limits.* (cpu,
// memory and the rest; "cpu" and "memory" are the requests); of claims requests.storage, also by
// class. Scopes: BestEffort, NotBestEffort, Terminating, NotTerminating; scopeSelector is ignored.
#pragma once

#include <optional>
#include <string_view>

#include "core/base/json.h"
#include "fakekube/api/api_call.h"
#include "fakekube/store/store.h"

namespace drydock::fakekube {

class ApiServer;

// Of the resources in the quota's spec.hard, as quantities, sorted by name.
json::object quota_usage(const Store& store, const json::value& quota,
                         std::string_view namespace_name);

// Judged by the objects that are there now, not by status.used. A reply: 403. Never suspends.
std::optional<ApiReply> charge_quota(ApiServer& server, const ApiCall& call,
                                     const json::value* object, const json::value* old_object);

}  // namespace drydock::fakekube
