// Questions about access that are asked by POST and never stored: SelfSubjectAccessReview,
// SelfSubjectRulesReview, SubjectAccessReview, LocalSubjectAccessReview (authorization.k8s.io/v1),
// SelfSubjectReview, TokenReview (authentication.k8s.io/v1).
//
//   if (auto answer = review_call(server, call)) return *std::move(answer);
#pragma once

#include <optional>

#include "fakekube/api/api_call.h"

namespace drydock::fakekube {

class ApiServer;

// nullopt: the call's type is no review. Else 201 with the answered review, 400 or 422, or 405 for
// a verb other than create. `call.user` is who asks. Never suspends.
std::optional<ApiReply> review_call(ApiServer& server, const ApiCall& call);

}  // namespace drydock::fakekube
