#include "fakekube/actors/namespace_defaults.h"

#include <utility>

#include "fakekube/actors/pod_view.h"
#include "fakekube/actors/timings.h"

namespace drydock::fakekube {
namespace {

bool is_active(const json::value& name_space) {
  return !is_deleting(name_space) && json_string(name_space, {"status", "phase"}) == "Active";
}

json::value default_account() {
  return json::object{{"apiVersion", "v1"},
                      {"kind", "ServiceAccount"},
                      {"metadata", json::object{{"name", "default"}}}};
}

json::value root_certificates() {
  return json::object{{"apiVersion", "v1"},
                      {"kind", "ConfigMap"},
                      {"metadata", json::object{{"name", "kube-root-ca.crt"}}},
                      {"data", json::object{{"ca.crt", "-----BEGIN CERTIFICATE-----\n"}}}};
}

}  // namespace

NamespaceDefault::NamespaceDefault(Env& env, std::string name, std::shared_ptr<ApiClient> client,
                                   std::shared_ptr<Informers> informers, const ResourceType& type,
                                   json::value object)
    : Controller(env, std::move(name), timings::kNamespaceDefaultTime),
      client_(std::move(client)),
      informers_(std::move(informers)),
      type_(type),
      object_(std::move(object)) {
  informers_->want(kNamespaces);
  informers_->want(type);
  informers_->on_change(kNamespaces, [this](const JsonPtr&, const JsonPtr& after) {
    if (after && is_active(*after)) queue_.add(json_string(*after, {"metadata", "name"}));
  });
  informers_->on_change(type, [this](const JsonPtr& before, const JsonPtr& after) {
    if (!after &&
        json_string(*before, {"metadata", "name"}) == json_string(object_, {"metadata", "name"}))
      queue_.add(json_string(*before, {"metadata", "namespace"}));
  });
}

Status NamespaceDefault::reconcile(const std::string& namespace_name) {
  if (!informers_->synced()) {
    queue_.add_after(namespace_name, milliseconds(10));
    return ok_status();
  }
  const JsonPtr name_space = informers_->get(kNamespaces, "", namespace_name);
  if (!name_space || !is_active(*name_space)) return ok_status();
  const std::string name = json_string(object_, {"metadata", "name"});
  if (informers_->get(type_, namespace_name, name)) return ok_status();
  json::value object = object_;
  json_at(object, {"metadata", "namespace"}) = namespace_name;
  const Status created = client_->create(type_, std::move(object)).status();
  const bool settled = created.code() == Code::kAlreadyExists || created.code() == Code::kNotFound;
  return settled ? ok_status() : created;
}

ServiceAccountController::ServiceAccountController(Env& env, std::shared_ptr<ApiClient> client,
                                                   std::shared_ptr<Informers> informers)
    : NamespaceDefault(env, "serviceaccount", std::move(client), std::move(informers),
                       kServiceAccounts, default_account()) {}

RootCaPublisher::RootCaPublisher(Env& env, std::shared_ptr<ApiClient> client,
                                 std::shared_ptr<Informers> informers)
    : NamespaceDefault(env, "root-ca-cert-publisher", std::move(client), std::move(informers),
                       kConfigMaps, root_certificates()) {}

}  // namespace drydock::fakekube
