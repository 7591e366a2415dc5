// CustomResourceDefinitions as objects: their defaults, validation (texts of a real server) and the
// beginning of their deletion. What they define is served by CustomKinds (custom_kinds.h).
#pragma once

#include "core/base/json.h"
#include "fakekube/api/strategy.h"

namespace drydock::fakekube {

extern const Strategy kCrdStrategy;

// As decoded from a client, what it left out.
void default_crd(json::value& crd);
void validate_crd(const json::value& crd, FieldErrors& errors);

// The finalizer that a CRD has from the beginning of its deletion to the end of its objects.
inline constexpr std::string_view kCrdFinalizer = "customresourcecleanup.apiextensions.k8s.io";

// Sets or replaces the condition of that type; its time only moves with its status.
void set_crd_condition(json::value& crd, std::string_view type, bool holds, std::string_view reason,
                       std::string_view message, std::string_view now);

// Marks a CRD as being deleted and stores it; the actor does the rest.
ApiReply begin_crd_deletion(ApiServer& server, const ApiCall& call, const json::value& stored);

}  // namespace drydock::fakekube
