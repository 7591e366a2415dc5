// A client of the Kubernetes API over Wire, for one namespace.
//
//   KubeClient kube(env, wire, {.api = {"10.96.0.1", 443}, .namespace_name = "datagrid"});
//   Result<JsonPtr> pod = kube.get(kPods, "my-backup");
//   if (pod.code() == Code::kNotFound) ...
//
// Every call may suspend, at most for `call_deadline`, and answers with the object or a Status
// whose message is the API server's. Codes: 404 kNotFound, but kUnavailable when it is plain text
// (nobody serves the kind now, which says nothing of its objects); 409 kAlreadyExists or kConflict,
// by reason; 410 kExpired; 400 and 422 kInvalid; 401 kUnauthenticated; 403 kForbidden; 405, 406 and
// 415 kUnsupported; 429, 500, 502, 503 and 504 kUnavailable; else kInternal. Errors of the way as
// Wire says them; a write that ended with one, or with kUnavailable, may have been done.
//
// As Kubernetes' own clients do, a call is repeated when the server says Retry-After, within its
// deadline: so a create can end with kAlreadyExists although it was this call that created.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/env.h"
#include "core/base/json.h"
#include "core/base/limits.h"
#include "core/base/wire.h"

namespace drydock::control {

struct KubeResource {
  std::string_view group_version;  // "v1", "infinispan.org/v2alpha1"
  std::string_view plural;
  std::string_view kind;
  bool namespaced = true;

  friend bool operator==(const KubeResource&, const KubeResource&) = default;
};

inline constexpr KubeResource kBackups{"infinispan.org/v2alpha1", "backups", "Backup"};
inline constexpr KubeResource kRestores{"infinispan.org/v2alpha1", "restores", "Restore"};
inline constexpr KubeResource kInfinispans{"infinispan.org/v1", "infinispans", "Infinispan"};
inline constexpr KubeResource kPods{"v1", "pods", "Pod"};
inline constexpr KubeResource kClaims{"v1", "persistentvolumeclaims", "PersistentVolumeClaim"};
inline constexpr KubeResource kSecrets{"v1", "secrets", "Secret"};
inline constexpr KubeResource kEvents{"v1", "events", "Event"};
inline constexpr KubeResource kLeases{"coordination.k8s.io/v1", "leases", "Lease"};
inline constexpr KubeResource kNodes{"v1", "nodes", "Node", false};

struct KubeOptions {
  Address api;
  std::string namespace_name;
  std::string bearer_token;  // empty: no Authorization header
  std::string user_agent = "drydock-operator";
  Duration call_deadline = limits::kCallDeadline;
  int list_limit = limits::kListLimit;
};

struct KubeList {
  std::vector<JsonPtr> items;    // as the server orders them: by name
  std::string resource_version;  // watch from here
};

class KubeClient {
 public:
  // `env` and `wire` must outlive the client.
  KubeClient(Env& env, Wire& wire, KubeOptions options)
      : env_(env), wire_(wire), options_(std::move(options)) {}

  Result<JsonPtr> get(const KubeResource& resource, std::string_view name);
  // All pages. kExpired when the server lost the snapshot between two pages: list again.
  // `label_selector` as in "app=infinispan-pod"; empty: all.
  Result<KubeList> list(const KubeResource& resource, std::string_view label_selector = {});
  Result<JsonPtr> create(const KubeResource& resource, json::value object);
  // Replaces the object of the same name; carries the resourceVersion that `object` has.
  Result<JsonPtr> update(const KubeResource& resource, json::value object);
  // Merge patch (RFC 7386) of the object, or of its status subresource. With
  // metadata.resourceVersion in the patch: kConflict when the object is no longer that one.
  Result<JsonPtr> patch(const KubeResource& resource, std::string_view name, json::value patch);
  Result<JsonPtr> patch_status(const KubeResource& resource, std::string_view name,
                               json::value patch);
  // Deletes the object if its uid is `uid`. The controllers never delete a pod: the log would go.
  Status remove(const KubeResource& resource, std::string_view name, std::string_view uid);

  // The stream of changes after `resource_version`, one {type, object} per chunk, with bookmarks;
  // the server ends it after about `timeout`. kExpired: the version is gone, list again.
  Result<std::unique_ptr<ResponseStream>> watch(const KubeResource& resource,
                                                std::string_view resource_version,
                                                Duration timeout);

  const KubeOptions& options() const { return options_; }

 private:
  Result<JsonPtr> call(std::string method, std::string target, Body body,
                       std::string_view content_type);
  HttpRequest make_request(std::string method, std::string target, Body body,
                           std::string_view content_type) const;
  std::string collection_path(const KubeResource& resource) const;
  std::string object_path(const KubeResource& resource, std::string_view name) const;

  Env& env_;
  Wire& wire_;
  KubeOptions options_;
};

// The Status that an HTTP answer of the API server means; `response.status` is not 2xx.
Status kube_error(const HttpResponse& response);
// The Status that a Status object means (the object of a watch's ERROR event).
Status kube_error(const json::value& status_object);

}  // namespace drydock::control
