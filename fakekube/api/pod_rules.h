// The parts of the pod strategy; internal to it (pod_strategy.cc says what happens when).
#pragma once

#include <optional>
#include <string_view>

#include "core/base/json.h"
#include "fakekube/api/status_error.h"

namespace drydock::fakekube {

class ApiServer;

// What a bad quantity's 400 says.
inline constexpr std::string_view kQuantityText =
    "quantities must match the regular expression "
    "'^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";

// The quantities of the map `holder[key]`, if there is one: canonical. False: one of them is none.
bool canonical_quantities(json::object& holder, std::string_view key);
// Quantities anywhere in the containers: canonical. A reply (400): one of them is none.
std::optional<ApiReply> normalise_quantities(json::object& spec);
// A limit without a request is the request.
void default_requests(json::object& spec);
// "BestEffort", "Burstable" or "Guaranteed".
std::string_view qos_class(const json::value& spec);

// What admission plugins that a real server has on by default do with a new pod: service account
// and its token volume, priority class, tolerations of silent nodes. A reply (403) refuses.
std::optional<ApiReply> admit_pod(ApiServer& server, json::value& pod);

// What may change in a pod's spec.
void validate_pod_update(const json::value& object, const json::value& old_object,
                         FieldErrors& errors);

}  // namespace drydock::fakekube
