#include "fakekube/actors/garbage_collector.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "fakekube/actors/pod_view.h"
#include "fakekube/actors/timings.h"
#include "fakekube/api/api_server.h"

namespace drydock::fakekube {
namespace {

constexpr std::string_view kForeground = "foregroundDeletion";
constexpr std::string_view kOrphan = "orphan";

constexpr size_t kAbsentLimit = 500;  // entries of a real one's cache of absent owners
constexpr std::string_view kDefinitions = "customresourcedefinitions";

// Stored, and not only another version of what is stored. Events own and are owned by nothing.
bool is_collected(const ResourceType& type) {
  const bool own = type.stored_as == nullptr || type.stored_as == &type;
  const bool stored = type.verbs == VerbSet::kAll || type.verbs == VerbSet::kNoCollectionDelete;
  return own && stored && &type != &kEvents;
}

bool waits_for_dependents(const json::value& object) {
  return is_deleting(object) && has_finalizer(object, kForeground);
}

// Whether the owner's foreground deletion has to wait for this dependant.
bool blocks(const json::value& dependent, const std::string& owner_uid) {
  for (const json::value& owner : json_array(dependent, {"metadata", "ownerReferences"}))
    if (json_string(owner, {"uid"}) == owner_uid && json_bool(owner, {"blockOwnerDeletion"}))
      return true;
  return false;
}

std::string propagation_of(const json::value& object, bool foreground) {
  if (has_finalizer(object, kOrphan)) return "Orphan";
  return foreground || has_finalizer(object, kForeground) ? "Foreground" : "Background";
}

}  // namespace

GarbageCollector::GarbageCollector(Env& env, std::shared_ptr<ApiClient> client,
                                   std::shared_ptr<Informers> informers, const ApiServer& server)
    : Controller(env, "garbage-collector", timings::kCollectTime),
      client_(std::move(client)),
      informers_(std::move(informers)),
      server_(server),
      events_(adopt(std::make_shared<EventRecorder>(env, client_, "garbage-collector-controller"))),
      started_(env.now()),
      known_(server.types()) {
  for (const ResourceType* type : known_) {
    if (!is_collected(*type)) continue;
    informers_->want(*type);
    informers_->on_change(*type, [this, type](const JsonPtr& before, const JsonPtr& after) {
      changed(*type, before, after);
      if (type->plural == kDefinitions) queue_.add_after("", until_discovery());
    });
  }
}

Duration GarbageCollector::until_discovery() const {
  return timings::kCollectorDiscovery - (env_.now() - started_) % timings::kCollectorDiscovery;
}

// Kinds that CRDs have added meanwhile. Their objects may be owners that are gone.
void GarbageCollector::keep_kinds() {
  bool any_new = false;
  known_ = server_.types();
  for (const ResourceType* type : known_) {
    if (!is_collected(*type) || informers_->keeps(*type)) continue;
    any_new = true;
    informers_->add(*type, [this, type](const JsonPtr& before, const JsonPtr& after) {
      changed(*type, before, after);
    });
  }
  if (!any_new) return;
  for (const auto& [uid, item] : items_)
    if (!item.owners.empty()) queue_.add(uid);
}

const ResourceType* GarbageCollector::find_kind(const std::string& api_version,
                                                const std::string& kind) const {
  for (const ResourceType* type : known_)
    if (type->kind == kind && type->api_version == api_version) return type;
  return nullptr;
}

void GarbageCollector::changed(const ResourceType& type, const JsonPtr& before,
                               const JsonPtr& after) {
  const std::string old_uid = before ? object_uid(*before) : "";
  const std::string new_uid = after ? object_uid(*after) : "";
  if (before && old_uid != new_uid) drop_item(old_uid);
  if (!after) return;
  const bool is_new = old_uid != new_uid;
  const bool same_owners = !is_new && json_array(*before, {"metadata", "ownerReferences"}) ==
                                          json_array(*after, {"metadata", "ownerReferences"});
  if (!same_owners) set_item(type, *after);
  const bool has_owners = !same_owners && !items_[new_uid].owners.empty();
  const bool begins_to_wait =
      waits_for_dependents(*after) && (is_new || !waits_for_dependents(*before));
  if (begins_to_wait)
    for (const std::string& dependent : dependents(new_uid)) queue_.add(dependent);
  const bool held =
      is_deleting(*after) && (has_finalizer(*after, kForeground) || has_finalizer(*after, kOrphan));
  if (has_owners || held) queue_.add(new_uid);
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
  const std::vector<std::string> left = dependents(uid);
  if (left.empty()) return;
  if (absent_.size() >= kAbsentLimit) absent_.clear();
  absent_.insert(uid);
  for (const std::string& dependent : left) queue_.add(dependent);
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
  if (uid.empty()) {
    keep_kinds();
    return ok_status();
  }
  const Status done = process(uid);
  return done.code() == Code::kNotFound ? ok_status() : done;
}

Status GarbageCollector::process(const std::string& uid) {
  const auto found = items_.find(uid);
  if (found == items_.end()) return ok_status();
  const Item item = found->second;
  // The cache may lag: what is deleted is decided on the live object.
  DRYDOCK_RETURN_IF_ERROR(pace());
  DRYDOCK_ASSIGN(const JsonPtr live, client_->get(*item.type, item.namespace_name, item.name));
  const json::value& object = *live;
  if (object_uid(object) != uid) return ok_status();
  if (is_deleting(object) && has_finalizer(object, kOrphan)) return finish_orphan(item, object);
  if (waits_for_dependents(object)) return finish_foreground(item, object);
  return is_deleting(object) ? ok_status() : attempt_to_delete(item, object);
}

Status GarbageCollector::pace() {
  const SteadyTime full = env_.now() - timings::kCollectorBurst * timings::kCollectorToken;
  tokens_from_ = std::max(tokens_from_, full) + timings::kCollectorToken;
  return env_.sleep_until(tokens_from_);
}

Result<GarbageCollector::Owners> GarbageCollector::classify(const Item& item,
                                                            const json::value& object) {
  Owners out;
  for (const json::value& owner : json_array(object, {"metadata", "ownerReferences"})) {
    DRYDOCK_ASSIGN(const OwnerState state, owner_state(item, object, owner));
    if (state == OwnerState::kNotResolvable) out.resolvable = false;
    if (state == OwnerState::kLives) out.lives = true;
    if (state == OwnerState::kAbsent) out.absent.insert(json_string(owner, {"uid"}));
    if (state == OwnerState::kWaits) out.waiting.insert(json_string(owner, {"uid"}));
  }
  return out;
}

Status GarbageCollector::attempt_to_delete(const Item& item, const json::value& object) {
  DRYDOCK_ASSIGN(Owners owners, classify(item, object));
  if (!owners.resolvable || (owners.absent.empty() && owners.waiting.empty())) return ok_status();
  if (owners.lives) {
    owners.absent.merge(owners.waiting);
    return drop_references(item, object, owners.absent);
  }
  const bool foreground = !owners.waiting.empty() && !dependents(object_uid(object)).empty();
  DRYDOCK_RETURN_IF_ERROR(pace());
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
      find_kind(json_string(reference, {"apiVersion"}), json_string(reference, {"kind"}));
  if (type == nullptr) return OwnerState::kLives;
  if (type->namespaced && item.namespace_name.empty()) return OwnerState::kNotResolvable;
  if (absent_.contains(uid)) return OwnerState::kAbsent;
  const std::string namespace_name = type->namespaced ? item.namespace_name : "";
  DRYDOCK_RETURN_IF_ERROR(pace());
  const Result<JsonPtr> owner =
      client_->get(*type, namespace_name, json_string(reference, {"name"}));
  if (owner.ok() && object_uid(**owner) == uid)
    return waits_for_dependents(**owner) ? OwnerState::kWaits : OwnerState::kLives;
  if (!owner.ok() && owner.code() != Code::kNotFound) return owner.status();
  const auto elsewhere = items_.find(uid);
  if (elsewhere != items_.end() && elsewhere->second.namespace_name != namespace_name)
    tell_foreign_namespace(object, reference, item.namespace_name);
  return OwnerState::kAbsent;
}

void GarbageCollector::tell_foreign_namespace(const json::value& object,
                                              const json::value& reference,
                                              const std::string& namespace_name) {
  json::value about = object;  // the event names no version of it
  json_remove(about, {"metadata", "resourceVersion"});
  events_->warning(
      about, "OwnerRefInvalidNamespace",
      fmt::format("ownerRef [{}/{}, namespace: {}, name: {}, uid: {}] does not exist in namespace "
                  "\"{}\"",
                  json_string(reference, {"apiVersion"}), json_string(reference, {"kind"}),
                  namespace_name, json_string(reference, {"name"}), json_string(reference, {"uid"}),
                  namespace_name));
}

Status GarbageCollector::drop_references(const Item& item, const json::value& object,
                                         const std::set<std::string>& uids) {
  DRYDOCK_RETURN_IF_ERROR(pace());
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

// Dependants that block it are deleted; without any, the finalizer goes.
Status GarbageCollector::finish_foreground(const Item& item, const json::value& object) {
  const std::string uid = object_uid(object);
  bool blocked = false;
  for (const std::string& dependent : dependents(uid)) {
    const Item& other = items_.at(dependent);
    const JsonPtr cached = informers_->get(*other.type, other.namespace_name, other.name);
    if (!cached || !blocks(*cached, uid)) continue;
    blocked = true;
    if (!is_deleting(*cached)) queue_.add(dependent);
  }
  if (blocked) return ok_status();
  DRYDOCK_RETURN_IF_ERROR(pace());
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
  DRYDOCK_RETURN_IF_ERROR(pace());
  return edit_object(*client_, *item.type, item.namespace_name, item.name, uid, WritePart::kObject,
                     [](json::value& edited) { return remove_finalizer(edited, kOrphan); });
}

}  // namespace drydock::fakekube
