// ResourceQuotas' status: what the namespace's objects use, a moment after they changed. Admission
// (access/quota.h) does not wait for it. It hears of pods, claims, services, secrets and config
// maps; of other counted kinds only when the quota itself changes.
#pragma once

#include <memory>
#include <string>

#include "fakekube/actors/informers.h"
#include "fakekube/actors/work_queue.h"
#include "fakekube/clients/api_client.h"

namespace drydock::fakekube {

class ApiServer;

class QuotaController : public Controller {
 public:
  QuotaController(Env& env, std::shared_ptr<ApiClient> client, std::shared_ptr<Informers> informers,
                  ApiServer& server);

 protected:
  Status reconcile(const std::string& key) override;

 private:
  void queue_quotas(const json::value& object);

  std::shared_ptr<ApiClient> client_;
  std::shared_ptr<Informers> informers_;
  ApiServer& server_;
};

}  // namespace drydock::fakekube
