// The pod garbage collector: removes pods of nodes that don't exist (phase Failed, condition
// DisruptionTarget, then a forced delete, after a quarantine in which the node may come back),
// terminating pods of nodes that are out of service, and terminating pods that were never bound.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "fakekube/actors/informers.h"
#include "fakekube/actors/work_queue.h"
#include "fakekube/clients/api_client.h"

namespace drydock::fakekube {

class PodGc : public Controller {
 public:
  PodGc(Env& env, std::shared_ptr<ApiClient> client, std::shared_ptr<Informers> informers);

 protected:
  Status reconcile(const std::string& key) override;

 private:
  // `node_gone`: the pod says so.
  Status remove_orphan(const JsonPtr& pod, bool node_gone);

  std::shared_ptr<ApiClient> client_;
  std::shared_ptr<Informers> informers_;
  std::map<std::string, SteadyTime> missing_since_;  // by node
};

}  // namespace drydock::fakekube
