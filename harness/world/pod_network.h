// What the NetworkPolicy objects of a world mean for its links: which processes may begin to talk.
//
//   PodNetwork policies(simulation.network(), api_servers.storage().store(), "datagrid");
//
// A process named like a pod of the namespace is that pod, with its labels and named ports. The
// controllers, the Infinispan operator and the clients have no Pod objects; they count as pods of
// the namespace labelled `app.kubernetes.io/name: drydock-operator`, `infinispan-operator` and
// `clients`. All others (API servers, kubelets) are addresses only. What a machine itself sends to
// its pods is always let through, as a network plugin must for probes. Messages between grid nodes
// go to port 7800.
//
// While there is no policy nothing is asked, and nothing is paid.
#pragma once

#include <optional>
#include <string>

#include "fakekube/access/network_policy.h"
#include "fakekube/store/store.h"
#include "sim/network.h"

namespace drydock::harness {

class PodNetwork {
 public:
  // `network` and `store` must outlive it.
  PodNetwork(sim::Network& network, fakekube::Store& store, std::string namespace_name);
  PodNetwork(const PodNetwork&) = delete;
  PodNetwork& operator=(const PodNetwork&) = delete;

 private:
  void policies_changed();
  bool allows(const sim::Process& from, const sim::Process& to, std::optional<uint16_t> port) const;
  fakekube::PolicyPeer peer_of(const sim::Process& process) const;

  sim::Network& network_;
  fakekube::Store& store_;
  std::string namespace_;
  fakekube::Subscription subscription_;
};

}  // namespace drydock::harness
