#include "fakekube/actors/pod_view.h"

#include <algorithm>
#include <charconv>

#include "fakekube/store/quantity.h"

namespace drydock::fakekube {
namespace {

constexpr int64_t kScoreCpuMilli = 100;
constexpr int64_t kScoreMemoryBytes = 200LL * 1024 * 1024;

Resources container_requests(const json::value& container) {
  const auto ask = [&](std::string_view what) {
    const std::string request = json_string(container, {"resources", "requests", what});
    return request.empty() ? json_string(container, {"resources", "limits", what}) : request;
  };
  return {parse_milli(ask("cpu")).value_or(0), quantity_units(ask("memory"))};
}

Resources sum_requests(const json::value& pod, const Resources& floor) {
  Resources sum;
  const auto with_floor = [&](const json::value& container) {
    Resources one = container_requests(container);
    if (one.cpu_milli == 0) one.cpu_milli = floor.cpu_milli;
    if (one.memory_bytes == 0) one.memory_bytes = floor.memory_bytes;
    return one;
  };
  for (const json::value& container : json_array(pod, {"spec", "containers"})) {
    const Resources one = with_floor(container);
    sum.cpu_milli += one.cpu_milli;
    sum.memory_bytes += one.memory_bytes;
  }
  for (const json::value& container : json_array(pod, {"spec", "initContainers"})) {
    const Resources one = with_floor(container);
    sum.cpu_milli = std::max(sum.cpu_milli, one.cpu_milli);
    sum.memory_bytes = std::max(sum.memory_bytes, one.memory_bytes);
  }
  return sum;
}

bool tolerates(const json::value& toleration, const Taint& taint) {
  const std::string effect = json_string(toleration, {"effect"});
  if (!effect.empty() && effect != taint.effect) return false;
  const std::string key = json_string(toleration, {"key"});
  const std::string op = json_string(toleration, {"operator"}, "Equal");
  if (key.empty()) return op == "Exists";
  if (key != taint.key) return false;
  return op == "Exists" || json_string(toleration, {"value"}) == taint.value;
}

std::optional<int64_t> as_integer(std::string_view text) {
  int64_t out = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return out;
}

bool expression_holds(const json::value& expression, const json::object& values) {
  const std::string key = json_string(expression, {"key"});
  const std::string op = json_string(expression, {"operator"});
  const json::value* value = values.if_contains(key);
  const bool present = value != nullptr && value->is_string();
  const std::string actual = present ? std::string(value->as_string()) : std::string();
  const std::vector<std::string> wanted = json_strings(expression, {"values"});
  const bool listed = present && std::find(wanted.begin(), wanted.end(), actual) != wanted.end();
  if (op == "In") return listed;
  if (op == "NotIn") return !listed;
  if (op == "Exists") return present;
  if (op == "DoesNotExist") return !present;
  const std::optional<int64_t> have = as_integer(actual);
  const std::optional<int64_t> limit = wanted.empty() ? std::nullopt : as_integer(wanted.front());
  if (!have || !limit) return false;
  return op == "Gt" ? *have > *limit : op == "Lt" && *have < *limit;
}

bool term_holds(const json::value& term, const json::value& node) {
  const json::array& labels = json_array(term, {"matchExpressions"});
  const json::array& fields = json_array(term, {"matchFields"});
  if (labels.empty() && fields.empty()) return false;
  const json::object names{{"metadata.name", json_string(node, {"metadata", "name"})}};
  return std::all_of(labels.begin(), labels.end(),
                     [&](const json::value& e) {
                       return expression_holds(e, json_object(node, {"metadata", "labels"}));
                     }) &&
         std::all_of(fields.begin(), fields.end(),
                     [&](const json::value& e) { return expression_holds(e, names); });
}

// Terms are alternatives; `selector` null: no demand.
bool node_selector_holds(const json::value* selector, const json::value& node) {
  if (selector == nullptr) return true;
  const json::array& terms = json_array(*selector, {"nodeSelectorTerms"});
  return std::any_of(terms.begin(), terms.end(),
                     [&](const json::value& term) { return term_holds(term, node); });
}

}  // namespace

std::string object_uid(const json::value& object) {
  return json_string(object, {"metadata", "uid"});
}

bool is_deleting(const json::value& object) {
  const json::value* at = json_find(object, {"metadata", "deletionTimestamp"});
  return at != nullptr && !at->is_null();
}

bool has_finalizer(const json::value& object, std::string_view finalizer) {
  const json::array& all = json_array(object, {"metadata", "finalizers"});
  return std::any_of(all.begin(), all.end(), [&](const json::value& one) {
    return one.is_string() && one.as_string() == finalizer;
  });
}

bool add_finalizer(json::value& object, std::string_view finalizer) {
  if (has_finalizer(object, finalizer)) return false;
  json::value& all = json_at(object, {"metadata", "finalizers"});
  if (!all.is_array()) all = json::array();
  all.as_array().push_back(json::value(finalizer));
  return true;
}

bool remove_finalizer(json::value& object, std::string_view finalizer) {
  if (!has_finalizer(object, finalizer)) return false;
  json::array kept;
  for (const json::value& one : json_array(object, {"metadata", "finalizers"}))
    if (!one.is_string() || one.as_string() != finalizer) kept.push_back(one);
  if (kept.empty()) return json_remove(object, {"metadata", "finalizers"});
  json_at(object, {"metadata", "finalizers"}) = std::move(kept);
  return true;
}

std::string annotation(const json::value& object, std::string_view name) {
  return json_string(object, {"metadata", "annotations", name});
}

const json::value* controller_of(const json::value& object) {
  for (const json::value& owner : json_array(object, {"metadata", "ownerReferences"}))
    if (json_bool(owner, {"controller"})) return &owner;
  return nullptr;
}

bool matches_labels(const json::value& object, const json::object& match_labels) {
  const json::object& labels = json_object(object, {"metadata", "labels"});
  for (const auto& [key, value] : match_labels) {
    const json::value* label = labels.if_contains(key);
    if (label == nullptr || *label != value) return false;
  }
  return true;
}

int64_t quantity_units(std::string_view quantity) {
  const std::optional<int64_t> milli = parse_milli(quantity);
  return milli ? *milli / 1000 + (*milli % 1000 != 0 ? 1 : 0) : 0;
}

const json::value* find_condition(const json::value& object, std::string_view type) {
  for (const json::value& condition : json_array(object, {"status", "conditions"}))
    if (json_string(condition, {"type"}) == type) return &condition;
  return nullptr;
}

std::string condition_status(const json::value& object, std::string_view type) {
  const json::value* condition = find_condition(object, type);
  return condition == nullptr ? "" : json_string(*condition, {"status"});
}

bool set_condition(json::value& object, std::string_view type, std::string_view status,
                   std::string_view reason, std::string_view message, WallTime now) {
  const json::value* before = find_condition(object, type);
  const bool same_status = before != nullptr && json_string(*before, {"status"}) == status;
  if (same_status && json_string(*before, {"reason"}) == reason &&
      json_string(*before, {"message"}) == message)
    return false;
  json::object after{{"type", type}, {"status", status}};
  const json::value* probed = before ? json_find(*before, {"lastProbeTime"}) : nullptr;
  after["lastProbeTime"] = probed ? *probed : json::value(nullptr);
  after["lastTransitionTime"] =
      same_status ? json_string(*before, {"lastTransitionTime"}) : format_rfc3339(now);
  if (!reason.empty()) after["reason"] = reason;
  if (!message.empty()) after["message"] = message;
  json::value& all = json_at(object, {"status", "conditions"});
  if (!all.is_array()) all = json::array();
  for (json::value& one : all.as_array()) {
    if (json_string(one, {"type"}) != type) continue;
    one = std::move(after);
    return true;
  }
  all.as_array().push_back(std::move(after));
  return true;
}

std::string pod_node(const json::value& pod) { return json_string(pod, {"spec", "nodeName"}); }

bool is_terminal_pod(const json::value& pod) {
  const std::string phase = json_string(pod, {"status", "phase"});
  return phase == "Succeeded" || phase == "Failed";
}

std::vector<PodClaim> pod_claims(const json::value& pod) {
  std::vector<PodClaim> out;
  for (const json::value& volume : json_array(pod, {"spec", "volumes"})) {
    const json::value* source = json_find(volume, {"persistentVolumeClaim"});
    if (source == nullptr) continue;
    out.push_back({json_string(volume, {"name"}), json_string(*source, {"claimName"}),
                   json_bool(*source, {"readOnly"})});
  }
  return out;
}

bool pod_uses_claim(const json::value& pod, std::string_view claim) {
  const std::vector<PodClaim> claims = pod_claims(pod);
  return std::any_of(claims.begin(), claims.end(),
                     [&](const PodClaim& one) { return one.claim == claim; });
}

Resources pod_requests(const json::value& pod) { return sum_requests(pod, {}); }

Resources pod_requests_for_score(const json::value& pod) {
  return sum_requests(pod, {kScoreCpuMilli, kScoreMemoryBytes});
}

bool is_ready_node(const json::value& node) { return condition_status(node, "Ready") == "True"; }

std::vector<Taint> node_taints(const json::value& node) {
  std::vector<Taint> out;
  for (const json::value& taint : json_array(node, {"spec", "taints"}))
    out.push_back({json_string(taint, {"key"}), json_string(taint, {"value"}),
                   json_string(taint, {"effect"})});
  return out;
}

std::optional<int64_t> toleration_seconds(const json::value& pod, const Taint& taint) {
  std::optional<int64_t> shortest;
  for (const json::value& toleration : json_array(pod, {"spec", "tolerations"})) {
    if (!tolerates(toleration, taint)) continue;
    const int64_t limit = json_int(toleration, {"tolerationSeconds"}, -1);
    const bool shorter = !shortest || (limit >= 0 && (*shortest < 0 || limit < *shortest));
    if (shorter) shortest = limit;
  }
  return shortest;
}

bool selects_node(const json::value& pod, const json::value& node) {
  return matches_labels(node, json_object(pod, {"spec", "nodeSelector"})) &&
         node_selector_holds(json_find(pod, {"spec", "affinity", "nodeAffinity",
                                             "requiredDuringSchedulingIgnoredDuringExecution"}),
                             node);
}

bool volume_fits_node(const json::value& volume, const json::value& node) {
  return node_selector_holds(json_find(volume, {"spec", "nodeAffinity", "required"}), node);
}

}  // namespace drydock::fakekube
