// All that a real API server checks of a custom resource against its definition, in its order: the
// schema, the numbers of a scale, lists, then rules unless an earlier error makes them pointless.
//
//   validate_custom(*call.type, draft.object, nullptr, false, errors);      // a create
#pragma once

#include "core/base/json.h"
#include "fakekube/api/resource_types.h"
#include "fakekube/api/status_error.h"

namespace drydock::fakekube {

// Nothing for kinds without a schema. `old_object`: null for a create. `status_only`: a write to
// the status subresource. `errors` holds what is wrong with the metadata already.
void validate_custom(const ResourceType& type, const json::value& object,
                     const json::value* old_object, bool status_only, FieldErrors& errors);

// The schema of a custom kind as it was written; CHECKs that there is one.
const json::value& open_api_schema_of(const ResourceType& type);

}  // namespace drydock::fakekube
