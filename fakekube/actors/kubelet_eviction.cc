#include "fakekube/actors/kubelet_eviction.h"

#include <fmt/format.h>

#include <utility>

#include "fakekube/actors/kubelet_node.h"
#include "fakekube/actors/pod_view.h"
#include "fakekube/actors/timings.h"

namespace drydock::fakekube {
namespace {

constexpr int64_t kCriticalPriority = 2'000'000'000;

size_t index_of(NodeResource resource) { return static_cast<size_t>(resource); }

}  // namespace

bool EvictionManager::under_pressure(NodeResource resource) const {
  const std::optional<SteadyTime>& seen = short_at_[index_of(resource)];
  return seen && context_.env.now() - *seen < timings::kPressureTransition;
}

void EvictionManager::look() {
  bool evicted = false;
  for (const NodeResource resource : kNodeResources) {
    evicted = relieve(resource, evicted) || evicted;
    context_.node->set_pressure(resource, under_pressure(resource));
  }
}

bool EvictionManager::relieve(NodeResource resource, bool only_look) {
  std::vector<Candidate> candidates = survey_(resource);
  const Supply supply = supply_of(context_.config, resource);
  int64_t available =
      supply.capacity - static_cast<int64_t>(context_.disk->taken_beside[index_of(resource)]);
  std::vector<ResourceUser> users;
  for (const Candidate& one : candidates) {
    available -= one.user.bytes;
    users.push_back(one.user);
  }
  if (available >= supply.threshold) return false;
  short_at_[index_of(resource)] = context_.env.now();
  if (const JsonPtr node = context_.informers->get(kNodes, "", context_.config.name))
    context_.events->warning(*node, "EvictionThresholdMet",
                             fmt::format("Attempting to reclaim {}", resource_name(resource)));
  if (users.empty() || only_look) return false;
  const size_t first = first_to_evict(users);
  candidates[first].evict(eviction_message(resource, users[first], supply.threshold, available));
  return true;
}

void EvictionManager::run() {
  while (context_.env.sleep_for(timings::kEvictionPeriod).ok()) look();
}

std::optional<Rejection> EvictionManager::refusal(const json::value& pod) const {
  const bool memory = under_pressure(NodeResource::kMemory);
  const bool disk = under_pressure(NodeResource::kDisk);
  if ((!memory && !disk) || json_int(pod, {"spec", "priority"}) >= kCriticalPriority)
    return std::nullopt;
  const bool modest =
      json_string(pod, {"status", "qosClass"}) != "BestEffort" ||
      toleration_seconds(pod, {std::string(kMemoryPressureTaint), "", "NoSchedule"});
  if (!disk && modest) return std::nullopt;
  std::string conditions = memory ? "MemoryPressure" : "";
  if (disk) conditions += memory ? " DiskPressure" : "DiskPressure";
  return Rejection{"Evicted", "Pod was rejected: The node had condition: [" + conditions + "]. "};
}

}  // namespace drydock::fakekube
