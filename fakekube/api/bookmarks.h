// What a watch's BOOKMARK carries: nothing of an object but its kind and a revision.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/base/json.h"
#include "fakekube/api/resource_types.h"

namespace drydock::fakekube {

// {"type":"BOOKMARK","object":...}. Of a custom resource kind, apiVersion and revision; of a
// built-in kind what Go prints for a struct with nothing set. `ends_initial`: the mark after the
// first events of a watch, which also holds a blueprint of the kind's empty list.
JsonPtr bookmark_line(const ResourceType& type, uint64_t revision, bool ends_initial);

// For a client that wants metadata alone: the blueprint in `metadata`, if there is one, becomes an
// empty list of that. `version`: of meta.k8s.io.
void set_metadata_blueprint(json::object& metadata, std::string_view version);

}  // namespace drydock::fakekube
