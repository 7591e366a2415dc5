// The Infinispan operator as an actor: what upstream's Infinispan controller does, as far as
// Backups and Restores can see it (docs/facts/operator.md). For each Infinispan CR it makes
// Secrets, ConfigMap, Services and the StatefulSet of the data nodes, asks the data nodes for their
// view, and writes status: operand, statefulSetName, replicas, conditions PreliminaryChecksPassed,
// WellFormed
// ("View: a,b,c"), Upgrade, Stopping, GracefulShutdown.
//
// It works through both APIs only: the Kubernetes API and the servers' REST API, each over the
// network. Not simulated: upgrades, scaling down gracefully, cross-site.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/base/env.h"
#include "core/base/wire.h"
#include "fakekube/clients/api_client.h"

namespace drydock::harness {

class InfinispanOperator {
 public:
  // `env` and `wire` must outlive its tasks.
  InfinispanOperator(Env& env, Wire& wire, const Address& api, std::string namespace_name);
  ~InfinispanOperator();

  // Spawns its tasks; ends with its process.
  void start();

 private:
  class Core;
  std::shared_ptr<Core> core_;
};

}  // namespace drydock::harness
