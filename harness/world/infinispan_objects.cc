#include "harness/world/infinispan_objects.h"

#include <fmt/format.h>

#include "core/base/resources.h"
#include "core/base/text.h"
#include "fakegrid/server/version.h"
#include "harness/scenario/read_server.h"
#include "harness/world/server_image.h"

namespace drydock::harness {
namespace {

json::object labels(const ClusterObjects& cluster, std::string_view app) {
  return {{kLabelApp, app}, {kLabelCluster, cluster.name}, {kLabelClusterName, cluster.name}};
}

json::object metadata(const ClusterObjects& cluster, const std::string& name,
                      std::string_view app) {
  return {{"name", name},
          {"namespace", cluster.namespace_name},
          {"labels", labels(cluster, app)},
          {"ownerReferences", json::array{make_owner_reference(kClusterApiVersion, "Infinispan",
                                                               parse_meta(*cluster.owner))}}};
}

json::value secret(const ClusterObjects& cluster, const std::string& name, json::object data) {
  return json::object{{"apiVersion", "v1"},
                      {"kind", "Secret"},
                      {"metadata", metadata(cluster, name, "infinispan-secret")},
                      {"type", "Opaque"},
                      {"data", std::move(data)}};
}

std::string identities_yaml(std::string_view user, std::string_view password) {
  return fmt::format("credentials:\n- username: {}\n  password: {}\n  roles:\n  - admin\n", user,
                     password);
}

std::string zero_capacity_xml(const ClusterObjects& cluster) {
  return fmt::format(
      "<infinispan><cache-container name=\"default\" statistics=\"true\" "
      "zero-capacity-node=\"true\"><transport cluster=\"{}\" stack=\"image-tcp\"/>"
      "</cache-container></infinispan>",
      cluster.name);
}

json::object http_probe(std::string_view path, int64_t port, int64_t period_s, int64_t failures) {
  return {{"httpGet", json::object{{"path", path}, {"port", port}, {"scheme", "HTTP"}}},
          {"periodSeconds", period_s},
          {"timeoutSeconds", 1},
          {"failureThreshold", failures}};
}

// Real servers have /health from 16 on only.
std::string_view data_probe_path(const ClusterObjects& cluster, std::string_view path) {
  const auto tag = scenario::server_tag(cluster.image);
  const auto version = fakegrid::parse_version(tag.value_or(""));
  if (!version.ok() || version->at_least(16)) return path;
  return version->at_least(15) ? "/rest/v2/container/health/status"
                               : "/rest/v2/cache-managers/default/health/status";
}

json::object data_node_container(const ClusterObjects& cluster) {
  const std::string_view live = data_probe_path(cluster, "/health/live");
  const std::string_view ready = data_probe_path(cluster, "/health/ready");
  return {{"name", kOperationContainer},
          {"image", cluster.image},
          {"args", json::array{"-c", "operator/infinispan-base.xml"}},
          {"ports", json::array{json::object{{"name", "ping"}, {"containerPort", 8888}},
                                json::object{{"name", "infinispan"}, {"containerPort", 11222}}}},
          {"startupProbe", http_probe(live, 11222, 1, 600)},
          {"livenessProbe", http_probe(live, 11222, 10, 5)},
          {"readinessProbe", http_probe(ready, 11222, 10, 5)},
          {"resources", json::object{{"requests", json::object{{"memory", "1Gi"}}}}}};
}

json::value service(const ClusterObjects& cluster, const std::string& name,
                    std::string_view port_name, int64_t port, bool headless) {
  json::object spec{{"selector", labels(cluster, kAppDataNode)},
                    {"ports", json::array{json::object{{"name", port_name}, {"port", port}}}}};
  if (headless) {
    spec["clusterIP"] = "None";
    spec["publishNotReadyAddresses"] = true;
  }
  return json::object{{"apiVersion", "v1"},
                      {"kind", "Service"},
                      {"metadata", metadata(cluster, name, "infinispan-service")},
                      {"spec", std::move(spec)}};
}

}  // namespace

json::value security_secret(const ClusterObjects& cluster) {
  const std::string batch = fmt::format(
      "user create operator --realm admin -p {} --users-file cli-admin-users.properties "
      "--groups-file cli-admin-groups.properties --groups admin,controlRole\n",
      cluster.operator_password);
  return secret(cluster, cluster.name + "-infinispan-security",
                {{"identities.cli", base64_encode(batch)}});
}

json::value operator_secret(const ClusterObjects& cluster) {
  return secret(
      cluster, cluster.name + std::string(kOperatorSecretSuffix),
      {{"username", base64_encode("operator")},
       {"password", base64_encode(cluster.operator_password)},
       {"identities.yaml", base64_encode(identities_yaml("operator", cluster.operator_password))}});
}

json::value developer_secret(const ClusterObjects& cluster) {
  return secret(cluster, cluster.name + "-generated-secret",
                {{"identities.yaml",
                  base64_encode(identities_yaml("developer", cluster.developer_password))}});
}

json::value configuration_map(const ClusterObjects& cluster) {
  return json::object{
      {"apiVersion", "v1"},
      {"kind", "ConfigMap"},
      {"metadata",
       metadata(cluster, cluster.name + "-configuration", "infinispan-configmap-configuration")},
      {"data", json::object{{"infinispan-base.xml", "<infinispan/>"},
                            {"infinispan-admin.xml", "<infinispan/>"},
                            {"infinispan-zero.xml", zero_capacity_xml(cluster)},
                            {"log4j.xml", "<Configuration name=\"InfinispanServerConfig\"/>"}}}};
}

json::value client_service(const ClusterObjects& cluster) {
  return service(cluster, cluster.name, "infinispan", 11222, false);
}

json::value ping_service(const ClusterObjects& cluster) {
  return service(cluster, cluster.name + "-ping", "ping", 8888, true);
}

json::value stateful_set(const ClusterObjects& cluster) {
  const json::object pod_metadata{
      {"labels", labels(cluster, kAppDataNode)},
      {"annotations", json::object{{kAnnotationVersion, cluster.version}}}};
  return json::object{
      {"apiVersion", "apps/v1"},
      {"kind", "StatefulSet"},
      {"metadata", metadata(cluster, cluster.name, "infinispan-statefulset")},
      {"spec",
       json::object{
           {"replicas", cluster.replicas},
           {"serviceName", cluster.name},
           {"podManagementPolicy", "Parallel"},
           {"selector", json::object{{"matchLabels", labels(cluster, kAppDataNode)}}},
           {"template",
            json::object{{"metadata", pod_metadata},
                         {"spec", json::object{{"terminationGracePeriodSeconds", 120},
                                               {"containers",
                                                json::array{data_node_container(cluster)}}}}}}}}};
}

}  // namespace drydock::harness
