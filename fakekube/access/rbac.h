// RBAC as a real API server evaluates it: Roles and bindings are read from the store at each
// question, so that an answer is right from the write of a binding on.
//
//   AccessRequest request{.verb = "create", .namespace_name = "ns", .resource = "pods"};
//   AccessDecision decision = decide(store, user, request);
//   if (!decision.allowed) ...
//
// Besides stored ClusterRoles it knows, as constants, those that every real server begins with and
// that need nobody's help: discovery, self reviews and health for system:authenticated, health and
// version for system:unauthenticated, cluster-admin. Not built in: admin, edit, view.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/json.h"
#include "fakekube/access/user.h"

namespace drydock::fakekube {

class Store;

// What is asked for: a resource, or, with `resource` empty, a path.
struct AccessRequest {
  std::string verb;            // "get", "list", ...; of a path the method in lower case
  std::string namespace_name;  // "" = cluster scope
  std::string group;
  std::string resource;  // plural
  std::string subresource;
  std::string name;
  std::string path;  // "/healthz"

  bool is_path() const { return resource.empty(); }
};

struct AccessDecision {
  bool allowed = false;
  std::string reason;  // as a SubjectAccessReview shows it; may be empty
};

// Never suspends. A user without name and members of system:masters may do everything.
AccessDecision decide(const Store& store, const UserInfo& user, const AccessRequest& request);

// Every rule (as in a Role's `rules`) that gives the user something in that namespace.
std::vector<json::value> rules_for(const Store& store, const UserInfo& user,
                                   std::string_view namespace_name);

// "User "u" cannot get resource "pods" in API group "" in the namespace "ns"".
std::string forbidden_text(const UserInfo& user, const AccessRequest& request);

// What a request asks for, by its method and target alone, before any routing: also paths that
// lead nowhere are resources to RBAC. `method` in upper case; `target` with query.
AccessRequest access_request(std::string_view method, std::string_view target);

}  // namespace drydock::fakekube
