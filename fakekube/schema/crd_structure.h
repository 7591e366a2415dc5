// Whether a CRD's schema is structural: every field has a type that is said once, outside of
// anyOf, oneOf, allOf and not; nothing that a real API server forbids. Texts are its own.
#pragma once

#include <string>

#include "core/base/json.h"
#include "fakekube/api/status_error.h"

namespace drydock::fakekube {

// `path`: where the schema is in the CRD.
void check_structure(const json::value& schema, const std::string& path, FieldErrors& errors);

}  // namespace drydock::fakekube
