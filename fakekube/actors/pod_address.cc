#include "fakekube/actors/pod_address.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/base/check.h"

namespace drydock::fakekube {

std::string next_pod_address(NodeDisk& disk, int node_index) {
  constexpr uint32_t kAddresses = 253;
  for (uint32_t tries = 0; tries < kAddresses; ++tries) {
    const std::string ip =
        fmt::format("10.244.{}.{}", node_index, 2 + disk.addresses_given++ % kAddresses);
    const bool taken = std::any_of(disk.pods.begin(), disk.pods.end(), [&](const auto& entry) {
      return entry.second.pod_ip == ip && !entry.second.ended;
    });
    if (!taken) return ip;
  }
  check_failed(__FILE__, __LINE__, "free address", "more pods on a node than addresses");
}

}  // namespace drydock::fakekube
