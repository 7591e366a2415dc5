#include "fakekube/api/builtin_types.h"

#include <utility>

#include "fakekube/api/strategy.h"
#include "fakekube/schema/crd_strategy.h"
#include "fakekube/schema/event_views.h"

namespace drydock::fakekube {
namespace {

// What a row of a plain kind may say; else it is namespaced and has none of it.
enum Trait : unsigned {
  kCluster = 1,
  kStatus = 2,
  kScale = 4,
  kGeneration = 8,
  kConditional = 16,  // PUT needs a resourceVersion
  kUpsert = 32,       // PUT creates
  kReturns = 64,      // a deletion answers the object
};

// Rows 0 to 15 are those of resource_types.cc.
constexpr size_t kFirstIndex = 16;

ResourceType plain(size_t number, std::string_view group, std::string_view kind,
                   std::string_view plural, unsigned traits,
                   std::vector<std::string_view> short_names = {},
                   std::vector<std::string_view> categories = {}) {
  ResourceType type;
  type.index = kFirstIndex + number;
  type.group = group;
  type.version = "v1";
  type.kind = kind;
  type.plural = plural;
  type.namespaced = (traits & kCluster) == 0;
  type.has_status = (traits & kStatus) != 0;
  type.has_scale = (traits & kScale) != 0;
  type.has_generation = (traits & kGeneration) != 0;
  type.unconditional_update = (traits & kConditional) == 0;
  type.create_on_update = (traits & kUpsert) != 0;
  type.delete_answers_object = (traits & kReturns) != 0;
  type.short_names = std::move(short_names);
  type.categories = std::move(categories);
  return with_names(std::move(type));
}

ResourceType with_verbs(ResourceType type, VerbSet verbs) {
  type.verbs = verbs;
  return type;
}

ResourceType with_strategy(const Strategy& strategy, ResourceType type) {
  type.strategy = &strategy;
  return type;
}

ResourceType with_selectable(ResourceType type, std::vector<SelectableField> fields) {
  type.selectable = std::move(fields);
  return type;
}

ResourceType review(size_t number, std::string_view group, std::string_view kind,
                    std::string_view plural, unsigned traits) {
  return with_verbs(plain(number, group, kind, plural, traits), VerbSet::kCreate);
}

ResourceType custom_resource_definitions() {
  ResourceType type =
      plain(8, "apiextensions.k8s.io", "CustomResourceDefinition", "customresourcedefinitions",
            kCluster | kStatus | kGeneration | kConditional | kReturns, {"crd", "crds"},
            {"api-extensions"});
  type.strategy = &kCrdStrategy;
  return type;
}

ResourceType new_events() {
  ResourceType type = plain(0, "events.k8s.io", "Event", "events", kUpsert, {"ev"});
  type.index = kEventsIndex;
  type.stored_as = &kEvents;
  type.to_stored = event_to_core;
  type.from_stored = event_from_core;
  type.strategy = &kEventsV1Strategy;
  type.selectable = events_v1_fields();
  return type;
}

constexpr std::string_view kApps = "apps";
constexpr std::string_view kRbac = "rbac.authorization.k8s.io";
constexpr std::string_view kAuthorization = "authorization.k8s.io";
constexpr std::string_view kAuthentication = "authentication.k8s.io";
constexpr std::string_view kRegistration = "admissionregistration.k8s.io";
constexpr std::string_view kNetworking = "networking.k8s.io";
constexpr std::string_view kStorageGroup = "storage.k8s.io";
constexpr std::string_view kFlowControl = "flowcontrol.apiserver.k8s.io";

const SelectableField kReplicasField = {"status.replicas", {"status", "replicas"}};

}  // namespace

const ResourceType kDeployments =
    with_strategy(kDeploymentStrategy, plain(0, kApps, "Deployment", "deployments",
                                             kStatus | kScale | kGeneration, {"deploy"}, {"all"}));
const ResourceType kReplicaSets = with_strategy(
    kReplicaSetStrategy, with_selectable(plain(1, kApps, "ReplicaSet", "replicasets",
                                               kStatus | kScale | kGeneration, {"rs"}, {"all"}),
                                         {kReplicasField}));
const ResourceType kControllerRevisions =
    plain(2, kApps, "ControllerRevision", "controllerrevisions", 0);
const ResourceType kResourceQuotas =
    with_strategy(kResourceQuotaStrategy,
                  plain(3, "", "ResourceQuota", "resourcequotas", kStatus | kReturns, {"quota"}));
const ResourceType kLimitRanges = plain(4, "", "LimitRange", "limitranges", kUpsert, {"limits"});
const ResourceType kEndpoints = plain(5, "", "Endpoints", "endpoints", kUpsert, {"ep"});
const ResourceType kMutatingWebhookConfigurations = with_strategy(
    kMutatingWebhooksStrategy,
    plain(6, kRegistration, "MutatingWebhookConfiguration", "mutatingwebhookconfigurations",
          kCluster | kGeneration | kConditional, {}, {"api-extensions"}));
const ResourceType kValidatingWebhookConfigurations = with_strategy(
    kValidatingWebhooksStrategy,
    plain(7, kRegistration, "ValidatingWebhookConfiguration", "validatingwebhookconfigurations",
          kCluster | kGeneration | kConditional, {}, {"api-extensions"}));
const ResourceType kCustomResourceDefinitions = custom_resource_definitions();
const ResourceType kRoles = with_strategy(kRoleStrategy, plain(9, kRbac, "Role", "roles", kUpsert));
const ResourceType kRoleBindings =
    with_strategy(kRoleBindingStrategy, plain(10, kRbac, "RoleBinding", "rolebindings", kUpsert));
const ResourceType kClusterRoles = with_strategy(
    kClusterRoleStrategy, plain(11, kRbac, "ClusterRole", "clusterroles", kCluster | kUpsert));
const ResourceType kClusterRoleBindings = with_strategy(
    kClusterRoleBindingStrategy,
    plain(12, kRbac, "ClusterRoleBinding", "clusterrolebindings", kCluster | kUpsert));
const ResourceType kNetworkPolicies = with_strategy(
    kNetworkPolicyStrategy,
    plain(13, kNetworking, "NetworkPolicy", "networkpolicies", kGeneration, {"netpol"}));
const ResourceType kPodDisruptionBudgets = with_strategy(
    kDisruptionBudgetStrategy, plain(14, "policy", "PodDisruptionBudget", "poddisruptionbudgets",
                                     kStatus | kGeneration | kConditional, {"pdb"}));
const ResourceType kPriorityClasses = plain(15, "scheduling.k8s.io", "PriorityClass",
                                            "priorityclasses", kCluster | kGeneration, {"pc"});
const ResourceType kEventsV1 = new_events();
const ResourceType kTokenReviews =
    review(16, kAuthentication, "TokenReview", "tokenreviews", kCluster);
const ResourceType kSelfSubjectReviews =
    review(17, kAuthentication, "SelfSubjectReview", "selfsubjectreviews", kCluster);
const ResourceType kSubjectAccessReviews =
    review(18, kAuthorization, "SubjectAccessReview", "subjectaccessreviews", kCluster);
const ResourceType kLocalSubjectAccessReviews =
    review(19, kAuthorization, "LocalSubjectAccessReview", "localsubjectaccessreviews", 0);
const ResourceType kSelfSubjectAccessReviews =
    review(20, kAuthorization, "SelfSubjectAccessReview", "selfsubjectaccessreviews", kCluster);
const ResourceType kSelfSubjectRulesReviews =
    review(21, kAuthorization, "SelfSubjectRulesReview", "selfsubjectrulesreviews", kCluster);

namespace {

// Kinds that no code names.
const std::vector<ResourceType>& nameless() {
  static const std::vector<ResourceType> rows = {
      review(22, "", "Binding", "bindings", 0),
      with_verbs(plain(23, "", "ComponentStatus", "componentstatuses", kCluster, {"cs"}),
                 VerbSet::kRead),
      plain(24, "", "PodTemplate", "podtemplates", kReturns | kGeneration),
      with_selectable(plain(25, "", "ReplicationController", "replicationcontrollers",
                            kStatus | kScale | kGeneration, {"rc"}, {"all"}),
                      {kReplicasField}),
      plain(26, "apiregistration.k8s.io", "APIService", "apiservices",
            kCluster | kStatus | kConditional, {}, {"api-extensions"}),
      plain(27, kApps, "DaemonSet", "daemonsets", kStatus | kGeneration, {"ds"}, {"all"}),
      plain(28, "batch", "CronJob", "cronjobs", kStatus | kGeneration, {"cj"}, {"all"}),
      with_selectable(plain(29, "batch", "Job", "jobs", kStatus | kGeneration, {}, {"all"}),
                      {{"status.successful", {"status", "succeeded"}, "0"}}),
      with_selectable(plain(30, "certificates.k8s.io", "CertificateSigningRequest",
                            "certificatesigningrequests", kCluster | kStatus, {"csr"}),
                      {{"spec.signerName", {"spec", "signerName"}}}),
      plain(31, kNetworking, "IngressClass", "ingressclasses", kCluster | kGeneration),
      plain(32, kNetworking, "Ingress", "ingresses", kStatus | kGeneration, {"ing"}),
      plain(33, kNetworking, "IPAddress", "ipaddresses", kCluster, {"ip"}),
      plain(34, kNetworking, "ServiceCIDR", "servicecidrs", kCluster | kStatus),
      plain(35, kStorageGroup, "CSIDriver", "csidrivers", kCluster | kConditional | kReturns),
      plain(36, kStorageGroup, "CSINode", "csinodes", kCluster | kConditional | kReturns),
      plain(37, kStorageGroup, "CSIStorageCapacity", "csistoragecapacities", kConditional),
      plain(38, kStorageGroup, "VolumeAttachment", "volumeattachments",
            kCluster | kStatus | kConditional | kReturns),
      plain(39, kRegistration, "ValidatingAdmissionPolicy", "validatingadmissionpolicies",
            kCluster | kStatus | kGeneration | kConditional, {}, {"api-extensions"}),
      plain(40, kRegistration, "ValidatingAdmissionPolicyBinding",
            "validatingadmissionpolicybindings", kCluster | kGeneration | kConditional, {},
            {"api-extensions"}),
      plain(41, "node.k8s.io", "RuntimeClass", "runtimeclasses", kCluster | kConditional),
      plain(42, "discovery.k8s.io", "EndpointSlice", "endpointslices", kGeneration),
      plain(43, kFlowControl, "FlowSchema", "flowschemas",
            kCluster | kStatus | kGeneration | kConditional),
      plain(44, kFlowControl, "PriorityLevelConfiguration", "prioritylevelconfigurations",
            kCluster | kStatus | kGeneration | kConditional)};
  return rows;
}

// Version 1 is an older view of what version 2 stores; the fields that differ are not converted.
const std::vector<ResourceType>& autoscalers() {
  const auto version = [](std::string_view name, const ResourceType* stored_as) {
    ResourceType type = plain(45, "autoscaling", "HorizontalPodAutoscaler",
                              "horizontalpodautoscalers", kStatus, {"hpa"}, {"all"});
    type.version = name;
    type.stored_as = stored_as;
    return with_names(std::move(type));
  };
  static const std::vector<ResourceType> second = {version("v2", nullptr)};
  static const std::vector<ResourceType> rows = {second.front(), version("v1", &second.front())};
  return rows;
}

}  // namespace

const std::vector<const ResourceType*>& plain_resource_types() {
  static const std::vector<const ResourceType*> types = [] {
    std::vector<const ResourceType*> all = {&kDeployments,
                                            &kReplicaSets,
                                            &kControllerRevisions,
                                            &kResourceQuotas,
                                            &kLimitRanges,
                                            &kEndpoints,
                                            &kMutatingWebhookConfigurations,
                                            &kValidatingWebhookConfigurations,
                                            &kCustomResourceDefinitions,
                                            &kRoles,
                                            &kRoleBindings,
                                            &kClusterRoles,
                                            &kClusterRoleBindings,
                                            &kNetworkPolicies,
                                            &kPodDisruptionBudgets,
                                            &kPriorityClasses,
                                            &kEventsV1,
                                            &kTokenReviews,
                                            &kSelfSubjectReviews,
                                            &kSubjectAccessReviews,
                                            &kLocalSubjectAccessReviews,
                                            &kSelfSubjectAccessReviews,
                                            &kSelfSubjectRulesReviews};
    for (const ResourceType& type : nameless()) all.push_back(&type);
    for (const ResourceType& type : autoscalers()) all.push_back(&type);
    return all;
  }();
  return types;
}

const std::vector<BuiltinSubresource>& builtin_subresources(const ResourceType& type) {
  static const std::vector<std::string_view> proxy = {"create", "delete", "get", "patch", "update"};
  static const std::vector<std::string_view> change = {"get", "patch", "update"};
  static const std::vector<std::string_view> connect = {"create", "get"};
  static const std::vector<BuiltinSubresource> of_namespaces = {
      {"finalize", "Namespace", "", "", {"update"}}};
  static const std::vector<BuiltinSubresource> of_nodes = {
      {"proxy", "NodeProxyOptions", "", "", proxy}};
  static const std::vector<BuiltinSubresource> of_pods = {
      {"attach", "PodAttachOptions", "", "", connect},
      {"binding", "Binding", "", "", {"create"}},
      {"ephemeralcontainers", "Pod", "", "", change},
      {"eviction", "Eviction", "policy", "v1", {"create"}},
      {"exec", "PodExecOptions", "", "", connect},
      {"log", "Pod", "", "", {"get"}},
      {"portforward", "PodPortForwardOptions", "", "", connect},
      {"proxy", "PodProxyOptions", "", "", proxy},
      {"resize", "Pod", "", "", change}};
  static const std::vector<BuiltinSubresource> of_accounts = {
      {"token", "TokenRequest", "authentication.k8s.io", "v1", {"create"}}};
  static const std::vector<BuiltinSubresource> of_services = {
      {"proxy", "ServiceProxyOptions", "", "", proxy}};
  static const std::vector<BuiltinSubresource> of_requests = {
      {"approval", "CertificateSigningRequest", "", "", change}};
  static const std::vector<BuiltinSubresource> none;
  if (&type == &kNamespaces) return of_namespaces;
  if (&type == &kNodes) return of_nodes;
  if (&type == &kPods) return of_pods;
  if (&type == &kServiceAccounts) return of_accounts;
  if (&type == &kServices) return of_services;
  return type.plural == "certificatesigningrequests" ? of_requests : none;
}

}  // namespace drydock::fakekube
