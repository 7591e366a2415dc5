#include "fakekube/api/pod_subresources.h"

#include <algorithm>

#include "fakekube/api/status_error.h"
#include "fakekube/api/verbs.h"
#include "fakekube/store/object.h"
#include "fakekube/store/selectors.h"

namespace drydock::fakekube {
namespace {

constexpr int64_t kBudgetRetrySeconds = 10;

ApiReply not_bound(const ApiCall& call, std::string_view why) {
  return failure(409, "Conflict",
                 "Operation cannot be fulfilled on pods/binding " + quoted(call.name) + ": " +
                     std::string(why),
                 StatusDetails{.name = call.name, .kind = "pods/binding"});
}

std::optional<ApiReply> check_binding(const ApiCall& call) {
  if (call.body == nullptr) return bad_request("the object provided is no Binding");
  const std::string name(metadata_string(*call.body, "name"));
  if (!name.empty() && name != call.name)
    return bad_request("name in URL does not match name in Binding object");
  const std::string kind = json_string(*call.body, {"target", "kind"});
  // Said as a plain error, which makes it a 500.
  if (!kind.empty() && kind != "Node")
    return failure(500, "",
                   "target.kind: Unsupported value: " + quoted(kind) +
                       ": supported values: \"<empty>\", \"Node\"");
  if (string_at(*call.body, {"target", "name"}).empty())
    return failure(500, "", "target.name: Required value");
  return std::nullopt;
}

std::optional<ApiReply> check_bindable(const ApiCall& call, const json::value& pod) {
  const std::string_view uid = metadata_string(*call.body, "uid");
  if (!uid.empty() && uid != metadata_string(pod, "uid"))
    return conflict(kPods, call.name,
                    "Precondition failed: UID in precondition: " + std::string(uid) +
                        ", UID in object meta: " + std::string(metadata_string(pod, "uid")));
  if (!metadata_string(pod, "deletionTimestamp").empty())
    return not_bound(call, "pod " + call.name + " is being deleted, cannot be assigned to a host");
  const std::string_view bound = string_at(pod, {"spec", "nodeName"});
  if (!bound.empty())
    return not_bound(call, "pod " + call.name + " is already assigned to node " + quoted(bound));
  if (!json_array(pod, {"spec", "schedulingGates"}).empty())
    return not_bound(call, "pod " + call.name + " has non-empty .spec.schedulingGates");
  return std::nullopt;
}

// Replaces the pod's condition of that type, or adds it.
void set_condition(json::value& pod, json::object condition) {
  const std::string type = json_string(condition, {"type"});
  json::array kept;
  for (const json::value& other : json_array(pod, {"status", "conditions"}))
    if (string_at(other, {"type"}) != type) kept.push_back(other);
  kept.push_back(std::move(condition));
  json_at(pod, {"status", "conditions"}) = std::move(kept);
}

void store_pod(ApiServer& server, const ApiCall& call, json::value pod) {
  set_revision(pod, server.store().next_revision_text());
  server.store().put(kPods, call.namespace_name, call.name, std::move(pod));
}

// A pod that doesn't run yet or any more, or goes anyway, is not what budgets are for.
bool needs_budget(const json::value& pod) {
  const std::string_view phase = string_at(pod, {"status", "phase"});
  return phase != "Pending" && phase != "Succeeded" && phase != "Failed" &&
         metadata_string(pod, "deletionTimestamp").empty();
}

bool is_ready(const json::value& pod) {
  for (const json::value& condition : json_array(pod, {"status", "conditions"}))
    if (string_at(condition, {"type"}) == "Ready")
      return string_at(condition, {"status"}) == "True";
  return false;
}

// Whether a pod that isn't ready may go although the budget has nothing to give.
bool waives_budget(const json::value& budget, const json::value& pod) {
  if (is_ready(pod)) return false;
  if (string_at(budget, {"spec", "unhealthyPodEvictionPolicy"}) == "AlwaysAllow") return true;
  const int64_t desired = json_int(budget, {"status", "desiredHealthy"});
  return desired > 0 && json_int(budget, {"status", "currentHealthy"}) >= desired;
}

std::vector<JsonPtr> budgets_of(ApiServer& server, const ApiCall& call, const json::value& pod) {
  std::vector<JsonPtr> budgets;
  const json::object& labels = json_object(pod, {"metadata", "labels"});
  const Store::Objects& all = server.store().objects(kPodDisruptionBudgets);
  for (auto at = all.lower_bound(Store::KeyLess::View(call.namespace_name, ""));
       at != all.end() && at->first.first == call.namespace_name; ++at) {
    const json::value* selector = json_find(*at->second.value, {"spec", "selector"});
    if (selector != nullptr && label_selector_matches(*selector, labels))
      budgets.push_back(at->second.value);
  }
  return budgets;
}

ApiReply over_budget(const std::string& why, std::optional<int64_t> retry_after_s) {
  ApiReply reply = failure(
      429, "TooManyRequests", "Cannot evict pod as it would violate the pod's disruption budget.",
      StatusDetails{.causes = {{"DisruptionBudget", "", why}}, .retry_after_s = retry_after_s});
  reply.retry_after_s = retry_after_s;
  return reply;
}

// Takes one disruption from the budget, or refuses.
std::optional<ApiReply> take_disruption(ApiServer& server, const ApiCall& call,
                                        const json::value& budget) {
  const std::string name(metadata_string(budget, "name"));
  if (json_int(budget, {"status", "observedGeneration"}) <
      json_int(budget, {"metadata", "generation"}))
    return over_budget("The disruption budget " + name + " is still being processed by the server.",
                       kBudgetRetrySeconds);
  const int64_t allowed = json_int(budget, {"status", "disruptionsAllowed"});
  if (allowed <= 0)
    return over_budget("The disruption budget " + name + " needs " +
                           std::to_string(json_int(budget, {"status", "desiredHealthy"})) +
                           " healthy pods and has " +
                           std::to_string(json_int(budget, {"status", "currentHealthy"})) +
                           " currently",
                       std::nullopt);
  if (call.dry_run) return std::nullopt;
  json::value taken = budget;
  json_at(taken, {"status", "disruptionsAllowed"}) = allowed - 1;
  json_at(taken, {"status", "disruptedPods", call.name}) = text_value(server.now_text());
  set_revision(taken, server.store().next_revision_text());
  server.store().put(kPodDisruptionBudgets, call.namespace_name, name, std::move(taken));
  return std::nullopt;
}

std::optional<ApiReply> ask_budgets(ApiServer& server, const ApiCall& call,
                                    const json::value& pod) {
  if (!needs_budget(pod)) return std::nullopt;
  const std::vector<JsonPtr> budgets = budgets_of(server, call, pod);
  if (budgets.size() > 1)
    return failure(500, "",
                   "This pod has more than one PodDisruptionBudget, which the eviction "
                   "subresource does not support.");
  if (budgets.empty() || waives_budget(*budgets.front(), pod)) return std::nullopt;
  return take_disruption(server, call, *budgets.front());
}

void mark_evicted(ApiServer& server, const ApiCall& call, json::value pod) {
  set_condition(pod, {{"type", "DisruptionTarget"},
                      {"status", "True"},
                      {"lastProbeTime", nullptr},
                      {"lastTransitionTime", text_value(server.now_text())},
                      {"reason", "EvictionByEvictionAPI"},
                      {"message", "Eviction API: evicting"}});
  store_pod(server, call, std::move(pod));
}

}  // namespace

ApiReply bind_pod(ApiServer& server, const ApiCall& call) {
  if (auto refused = check_binding(call)) return *std::move(refused);
  const Object* stored = server.store().find(kPods, call.namespace_name, call.name);
  if (stored == nullptr) return not_found(kPods, call.name);
  if (auto refused = check_bindable(call, *stored->value)) return *std::move(refused);
  if (call.dry_run) return success(201);
  json::value pod = *stored->value;
  json_at(pod, {"spec", "nodeName"}) = text_value(string_at(*call.body, {"target", "name"}));
  for (const auto& note : json_object(*call.body, {"metadata", "annotations"}))
    json_at(pod, {"metadata", "annotations", note.key()}) = note.value();
  set_condition(pod, {{"type", "PodScheduled"},
                      {"status", "True"},
                      {"lastProbeTime", nullptr},
                      {"lastTransitionTime", text_value(server.now_text())}});
  order_members(kPods, pod);
  store_pod(server, call, std::move(pod));
  return success(201);
}

ApiReply evict_pod(ApiServer& server, const ApiCall& call) {
  const json::value* options = nullptr;
  if (call.body != nullptr) {
    const std::string name(metadata_string(*call.body, "name"));
    if (!name.empty() && name != call.name)
      return bad_request("name in URL does not match name in Eviction object");
    options = json_find(*call.body, {"deleteOptions"});
  }
  const Object* stored = server.store().find(kPods, call.namespace_name, call.name);
  if (stored == nullptr) return not_found(kPods, call.name);
  const JsonPtr pod = stored->value;
  if (auto refused = ask_budgets(server, call, *pod)) return *std::move(refused);
  if (!call.dry_run && metadata_string(*pod, "deletionTimestamp").empty())
    mark_evicted(server, call, *pod);
  ApiCall deletion = call;
  deletion.verb = Verb::kDelete;
  deletion.subresource.clear();
  deletion.body = options == nullptr ? nullptr : make_json(*options);
  const ApiReply reply = delete_object(server, deletion);
  return reply.ok() ? success(201) : reply;
}

}  // namespace drydock::fakekube
