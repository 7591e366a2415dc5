// What the recorder of restarts asked a node about itself.
#pragma once

#include <initializer_list>
#include <string>

#include "core/base/json.h"
#include "harness/conformance/grid/cluster.h"

namespace drydock::harness::conformance::grid {

// Of a call that got no answer: as the recorder's client named it.
std::string name_of_failure(const Status& status);
std::string text_of_failure(const Status& status);

// One look at health, in the shape of a record of kind "health". May suspend.
json::object look_at_health(Cluster& cluster, const json::value& record);
// The call "container+health", in the shape of its record. May suspend.
json::object look_at_container(Cluster& cluster, const json::value& record);

// "" when all that `recorded` has in these fields is in ours; lists are sets.
std::string fields_difference(const json::value& recorded, const json::object& ours,
                              std::initializer_list<const char*> fields);

}  // namespace drydock::harness::conformance::grid
