// The StatefulSet controller: pods <set>-0 ... <set>-(n-1) with stable names, labels and claims.
//
//   OrderedReady: one after the other, each when all before it are Running and Ready; scale-down
//   from the highest ordinal, one at a time. Parallel: all at once. Deleted and failed pods are
//   made anew. A changed template replaces pods from the highest ordinal down to the partition,
//   each when those above it are ready (RollingUpdate), or as they are deleted (OnDelete); a pod
//   below the partition is made anew from the template before. Claims of volumeClaimTemplates are
//   created and stay, or go with pod or set as persistentVolumeClaimRetentionPolicy says.
//
// Left out: minReadySeconds, spec.ordinals.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "fakekube/actors/events.h"
#include "fakekube/actors/informers.h"
#include "fakekube/actors/statefulset_revisions.h"
#include "fakekube/actors/work_queue.h"
#include "fakekube/clients/api_client.h"

namespace drydock::fakekube {

class StatefulSetController : public Controller {
 public:
  StatefulSetController(Env& env, std::shared_ptr<ApiClient> client,
                        std::shared_ptr<Informers> informers);

 protected:
  Status reconcile(const std::string& key) override;

 private:
  using Pods = std::map<int64_t, JsonPtr>;  // by ordinal
  struct Revisions {
    std::string current;  // that the set had when it was last complete
    std::string update;   // that its template is now
  };

  Pods pods_of(const json::value& set) const;
  Status sync_pods(const json::value& set, const Pods& pods, const Revisions& revisions);
  // False: the set has to wait before it goes on in order.
  Result<bool> ensure_pod(const json::value& set, const Pods& pods, int64_t ordinal,
                          const Revisions& revisions);
  Status scale_down(const json::value& set, const Pods& pods, int64_t replicas, bool ordered);
  Status replace_outdated(const json::value& set, const Pods& pods, int64_t replicas,
                          const std::string& revision);
  Status create_claims(const json::value& set, int64_t ordinal);
  Status create_pod(const json::value& set, int64_t ordinal, const std::string& revision);
  Status delete_pod(const json::value& set, const JsonPtr& pod);
  // The owners of the pod's claims, as the retention policy wants them.
  Status settle_claims(const json::value& set, const json::value& pod);
  json::object status_of(const json::value& set, const Revisions& revisions) const;
  Status report(const JsonPtr& set, const Revisions& revisions);

  std::shared_ptr<ApiClient> client_;
  std::shared_ptr<Informers> informers_;
  std::shared_ptr<EventRecorder> events_;
  StatefulSetRevisions revisions_;
};

}  // namespace drydock::fakekube
