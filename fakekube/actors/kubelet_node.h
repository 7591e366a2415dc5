// The kubelet's reports about its node: registration, the Lease heartbeat, the node's status and
// the volumes in use. Internal to the kubelet.
#pragma once

#include <array>
#include <map>
#include <memory>
#include <string>

#include "fakekube/actors/kubelet_context.h"

namespace drydock::fakekube {

class NodeReporter {
 public:
  explicit NodeReporter(KubeletContext& context);

  // Registers, then heartbeats until cancelled. May suspend.
  void run();

  // A pod begins or ceases to use a PersistentVolume on this node. Never suspend.
  void use_volume(const std::string& volume);
  void release_volume(const std::string& volume);
  // Whether the node object shows the volume both as in use and as attached.
  bool may_mount(const std::string& volume) const;
  // The node is short of the resource, or no longer. Never suspends.
  void set_pressure(NodeResource resource, bool pressure);
  // The node object changed.
  void poke();

 private:
  Status register_node();
  Status renew_lease();
  Status report_status();
  bool status_is_due(const json::value& node) const;
  json::value wanted_status(const json::value& node) const;
  json::array volumes_in_use() const;

  KubeletContext& context_;
  std::unique_ptr<Gate> wake_;
  JsonPtr lease_;
  std::map<std::string, int> volume_users_;
  SteadyTime reported_at_{};
  std::array<bool, kNodeResources.size()> pressure_{};
  bool registered_ = false;
  bool was_silent_ = false;
  bool poked_ = false;
};

}  // namespace drydock::fakekube
