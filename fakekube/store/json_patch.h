// RFC 6902 as a real API server applies it, with its library's habits: `replace` of an absent
// object member adds it, an absent `value` is null, null equals absent in a `test`, a copied absent
// member is null, negative indices count from the end, text before a path's first slash is ignored.
#pragma once

#include "core/base/json.h"

namespace drydock::fakekube {

// False: a path is absent, a test failed, an operation is malformed, or copies of more than 3 MiB
// were asked for; `target` is then unusable.
bool apply_json_patch(json::value& target, const json::array& operations);

}  // namespace drydock::fakekube
