#include "fakekube/actors/quota_controller.h"

#include <utility>

#include "fakekube/access/quota.h"
#include "fakekube/actors/timings.h"
#include "fakekube/api/api_server.h"

namespace drydock::fakekube {

QuotaController::QuotaController(Env& env, std::shared_ptr<ApiClient> client,
                                 std::shared_ptr<Informers> informers, ApiServer& server)
    : Controller(env, "resourcequota-controller", timings::kQuotaTime),
      client_(std::move(client)),
      informers_(std::move(informers)),
      server_(server) {
  informers_->want(kResourceQuotas);
  informers_->on_change(kResourceQuotas, [this](const JsonPtr&, const JsonPtr& after) {
    if (after) queue_.add(object_key(*after));
  });
  for (const ResourceType* type :
       {&kPods, &kPersistentVolumeClaims, &kServices, &kSecrets, &kConfigMaps}) {
    informers_->want(*type);
    informers_->on_change(*type, [this](const JsonPtr& before, const JsonPtr& after) {
      queue_quotas(after ? *after : *before);
    });
  }
}

void QuotaController::queue_quotas(const json::value& object) {
  const Informers::Objects& quotas = informers_->objects(kResourceQuotas);
  if (quotas.empty()) return;
  const std::string space = json_string(object, {"metadata", "namespace"});
  for (const auto& [key, quota] : quotas)
    if (key.first == space) queue_.add(object_key(*quota));
}

Status QuotaController::reconcile(const std::string& key) {
  const auto [space, name] = split_key(key);
  const JsonPtr quota = informers_->get(kResourceQuotas, space, name);
  if (!quota) return ok_status();
  const json::object& hard = json_object(*quota, {"spec", "hard"});
  json::object used = quota_usage(server_.store(), *quota, space);
  if (json_object(*quota, {"status", "hard"}) == hard &&
      json_object(*quota, {"status", "used"}) == used)
    return ok_status();
  json::object status = {{"hard", hard}, {"used", std::move(used)}};
  return client_
      ->patch_status(kResourceQuotas, space, name, json::object{{"status", std::move(status)}})
      .status();
}

}  // namespace drydock::fakekube
