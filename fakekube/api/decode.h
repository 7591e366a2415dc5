// From what a client sent to an object of a kind: checks kind and apiVersion, drops and reports
// unknown fields, fills in a custom resource's schema defaults.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/base/json.h"
#include "fakekube/api/api_call.h"

namespace drydock::fakekube {

// An object on its way into the store.
struct Draft {
  json::value object;
  std::vector<std::string> warnings;
  // A stored version of which nothing but the status was changed yet: what is said of the rest when
  // it is written needs not be said again.
  bool only_status = false;
};

// Copies the call's body into `draft` and normalises it. A reply: refused (400, 415, 422).
std::optional<ApiReply> decode_body(const ApiCall& call, Draft& draft);
// As decode_body() for an object that a patch or a mutating hook made.
std::optional<ApiReply> normalise(const ApiCall& call, Draft& draft);

// The refusal of a patch without a readable body (call.body is null), or one of the wrong JSON type
// (a merge patch that is a list); nullopt: readable. Ask once the object was found.
std::optional<ApiReply> unreadable_patch(const ApiCall& call);
// The refusal of an object that etcd would not take; nullopt: it fits. Calls of actors in this
// process aren't measured.
std::optional<ApiReply> too_large_to_store(const ApiCall& call, const json::value& object);
// The refusal of malformed DeleteOptions, which is a 500; nullopt: readable or absent.
std::optional<ApiReply> unreadable_options(const ApiCall& call);

}  // namespace drydock::fakekube
