// The scheduler: binds pods to Ready nodes. Filters: nodeSelector and required node affinity,
// taints, cpu/memory/pod count, volumes (bound claims' node affinity; claims that wait for their
// first consumer get the selected-node annotation, and the pod waits for their binding). Scores:
// least allocated; ties go to the first name. A pod that fits nowhere gets PodScheduled=False and
// the usual FailedScheduling event, and is tried again when something changes.
//
// That an RWO volume is still attached elsewhere does not matter here (as in reality): the pod is
// bound and then waits in ContainerCreating (attacher.h). Left out: preemption, pod affinity and
// anti-affinity, topology spread, scheduling gates, other schedulers' pods.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "fakekube/actors/events.h"
#include "fakekube/actors/informers.h"
#include "fakekube/actors/pod_view.h"
#include "fakekube/actors/work_queue.h"
#include "fakekube/clients/api_client.h"

namespace drydock::fakekube {

class Scheduler : public Controller {
 public:
  Scheduler(Env& env, std::shared_ptr<ApiClient> client, std::shared_ptr<Informers> informers);

 protected:
  Status reconcile(const std::string& key) override;

 private:
  // A node chosen for a pod whose claims are being bound, or a binding not seen in the cache yet.
  struct Assumed {
    std::string uid;
    std::string node;
    Resources requests;
    SteadyTime deadline{};  // of the wait for the claims
    bool bound = false;
  };
  struct Usage {
    Resources requested;
    Resources scored;
    int64_t pods = 0;
  };
  // Why nodes were refused: reason -> how many. The reasons in `hopeless` no preemption would cure.
  struct Refusals {
    std::map<std::string, int> reasons;
    int hopeless = 0;
  };

  void pod_changed(const JsonPtr& before, const JsonPtr& after);
  void retry_unschedulable();
  Status schedule(const std::string& key, const JsonPtr& pod);
  // Empty: the pod's claims allow scheduling. Else the reason why no node can do.
  std::string claims_problem(const json::value& pod) const;
  std::map<std::string, Usage> node_usage() const;
  std::string refusal(const json::value& pod, const json::value& node, const Usage& usage,
                      bool& hopeless) const;
  bool single_pod_claim_taken(const json::value& pod) const;
  bool volumes_fit(const json::value& pod, const json::value& node) const;
  // The best node's name, or empty.
  std::string choose(const json::value& pod, Refusals& refusals) const;
  Result<bool> claims_bound(const json::value& pod, const std::string& node);
  Status assign(const std::string& key, const JsonPtr& pod, std::string node);
  Status report_unschedulable(const std::string& key, const JsonPtr& pod,
                              const std::string& message);

  std::shared_ptr<ApiClient> client_;
  std::shared_ptr<Informers> informers_;
  std::shared_ptr<EventRecorder> events_;
  std::map<std::string, Assumed> assumed_;  // by pod key
  std::set<std::string> unschedulable_;
};

}  // namespace drydock::fakekube
