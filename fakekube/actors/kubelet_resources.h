// What a node has and its pods take: who is admitted, and who is evicted when it runs out.
// Pure functions; texts as of kubelet 1.32. Internal to the kubelet.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/json.h"
#include "fakekube/actors/kubelet.h"
#include "fakekube/actors/node_disk.h"

namespace drydock::fakekube {

// The resource of what a pod writes to its node's own disk.
inline constexpr std::string_view kScratch = "ephemeral-storage";

struct Rejection {
  std::string reason;   // "OutOfcpu", "OutOfmemory", "OutOfpods", "NodeAffinity"
  std::string message;  // as status.message says it
};
// Why the node does not take the pod beside those that it has; nullopt: it does.
std::optional<Rejection> admission_problem(const NodeConfig& config, const json::value* node,
                                           const std::vector<JsonPtr>& present,
                                           const json::value& pod);

struct Supply {
  int64_t capacity = 0;   // bytes
  int64_t threshold = 0;  // what is left below which the kubelet evicts
};
// --eviction-hard memory.available<100Mi,nodefs.available<10%
Supply supply_of(const NodeConfig& config, NodeResource resource);

struct ResourceUser {
  JsonPtr pod;
  int64_t bytes = 0;
  int64_t request = 0;
  std::function<int64_t(const std::string& container)> of_container;
};
// "memory", "ephemeral-storage": as requests and messages name it.
std::string_view resource_name(NodeResource resource);
// What the pod asked for.
int64_t request_of(const json::value& pod, NodeResource resource);
// The one to evict first: it takes more than it asked for before one that doesn't, then the lower
// priority, then the one that exceeds its request by more. The index; `users` must not be empty.
size_t first_to_evict(const std::vector<ResourceUser>& users);
std::string eviction_message(NodeResource resource, const ResourceUser& user, int64_t threshold,
                             int64_t available);

// "512Mi", "1000Ki": bytes as a kubelet prints them.
std::string print_bytes(int64_t bytes);

}  // namespace drydock::fakekube
