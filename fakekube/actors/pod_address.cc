#include "fakekube/actors/pod_address.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/base/check.h"

namespace drydock::fakekube {

namespace {

constexpr uint32_t kAddresses = 253;

bool is_taken(const NodeDisk& disk, const std::string& ip) {
  return std::any_of(disk.pods.begin(), disk.pods.end(), [&](const auto& entry) {
    return entry.second.pod_ip == ip && !entry.second.ended;
  });
}

std::string address(int node_index, uint32_t number) {
  return fmt::format("10.244.{}.{}", node_index, 2 + number % kAddresses);
}

}  // namespace

std::string next_pod_address(NodeDisk& disk, int node_index) {
  for (uint32_t number = 0; disk.reuses_addresses && number < disk.addresses_given; ++number) {
    std::string ip = address(node_index, number);
    if (is_taken(disk, ip)) continue;
    ++disk.addresses_reused;
    return ip;
  }
  for (uint32_t tries = 0; tries < kAddresses; ++tries) {
    std::string ip = address(node_index, disk.addresses_given++);
    if (!is_taken(disk, ip)) return ip;
  }
  check_failed(__FILE__, __LINE__, "free address", "more pods on a node than addresses");
}

}  // namespace drydock::fakekube
