#include "fakekube/api/resource_types.h"

#include <set>
#include <string>

#include "fakekube/api/strategy.h"
#include "fakekube/schema/crd_types.h"

namespace drydock::fakekube {
namespace {

// Texts that rows refer to; never freed, addresses stay.
std::string_view kept(std::string text) {
  static auto* texts = new std::set<std::string>();
  return *texts->insert(std::move(text)).first;
}

std::string_view qualified(std::string_view word, std::string_view group) {
  return group.empty() ? word : kept(std::string(word) + "." + std::string(group));
}

const std::vector<SelectableField>& pod_fields() {
  static const std::vector<SelectableField> fields = {
      {"spec.nodeName", {"spec", "nodeName"}},
      {"spec.restartPolicy", {"spec", "restartPolicy"}},
      {"spec.schedulerName", {"spec", "schedulerName"}},
      {"spec.serviceAccountName", {"spec", "serviceAccountName"}},
      {"spec.hostNetwork", {"spec", "hostNetwork"}, "false"},
      {"status.phase", {"status", "phase"}},
      {"status.podIP", {"status", "podIP"}},
      {"status.podIPs", {"status", "podIP"}},
      {"status.nominatedNodeName", {"status", "nominatedNodeName"}}};
  return fields;
}

const std::vector<SelectableField>& event_fields() {
  static const std::vector<SelectableField> fields = {
      {"involvedObject.kind", {"involvedObject", "kind"}},
      {"involvedObject.namespace", {"involvedObject", "namespace"}},
      {"involvedObject.name", {"involvedObject", "name"}},
      {"involvedObject.uid", {"involvedObject", "uid"}},
      {"involvedObject.apiVersion", {"involvedObject", "apiVersion"}},
      {"involvedObject.resourceVersion", {"involvedObject", "resourceVersion"}},
      {"involvedObject.fieldPath", {"involvedObject", "fieldPath"}},
      {"reason", {"reason"}},
      {"reportingComponent", {"reportingComponent"}},
      {"source", {"source", "component"}},
      {"type", {"type"}}};
  return fields;
}

ResourceType core(size_t index, std::string_view kind, std::string_view plural) {
  ResourceType type;
  type.index = index;
  type.version = "v1";
  type.kind = kind;
  type.plural = plural;
  return type;
}

ResourceType cluster(ResourceType type) {
  type.namespaced = false;
  return type;
}

ResourceType custom(size_t index, std::string_view version, std::string_view kind,
                    std::string_view plural, const StructuralSchema* (*schema)()) {
  ResourceType type = core(index, kind, plural);
  type.group = "infinispan.org";
  type.version = version;
  type.custom = true;
  type.has_status = true;
  type.has_generation = true;
  type.unconditional_update = false;
  type.schema = schema;
  return type;
}

ResourceType row(ResourceType type, const Strategy* strategy, bool has_status,
                 bool delete_answers_object) {
  type.strategy = strategy;
  type.has_status = has_status;
  type.delete_answers_object = delete_answers_object;
  return with_names(std::move(type));
}

ResourceType pods() {
  ResourceType type = core(2, "Pod", "pods");
  type.has_generation = true;
  type.selectable = pod_fields();
  return row(type, &kPodStrategy, true, true);
}

ResourceType stateful_sets() {
  ResourceType type = core(10, "StatefulSet", "statefulsets");
  type.group = "apps";
  type.has_generation = true;
  type.has_scale = true;
  return row(type, &kStatefulSetStrategy, true, false);
}

ResourceType storage_classes() {
  ResourceType type = cluster(core(5, "StorageClass", "storageclasses"));
  type.group = "storage.k8s.io";
  return row(type, &kStorageClassStrategy, false, true);
}

ResourceType events() {
  ResourceType type = core(11, "Event", "events");
  type.create_on_update = true;
  type.selectable = event_fields();
  return row(type, &kEventStrategy, false, false);
}

ResourceType leases() {
  ResourceType type = core(12, "Lease", "leases");
  type.group = "coordination.k8s.io";
  type.create_on_update = true;
  return row(type, nullptr, false, false);
}

ResourceType namespaces() {
  ResourceType type = cluster(core(0, "Namespace", "namespaces"));
  type.selectable = {{"status.phase", {"status", "phase"}}, {"name", {"metadata", "name"}}};
  return row(type, &kNamespaceStrategy, true, true);
}

ResourceType nodes() {
  ResourceType type = cluster(core(1, "Node", "nodes"));
  type.selectable = {{"spec.unschedulable", {"spec", "unschedulable"}, "false"}};
  return row(type, nullptr, true, false);
}

ResourceType secrets() {
  ResourceType type = core(7, "Secret", "secrets");
  type.selectable = {{"type", {"type"}}};
  return row(type, &kSecretStrategy, false, false);
}

ResourceType infinispans() {
  ResourceType type = custom(15, "v1", "Infinispan", "infinispans", infinispan_schema);
  type.has_scale = true;
  return with_names(std::move(type));
}

}  // namespace

ResourceType with_names(ResourceType type) {
  type.api_version = type.group.empty()
                         ? type.version
                         : kept(std::string(type.group) + "/" + std::string(type.version));
  type.qualified_plural = qualified(type.plural, type.group);
  type.qualified_kind = qualified(type.kind, type.group);
  return type;
}

const ResourceType kNamespaces = namespaces();
const ResourceType kNodes = nodes();
const ResourceType kPods = pods();
const ResourceType kPersistentVolumeClaims =
    row(core(3, "PersistentVolumeClaim", "persistentvolumeclaims"), &kClaimStrategy, true, true);
const ResourceType kPersistentVolumes =
    row(cluster(core(4, "PersistentVolume", "persistentvolumes")), &kVolumeStrategy, true, true);
const ResourceType kStorageClasses = storage_classes();
const ResourceType kConfigMaps =
    row(core(6, "ConfigMap", "configmaps"), &kConfigMapStrategy, false, false);
const ResourceType kSecrets = secrets();
const ResourceType kServices = row(core(8, "Service", "services"), &kServiceStrategy, true, true);
const ResourceType kServiceAccounts =
    row(core(9, "ServiceAccount", "serviceaccounts"), nullptr, false, true);
const ResourceType kStatefulSets = stateful_sets();
const ResourceType kEvents = events();
const ResourceType kLeases = leases();
const ResourceType kBackups =
    with_names(custom(13, "v2alpha1", "Backup", "backups", backup_schema));
const ResourceType kRestores =
    with_names(custom(14, "v2alpha1", "Restore", "restores", restore_schema));
const ResourceType kInfinispans = infinispans();

const std::vector<const ResourceType*>& all_resource_types() {
  static const std::vector<const ResourceType*> types = {&kNamespaces,
                                                         &kNodes,
                                                         &kPods,
                                                         &kPersistentVolumeClaims,
                                                         &kPersistentVolumes,
                                                         &kStorageClasses,
                                                         &kConfigMaps,
                                                         &kSecrets,
                                                         &kServices,
                                                         &kServiceAccounts,
                                                         &kStatefulSets,
                                                         &kEvents,
                                                         &kLeases,
                                                         &kBackups,
                                                         &kRestores,
                                                         &kInfinispans};
  return types;
}

const ResourceType* find_resource_type(std::string_view group, std::string_view version,
                                       std::string_view plural) {
  for (const ResourceType* type : all_resource_types())
    if (type->plural == plural && type->group == group && type->version == version) return type;
  return nullptr;
}

const ResourceType* find_resource_kind(std::string_view api_version, std::string_view kind) {
  for (const ResourceType* type : all_resource_types())
    if (type->kind == kind && type->api_version == api_version) return type;
  return nullptr;
}

}  // namespace drydock::fakekube
