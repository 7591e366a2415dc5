// fakegrid's Transport between processes whose grid address is their IP address.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "fakegrid/node/transport.h"
#include "sim/process.h"

namespace drydock::harness::conformance::grid {

class PeerTransport final : public fakegrid::Transport {
 public:
  // Both must outlive it. `addresses`: of all nodes that discovery finds.
  PeerTransport(sim::Process& process, const std::vector<std::string>& addresses);

  void send(const std::string& to_address, size_t bytes, fakegrid::MessagePtr message) override;
  void set_listener(fakegrid::TransportListener listener) override;
  std::vector<std::string> discover() override { return addresses_; }
  std::string self() const override { return process_.ip(); }

 private:
  sim::Process& process_;
  const std::vector<std::string>& addresses_;
  fakegrid::TransportListener listener_;
};

}  // namespace drydock::harness::conformance::grid
