// What StatefulSets, Deployments and ReplicaSets have in common; internal to their strategies.
#pragma once

#include <string>
#include <string_view>

#include "core/base/json.h"
#include "fakekube/api/status_error.h"

namespace drydock::fakekube {

// Go's %#v of string maps: `map[string]string{"a":"b", "c":"d"}`.
std::string go_string_map(const json::object& map);

// Selector present, not empty and matching the template's labels; restartPolicy Always; the
// template's pod. `noun`: "statefulset", "deployment".
void validate_workload(const json::value& object, std::string_view noun, FieldErrors& errors);
// Refuses a number below zero at spec.<key>.
void validate_not_negative(const json::value& object, std::string_view key, FieldErrors& errors);
// A selector that may not change, with Go's text of it.
void validate_same_selector(const json::value& object, const json::value& old_object,
                            FieldErrors& errors);

}  // namespace drydock::fakekube
