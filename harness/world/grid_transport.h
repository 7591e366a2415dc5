// fakegrid's Transport on the simulated network: grid addresses to processes, closed and silent
// peers as JGroups' failure detection sockets and heartbeats would tell.
#pragma once

#include <string>
#include <vector>

#include "fakegrid/node/transport.h"
#include "harness/world/grid_registry.h"
#include "sim/process.h"

namespace drydock::harness {

class GridTransport final : public fakegrid::Transport {
 public:
  // Both must outlive it.
  GridTransport(GridRegistry& registry, sim::Process& process, std::string cluster,
                std::string address);

  void send(const std::string& to_address, size_t bytes, fakegrid::MessagePtr message) override;
  void set_listener(fakegrid::TransportListener listener) override;
  std::vector<std::string> discover() override { return registry_.data_addresses(cluster_); }
  std::string self() const override { return address_; }

 private:
  void closed(const std::string& ip);

  GridRegistry& registry_;
  sim::Process& process_;
  std::string cluster_;
  std::string address_;
  fakegrid::TransportListener listener_;
};

}  // namespace drydock::harness
