// RFC 6902 as a real API server applies it: `replace` of an absent object member adds it.
#pragma once

#include "core/base/json.h"

namespace drydock::fakekube {

// False: a path is absent, a test failed or an operation is malformed; `target` is then unusable.
bool apply_json_patch(json::value& target, const json::array& operations);

}  // namespace drydock::fakekube
