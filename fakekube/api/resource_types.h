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

#include "core/base/json.h"

namespace drydock::fakekube {

enum class Verb;         // api_call.h
struct Strategy;         // a kind's own defaults and rules (strategy.h)
class StructuralSchema;  // of a custom resource (crd_schema.h)

// A field that a fieldSelector may name, besides metadata.name and metadata.namespace.
struct SelectableField {
  std::string_view label;              // as written: "spec.nodeName"
  std::vector<std::string_view> path;  // where it is in the object
  std::string_view absent = "";        // what an absent field counts as
};

// A column of a custom resource's Table, from the CRD's additionalPrinterColumns.
struct PrinterColumn {
  std::string_view name;
  std::string_view type;    // "string", "integer", "number", "boolean", "date"
  std::string_view format;  // may be empty
  std::string_view description;
  std::string_view json_path;  // ".spec.color"
  int priority = 0;
};

// Which verbs a kind has on its main path.
enum class VerbSet {
  kAll,
  kNoCollectionDelete,  // namespaces
  kCreate,              // reviews: nothing is stored
  kRead,                // componentstatuses
};

// Built-in rows live for the whole program, those of CRDs as long as their server; a ResourceType
// is compared by address.
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
  VerbSet verbs = VerbSet::kAll;
  const Strategy* strategy = nullptr;
  const StructuralSchema* (*schema)() = nullptr;  // of the product's kinds, made at first use
  const StructuralSchema* own_schema = nullptr;   // of kinds made at run time
  std::vector<SelectableField> selectable = {};

  std::vector<PrinterColumn> columns = {};  // custom: beside or instead of Name and Age
  std::vector<std::string_view> short_names = {};
  std::vector<std::string_view> categories = {};
  // Where a scale finds its numbers; the selector's may be empty.
  std::string_view scale_spec_path = ".spec.replicas";
  std::string_view scale_status_path = ".status.replicas";
  std::string_view scale_selector_path = {};
  std::string_view deprecation = {};  // the text of a Warning on every use; empty: none

  // The row in whose form objects are stored: the storage version of a CRD that has several (that
  // row names itself), core/v1 of Events. Null: stored as served. All of them share an `index`;
  // served_version.h converts.
  const ResourceType* stored_as = nullptr;
  // Between this version and the stored one; null: only apiVersion differs.
  void (*to_stored)(json::value& object) = nullptr;
  void (*from_stored)(json::value& object) = nullptr;
  // Stored objects may be older than the schema: they are pruned and defaulted when read.
  bool normalise_on_read = false;

  std::string_view singular = {};          // "pod"
  std::string_view list_kind = {};         // "PodList"
  std::string_view api_version = {};       // "v1", "infinispan.org/v2alpha1"
  std::string_view qualified_plural = {};  // "pods", "backups.infinispan.org"
  std::string_view qualified_kind = {};    // "Pod", "Backup.infinispan.org"

  // Null for built-in kinds.
  const StructuralSchema* structural() const {
    return own_schema != nullptr || schema == nullptr ? own_schema : schema();
  }
};

// Rows with the last five members filled in unless they are set; for kinds made at run time, whose
// `index` must be unique. Their texts must outlive every server.
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

// Kinds that are stored without rules of their own unless they have a strategy (builtin_types.cc).
extern const ResourceType kDeployments;
extern const ResourceType kReplicaSets;
extern const ResourceType kControllerRevisions;
extern const ResourceType kResourceQuotas;
extern const ResourceType kLimitRanges;
extern const ResourceType kEndpoints;
extern const ResourceType kMutatingWebhookConfigurations;
extern const ResourceType kValidatingWebhookConfigurations;
extern const ResourceType kCustomResourceDefinitions;
extern const ResourceType kRoles;
extern const ResourceType kRoleBindings;
extern const ResourceType kClusterRoles;
extern const ResourceType kClusterRoleBindings;
extern const ResourceType kNetworkPolicies;
extern const ResourceType kPodDisruptionBudgets;
extern const ResourceType kPriorityClasses;
extern const ResourceType kEventsV1;  // events.k8s.io, another view of kEvents
// Reviews: only created, never stored.
extern const ResourceType kTokenReviews;
extern const ResourceType kSelfSubjectReviews;
extern const ResourceType kSubjectAccessReviews;
extern const ResourceType kLocalSubjectAccessReviews;
extern const ResourceType kSelfSubjectAccessReviews;
extern const ResourceType kSelfSubjectRulesReviews;

// The kinds that the actors and the product use, in the table's order.
const std::vector<const ResourceType*>& all_resource_types();
// Whether the kind's main path has the verb.
bool has_verb(const ResourceType& type, Verb verb);
// An index from which on all are free for kinds made by hand, not from a CRD.
size_t first_free_index();
// Every kind that a server starts with: those above and what else a real one has built in.
const std::vector<const ResourceType*>& builtin_resource_types();
// Among the built-in ones; nullptr: no such resource.
const ResourceType* find_resource_type(std::string_view group, std::string_view version,
                                       std::string_view plural);

}  // namespace drydock::fakekube
