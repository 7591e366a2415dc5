// The body of a write, from bytes to JSON: JSON, YAML (1.1, as sigs.k8s.io/yaml reads it) and
// protobuf (the "k8s\0" envelope), with a real server's refusals and bounded memory.
//
//   // the HTTP front, once verb, type, subresource and query are known:
//   if (auto refused = read_request_body(request, call)) return *std::move(refused);
//   // the patch verb, once the object was found (404 comes before a malformed patch):
//   if (auto refused = unreadable_patch(call)) return *std::move(refused);
//
// A malformed body is refused by the verb, not here, so that 401, 403, 404 and the like come first
// as on a real server: `body` stays null, `body_text` and `body_error` tell what is wrong.
// decode_body() (fakekube/api/decode.h), unreadable_patch() and unreadable_options() make the
// refusals out of them.
#pragma once

#include <optional>

#include "core/base/wire.h"
#include "fakekube/api/api_call.h"

namespace drydock::fakekube {

// Sets the call's patch_type, body, body_text, body_error and strict_errors; does nothing for
// reads. A reply: refused at once (413 too large, 415 unknown Content-Type). Never suspends.
std::optional<ApiReply> read_request_body(const HttpRequest& request, ApiCall& call);

}  // namespace drydock::fakekube
