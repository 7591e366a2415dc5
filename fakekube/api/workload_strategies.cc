// StatefulSets, Deployments and ReplicaSets.
#include <algorithm>
#include <array>
#include <vector>

#include "fakekube/api/api_server.h"
#include "fakekube/api/strategy.h"
#include "fakekube/api/workload_rules.h"
#include "fakekube/store/object.h"
#include "fakekube/store/selectors.h"

namespace drydock::fakekube {

std::string go_string_map(const json::object& map) {
  std::vector<std::string> entries;
  for (const auto& member : map)
    entries.push_back(quoted(std::string_view(member.key())) + ":" + json_text(member.value()));
  std::sort(entries.begin(), entries.end());
  std::string text;
  for (const std::string& entry : entries) text += (text.empty() ? "" : ", ") + entry;
  return entries.empty() ? "map[string]string(nil)" : "map[string]string{" + text + "}";
}

void validate_not_negative(const json::value& object, std::string_view key, FieldErrors& errors) {
  const int64_t value = json_int(object, {"spec", key});
  if (value < 0)
    errors.push_back(invalid_value("spec." + std::string(key), std::to_string(value),
                                   "must be greater than or equal to 0"));
}

namespace {

bool empty_selector(const json::value& selector) {
  return json_object(selector, {"matchLabels"}).empty() &&
         json_array(selector, {"matchExpressions"}).empty();
}

std::string go_expressions(const json::array& expressions) {
  if (expressions.empty()) return "[]v1.LabelSelectorRequirement(nil)";
  std::string text;
  for (const json::value& one : expressions) {
    std::string values;
    for (const std::string& value : json_strings(one, {"values"}))
      values += (values.empty() ? "" : ", ") + quoted(value);
    text += (text.empty() ? "" : ", ") + std::string("v1.LabelSelectorRequirement{Key:") +
            quoted(json_string(one, {"key"})) +
            ", Operator:" + quoted(json_string(one, {"operator"})) + ", Values:[]string" +
            (values.empty() ? "(nil)" : "{" + values + "}") + "}";
  }
  return "[]v1.LabelSelectorRequirement{" + text + "}";
}

std::string go_selector(const json::value& selector) {
  return "v1.LabelSelector{MatchLabels:" + go_string_map(json_object(selector, {"matchLabels"})) +
         ", MatchExpressions:" + go_expressions(json_array(selector, {"matchExpressions"})) + "}";
}

void default_template(json::object& spec) {
  default_pod_spec(object_member(object_member(spec, "template"), "spec"));
}

// ---- StatefulSets

void default_claim_template(json::value& claim) {
  if (!claim.is_object()) return;
  json::object& members = claim.get_object();
  set_default(members, "kind", "PersistentVolumeClaim");
  set_default(members, "apiVersion", "v1");
  set_default(object_member(members, "spec"), "volumeMode", "Filesystem");
  set_default(object_member(members, "status"), "phase", "Pending");
}

void default_stateful_set(json::value& object) {
  json::object& spec = object_member(object.get_object(), "spec");
  default_template(spec);
  set_default(spec, "replicas", 1);
  set_default(spec, "podManagementPolicy", "OrderedReady");
  json::object& strategy = object_member(spec, "updateStrategy");
  set_default(strategy, "type", "RollingUpdate");
  if (string_at(object, {"spec", "updateStrategy", "type"}) == "RollingUpdate")
    set_default(object_member(strategy, "rollingUpdate"), "partition", 0);
  set_default(spec, "revisionHistoryLimit", 10);
  json::object& retention = object_member(spec, "persistentVolumeClaimRetentionPolicy");
  for (std::string_view key : {"whenDeleted", "whenScaled"}) set_default(retention, key, "Retain");
  json::value* claims = spec.if_contains("volumeClaimTemplates");
  if (claims == nullptr || !claims->is_array()) return;
  for (json::value& claim : claims->get_array()) default_claim_template(claim);
}

std::optional<ApiReply> prepare_stateful_set(ApiServer&, json::value& object) {
  set_member(object.get_object(), "status",
             json::object{{"replicas", 0}, {"availableReplicas", 0}});
  return std::nullopt;
}

void validate_stateful_set(const json::value& object, FieldErrors& errors) {
  validate_workload(object, "statefulset", errors);
  validate_not_negative(object, "replicas", errors);
  validate_not_negative(object, "minReadySeconds", errors);
  const std::string policy = json_string(object, {"spec", "podManagementPolicy"});
  if (policy != "OrderedReady" && policy != "Parallel")
    errors.push_back(invalid_value("spec.podManagementPolicy", quoted(policy),
                                   "must be 'OrderedReady' or 'Parallel'"));
  const std::string type = json_string(object, {"spec", "updateStrategy", "type"});
  if (type != "RollingUpdate" && type != "OnDelete")
    errors.push_back(invalid_value("spec.updateStrategy",
                                   "apps.StatefulSetUpdateStrategy{Type:" + quoted(type) +
                                       ", RollingUpdate:"
                                       "(*apps.RollingUpdateStatefulSetStrategy)(nil)}",
                                   "must be 'RollingUpdate' or 'OnDelete'"));
  const int64_t partition =
      json_int(object, {"spec", "updateStrategy", "rollingUpdate", "partition"});
  if (partition < 0)
    errors.push_back(invalid_value("spec.updateStrategy.rollingUpdate.partition",
                                   std::to_string(partition),
                                   "must be greater than or equal to 0"));
}

std::optional<ApiReply> validate_stateful_set_update(ApiServer&, const json::value& object,
                                                     const json::value& old_object,
                                                     FieldErrors& errors) {
  static constexpr std::array<std::string_view, 7> kMutable = {
      "replicas",
      "ordinals",
      "template",
      "updateStrategy",
      "revisionHistoryLimit",
      "persistentVolumeClaimRetentionPolicy",
      "minReadySeconds"};
  json::value kept = json::object(json_object(object, {"spec"}));
  json::value before = json::object(json_object(old_object, {"spec"}));
  for (std::string_view key : kMutable) {
    remove_member(kept.get_object(), key);
    remove_member(before.get_object(), key);
  }
  if (kept != before)
    errors.push_back(forbidden_value(
        "spec",
        "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', "
        "'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and "
        "'minReadySeconds' are forbidden"));
  return std::nullopt;
}

// ---- Deployments and ReplicaSets

void default_deployment(json::value& object) {
  json::object& spec = object_member(object.get_object(), "spec");
  default_template(spec);
  set_default(spec, "replicas", 1);
  json::object& strategy = object_member(spec, "strategy");
  set_default(strategy, "type", "RollingUpdate");
  if (string_at(object, {"spec", "strategy", "type"}) == "RollingUpdate") {
    json::object& rolling = object_member(strategy, "rollingUpdate");
    set_default(rolling, "maxUnavailable", "25%");
    set_default(rolling, "maxSurge", "25%");
  }
  set_default(spec, "revisionHistoryLimit", 10);
  set_default(spec, "progressDeadlineSeconds", 600);
}

std::optional<ApiReply> prepare_deployment(ApiServer&, json::value& object) {
  set_member(object.get_object(), "status", json::object());
  return std::nullopt;
}

void validate_deployment(const json::value& object, FieldErrors& errors) {
  validate_workload(object, "deployment", errors);
  for (std::string_view key : {"replicas", "minReadySeconds", "revisionHistoryLimit"})
    validate_not_negative(object, key, errors);
  const std::string type = json_string(object, {"spec", "strategy", "type"});
  if (type != "RollingUpdate" && type != "Recreate")
    errors.push_back(
        not_supported("spec.strategy.type", quoted(type), "\"Recreate\", \"RollingUpdate\""));
  if (type == "Recreate" && json_find(object, {"spec", "strategy", "rollingUpdate"}) != nullptr)
    errors.push_back(forbidden_value("spec.strategy.rollingUpdate",
                                     "may not be specified when strategy `type` is 'Recreate'"));
  const int64_t deadline = json_int(object, {"spec", "progressDeadlineSeconds"});
  if (deadline <= json_int(object, {"spec", "minReadySeconds"}))
    errors.push_back(invalid_value("spec.progressDeadlineSeconds", std::to_string(deadline),
                                   "must be greater than minReadySeconds"));
}

void default_replica_set(json::value& object) {
  json::object& members = object.get_object();
  json::object& spec = object_member(members, "spec");
  default_template(spec);
  set_default(spec, "replicas", 1);
}

std::optional<ApiReply> prepare_replica_set(ApiServer&, json::value& object) {
  set_member(object.get_object(), "status", json::object{{"replicas", 0}});
  return std::nullopt;
}

void validate_replica_set(const json::value& object, FieldErrors& errors) {
  validate_workload(object, "replicaset", errors);
  for (std::string_view key : {"replicas", "minReadySeconds"})
    validate_not_negative(object, key, errors);
}

std::optional<ApiReply> keep_selector(ApiServer&, const json::value& object,
                                      const json::value& old_object, FieldErrors& errors) {
  validate_same_selector(object, old_object, errors);
  return std::nullopt;
}

}  // namespace

void validate_workload(const json::value& object, std::string_view noun, FieldErrors& errors) {
  const json::value* selector = json_find(object, {"spec", "selector"});
  const json::object& labels = json_object(object, {"spec", "template", "metadata", "labels"});
  if (selector == nullptr || selector->is_null())
    errors.push_back(required_value("spec.selector"));
  else if (empty_selector(*selector))
    errors.push_back(invalid_value("spec.selector", go_selector(*selector),
                                   "empty selector is invalid for " + std::string(noun)));
  if (selector == nullptr || selector->is_null() || !label_selector_matches(*selector, labels))
    errors.push_back(invalid_value("spec.template.metadata.labels", go_string_map(labels),
                                   "`selector` does not match template `labels`"));
  if (const json::value* pod = json_find(object, {"spec", "template", "spec"}))
    validate_pod_spec(*pod, "spec.template.spec", errors);
  const std::string restart = json_string(object, {"spec", "template", "spec", "restartPolicy"});
  if (restart != "Always")
    errors.push_back(
        not_supported("spec.template.spec.restartPolicy", quoted(restart), "\"Always\""));
  if (json_find(object, {"spec", "template", "spec", "activeDeadlineSeconds"}) != nullptr)
    errors.push_back(forbidden_value(
        "spec.template.spec.activeDeadlineSeconds",
        "activeDeadlineSeconds in " + json_string(object, {"kind"}) + " is not Supported"));
}

void validate_same_selector(const json::value& object, const json::value& old_object,
                            FieldErrors& errors) {
  const json::value* now = json_find(object, {"spec", "selector"});
  const json::value* before = json_find(old_object, {"spec", "selector"});
  if (now == nullptr || before == nullptr || *now == *before) return;
  errors.push_back(invalid_value("spec.selector", go_selector(*now), "field is immutable"));
}

const Strategy kStatefulSetStrategy = {.prepare_create = prepare_stateful_set,
                                       .prepare_update = nullptr,
                                       .validate = validate_stateful_set,
                                       .validate_update = validate_stateful_set_update,
                                       .grace_seconds = nullptr,
                                       .set_defaults = default_stateful_set};
const Strategy kDeploymentStrategy = {.prepare_create = prepare_deployment,
                                      .prepare_update = nullptr,
                                      .validate = validate_deployment,
                                      .validate_update = keep_selector,
                                      .grace_seconds = nullptr,
                                      .set_defaults = default_deployment};
const Strategy kReplicaSetStrategy = {.prepare_create = prepare_replica_set,
                                      .prepare_update = nullptr,
                                      .validate = validate_replica_set,
                                      .validate_update = keep_selector,
                                      .grace_seconds = nullptr,
                                      .set_defaults = default_replica_set};

}  // namespace drydock::fakekube
