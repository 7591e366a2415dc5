// What is left of a node's memory and disk, and who goes when it is too little: the kubelet's
// eviction manager. Internal to the kubelet.
//
//   EvictionManager evictions(context, [&] { return users(); });
//   evictions.look();   // somebody takes more, or less
//
// At each look at most one pod is evicted. The pressure is over five minutes after the resource was
// short for the last time.
#pragma once

#include <array>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "fakekube/actors/kubelet_context.h"
#include "fakekube/actors/kubelet_resources.h"

namespace drydock::fakekube {

class EvictionManager {
 public:
  struct Candidate {
    ResourceUser user;
    std::function<void(const std::string& message)> evict;
  };
  // Who takes how much of the resource now: the pods that have something running.
  using Survey = std::function<std::vector<Candidate>(NodeResource)>;

  EvictionManager(KubeletContext& context, Survey survey)
      : context_(context), survey_(std::move(survey)) {}

  // Looks every 10 s until cancelled. May suspend.
  void run();
  // Never suspends.
  void look();
  // Why a pod may not begin on the node now; nullopt: it may.
  std::optional<Rejection> refusal(const json::value& pod) const;

 private:
  bool under_pressure(NodeResource resource) const;
  // Notes whether the resource is short, and evicts somebody then. False: nobody was.
  bool relieve(NodeResource resource, bool only_look);

  KubeletContext& context_;
  Survey survey_;
  std::array<std::optional<SteadyTime>, kNodeResources.size()> short_at_;  // when last
};

}  // namespace drydock::fakekube
