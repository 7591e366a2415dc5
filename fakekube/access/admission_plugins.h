// The admission plugins of a real API server that are more than defaults, as named switches.
//
//   server.admission().plugins().enable("PodSecurity");
//   server.admission().plugins().disable("ResourceQuota");
//
// PodSecurity               403, or a Warning, by the namespace's pod-security labels
// ResourceQuota             403 for what would exceed a quota of the namespace (quota.h)
// ServiceAccount            a pod runs as an account and gets its token volume
// Priority                  a pod's priority, from its PriorityClass
// DefaultTolerationSeconds  a pod tolerates a silent node for five minutes
// All are on, as in a default API server; the first two cost nothing until somebody uses them.
// NamespaceLifecycle and DefaultStorageClass can't be switched: they are part of the verbs and of
// the claims' strategy. The last three are called by the pods' strategy.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/json.h"
#include "fakekube/api/api_call.h"

namespace drydock::fakekube {

class ApiServer;

class AdmissionPlugins {
 public:
  // CHECK that the name is in the table.
  void enable(std::string_view name);
  void disable(std::string_view name);
  bool enabled(std::string_view name) const { return enabled_.count(name) != 0; }

  // For Admission. Whether some plugin would look at such a write; cheap.
  bool any(ApiServer& server, const ResourceType& type, std::string_view subresource) const;
  // Before and after the validating webhooks, of creates and updates: pod security first, quota as
  // the last word, because nothing suspends between it and the store.
  std::optional<ApiReply> validate(ApiServer& server, const ApiCall& call,
                                   const json::value* object, const json::value* old_object,
                                   std::vector<std::string>& warnings) const;
  std::optional<ApiReply> charge(ApiServer& server, const ApiCall& call, const json::value* object,
                                 const json::value* old_object) const;

 private:
  bool labelled_namespaces(ApiServer& server) const;

  std::set<std::string, std::less<>> enabled_ = {"DefaultTolerationSeconds", "PodSecurity",
                                                 "Priority", "ResourceQuota", "ServiceAccount"};
  // Whether some namespace has a label of pod security, as of that revision.
  mutable uint64_t labels_revision_ = 0;
  mutable bool labels_present_ = false;
};

}  // namespace drydock::fakekube
