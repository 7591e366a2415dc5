// Applies the JSON patch of a mutating webhook, with the error texts of a real server's library.
//
//   std::string error = apply_webhook_patch(object, patch);   // "" = applied
#pragma once

#include <string>

#include "core/base/json.h"

namespace drydock::fakekube {

// Empty: `target` is patched. Else why not, as in `add operation does not apply: doc is missing
// path: "/spec/x/y": missing value`; `target` is then unusable.
std::string apply_webhook_patch(json::value& target, const json::array& operations);

}  // namespace drydock::fakekube
