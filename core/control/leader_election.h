// Leader election by a Lease, as Kubernetes' own clients do it: whoever holds the Lease renews it;
// the others take it when they have not seen it change for its whole duration.
//
//   LeaderElector elector(env, kube, {.lease = "drydock-operator", .identity = "pod-1"});
//   DRYDOCK_RETURN_IF_ERROR(elector.acquire());      // suspends until we lead
//   Status lost = elector.keep();                    // suspends until we don't
//
// Expiry is judged by our own clock since we saw the record change, so clocks may differ. There is
// no fencing: a write of the old leader may land after the new one began. Writers therefore carry
// resourceVersions, and what can't be undone is guarded by what was written before.
#pragma once

#include <string>

#include "core/base/env.h"
#include "core/control/kube_client.h"

namespace drydock::control {

struct LeaderElectionOptions {
  std::string lease = "drydock-operator";
  std::string identity;                   // unique per process
  Duration lease_duration = seconds(15);  // others wait this long
  Duration renew_deadline = seconds(10);  // we give up after this long without a renewal
  Duration retry_period = seconds(2);
};

class LeaderElector {
 public:
  // `env` and `kube` must outlive this.
  LeaderElector(Env& env, KubeClient& kube, LeaderElectionOptions options)
      : env_(env), kube_(kube), options_(std::move(options)) {}

  // kOk once this process leads; kCancelled.
  Status acquire();
  // kFailedPrecondition: the lease is lost, end the process; kCancelled.
  Status keep();

 private:
  // One try to create, take or renew. kFailedPrecondition: somebody else leads. Other errors: not
  // this time (kConflict, kAlreadyExists: somebody was faster).
  Status try_once();
  Status create();
  Status write(const json::value& lease, bool taken_over);
  json::object record(bool taken_over, const json::value* old) const;

  Env& env_;
  KubeClient& kube_;
  LeaderElectionOptions options_;
  JsonPtr held_;             // the lease as we wrote it last; null: read it first
  std::string seen_record_;  // as last read from another holder
  SteadyTime seen_at_{};
};

}  // namespace drydock::control
