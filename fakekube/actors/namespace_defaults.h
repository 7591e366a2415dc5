// What every Active namespace holds without being asked: the service account "default", and the
// ConfigMap "kube-root-ca.crt" that each pod's kube-api-access volume projects. Whoever deletes one
// sees it made again. Texts and times as of kube-controller-manager 1.33.
#pragma once

#include <memory>
#include <string>

#include "fakekube/actors/informers.h"
#include "fakekube/actors/work_queue.h"
#include "fakekube/clients/api_client.h"

namespace drydock::fakekube {

// Keeps one object of a fixed name in each Active namespace.
class NamespaceDefault : public Controller {
 protected:
  NamespaceDefault(Env& env, std::string name, std::shared_ptr<ApiClient> client,
                   std::shared_ptr<Informers> informers, const ResourceType& type,
                   json::value object);
  Status reconcile(const std::string& namespace_name) override;

 private:
  std::shared_ptr<ApiClient> client_;
  std::shared_ptr<Informers> informers_;
  const ResourceType& type_;
  json::value object_;  // without its namespace
};

class ServiceAccountController : public NamespaceDefault {
 public:
  ServiceAccountController(Env& env, std::shared_ptr<ApiClient> client,
                           std::shared_ptr<Informers> informers);
};

class RootCaPublisher : public NamespaceDefault {
 public:
  RootCaPublisher(Env& env, std::shared_ptr<ApiClient> client,
                  std::shared_ptr<Informers> informers);
};

}  // namespace drydock::fakekube
