// What a node has and its pods take: who is admitted, and who is evicted when memory runs out.
// Pure functions; texts as of kubelet 1.32. Internal to the kubelet.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/base/json.h"
#include "fakekube/actors/kubelet.h"

namespace drydock::fakekube {

struct Rejection {
  std::string reason;   // "OutOfcpu", "OutOfmemory", "OutOfpods", "NodeAffinity"
  std::string message;  // as status.message says it
};
// Why the node does not take the pod beside those that it has; nullopt: it does.
std::optional<Rejection> admission_problem(const NodeConfig& config, const json::value* node,
                                           const std::vector<JsonPtr>& present,
                                           const json::value& pod);

// What is left below which the kubelet evicts (--eviction-hard memory.available<100Mi).
inline constexpr int64_t kMemoryThreshold = 100LL * 1024 * 1024;

struct MemoryUser {
  JsonPtr pod;
  int64_t bytes = 0;
  std::function<int64_t(const std::string& container)> of_container;
};
// The one to evict first: it takes more than it asked for before one that doesn't, then the lower
// priority, then the one that exceeds its request by more. The index; `users` must not be empty.
size_t first_to_evict(const std::vector<MemoryUser>& users);
std::string memory_eviction_message(const MemoryUser& user, int64_t available);

// "512Mi", "1000Ki": bytes as a kubelet prints them.
std::string print_bytes(int64_t bytes);

}  // namespace drydock::fakekube
