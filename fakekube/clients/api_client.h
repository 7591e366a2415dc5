// ApiClient: the Kubernetes API as an actor sees it, whatever lies in between. Two ways to get one:
//
//   auto local = make_local_client(server, env, "kube-scheduler");          // beside the API
//   server auto remote = make_wire_client(env, wire, {"10.96.0.1", 6443}, "kubelet");  // over the
//   network
//
// Both give the same answers and the same codes (local_client.h). Over the network a call also
// fails as Wire calls do (kRefused, kConnectionReset, kDeadlineExceeded): then a write may have
// happened. Every call may suspend, each for at most timings::kApiCallDeadline; after kCancelled
// the task is to end.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/env.h"
#include "core/base/json.h"
#include "core/base/wire.h"
#include "fakekube/api/resource_types.h"
#include "fakekube/clients/local_client.h"

namespace drydock::fakekube {

// Ends when destroyed. Belongs to one task.
class ApiWatch {
 public:
  virtual ~ApiWatch() = default;
  // Suspends until there is an event. kDeadlineExceeded: no event, the watch goes on. kNotFound:
  // the server ended the watch in order, resume from the last event's revision. Any other error:
  // watch anew; kExpired: list first.
  virtual Result<WatchEvent> next(SteadyTime deadline) = 0;
  // For watches that can tell without a waiting task: calls `wake` (may not suspend) whenever
  // try_next() may have something, and returns true. False: not supported, wait in next().
  virtual bool wake_with(std::function<void()> /*wake*/) { return false; }
  // Never suspends; nullopt when there is no event now (or the watch failed: next() tells).
  virtual std::optional<WatchEvent> try_next() { return std::nullopt; }
};

class ApiClient {
 public:
  virtual ~ApiClient() = default;

  virtual Result<JsonPtr> create(const ResourceType& type, json::value object) = 0;
  virtual Result<JsonPtr> get(const ResourceType& type, std::string_view namespace_name,
                              std::string_view name) = 0;
  virtual Result<ListResult> list(const ResourceType& type, const ListOptions& options) = 0;
  virtual Result<JsonPtr> update(const ResourceType& type, json::value object) = 0;
  virtual Result<JsonPtr> update_status(const ResourceType& type, json::value object) = 0;
  // Merge patch (RFC 7386).
  virtual Result<JsonPtr> patch(const ResourceType& type, std::string_view namespace_name,
                                std::string_view name, json::value merge_patch) = 0;
  virtual Result<JsonPtr> patch_status(const ResourceType& type, std::string_view namespace_name,
                                       std::string_view name, json::value merge_patch) = 0;
  virtual Status remove(const ResourceType& type, std::string_view namespace_name,
                        std::string_view name, const DeleteOptions& options) = 0;
  virtual Status bind(std::string_view namespace_name, std::string_view pod,
                      std::string_view node) = 0;
  // The last step of a namespace's deletion: without spec.finalizers it goes.
  virtual Status finalize_namespace(json::value name_space) = 0;
  virtual Result<std::unique_ptr<ApiWatch>> watch(const ResourceType& type,
                                                  const WatchOptions& options) = 0;
};

// `server` and `env` (the caller's) must outlive the client, its watches and its calls.
std::shared_ptr<ApiClient> make_local_client(ApiServer& server, Env& env, std::string user_agent);
// The calls go to `server` through `wire`, both of the caller's process.
std::shared_ptr<ApiClient> make_wire_client(Env& env, Wire& wire, Address server,
                                            std::string user_agent);

// Reads the object, lets `change` edit it, writes it back; on kConflict reads again, a bounded
// number of times. `change` returns false when nothing is to be done (then the result is ok).
// `uid`: only that very object (kNotFound when another one has its name); empty: any.
enum class WritePart { kObject, kStatus };
Status edit_object(ApiClient& client, const ResourceType& type, std::string_view namespace_name,
                   std::string_view name, std::string_view uid, WritePart part,
                   const std::function<bool(json::value& object)>& change);

}  // namespace drydock::fakekube
