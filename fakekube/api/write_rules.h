// What the writing verbs share; internal to them.
#pragma once

#include <optional>

#include "core/base/json.h"
#include "fakekube/api/api_call.h"

namespace drydock::fakekube {

// How often a write begins anew because somebody else wrote while admission was asked.
inline constexpr int kWriteTries = 6;

inline bool is_apply(const ApiCall& call) {
  return call.verb == Verb::kPatch && call.patch_type == PatchType::kApply;
}

// Name and namespace of the object against the URL's.
std::optional<ApiReply> check_names(const ApiCall& call, const json::value& object);

}  // namespace drydock::fakekube
