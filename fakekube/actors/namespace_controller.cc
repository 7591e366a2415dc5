#include "fakekube/actors/namespace_controller.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "fakekube/actors/pod_view.h"
#include "fakekube/actors/timings.h"
#include "fakekube/api/api_server.h"

namespace drydock::fakekube {
namespace {

struct Condition {
  std::string_view type;
  std::string_view status;
  std::string_view reason;
  std::string message;
};

// Pods are emptied apart from the others.
bool holds_objects(const ResourceType& type) {
  const bool own = type.stored_as == nullptr || type.stored_as == &type;
  return type.namespaced && own && type.verbs == VerbSet::kAll && &type != &kPods;
}

std::string counted(const std::map<std::string, size_t>& counts, std::string_view pattern) {
  std::vector<std::string> parts;
  for (const auto& [what, count] : counts)
    parts.push_back(fmt::format(fmt::runtime(pattern), what, count));
  return fmt::format("{}", fmt::join(parts, ", "));
}

Condition remaining_objects(const std::map<std::string, size_t>& objects) {
  constexpr std::string_view kType = "NamespaceContentRemaining";
  if (objects.empty())
    return {kType, "False", "ContentRemoved", "All content successfully removed"};
  return {kType, "True", "SomeResourcesRemain",
          "Some resources are remaining: " + counted(objects, "{} has {} resource instances")};
}

Condition remaining_finalizers(const std::map<std::string, size_t>& finalizers) {
  constexpr std::string_view kType = "NamespaceFinalizersRemaining";
  if (finalizers.empty())
    return {kType, "False", "ContentHasNoFinalizers", "All content-preserving finalizers finished"};
  return {kType, "True", "SomeFinalizersRemain",
          "Some content in the namespace has finalizers remaining: " +
              counted(finalizers, "{} in {} resource instances")};
}

Condition failed_deletions(std::vector<std::string> errors) {
  constexpr std::string_view kType = "NamespaceDeletionContentFailure";
  if (errors.empty())
    return {kType, "False", "ContentDeleted",
            "All content successfully deleted, may be waiting on finalization"};
  std::sort(errors.begin(), errors.end());
  return {kType, "True", "ContentDeletionFailed",
          fmt::format("Failed to delete all resource types, {} remaining: {}", errors.size(),
                      fmt::join(errors, ", "))};
}

// The longest that a running pod may take; 0 once the namespace has been going for that long.
int64_t grace_left(const std::vector<JsonPtr>& pods, const json::value& name_space, WallTime now) {
  int64_t grace = 0;
  for (const JsonPtr& pod : pods)
    if (!is_terminal_pod(*pod))
      grace = std::max(grace, json_int(*pod, {"spec", "terminationGracePeriodSeconds"}));
  const std::optional<WallTime> deleted =
      parse_rfc3339(json_string(name_space, {"metadata", "deletionTimestamp"}));
  return deleted && now - *deleted >= seconds(grace) ? 0 : grace;
}

bool set_all(json::value& object, const std::vector<Condition>& wanted, WallTime now) {
  bool changed = false;
  for (const Condition& one : wanted)
    changed |= set_condition(object, one.type, one.status, one.reason, one.message, now);
  if (!changed) return false;
  for (json::value& condition : json_at(object, {"status", "conditions"}).as_array())
    condition.as_object().erase("lastProbeTime");  // a namespace's conditions have none
  return true;
}

// Without the finalizer of this controller; others stay.
json::value without_own_finalizer(json::value name_space) {
  json::array kept;
  for (const json::value& finalizer : json_array(name_space, {"spec", "finalizers"}))
    if (finalizer != "kubernetes") kept.push_back(finalizer);
  json_at(name_space, {"spec", "finalizers"}) = std::move(kept);
  for (std::string_view member : {"resourceVersion", "managedFields"})
    json_remove(name_space, {"metadata", member});
  return name_space;
}

}  // namespace

NamespaceController::NamespaceController(Env& env, std::shared_ptr<ApiClient> client,
                                         std::shared_ptr<Informers> informers,
                                         const ApiServer& server)
    : Controller(env, "namespace", Duration::zero()),
      client_(std::move(client)),
      informers_(std::move(informers)),
      server_(server) {
  informers_->want(kNamespaces);
  informers_->on_change(kNamespaces, [this](const JsonPtr& /*before*/, const JsonPtr& after) {
    if (after && is_deleting(*after))
      queue_.add_after(object_key(*after), timings::kNamespaceDelay);
  });
}

Status NamespaceController::reconcile(const std::string& key) {
  const std::string name = split_key(key).second;
  const Result<JsonPtr> live = client_->get(kNamespaces, "", name);
  if (live.code() == Code::kNotFound) return ok_status();
  if (!live.ok()) return live.status();
  if (!is_deleting(**live)) return ok_status();
  DRYDOCK_ASSIGN(const Remaining remaining, empty(**live));
  const Status reported = report(*live, remaining);
  if (reported.code() == Code::kNotFound) return ok_status();
  DRYDOCK_RETURN_IF_ERROR(reported);
  if (!remaining.errors.empty()) return Status(Code::kUnavailable, remaining.errors.front());
  if (remaining.seconds > 0) {
    queue_.add_after(key, seconds(remaining.seconds / 2 + 1));
    return ok_status();
  }
  const Status finished = client_->finalize_namespace(without_own_finalizer(**live));
  return finished.code() == Code::kNotFound ? ok_status() : finished;
}

// Pods first; as long as any is left, nothing else goes, and only the time to wait is kept of them.
Result<NamespaceController::Remaining> NamespaceController::empty(const json::value& name_space) {
  Remaining pods;
  DRYDOCK_RETURN_IF_ERROR(empty_kind(kPods, name_space, pods));
  if (!pods.objects.empty())
    return Remaining{
        .objects = {}, .finalizers = {}, .errors = pods.errors, .seconds = pods.seconds};
  Remaining out;
  const std::vector<const ResourceType*> types = server_.types();
  for (const ResourceType* type : types)
    if (holds_objects(*type)) DRYDOCK_RETURN_IF_ERROR(empty_kind(*type, name_space, out));
  return out;
}

Status NamespaceController::empty_kind(const ResourceType& type, const json::value& name_space,
                                       Remaining& remaining) {
  const std::string space = json_string(name_space, {"metadata", "name"});
  DRYDOCK_ASSIGN(const ListResult all, client_->list(type, {.namespace_name = space}));
  if (all.items.empty()) return ok_status();
  int64_t wait = &type == &kPods ? grace_left(all.items, name_space, env_.wall_now()) : 0;
  for (const JsonPtr& object : all.items) {
    const Status removed = client_->remove(type, space, json_string(*object, {"metadata", "name"}),
                                           {.propagation_policy = "Background"});
    if (!removed.ok() && removed.code() != Code::kNotFound) return removed;
  }
  DRYDOCK_ASSIGN(const ListResult rest, client_->list(type, {.namespace_name = space}));
  if (rest.items.empty()) return ok_status();
  remaining.objects[fmt::format("{}.{}", type.plural, type.group)] = rest.items.size();
  bool held = false;
  for (const JsonPtr& object : rest.items)
    for (const std::string& finalizer : json_strings(*object, {"metadata", "finalizers"})) {
      ++remaining.finalizers[finalizer];
      held = true;
    }
  if (wait == 0 && held) wait = timings::kFinalizerEstimateSeconds;
  if (wait == 0)
    remaining.errors.push_back(
        fmt::format("unexpected items still remain in namespace: {} for gvr: {}/{}, Resource={}",
                    space, type.group, type.version, type.plural));
  remaining.seconds = std::max(remaining.seconds, wait);
  return ok_status();
}

Status NamespaceController::report(const JsonPtr& name_space, const Remaining& remaining) {
  const std::vector<Condition> conditions = {
      {"NamespaceDeletionDiscoveryFailure", "False", "ResourcesDiscovered",
       "All resources successfully discovered"},
      {"NamespaceDeletionGroupVersionParsingFailure", "False", "ParsedGroupVersions",
       "All legacy kube types successfully parsed"},
      failed_deletions(remaining.errors),
      remaining_objects(remaining.objects),
      remaining_finalizers(remaining.finalizers)};
  return edit_object(*client_, kNamespaces, "", json_string(*name_space, {"metadata", "name"}),
                     object_uid(*name_space), WritePart::kStatus, [&](json::value& object) {
                       return set_all(object, conditions, env_.wall_now());
                     });
}

}  // namespace drydock::fakekube
