#include "fakekube/actors/kubelet_resources.h"

#include <fmt/format.h>

#include <tuple>

#include "fakekube/actors/pod_view.h"
#include "fakekube/store/quantity.h"

namespace drydock::fakekube {
namespace {

Rejection out_of(std::string_view resource, int64_t requested, int64_t used, int64_t capacity) {
  return {fmt::format("OutOf{}", resource),
          fmt::format("Pod was rejected: Node didn't have enough resource: {}, requested: {}, "
                      "used: {}, capacity: {}",
                      resource, requested, used, capacity)};
}

int64_t over_request(const ResourceUser& user) { return user.bytes - user.request; }

}  // namespace

std::optional<Rejection> admission_problem(const NodeConfig& config, const json::value* node,
                                           const std::vector<JsonPtr>& present,
                                           const json::value& pod) {
  if (node != nullptr && !selects_node(pod, *node))
    return Rejection{"NodeAffinity",
                     "Pod was rejected: Predicate NodeAffinity failed: node(s) didn't match Pod's "
                     "node affinity/selector"};
  Resources used;
  for (const JsonPtr& other : present) {
    const Resources one = pod_requests(*other);
    used.cpu_milli += one.cpu_milli;
    used.memory_bytes += one.memory_bytes;
  }
  const Resources asked = pod_requests(pod);
  const int64_t cpu = parse_milli(config.cpu).value_or(0);
  const int64_t memory = quantity_units(config.memory);
  const auto count = static_cast<int64_t>(present.size());
  if (count + 1 > config.pods) return out_of("pods", 1, count, config.pods);
  if (asked.cpu_milli > 0 && used.cpu_milli + asked.cpu_milli > cpu)
    return out_of("cpu", asked.cpu_milli, used.cpu_milli, cpu);
  if (asked.memory_bytes > 0 && used.memory_bytes + asked.memory_bytes > memory)
    return out_of("memory", asked.memory_bytes, used.memory_bytes, memory);
  return std::nullopt;
}

Supply supply_of(const NodeConfig& config, NodeResource resource) {
  if (resource == NodeResource::kMemory)
    return {quantity_units(config.memory), 100LL * 1024 * 1024};
  const int64_t disk = quantity_units(config.disk);
  return {disk, disk / 10};
}

std::string_view resource_name(NodeResource resource) {
  return resource == NodeResource::kMemory ? "memory" : kScratch;
}

int64_t request_of(const json::value& pod, NodeResource resource) {
  if (resource == NodeResource::kMemory) return pod_requests(pod).memory_bytes;
  int64_t sum = 0;
  for (const json::value& container : json_array(pod, {"spec", "containers"}))
    sum += quantity_units(json_string(container, {"resources", "requests", kScratch}));
  return sum;
}

size_t first_to_evict(const std::vector<ResourceUser>& users) {
  const auto rank = [](const ResourceUser& user) {
    const int64_t over = over_request(user);
    return std::tuple(over <= 0, json_int(*user.pod, {"spec", "priority"}), -over);
  };
  size_t first = 0;
  for (size_t i = 1; i < users.size(); ++i)
    if (rank(users[i]) < rank(users[first])) first = i;
  return first;
}

std::string eviction_message(NodeResource resource, const ResourceUser& user, int64_t threshold,
                             int64_t available) {
  const std::string_view what = resource_name(resource);
  std::string out =
      fmt::format("The node was low on resource: {}. Threshold quantity: {}, available: {}. ", what,
                  print_bytes(threshold), print_bytes(available));
  for (const json::value& container : json_array(*user.pod, {"spec", "containers"})) {
    const std::string name = json_string(container, {"name"});
    const int64_t bytes = user.of_container(name);
    const std::string request = json_string(container, {"resources", "requests", what}, "0");
    if (bytes <= quantity_units(request)) continue;
    out += fmt::format("Container {} was using {}, request is {}, has larger consumption of {}. ",
                       name, print_bytes(bytes), request, what);
  }
  return out;
}

std::string print_bytes(int64_t bytes) {
  if (bytes % 1024 != 0) return fmt::format("{}Ki", bytes / 1024);
  return canonical_quantity(fmt::format("{}Ki", bytes / 1024)).value_or("0");
}

}  // namespace drydock::fakekube
