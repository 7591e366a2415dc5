// NetworkPolicy as a question: may a pod open a connection to another one? Whoever models a network
// asks; the API server itself does not.
//
//   policy_allows(policies, from, to, {.protocol = "TCP", .number = 11222});
//
// A pod that no policy of a direction selects may do everything in it; else some policy must allow
// the other side and the port. Both sides' policies must agree. Answers to allowed connections
// pass.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/json.h"

namespace drydock::fakekube {

struct PolicyPeer {
  std::string namespace_name;
  json::object pod_labels;
  json::object namespace_labels;
  std::string ip;  // "10.0.0.7", for ipBlock; may be empty: no ipBlock matches
  // Names of the container ports, for rules that name one: {"admin", 11223}.
  std::vector<std::pair<std::string, int64_t>> named_ports = {};
};

struct PolicyPort {
  std::string_view protocol = "TCP";
  int64_t number = 0;
};

// `policies`: NetworkPolicy objects of any namespaces, in any order. Never suspends.
bool policy_allows(const std::vector<JsonPtr>& policies, const PolicyPeer& from,
                   const PolicyPeer& to, const PolicyPort& port);

}  // namespace drydock::fakekube
