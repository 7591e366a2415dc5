// The volume binder: brings PersistentVolumeClaims and PersistentVolumes together (PV controller),
// provisions through the StorageBackend, and reclaims. Finalizers: protection.h.
//
//   Immediate claims are bound or provisioned at once; WaitForFirstConsumer ones when the scheduler
//   has written the selected-node annotation. A claim without class gets the default one. Unknown
//   class: ProvisioningFailed, Pending for ever. Static volumes are found by claimRef, volumeName,
//   or by class, modes and size. A bound volume that disappears makes its claim Lost, for good.
//
// Source of texts and states: PV controller, external provisioner and protection controller of
// Kubernetes 1.32.
#pragma once

#include <memory>
#include <set>
#include <string>

#include "fakekube/actors/events.h"
#include "fakekube/actors/informers.h"
#include "fakekube/actors/pod_program.h"
#include "fakekube/actors/work_queue.h"
#include "fakekube/clients/api_client.h"

namespace drydock::fakekube {

class VolumeBinder : public Controller {
 public:
  VolumeBinder(Env& env, std::shared_ptr<ApiClient> client, std::shared_ptr<Informers> informers,
               StorageBackend& storage);

 protected:
  // Keys: "claim:<namespace>/<name>" and "volume:/<name>".
  Status reconcile(const std::string& key) override;

 private:
  void claim_changed(const JsonPtr& before, const JsonPtr& after);
  void volume_changed(const JsonPtr& before, const JsonPtr& after);
  void pod_changed(const JsonPtr& before, const JsonPtr& after);
  void pending_claims();

  Status sync_claim(const JsonPtr& claim);
  Status sync_bound_claim(const JsonPtr& claim);
  Status sync_pending_claim(const JsonPtr& claim);
  Status bind(const JsonPtr& claim, const JsonPtr& volume);
  Status lose(const JsonPtr& claim, std::string_view reason, std::string message);
  // A static volume for the claim; null: none.
  JsonPtr find_volume(const json::value& claim) const;
  // The claim's class as it is or as the default class makes it; nullopt: none and no default.
  std::optional<std::string> class_of(const json::value& claim) const;
  // Whether the claim still waits for its pod to be scheduled; says so in an event.
  bool waits_for_consumer(const json::value& claim, const json::value& storage_class);
  void start_provisioning(const JsonPtr& claim, const JsonPtr& storage_class);
  Status provision(const JsonPtr& claim, const JsonPtr& storage_class);

  Status sync_volume(const JsonPtr& volume);
  Status reclaim(const JsonPtr& volume);
  Status set_volume_phase(const json::value& volume, std::string_view phase);
  bool is_attached(const std::string& volume) const;

  std::shared_ptr<ApiClient> client_;
  std::shared_ptr<Informers> informers_;
  StorageBackend& storage_;
  std::shared_ptr<EventRecorder> events_;
  std::set<std::string> provisioning_;  // claim uids
};

}  // namespace drydock::fakekube
