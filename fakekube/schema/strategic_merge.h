// Strategic merge patch of built-in kinds: lists merge by their patchMergeKey (api_types.h), with
// the directives $patch (replace, delete, merge), $deleteFromPrimitiveList, $setElementOrder and
// $retainKeys. Rules of k8s.io/apimachinery/pkg/util/strategicpatch.
//
//   // {"spec": {"containers": [{"name": "c", "image": "img:2"}]}} changes one container's image
//   if (auto refused = apply_strategic_merge(kPods, object, patch)) return *refused;
#pragma once

#include <optional>

#include "core/base/json.h"
#include "fakekube/api/api_call.h"

namespace drydock::fakekube {

// Changes `target`, the whole object, in place. A reply: refused (400 for a malformed patch, 500
// where a real server answers so); `target` is then unusable. Both must be JSON objects. A kind
// that the table has not gets a plain merge patch. Never suspends.
std::optional<ApiReply> apply_strategic_merge(const ResourceType& type, json::value& target,
                                              const json::value& patch);

}  // namespace drydock::fakekube
