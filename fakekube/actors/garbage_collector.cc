#include "fakekube/actors/garbage_collector.h"

#include <fmt/format.h>

#include <utility>

#include "fakekube/actors/pod_view.h"
#include "fakekube/actors/timings.h"

namespace drydock::fakekube {
namespace {

constexpr std::string_view kForeground = "foregroundDeletion";
constexpr std::string_view kOrphan = "orphan";

// Kinds that own nothing and are owned by nothing here, and change often.
bool is_collected(const ResourceType& type) {
  return &type != &kEvents && &type != &kLeases && &type != &kNodes && &type != &kNamespaces;
}

bool waits_for_dependents(const json::value& object) {
  return is_deleting(object) && has_finalizer(object, kForeground);
}

std::string propagation_of(const json::value& object, bool foreground) {
  if (has_finalizer(object, kOrphan)) return "Orphan";
  return foreground || has_finalizer(object, kForeground) ? "Foreground" : "Background";
}

}  // namespace

GarbageCollector::GarbageCollector(Env& env, std::shared_ptr<ApiClient> client,
                                   std::shared_ptr<Informers> informers)
    : Controller(env, "garbage-collector", timings::kCollectTime),
      client_(std::move(client)),
      informers_(std::move(informers)),
      events_(
          adopt(std::make_shared<EventRecorder>(env, client_, "garbage-collector-controller"))) {
  for (const ResourceType* type : all_resource_types()) {
    if (!is_collected(*type)) continue;
    informers_->want(*type);
    informers_->on_change(*type, [this, type](const JsonPtr& before, const JsonPtr& after) {
      changed(*type, before, after);
    });
  }
}

void GarbageCollector::changed(const ResourceType& type, const JsonPtr& before,
                               const JsonPtr& after) {
  const std::string old_uid = before ? object_uid(*before) : "";
  const std::string new_uid = after ? object_uid(*after) : "";
  if (before && old_uid != new_uid) drop_item(old_uid);
  if (!after) return;
  const bool is_new = old_uid != new_uid;
  set_item(type, *after);
  const bool has_owners = !items_[new_uid].owners.empty();
  const bool held =
      is_deleting(*after) && (has_finalizer(*after, kForeground) || has_finalizer(*after, kOrphan));
  if ((is_new && has_owners) || held) queue_.add(new_uid);
}

void GarbageCollector::set_item(const ResourceType& type, const json::value& object) {
  const std::string uid = object_uid(object);
  Item& item = items_[uid];
  for (const std::string& owner : item.owners) dependents_[owner].erase(uid);
  item = {&type,
          json_string(object, {"metadata", "namespace"}),
          json_string(object, {"metadata", "name"}),
          {}};
  for (const json::value& owner : json_array(object, {"metadata", "ownerReferences"})) {
    item.owners.push_back(json_string(owner, {"uid"}));
    dependents_[item.owners.back()].insert(uid);
  }
}

void GarbageCollector::drop_item(const std::string& uid) {
  const auto found = items_.find(uid);
  if (found == items_.end()) return;
  for (const std::string& owner : found->second.owners) {
    const auto siblings = dependents_.find(owner);
    if (siblings == dependents_.end()) continue;
    siblings->second.erase(uid);
    if (siblings->second.empty()) dependents_.erase(siblings);
    queue_.add(owner);  // it may wait for its dependants
  }
  items_.erase(found);
  for (const std::string& dependent : dependents(uid)) queue_.add(dependent);
}

std::vector<std::string> GarbageCollector::dependents(const std::string& uid) const {
  const auto found = dependents_.find(uid);
  if (found == dependents_.end()) return {};
  return {found->second.begin(), found->second.end()};
}

Status GarbageCollector::reconcile(const std::string& uid) {
  if (!informers_->synced()) {
    queue_.add_after(uid, milliseconds(100));
    return ok_status();
  }
  const auto found = items_.find(uid);
  if (found == items_.end()) return ok_status();
  const Item item = found->second;
  // The cache may lag: what is deleted is decided on the live object.
  const Result<JsonPtr> live = client_->get(*item.type, item.namespace_name, item.name);
  if (live.code() == Code::kNotFound) return ok_status();
  if (!live.ok()) return live.status();
  const json::value& object = **live;
  if (object_uid(object) != uid) return ok_status();
  Status done = ok_status();
  if (is_deleting(object) && has_finalizer(object, kOrphan)) {
    done = finish_orphan(item, object);
  } else if (waits_for_dependents(object)) {
    done = finish_foreground(item, object);
  } else if (!is_deleting(object)) {
    done = attempt_to_delete(item, object);
  }
  return done.code() == Code::kNotFound ? ok_status() : done;
}

Status GarbageCollector::attempt_to_delete(const Item& item, const json::value& object) {
  std::set<std::string> absent;
  std::set<std::string> waiting;
  bool lives = false;
  for (const json::value& owner : json_array(object, {"metadata", "ownerReferences"})) {
    DRYDOCK_ASSIGN(const OwnerState state, owner_state(item, object, owner));
    if (state == OwnerState::kLives) lives = true;
    if (state == OwnerState::kAbsent) absent.insert(json_string(owner, {"uid"}));
    if (state == OwnerState::kWaits) waiting.insert(json_string(owner, {"uid"}));
  }
  if (absent.empty() && waiting.empty()) return ok_status();
  if (lives) {
    absent.merge(waiting);
    return drop_references(item, object, absent);
  }
  const bool foreground = !waiting.empty() && !dependents(object_uid(object)).empty();
  const Status removed = client_->remove(
      *item.type, item.namespace_name, item.name,
      {.uid = object_uid(object), .propagation_policy = propagation_of(object, foreground)});
  return removed.code() == Code::kConflict ? ok_status() : removed;
}

Result<GarbageCollector::OwnerState> GarbageCollector::owner_state(const Item& item,
                                                                   const json::value& object,
                                                                   const json::value& reference) {
  const std::string uid = json_string(reference, {"uid"});
  const ResourceType* type =
      find_resource_kind(json_string(reference, {"apiVersion"}), json_string(reference, {"kind"}));
  if (type == nullptr) return OwnerState::kLives;
  if (type->namespaced && item.namespace_name.empty()) return OwnerState::kAbsent;
  const std::string namespace_name = type->namespaced ? item.namespace_name : "";
  const Result<JsonPtr> owner =
      client_->get(*type, namespace_name, json_string(reference, {"name"}));
  if (owner.ok() && object_uid(**owner) == uid)
    return waits_for_dependents(**owner) && json_bool(reference, {"blockOwnerDeletion"})
               ? OwnerState::kWaits
               : OwnerState::kLives;
  if (!owner.ok() && owner.code() != Code::kNotFound) return owner.status();
  const auto elsewhere = items_.find(uid);
  if (elsewhere != items_.end() && elsewhere->second.namespace_name != namespace_name)
    tell_foreign_namespace(object, reference, item.namespace_name);
  return OwnerState::kAbsent;
}

void GarbageCollector::tell_foreign_namespace(const json::value& object,
                                              const json::value& reference,
                                              const std::string& namespace_name) {
  events_->warning(
      object, "OwnerRefInvalidNamespace",
      fmt::format("ownerRef [{}/{}, namespace: {}, name: {}, uid: {}] does not exist in namespace "
                  "\"{}\"",
                  json_string(reference, {"apiVersion"}), json_string(reference, {"kind"}),
                  namespace_name, json_string(reference, {"name"}), json_string(reference, {"uid"}),
                  namespace_name));
}

Status GarbageCollector::drop_references(const Item& item, const json::value& object,
                                         const std::set<std::string>& uids) {
  return edit_object(*client_, *item.type, item.namespace_name, item.name, object_uid(object),
                     WritePart::kObject, [&](json::value& edited) {
                       json::array kept;
                       const json::array& all = json_array(edited, {"metadata", "ownerReferences"});
                       for (const json::value& owner : all)
                         if (!uids.contains(json_string(owner, {"uid"}))) kept.push_back(owner);
                       if (kept.size() == all.size()) return false;
                       if (kept.empty())
                         return json_remove(edited, {"metadata", "ownerReferences"});
                       json_at(edited, {"metadata", "ownerReferences"}) = std::move(kept);
                       return true;
                     });
}

// Blocking dependants are deleted; without any, the finalizer goes.
Status GarbageCollector::finish_foreground(const Item& item, const json::value& object) {
  const std::string uid = object_uid(object);
  bool blocked = false;
  for (const std::string& dependent : dependents(uid)) {
    const Item& other = items_.at(dependent);
    const JsonPtr cached = informers_->get(*other.type, other.namespace_name, other.name);
    if (!cached) continue;
    for (const json::value& owner : json_array(*cached, {"metadata", "ownerReferences"}))
      if (json_string(owner, {"uid"}) == uid && json_bool(owner, {"blockOwnerDeletion"}))
        blocked = true;
    if (!is_deleting(*cached)) queue_.add(dependent);
  }
  if (blocked) return ok_status();
  return edit_object(*client_, *item.type, item.namespace_name, item.name, uid, WritePart::kObject,
                     [](json::value& edited) { return remove_finalizer(edited, kForeground); });
}

Status GarbageCollector::finish_orphan(const Item& item, const json::value& object) {
  const std::string uid = object_uid(object);
  for (const std::string& dependent : dependents(uid)) {
    const auto found = items_.find(dependent);
    if (found == items_.end()) continue;
    const Item other = found->second;
    const Result<JsonPtr> live = client_->get(*other.type, other.namespace_name, other.name);
    if (live.code() == Code::kNotFound) continue;
    if (!live.ok()) return live.status();
    DRYDOCK_RETURN_IF_ERROR(drop_references(other, **live, {uid}));
  }
  return edit_object(*client_, *item.type, item.namespace_name, item.name, uid, WritePart::kObject,
                     [](json::value& edited) { return remove_finalizer(edited, kOrphan); });
}

}  // namespace drydock::fakekube
