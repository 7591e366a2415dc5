// The password that the operator uses on the servers' admin endpoint, out of the Secret
// <cluster>-generated-operator-secret.
//
//   Result<Credentials> user = parse_operator_secret(*secret);
#pragma once

#include "core/base/digest.h"
#include "core/base/json.h"
#include "core/base/status.h"

namespace drydock::control {

// The user "operator" of `identities.yaml` (as infinispan-operator writes it: a list
// `credentials` of username, password, roles), else keys `username` and `password`.
// kInvalid: neither is there; the message never has secret text in it.
Result<Credentials> parse_operator_secret(const json::value& secret);

}  // namespace drydock::control
