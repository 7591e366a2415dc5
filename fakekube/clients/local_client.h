// The Kubernetes API for parts that live beside the API server (scheduler, kubelet, collector, the
// harness): the same rules, checks and revisions as over HTTP, without a network in between.
//
//   LocalClient client(server, env, "kube-scheduler");
//   DRYDOCK_ASSIGN(JsonPtr pod, client.get(kPods, "ns", "p"));
//   DRYDOCK_ASSIGN(ListResult pods, client.list(kPods));
//   auto watch = client.watch(kPods, {.revision = pods.revision});
//   Result<WatchEvent> event = watch->next(env.now() + seconds(30));
//
// Every call but try_next() may suspend: it takes the server's service time on the caller's Env.
// An error's Code is what the HTTP status means (404 kNotFound, 409 kAlreadyExists or kConflict,
// 422 and 400 kInvalid, 403 kForbidden, 410 kExpired, 429/503/504 kUnavailable, 415/405
// kUnsupported, 500 kInternal); its message is the Status object's message. kCancelled when the
// task is to end: then a write may have happened.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/env.h"
#include "core/base/json.h"
#include "core/base/status.h"
#include "fakekube/api/resource_types.h"
#include "fakekube/store/watch.h"

namespace drydock::fakekube {

class ApiServer;
struct ApiCall;
struct ApiReply;

struct ListOptions {
  std::string namespace_name = {};  // empty: all namespaces
  std::string label_selector = {};  // "app=x,!y"
  std::string field_selector = {};  // "spec.nodeName=n1"
};

struct ListResult {
  std::vector<JsonPtr> items;  // by namespace, then name
  uint64_t revision = 0;       // watch from here to miss nothing
};

struct WatchOptions {
  std::string namespace_name = {};
  std::string label_selector = {};
  std::string field_selector = {};
  // Every change after this revision. nullopt: ADDED for what exists now, then every change.
  std::optional<uint64_t> revision = {};
};

// Ends (unsubscribes) when destroyed. Belongs to one task.
class LocalWatch {
 public:
  virtual ~LocalWatch() = default;
  // Suspends until there is an event. kExpired: it fell behind the server's history, list again
  // and watch anew. kNotFound: the server ended it in order, resume from the last event's revision;
  // kInternal: the same after a break. kDeadlineExceeded: no event, the watch goes on. kCancelled.
  virtual Result<WatchEvent> next(SteadyTime deadline) = 0;
  // Never suspends; nullopt when there is no event now (or the watch is expired: next() tells).
  virtual std::optional<WatchEvent> try_next() = 0;
  // From now on calls `wake` whenever try_next() may have something new: inside the writer, so it
  // may neither suspend nor write. Replaces an earlier one.
  virtual void wake_with(std::function<void()> wake) = 0;
};

struct DeleteOptions {
  std::optional<int64_t> grace_period_seconds = {};
  std::string uid = {};                 // precondition; empty: none
  uint64_t resource_version = 0;        // precondition; 0: none
  std::string propagation_policy = {};  // "Background", "Foreground", "Orphan"; empty: the default
};

class LocalClient {
 public:
  // `env` is the caller's; `server` must outlive the client and its watches.
  LocalClient(ApiServer& server, Env& env, std::string user_agent);

  // The namespace is metadata.namespace. Answers what was stored.
  Result<JsonPtr> create(const ResourceType& type, json::value object);
  Result<JsonPtr> get(const ResourceType& type, std::string_view namespace_name,
                      std::string_view name);
  Result<ListResult> list(const ResourceType& type, const ListOptions& options = {});
  // Replaces the object of that name; kConflict when resourceVersion is no longer the newest.
  Result<JsonPtr> update(const ResourceType& type, json::value object);
  Result<JsonPtr> update_status(const ResourceType& type, json::value object);
  // Merge patch (RFC 7386).
  Result<JsonPtr> patch(const ResourceType& type, std::string_view namespace_name,
                        std::string_view name, json::value merge_patch);
  Result<JsonPtr> patch_status(const ResourceType& type, std::string_view namespace_name,
                               std::string_view name, json::value merge_patch);
  // Ok when the deletion was accepted; the object may stay (finalizers, grace).
  Status remove(const ResourceType& type, std::string_view namespace_name, std::string_view name,
                const DeleteOptions& options = {});
  // POST pods/<name>/binding. kConflict when it is bound already.
  Status bind(std::string_view namespace_name, std::string_view pod, std::string_view node);
  // PUT namespaces/<name>/finalize: with other spec.finalizers. The last step of its deletion.
  Status finalize_namespace(json::value name_space);
  // Never suspends, never null; a bad selector is a programmer's error (CHECK).
  std::unique_ptr<LocalWatch> watch(const ResourceType& type, const WatchOptions& options = {});

  ApiServer& server() { return server_; }

 private:
  Result<ApiReply> call(ApiCall call);
  Result<JsonPtr> call_for_object(ApiCall call);

  ApiServer& server_;
  Env& env_;
  std::string user_agent_;
};

}  // namespace drydock::fakekube
