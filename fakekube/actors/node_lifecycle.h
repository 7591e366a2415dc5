// The node lifecycle controller: a node whose Lease isn't renewed for the grace period becomes
// Ready=Unknown and gets the unreachable taints; its pods become Ready=False while their phase
// stays. Pods on a node with a NoExecute taint are deleted when their toleration (300 s by default)
// is over: on a silent node they then stay Terminating, for nobody confirms their end.
//
// A node that says it is short of memory, disk or process ids, or that is cordoned, gets the taint
// that keeps new pods away.
//
// Silence is judged by this controller's own clock, since it last *saw* the Lease change.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "fakekube/actors/events.h"
#include "fakekube/actors/informers.h"
#include "fakekube/actors/work_queue.h"
#include "fakekube/clients/api_client.h"

namespace drydock::fakekube {

class NodeLifecycle : public Controller {
 public:
  NodeLifecycle(Env& env, std::shared_ptr<ApiClient> client, std::shared_ptr<Informers> informers);

 protected:
  // Keys: "node:<name>", "pod:<namespace>/<name>".
  Status reconcile(const std::string& key) override;

 private:
  struct Eviction {
    std::string uid;
    SteadyTime at{};
  };

  void heard_from(const std::string& node);
  void queue_pods(const std::string& node);
  Status sync_node(const std::string& name);
  Status mark_silent(const JsonPtr& node);
  Status set_taints(const JsonPtr& node);
  Status mark_pods_not_ready(const std::string& node);
  Status sync_pod(const std::string& key, const JsonPtr& pod);
  // When the pod has to go because of its node's taints; kForever: it may stay.
  SteadyTime eviction_time(const json::value& pod) const;
  Status evict(const JsonPtr& pod);

  std::shared_ptr<ApiClient> client_;
  std::shared_ptr<Informers> informers_;
  std::shared_ptr<EventRecorder> events_;
  std::map<std::string, SteadyTime> heard_;  // by node
  // When a taint was first seen: tolerations count from then. By "<node>/<taint key>".
  std::map<std::string, SteadyTime> tainted_;
  std::map<std::string, Eviction> evictions_;  // by pod key
};

}  // namespace drydock::fakekube
