#include "fakekube/api/apply_patch.h"

#include <algorithm>
#include <map>

#include "fakekube/api/api_server.h"
#include "fakekube/api/field_tracking.h"
#include "fakekube/api/status_error.h"
#include "fakekube/api/verbs.h"
#include "fakekube/api/write_rules.h"
#include "fakekube/schema/apply_merge.h"
#include "fakekube/store/object.h"

namespace drydock::fakekube {
namespace {

constexpr std::string_view kBeforeFirstApply = "before-first-apply";
// What `kubectl apply` without --server-side leaves behind, and who moves on from it.
constexpr std::string_view kLastApplied = "kubectl.kubernetes.io/last-applied-configuration";
constexpr std::string_view kLastAppliedUpdater = "kubectl";

// "conf.test/v1, Kind=Widget", "/v1, Kind=Pod", ", Kind=" of nothing.
std::string kind_text(const json::value& object) {
  const std::string_view version = string_at(object, {"apiVersion"});
  const bool core = !version.empty() && version.find('/') == std::string_view::npos;
  return (core ? "/" : "") + std::string(version) +
         ", Kind=" + std::string(string_at(object, {"kind"}));
}

std::optional<ApiReply> check_configuration(const ApiCall& call, const json::value& config) {
  const ResourceType& type = *call.type;
  if (string_at(config, {"apiVersion"}) != type.api_version ||
      string_at(config, {"kind"}) != type.kind)
    return bad_request("invalid object type: " + kind_text(config));
  if (const json::value* managed = json_find(config, {"metadata", "managedFields"}))
    if (managed->is_array()) return bad_request("metadata.managedFields must be nil");
  const std::vector<std::string> errors = apply_errors(ApplySchema::of(type), config);
  if (errors.empty()) return std::nullopt;
  std::string text = errors.size() == 1 ? errors.front() : "errors:";
  if (errors.size() > 1)
    for (const std::string& error : errors) text += "\n  " + error;
  return failure(500, "",
                 "failed to create typed patch object (" +
                     std::string(metadata_string(config, "namespace")) + "/" +
                     std::string(metadata_string(config, "name")) + "; " + kind_text(config) +
                     "): " + text);
}

std::string manager_text(const FieldManager& manager) {
  std::string text = quoted(manager.name);
  if (!manager.subresource.empty()) text += " with subresource " + quoted(manager.subresource);
  return manager.apply ? text : text + " using " + manager.api_version;
}

std::string conflicts_text(const std::vector<FieldConflict>& conflicts) {
  const FieldConflict& first = conflicts.front();
  if (conflicts.size() == 1)
    return "Apply failed with 1 conflict: conflict with " + manager_text(first.manager) + ": " +
           path_text(first.path);
  std::string text = "Apply failed with " + std::to_string(conflicts.size()) + " conflicts: ";
  const FieldManager* last = nullptr;
  for (const FieldConflict& conflict : conflicts) {
    if (last == nullptr || !last->same_as(conflict.manager))
      text += (last == nullptr ? "" : "\n") + ("conflicts with " + manager_text(conflict.manager)) +
              ":";
    last = &conflict.manager;
    text += "\n- " + path_text(conflict.path);
  }
  return text;
}

ApiReply conflicts_reply(std::vector<FieldConflict> conflicts) {
  std::stable_sort(conflicts.begin(), conflicts.end(),
                   [](const FieldConflict& a, const FieldConflict& b) {
                     return a.manager.sort_key() < b.manager.sort_key();
                   });
  StatusDetails details;
  for (const FieldConflict& conflict : conflicts)
    details.causes.push_back({"FieldManagerConflict", path_text(conflict.path),
                              "conflict with " + manager_text(conflict.manager)});
  return failure(409, "Conflict", conflicts_text(conflicts), details);
}

// One apply to one version of the object.
class Apply {
 public:
  Apply(ApiServer& server, const ApiCall& call)
      : server_(server),
        call_(call),
        schema_(ApplySchema::of(*call.type)),
        config_(*call.body),
        write_(tracked_write(server, call, true)) {
    claimed_ = fields_of(schema_, config_);
    for (std::string_view name : write_.reset) claimed_.erase_below({PathElement::field(name)});
  }

  // The configuration itself, as a new object.
  json::value created() {
    ManagedFields managed;
    managed.set_applied(write_.manager, claimed_);
    managed.strip(write_.manager);
    managed.set_time(write_.manager, write_.now);
    json::value object = config_;
    write_ownership(managed, object);
    return object;
  }

  std::optional<ApiReply> applied_to(const json::value& current, json::value& result) {
    json::value live = current;
    ManagedFields::remove_from(live);
    ManagedFields managed = ownership_of(current, live);
    FieldSet last;
    if (const ManagedEntry* known = managed.find(write_.manager)) last = known->fields;
    // Identity counts as claimed until the end: metadata is never given up with the last label.
    managed.set_applied(write_.manager, claimed_);
    result = pruned(merge_fields(schema_, live, config_), managed, last);
    if (auto refused = take(managed, live, result)) return refused;
    managed.strip(write_.manager);
    // A quirk: who only joins the owners of what is there already is listed without a time.
    if (result != live) managed.set_time(write_.manager, write_.now);
    update_last_applied(live, result);
    write_ownership(managed, result);
    return std::nullopt;
  }

 private:
  void write_ownership(const ManagedFields& managed, json::value& object) const {
    if (server_.options().managed_fields)
      managed.write(*call_.type, object);
    else
      ManagedFields::remove_from(object);
  }

  // Who owns what of the stored object; of one that nobody tracked, one manager owns all.
  ManagedFields ownership_of(const json::value& current, const json::value& live) {
    ManagedFields managed = ManagedFields::read(current).value_or(ManagedFields());
    if (!managed.empty()) return managed;
    const json::value nothing = unset_object(*call_.type);
    TrackedWrite first = write_;
    first.manager.name = kBeforeFirstApply;
    first.manager.apply = false;
    managed.update(objects_of_version(server_, call_, nothing, live), first);
    return managed;
  }

  FieldSet named(const FieldSet& fields) const { return with_named_fields(schema_, fields); }

  // `merged` without what the manager applied last time, does not apply now, and nobody owns.
  json::value pruned(const json::value& merged, const ManagedFields& managed,
                     const FieldSet& last) const {
    if (last.empty()) return merged;
    FieldSet owned;
    for (const ManagedEntry& entry : managed.entries()) owned = owned.united(entry.fields);
    const FieldSet all = named(fields_of(schema_, merged));
    json::value kept = remove_fields(schema_, merged, named(last));
    kept = remove_fields(schema_, merged,
                         all.difference(named(fields_of(schema_, kept)).united(named(owned))));
    // Others' unowned values went along with what contained them; only the manager's own go.
    return remove_fields(schema_, merged,
                         all.difference(named(fields_of(schema_, kept))).intersection(named(last)));
  }

  std::optional<ApiReply> take(ManagedFields& managed, const json::value& live,
                               const json::value& result) {
    const ObjectsOfVersion objects = objects_of_version(server_, call_, live, result);
    std::vector<FieldConflict> conflicts = managed.take(objects, write_, call_.force);
    if (conflicts.empty() || call_.force) return std::nullopt;
    const FieldSet allowed = owned_client_side(live);
    std::erase_if(conflicts,
                  [&allowed](const FieldConflict& conflict) { return allowed.has(conflict.path); });
    if (!conflicts.empty()) return conflicts_reply(std::move(conflicts));
    managed.take(objects, write_, true);
    return std::nullopt;
  }

  // What kubectl applied without --server-side, as far as it is still so: its own to change.
  FieldSet owned_client_side(const json::value& live) const {
    const std::string_view text = string_at(live, {"metadata", "annotations", kLastApplied});
    if (write_.manager.name != kLastAppliedUpdater || text.empty()) return {};
    const Result<json::value> last = json_parse(text);
    if (!last.ok() || !last->is_object()) return {};
    const FieldChanges changes = compare_fields(schema_, *last, live);
    return fields_of(schema_, *last)
        .difference(changes.modified)
        .difference(changes.added)
        .difference(changes.removed);
  }

  void update_last_applied(const json::value& live, json::value& result) const {
    if (write_.manager.name != kLastAppliedUpdater) return;
    if (json_find(live, {"metadata", "annotations", kLastApplied}) == nullptr) return;
    json::value config = config_;
    json_remove(config, {"metadata", "annotations", kLastApplied});
    json_at(result, {"metadata", "annotations", kLastApplied}) =
        text_value(json_text(sorted_json(config)) + "\n");
  }

  static json::value sorted_json(const json::value& value) {
    if (const json::array* array = value.if_array()) {
      json::array sorted;
      for (const json::value& item : *array) sorted.push_back(sorted_json(item));
      return sorted;
    }
    const json::object* object = value.if_object();
    if (object == nullptr) return value;
    std::map<std::string_view, const json::value*> members;
    for (const auto& member : *object) members[member.key()] = &member.value();
    json::object sorted;
    for (const auto& [name, member] : members) sorted.emplace(name, sorted_json(*member));
    return sorted;
  }

  ApiServer& server_;
  const ApiCall& call_;
  ApplySchema schema_;
  const json::value& config_;
  TrackedWrite write_;
  FieldSet claimed_;
};

ApiReply create_by_apply(ApiServer& server, const ApiCall& call) {
  Draft draft;
  draft.object = Apply(server, call).created();
  const std::string uid(metadata_string(draft.object, "uid"));
  if (!uid.empty())
    return conflict(*call.type, call.name,
                    "uid mismatch: the provided object specified uid " + uid +
                        ", and no existing object was found");
  remove_member(mutable_metadata(draft.object), "resourceVersion");
  if (auto refused = normalise(call, draft)) return *std::move(refused);
  if (auto refused = check_names(call, draft.object)) return *std::move(refused);
  return create_from(server, call, std::move(draft));
}

}  // namespace

ApiReply apply_object(ApiServer& server, const ApiCall& call) {
  const bool exists = server.store().find(*call.type, call.namespace_name, call.name) != nullptr;
  if (!exists && !call.subresource.empty()) return not_found(*call.type, call.name);
  if (auto refused = unreadable_patch(call)) return *std::move(refused);
  if (auto refused = check_configuration(call, *call.body)) return *std::move(refused);
  if (!exists) return create_by_apply(server, call);
  return update_stored(server, call,
                       [&](const JsonPtr& current, Draft& draft) -> std::optional<ApiReply> {
                         if (auto refused = Apply(server, call).applied_to(*current, draft.object))
                           return refused;
                         return normalise(call, draft);
                       });
}

}  // namespace drydock::fakekube
