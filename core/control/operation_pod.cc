#include "core/control/operation_pod.h"

#include <fmt/format.h>

#include "core/base/text.h"

namespace drydock::control {
namespace {

constexpr std::string_view kDefaultMemory = "1Gi";
constexpr std::string_view kDefaultStorage = "1Gi";

json::object metadata(const Operation& operation) {
  json::object owner =
      make_owner_reference(kOperationApiVersion, kind_name(operation.kind), operation.meta);
  return {{"name", operation.meta.name},
          {"namespace", operation.meta.namespace_name},
          {"ownerReferences", json::array{std::move(owner)}}};
}

// Copies those members of the CR's `part` (labels, annotations) that the CR's annotation
// `list_name` names.
void copy_named(const json::value& cluster, std::string_view part, std::string_view list_name,
                json::object& into) {
  const std::string names = annotation_of(cluster, list_name);
  for (std::string_view name : split(names, ',')) {
    name = trim(name);
    if (name.empty()) continue;
    if (const json::value* value = json_find(cluster, {"metadata", part, name}))
      into[name] = *value;
  }
}

json::object labels(const PodPlan& plan) {
  json::object labels;
  copy_named(plan.cluster_object, "labels", "infinispan.org/operatorPodTargetLabels", labels);
  copy_named(plan.cluster_object, "labels", "infinispan.org/podTargetLabels", labels);
  labels[kLabelApp] = kAppZeroPod;
  labels[kLabelCluster] = plan.cluster.meta.name;
  labels[kLabelClusterName] = plan.cluster.meta.name;
  const bool backup = plan.operation.kind == OperationKind::kBackup;
  labels[backup ? kLabelBackup : kLabelRestore] = plan.operation.meta.name;
  return labels;
}

json::object annotations(const PodPlan& plan) {
  json::object annotations;
  copy_named(plan.cluster_object, "annotations", "infinispan.org/operatorPodTargetAnnotations",
             annotations);
  copy_named(plan.cluster_object, "annotations", "infinispan.org/podTargetAnnotations",
             annotations);
  const ActedOn acted_on{plan.operation.meta.uid, plan.operation.meta.generation,
                         plan.operation.spec};
  annotations[kAnnotationActedOn] = acted_on.to_text();
  return annotations;
}

json::object variable(std::string_view name, std::string_view value) {
  return {{"name", name}, {"value", value}};
}

json::array environment(const Infinispan& cluster) {
  json::array env{variable("MANAGED_ENV", "TRUE")};
  if (!cluster.extra_jvm_options.empty())
    env.push_back(variable("JAVA_OPTIONS", cluster.extra_jvm_options));
  if (!cluster.cli_extra_jvm_options.empty())
    env.push_back(variable("CLI_JAVA_OPTIONS", cluster.cli_extra_jvm_options));
  for (const EnvironmentVariable& given : cluster.environment) env.push_back(*given.definition);
  env.push_back(
      variable("IDENTITIES_BATCH", "/etc/security/conf/operator-security/identities.cli"));
  return env;
}

json::object probe(const ProbeNumbers& numbers, std::string_view path) {
  return {{"httpGet", json::object{{"path", path}, {"port", kAdminPort}, {"scheme", "HTTP"}}},
          {"initialDelaySeconds", numbers.initial_delay_s},
          {"periodSeconds", numbers.period_s},
          {"timeoutSeconds", numbers.timeout_s},
          {"successThreshold", numbers.success_threshold},
          {"failureThreshold", numbers.failure_threshold}};
}

struct ProbePaths {
  std::string_view live;
  std::string_view ready;
};

ProbePaths probe_paths(int major_version) {
  if (major_version == 0 || major_version >= 16) return {"/health/live", "/health/ready"};
  const std::string_view status = major_version == 15
                                      ? "rest/v2/container/health/status"
                                      : "rest/v2/cache-managers/default/health/status";
  return {status, status};
}

void put_resource(json::object& resources, std::string_view name, std::string_view text) {
  const auto parsed = parse_limit_and_request(text);
  if (!parsed) return;
  resources["limits"].as_object()[name] = parsed->limit;
  resources["requests"].as_object()[name] = parsed->request;
}

json::object compute_resources(const OperationSpec& spec) {
  json::object resources{{"limits", json::object()}, {"requests", json::object()}};
  put_resource(resources, "memory", spec.memory.empty() ? kDefaultMemory : spec.memory);
  put_resource(resources, "cpu", spec.cpu);
  return resources;
}

json::object mount(std::string_view name, std::string_view path) {
  return {{"name", name}, {"mountPath", path}};
}

json::object container(const PodPlan& plan) {
  const Infinispan& cluster = plan.cluster;
  const std::string& name = plan.operation.meta.name;
  const ProbePaths paths = probe_paths(cluster.major_version);
  return {
      {"name", kOperationContainer},
      {"image", cluster.image},
      {"args", json::array{"-c", "operator/infinispan-zero.xml", "-l",
                           "/opt/infinispan/server/conf/operator/log4j.xml"}},
      {"env", environment(cluster)},
      {"ports",
       json::array{
           json::object{
               {"name", "infinispan-adm"}, {"containerPort", kAdminPort}, {"protocol", "TCP"}},
           json::object{{"name", "ping"}, {"containerPort", 8888}, {"protocol", "TCP"}}}},
      {"livenessProbe", probe(cluster.liveness, paths.live)},
      {"readinessProbe", probe(cluster.readiness, paths.ready)},
      {"startupProbe", probe(cluster.startup, paths.live)},
      {"resources", compute_resources(plan.operation.spec)},
      {"volumeMounts",
       json::array{mount("config-volume", "/opt/infinispan/server/conf/operator"),
                   mount(name, kBackupsDirectory),
                   mount(name + "-data", "/opt/infinispan/server/data"),
                   mount("infinispan-security-volume", "/etc/security/conf/operator-security")}},
  };
}

json::array volumes(const PodPlan& plan) {
  json::object claim{{"claimName", plan.claim}};
  if (plan.claim_read_only) claim["readOnly"] = true;
  const std::string& name = plan.operation.meta.name;
  return json::array{
      json::object{
          {"name", "config-volume"},
          {"configMap", json::object{{"name", plan.cluster.stateful_set + "-configuration"}}}},
      json::object{{"name", name}, {"persistentVolumeClaim", std::move(claim)}},
      json::object{{"name", name + "-data"}, {"emptyDir", json::object()}},
      json::object{{"name", "infinispan-security-volume"},
                   {"secret", json::object{{"secretName",
                                            plan.cluster.meta.name + "-infinispan-security"}}}}};
}

}  // namespace

std::string ActedOn::to_text() const {
  return json_text(
      json::object{{"uid", uid}, {"generation", generation}, {"spec", spec.to_json()}});
}

std::optional<ActedOn> parse_acted_on(const json::value& pod) {
  const Result<json::value> parsed = json_parse(annotation_of(pod, kAnnotationActedOn));
  if (!parsed.ok()) return std::nullopt;
  const json::value* spec = json_find(*parsed, {"spec"});
  if (spec == nullptr) return std::nullopt;
  return ActedOn{json_string(*parsed, {"uid"}), json_int(*parsed, {"generation"}),
                 OperationSpec::from_json(*spec)};
}

json::value build_pod(const PodPlan& plan) {
  json::object meta = metadata(plan.operation);
  meta["labels"] = labels(plan);
  meta["annotations"] = annotations(plan);
  json::object spec{{"restartPolicy", "Never"},
                    {"containers", json::array{container(plan)}},
                    {"volumes", volumes(plan)}};
  if (!plan.cluster.service_account.empty())
    spec["serviceAccountName"] = plan.cluster.service_account;
  if (const json::value* context = json_find(plan.data_pod, {"spec", "securityContext"}))
    spec["securityContext"] = *context;
  return json::object{{"apiVersion", "v1"},
                      {"kind", "Pod"},
                      {"metadata", std::move(meta)},
                      {"spec", std::move(spec)}};
}

json::value build_claim(const Operation& operation) {
  const OperationSpec& asked = operation.spec;
  const std::string_view storage = asked.storage.empty() ? kDefaultStorage : asked.storage;
  json::object spec{{"accessModes", json::array{"ReadWriteOnce"}},
                    {"resources", json::object{{"requests", json::object{{"storage", storage}}}}}};
  if (!asked.storage_class.empty()) spec["storageClassName"] = asked.storage_class;
  return json::object{{"apiVersion", "v1"},
                      {"kind", "PersistentVolumeClaim"},
                      {"metadata", metadata(operation)},
                      {"spec", std::move(spec)}};
}

}  // namespace drydock::control
