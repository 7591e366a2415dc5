// The kinds that the fake API server knows: one row each (resource_types.cc).
//
//   client.get(kPods, "ns", "my-backup");
//   const ResourceType* type = find_resource_type("infinispan.org", "v2alpha1", "backups");
//
// A new kind is one declaration here, one row there, and a strategy only if it has own rules.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace drydock::fakekube {

struct Strategy;         // a kind's own defaults and rules (strategy.h)
class StructuralSchema;  // of a custom resource (crd_schema.h)

// A field that a fieldSelector may name, besides metadata.name and metadata.namespace.
struct SelectableField {
  std::string_view label;              // as written: "spec.nodeName"
  std::vector<std::string_view> path;  // where it is in the object
  std::string_view absent = "";        // what an absent field counts as
};

// All rows live for the whole program; a ResourceType is compared by address.
struct ResourceType {
  size_t index = 0;        // row number
  std::string_view group;  // "" for core
  std::string_view version;
  std::string_view kind;
  std::string_view plural;
  bool namespaced = true;
  bool custom = false;  // from a CRD: sorted keys, merge patch only, resourceVersion needed in PUT
  bool has_status = false;
  bool has_scale = false;
  bool has_generation = false;         // metadata.generation follows changes of the spec
  bool unconditional_update = true;    // PUT without resourceVersion allowed
  bool create_on_update = false;       // PUT of an absent object creates it
  bool delete_answers_object = false;  // else a Status
  const Strategy* strategy = nullptr;
  const StructuralSchema* (*schema)() = nullptr;
  std::vector<SelectableField> selectable = {};

  std::string_view api_version = {};       // "v1", "infinispan.org/v2alpha1"
  std::string_view qualified_plural = {};  // "pods", "backups.infinispan.org"
  std::string_view qualified_kind = {};    // "Pod", "Backup.infinispan.org"
};

// Rows with the last three members filled in; for kinds made at run time (`index` must be unique).
ResourceType with_names(ResourceType type);

extern const ResourceType kNamespaces;
extern const ResourceType kNodes;
extern const ResourceType kPods;
extern const ResourceType kPersistentVolumeClaims;
extern const ResourceType kPersistentVolumes;
extern const ResourceType kStorageClasses;
extern const ResourceType kConfigMaps;
extern const ResourceType kSecrets;
extern const ResourceType kServices;
extern const ResourceType kServiceAccounts;
extern const ResourceType kStatefulSets;
extern const ResourceType kEvents;
extern const ResourceType kLeases;
extern const ResourceType kBackups;
extern const ResourceType kRestores;
extern const ResourceType kInfinispans;

// Every kind, in the table's order.
const std::vector<const ResourceType*>& all_resource_types();
// nullptr: no such resource.
const ResourceType* find_resource_type(std::string_view group, std::string_view version,
                                       std::string_view plural);
// By what an ownerReference or an object names: apiVersion and kind.
const ResourceType* find_resource_kind(std::string_view api_version, std::string_view kind);

}  // namespace drydock::fakekube
