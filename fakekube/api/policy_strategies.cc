// ResourceQuotas, NetworkPolicies, PodDisruptionBudgets, and the kinds of RBAC.
#include <algorithm>
#include <array>

#include "fakekube/api/strategy.h"
#include "fakekube/store/object.h"
#include "fakekube/store/quantity.h"

namespace drydock::fakekube {
namespace {

constexpr std::string_view kRbac = "rbac.authorization.k8s.io";

// ---- ResourceQuotas

bool standard_quota(std::string_view name) {
  static constexpr std::array<std::string_view, 19> kNames = {"cpu",
                                                              "memory",
                                                              "ephemeral-storage",
                                                              "requests.cpu",
                                                              "requests.memory",
                                                              "requests.storage",
                                                              "requests.ephemeral-storage",
                                                              "limits.cpu",
                                                              "limits.memory",
                                                              "limits.ephemeral-storage",
                                                              "pods",
                                                              "resourcequotas",
                                                              "services",
                                                              "replicationcontrollers",
                                                              "secrets",
                                                              "persistentvolumeclaims",
                                                              "configmaps",
                                                              "services.nodeports",
                                                              "services.loadbalancers"};
  return name.find('/') != name.npos || name.substr(0, 15) == "requests.hugepa" ||
         std::find(kNames.begin(), kNames.end(), name) != kNames.end();
}

std::optional<ApiReply> prepare_quota(ApiServer&, json::value& object) {
  set_member(object.get_object(), "status", json::object());
  return std::nullopt;
}

void validate_quota(const json::value& object, FieldErrors& errors) {
  for (const auto& member : json_object(object, {"spec", "hard"})) {
    const std::string_view name = member.key();
    const std::string field = "spec.hard[" + std::string(name) + "]";
    if (!standard_quota(name))
      errors.push_back(
          invalid_value(field, quoted(name), "must be a standard resource for quotas"));
    const std::string text = member.value().is_string() ? std::string(member.value().get_string())
                                                        : json_text(member.value());
    if (parse_milli(text).value_or(0) < 0)
      errors.push_back(invalid_value(field, quoted(text), "must be greater than or equal to 0"));
  }
}

std::optional<ApiReply> keep_scopes(ApiServer&, const json::value& object,
                                    const json::value& old_object, FieldErrors& errors) {
  const json::array& now = json_array(object, {"spec", "scopes"});
  if (now != json_array(old_object, {"spec", "scopes"}))
    errors.push_back(invalid_value("spec.scopes", json_text(now), "field is immutable"));
  return std::nullopt;
}

// ---- NetworkPolicies

void default_policy(json::value& object) {
  json::object& spec = object_member(object.get_object(), "spec");
  object_member(spec, "podSelector");
  for (std::string_view list : {"ingress", "egress"}) {
    json::value* rules = spec.if_contains(list);
    if (rules == nullptr || !rules->is_array()) continue;
    for (json::value& rule : rules->get_array()) {
      json::value* ports = rule.is_object() ? rule.get_object().if_contains("ports") : nullptr;
      if (ports == nullptr || !ports->is_array()) continue;
      for (json::value& port : ports->get_array())
        if (port.is_object()) set_default(port.get_object(), "protocol", "TCP");
    }
  }
  if (!json_array(object, {"spec", "policyTypes"}).empty()) return;
  json::array types = {"Ingress"};
  if (!json_array(object, {"spec", "egress"}).empty()) types.emplace_back("Egress");
  set_member(spec, "policyTypes", std::move(types));
}

void validate_policy(const json::value& object, FieldErrors& errors) {
  const std::vector<std::string> types = json_strings(object, {"spec", "policyTypes"});
  for (size_t i = 0; i < types.size(); ++i)
    if (types[i] != "Ingress" && types[i] != "Egress")
      errors.push_back(not_supported("spec.policyTypes[" + std::to_string(i) + "]",
                                     quoted(types[i]), "\"Egress\", \"Ingress\""));
}

// ---- PodDisruptionBudgets

std::optional<ApiReply> prepare_budget(ApiServer&, json::value& object) {
  set_member(object.get_object(), "status",
             json::object{{"disruptionsAllowed", 0},
                          {"currentHealthy", 0},
                          {"desiredHealthy", 0},
                          {"expectedPods", 0}});
  return std::nullopt;
}

void validate_budget(const json::value& object, FieldErrors& errors) {
  const json::value* least = json_find(object, {"spec", "minAvailable"});
  const json::value* most = json_find(object, {"spec", "maxUnavailable"});
  if (least != nullptr && most != nullptr)
    errors.push_back(invalid_value("spec", json_text(*json_find(object, {"spec"})),
                                   "minAvailable and maxUnavailable cannot be both set"));
  for (std::string_view key : {"minAvailable", "maxUnavailable"})
    if (json_int(object, {"spec", key}) < 0)
      errors.push_back(invalid_value("spec." + std::string(key),
                                     std::to_string(json_int(object, {"spec", key})),
                                     "must be greater than or equal to 0"));
}

// ---- Roles and bindings

void validate_rule(const json::value& rule, const std::string& path, bool namespaced,
                   FieldErrors& errors) {
  if (json_array(rule, {"verbs"}).empty())
    errors.push_back(required_value(path + ".verbs", "verbs must contain at least one value"));
  const json::array& urls = json_array(rule, {"nonResourceURLs"});
  const bool resources = !json_array(rule, {"apiGroups"}).empty() ||
                         !json_array(rule, {"resources"}).empty() ||
                         !json_array(rule, {"resourceNames"}).empty();
  if (!urls.empty()) {
    if (namespaced)
      errors.push_back(invalid_value(path + ".nonResourceURLs", json_text(urls),
                                     "namespaced rules cannot apply to non-resource URLs"));
    if (resources)
      errors.push_back(invalid_value(path + ".nonResourceURLs", json_text(urls),
                                     "rules cannot apply to both regular resources and "
                                     "non-resource URLs"));
    return;
  }
  if (json_array(rule, {"apiGroups"}).empty())
    errors.push_back(
        required_value(path + ".apiGroups", "resource rules must supply at least one api group"));
  if (json_array(rule, {"resources"}).empty())
    errors.push_back(
        required_value(path + ".resources", "resource rules must supply at least one resource"));
}

void validate_rules(const json::value& object, bool namespaced, FieldErrors& errors) {
  const json::array& rules = json_array(object, {"rules"});
  for (size_t i = 0; i < rules.size(); ++i)
    validate_rule(rules[i], "rules[" + std::to_string(i) + "]", namespaced, errors);
}

void validate_role(const json::value& object, FieldErrors& errors) {
  validate_rules(object, true, errors);
}

void validate_cluster_role(const json::value& object, FieldErrors& errors) {
  validate_rules(object, false, errors);
}

// An empty apiGroup counts as none.
void set_group(json::object& owner, std::string_view group) {
  const json::value* present = owner.if_contains("apiGroup");
  if (present != nullptr && present->is_string() && !present->get_string().empty()) return;
  set_member(owner, "apiGroup", text_value(group));
}

void default_binding(json::value& object) {
  json::object& members = object.get_object();
  set_group(object_member(members, "roleRef"), kRbac);
  json::value* subjects = members.if_contains("subjects");
  if (subjects == nullptr || !subjects->is_array()) return;
  for (json::value& subject : subjects->get_array()) {
    const std::string kind = json_string(subject, {"kind"});
    if (kind == "User" || kind == "Group") set_group(subject.get_object(), kRbac);
  }
}

void validate_subject(const json::value& subject, const std::string& path, FieldErrors& errors) {
  if (json_string(subject, {"name"}).empty()) errors.push_back(required_value(path + ".name"));
  const std::string kind = json_string(subject, {"kind"});
  if (kind == "ServiceAccount") {
    if (json_string(subject, {"namespace"}).empty())
      errors.push_back(required_value(path + ".namespace"));
  } else if (kind != "User" && kind != "Group") {
    errors.push_back(
        not_supported(path + ".kind", quoted(kind), "\"ServiceAccount\", \"User\", \"Group\""));
  }
}

void validate_binding(const json::value& object, std::string_view kinds, FieldErrors& errors) {
  const std::string group = json_string(object, {"roleRef", "apiGroup"});
  if (group != kRbac)
    errors.push_back(not_supported("roleRef.apiGroup", quoted(group), quoted(kRbac)));
  const std::string kind = json_string(object, {"roleRef", "kind"});
  if (kinds.find(quoted(kind)) == kinds.npos)
    errors.push_back(not_supported("roleRef.kind", quoted(kind), kinds));
  if (json_string(object, {"roleRef", "name"}).empty())
    errors.push_back(required_value("roleRef.name"));
  const json::array& subjects = json_array(object, {"subjects"});
  for (size_t i = 0; i < subjects.size(); ++i)
    validate_subject(subjects[i], "subjects[" + std::to_string(i) + "]", errors);
}

void validate_role_binding(const json::value& object, FieldErrors& errors) {
  validate_binding(object, "\"Role\", \"ClusterRole\"", errors);
}

void validate_cluster_role_binding(const json::value& object, FieldErrors& errors) {
  validate_binding(object, "\"ClusterRole\"", errors);
}

std::optional<ApiReply> keep_role(ApiServer&, const json::value& object,
                                  const json::value& old_object, FieldErrors& errors) {
  if (same_member(object, old_object, "roleRef")) return std::nullopt;
  const auto part = [&](std::string_view key) {
    return quoted(json_string(object, {"roleRef", key}));
  };
  errors.push_back(invalid_value("roleRef",
                                 "rbac.RoleRef{APIGroup:" + part("apiGroup") +
                                     ", Kind:" + part("kind") + ", Name:" + part("name") + "}",
                                 "cannot change roleRef"));
  return std::nullopt;
}

}  // namespace

const Strategy kResourceQuotaStrategy = {.prepare_create = prepare_quota,
                                         .prepare_update = nullptr,
                                         .validate = validate_quota,
                                         .validate_update = keep_scopes};
const Strategy kNetworkPolicyStrategy = {.prepare_create = nullptr,
                                         .prepare_update = nullptr,
                                         .validate = validate_policy,
                                         .validate_update = nullptr,
                                         .grace_seconds = nullptr,
                                         .set_defaults = default_policy};
const Strategy kDisruptionBudgetStrategy = {
    .prepare_create = prepare_budget, .prepare_update = nullptr, .validate = validate_budget};
const Strategy kRoleStrategy = {
    .prepare_create = nullptr, .prepare_update = nullptr, .validate = validate_role};
const Strategy kClusterRoleStrategy = {
    .prepare_create = nullptr, .prepare_update = nullptr, .validate = validate_cluster_role};
const Strategy kRoleBindingStrategy = {.prepare_create = nullptr,
                                       .prepare_update = nullptr,
                                       .validate = validate_role_binding,
                                       .validate_update = keep_role,
                                       .grace_seconds = nullptr,
                                       .set_defaults = default_binding};
const Strategy kClusterRoleBindingStrategy = {.prepare_create = nullptr,
                                              .prepare_update = nullptr,
                                              .validate = validate_cluster_role_binding,
                                              .validate_update = keep_role,
                                              .grace_seconds = nullptr,
                                              .set_defaults = default_binding};

}  // namespace drydock::fakekube
