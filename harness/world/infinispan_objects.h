// The objects that the Infinispan operator makes for one cluster, as JSON.
#pragma once

#include <string>

#include "core/base/json.h"

namespace drydock::harness {

struct ClusterObjects {
  std::string name;
  std::string namespace_name;
  std::string image;
  std::string version;
  int64_t replicas = 0;
  std::string operator_password;
  std::string developer_password;
  JsonPtr owner;  // the Infinispan CR
};

// <name>-infinispan-security, <name>-generated-operator-secret, <name>-generated-secret.
json::value security_secret(const ClusterObjects& cluster);
json::value operator_secret(const ClusterObjects& cluster);
json::value developer_secret(const ClusterObjects& cluster);
// <name>-configuration.
json::value configuration_map(const ClusterObjects& cluster);
// <name> (clients) and <name>-ping (discovery; publishes addresses that are not ready).
json::value client_service(const ClusterObjects& cluster);
json::value ping_service(const ClusterObjects& cluster);
json::value stateful_set(const ClusterObjects& cluster);

}  // namespace drydock::harness
