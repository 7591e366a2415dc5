#include "fakekube/api/resource_types.h"

#include <set>
#include <string>

#include "fakekube/api/api_call.h"
#include "fakekube/api/builtin_types.h"
#include "fakekube/api/strategy.h"
#include "fakekube/schema/crd_types.h"

namespace drydock::fakekube {
namespace {

// Texts that rows refer to; never freed, addresses stay.
std::string_view kept(std::string text) {
  static auto* texts = new std::set<std::string>();
  return *texts->insert(std::move(text)).first;
}

std::string lower(std::string_view word) {
  std::string text(word);
  for (char& c : text)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return text;
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

ResourceType listed(ResourceType type, std::vector<std::string_view> short_names,
                    std::vector<std::string_view> categories = {}) {
  type.short_names = std::move(short_names);
  type.categories = std::move(categories);
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
  ResourceType type = listed(core(2, "Pod", "pods"), {"po"}, {"all"});
  type.has_generation = true;
  type.selectable = pod_fields();
  return row(type, &kPodStrategy, true, true);
}

ResourceType stateful_sets() {
  ResourceType type = listed(core(10, "StatefulSet", "statefulsets"), {"sts"}, {"all"});
  type.group = "apps";
  type.has_generation = true;
  type.has_scale = true;
  return row(type, &kStatefulSetStrategy, true, false);
}

ResourceType storage_classes() {
  ResourceType type = listed(cluster(core(5, "StorageClass", "storageclasses")), {"sc"});
  type.group = "storage.k8s.io";
  return row(type, &kStorageClassStrategy, false, true);
}

ResourceType events() {
  ResourceType type = listed(core(kEventsIndex, "Event", "events"), {"ev"});
  type.create_on_update = true;
  type.selectable = event_fields();
  return row(type, &kEventStrategy, false, false);
}

ResourceType leases() {
  ResourceType type = core(12, "Lease", "leases");
  type.group = "coordination.k8s.io";
  type.create_on_update = true;
  return row(type, &kLeaseStrategy, false, false);
}

ResourceType namespaces() {
  ResourceType type = listed(cluster(core(0, "Namespace", "namespaces")), {"ns"});
  type.verbs = VerbSet::kNoCollectionDelete;
  type.selectable = {{"status.phase", {"status", "phase"}}, {"name", {"metadata", "name"}}};
  return row(type, &kNamespaceStrategy, true, true);
}

ResourceType nodes() {
  ResourceType type = listed(cluster(core(1, "Node", "nodes")), {"no"});
  type.selectable = {{"spec.unschedulable", {"spec", "unschedulable"}, "false"}};
  return row(type, &kNodeStrategy, true, false);
}

ResourceType secrets() {
  ResourceType type = core(7, "Secret", "secrets");
  type.selectable = {{"type", {"type"}}};
  return row(type, &kSecretStrategy, false, false);
}

// What `kubectl get` shows of a backup or restore; `subject` is what the third column names.
ResourceType operation(ResourceType type, PrinterColumn subject) {
  type.columns = {{.name = "Phase", .type = "string", .json_path = ".status.phase"},
                  {.name = "Cluster", .type = "string", .json_path = ".spec.cluster"},
                  subject,
                  {.name = "Age", .type = "date", .json_path = ".metadata.creationTimestamp"}};
  return with_names(std::move(type));
}

ResourceType infinispans() {
  ResourceType type = custom(15, "v1", "Infinispan", "infinispans", infinispan_schema);
  type.has_scale = true;
  type.columns = {{.name = "Replicas", .type = "integer", .json_path = ".spec.replicas"},
                  {.name = "Age", .type = "date", .json_path = ".metadata.creationTimestamp"}};
  return with_names(std::move(type));
}

}  // namespace

ResourceType with_names(ResourceType type) {
  if (type.singular.empty()) type.singular = kept(lower(type.kind));
  if (type.list_kind.empty()) type.list_kind = kept(std::string(type.kind) + "List");
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
    row(listed(core(3, "PersistentVolumeClaim", "persistentvolumeclaims"), {"pvc"}),
        &kClaimStrategy, true, true);
const ResourceType kPersistentVolumes =
    row(listed(cluster(core(4, "PersistentVolume", "persistentvolumes")), {"pv"}), &kVolumeStrategy,
        true, true);
const ResourceType kStorageClasses = storage_classes();
const ResourceType kConfigMaps =
    row(listed(core(6, "ConfigMap", "configmaps"), {"cm"}), &kConfigMapStrategy, false, false);
const ResourceType kSecrets = secrets();
const ResourceType kServices =
    row(listed(core(8, "Service", "services"), {"svc"}, {"all"}), &kServiceStrategy, true, true);
const ResourceType kServiceAccounts =
    row(listed(core(9, "ServiceAccount", "serviceaccounts"), {"sa"}), nullptr, false, true);
const ResourceType kStatefulSets = stateful_sets();
const ResourceType kEvents = events();
const ResourceType kLeases = leases();
const ResourceType kBackups =
    operation(custom(13, "v2alpha1", "Backup", "backups", backup_schema),
              {.name = "Claim", .type = "string", .json_path = ".status.pvc"});
const ResourceType kRestores =
    operation(custom(14, "v2alpha1", "Restore", "restores", restore_schema),
              {.name = "Backup", .type = "string", .json_path = ".spec.backup"});
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

bool has_verb(const ResourceType& type, Verb verb) {
  switch (type.verbs) {
    case VerbSet::kAll: return true;
    case VerbSet::kNoCollectionDelete: return verb != Verb::kDeleteCollection;
    case VerbSet::kCreate: return verb == Verb::kCreate;
    case VerbSet::kRead: return verb == Verb::kGet || verb == Verb::kList;
  }
  return false;
}

size_t first_free_index() { return kLastPlainIndex + 1; }

const std::vector<const ResourceType*>& builtin_resource_types() {
  static const std::vector<const ResourceType*> types = [] {
    std::vector<const ResourceType*> all = all_resource_types();
    all.insert(all.end(), plain_resource_types().begin(), plain_resource_types().end());
    return all;
  }();
  return types;
}

const ResourceType* find_resource_type(std::string_view group, std::string_view version,
                                       std::string_view plural) {
  for (const ResourceType* type : builtin_resource_types())
    if (type->plural == plural && type->group == group && type->version == version) return type;
  return nullptr;
}

}  // namespace drydock::fakekube
