// The schemas that every OpenAPI document shares and that are no built-in kind's: lists' metadata,
// Status, Patch, times and quantities.
#pragma once

#include <string_view>

#include "core/base/json.h"

namespace drydock::fakekube {

// By its name without the package: "ListMeta", "Time". References in it begin with "#ref/", for
// the caller to complete. Null: none of that name.
json::value shared_schema(std::string_view name);

// All groups and versions whose clients may send DeleteOptions, for its
// x-kubernetes-group-version-kind; also of versions that are not served any more.
json::array delete_options_kinds();

}  // namespace drydock::fakekube
