#include <algorithm>
#include <charconv>
#include <utility>

#include "fakekube/api/field_tracking.h"
#include "fakekube/api/served_version.h"
#include "fakekube/api/status_error.h"
#include "fakekube/api/strategy.h"
#include "fakekube/api/validation.h"
#include "fakekube/api/verbs.h"
#include "fakekube/api/write_rules.h"
#include "fakekube/schema/custom_validation.h"
#include "fakekube/store/object.h"

namespace drydock::fakekube {
namespace {

bool status_call(const ApiCall& call) { return call.subresource == "status"; }

// Optimistic concurrency: the resourceVersion that the client gave against the stored one.
std::optional<ApiReply> check_revision(const ApiCall& call, std::string_view text,
                                       const Object& stored) {
  const std::optional<uint64_t> revision = parse_revision(text);
  if (!revision)
    return failure(500, "", "strconv.ParseUint: parsing " + quoted(text) + ": invalid syntax");
  if (*revision == stored.revision) return std::nullopt;
  if (*revision != 0) return modified_conflict(*call.type, call.name);
  if (call.type->unconditional_update) return std::nullopt;
  // A quirk: here the kind is the plural.
  return invalid(
      call.type->qualified_plural, call.type->plural, call.type->group, call.name,
      {invalid_value("metadata.resourceVersion", "0x0", "must be specified for an update")});
}

// Whether both say the same in the same order, so that one may stand for the other. Members named
// in `except` don't count.
bool identical(const json::value& a, const json::value& b);
bool identical(const json::object& a, const json::object& b, JsonPath except = {}) {
  const auto skip = [except](auto at, auto end) {
    while (at != end && std::find(except.begin(), except.end(), at->key()) != except.end()) ++at;
    return at;
  };
  auto left = skip(a.begin(), a.end());
  auto right = skip(b.begin(), b.end());
  while (left != a.end() && right != b.end()) {
    if (left->key() != right->key() || !identical(left->value(), right->value())) return false;
    left = skip(left + 1, a.end());
    right = skip(right + 1, b.end());
  }
  return left == a.end() && right == b.end();
}

bool identical(const json::value& a, const json::value& b) {
  if (a.is_object() && b.is_object()) return identical(a.get_object(), b.get_object());
  if (!a.is_array() || !b.is_array()) return a == b;
  return std::equal(a.get_array().begin(), a.get_array().end(), b.get_array().begin(),
                    b.get_array().end(),
                    [](const json::value& x, const json::value& y) { return identical(x, y); });
}

void restore(json::object& members, const json::object& stored, std::string_view key,
             bool only_absent) {
  const json::value* present = members.if_contains(key);
  if (only_absent && present != nullptr && !present->is_null()) return;
  const json::value* value = stored.if_contains(key);
  if (value == nullptr)
    remove_member(members, key);
  else if (present == nullptr || !identical(*present, *value))
    set_member(members, key, *value);
}

// What clients may not change comes from the stored version.
void restore_system_fields(json::value& object, const json::value& stored) {
  json::object& metadata = mutable_metadata(object);
  const json::object& before = metadata_of(stored);
  if (identical(metadata, before, {"managedFields"})) return;
  for (std::string_view key : {"name", "namespace", "creationTimestamp", "generation",
                               "deletionGracePeriodSeconds", "resourceVersion", "generateName"})
    restore(metadata, before, key, false);
  for (std::string_view key : {"uid", "deletionTimestamp"}) restore(metadata, before, key, true);
}

// What a write of the status may change of the metadata.
void isolate_metadata(const ApiCall& call, json::object& metadata, const json::value& stored) {
  // Old kubelets mix up the owners of pods.
  const json::object& before = metadata_of(stored);
  if (call.type == &kPods) restore(metadata, before, "ownerReferences", false);
  if (!call.type->custom || identical(metadata, before, {"managedFields"})) return;
  json::object kept = before;
  if (json::value* managed = metadata.if_contains("managedFields"))
    set_member(kept, "managedFields", std::move(*managed));
  else
    remove_member(kept, "managedFields");
  metadata = std::move(kept);
}

// Keeps only what the path may change: everything but the status, or nothing but it.
void isolate(const ApiCall& call, json::value& object, const json::value& stored) {
  json::object& members = object.get_object();
  if (!status_call(call)) {
    if (!call.type->has_status) return;
    restore(members, stored.get_object(), "status", false);
    return;
  }
  json::object& metadata = object_member(members, "metadata");
  isolate_metadata(call, metadata, stored);
  if (identical(members, stored.get_object(), {"status", "metadata"})) return;
  json::value result = stored;
  json::object& target = result.get_object();
  if (json::value* status = members.if_contains("status"))
    set_member(target, "status", std::move(*status));
  else
    remove_member(target, "status");
  target["metadata"] = std::move(metadata);
  object = std::move(result);
}

// A hook that made nonsense of the managedFields did not change them.
void repair_ownership(const ApiCall& call, const std::optional<ManagedFields>& before,
                      json::value& object) {
  if (before && object.is_object() && !ManagedFields::read(object))
    before->write(*call.type, object);
}

std::optional<ApiReply> mutate(ApiServer& server, const ApiCall& call, const json::value& current,
                               Draft& draft) {
  const std::optional<ManagedFields> owned = ManagedFields::read(draft.object);
  draft.only_status = false;
  if (auto denied = server.admission().review(server, AdmissionKind::kMutating, call, Verb::kUpdate,
                                              &draft.object, &current, &draft.warnings))
    return denied;
  if (auto refused = normalise(call, draft)) return refused;
  repair_ownership(call, owned, draft.object);
  isolate(call, draft.object, current);
  restore_system_fields(draft.object, current);
  return std::nullopt;
}

std::optional<ApiReply> validate(ApiServer& server, const ApiCall& call, const json::value& stored,
                                 Draft& draft) {
  const ResourceType& type = *call.type;
  FieldErrors errors;
  validate_metadata(type, draft.object, errors, draft.warnings);
  if (!draft.only_status) validate_metadata_update(draft.object, stored, errors);
  validate_custom(type, draft.object, &stored, status_call(call), errors);
  if (status_call(call) && type.strategy != nullptr && type.strategy->validate_status != nullptr)
    type.strategy->validate_status(draft.object, errors);
  if (type.strategy != nullptr && !status_call(call)) {
    if (type.strategy->validate_update != nullptr) {
      if (auto refused = type.strategy->validate_update(server, draft.object, stored, errors))
        return refused;
    }
    if (errors.empty() && type.strategy->validate != nullptr)
      type.strategy->validate(draft.object, errors);
  }
  if (errors.empty()) return std::nullopt;
  return invalid(type, call.name, errors);
}

bool spec_changed(const ResourceType& type, const json::value& object, const json::value& stored) {
  const auto counts = [&type](std::string_view key) {
    return key != "metadata" && key != "apiVersion" && key != "kind" &&
           !(type.has_status && key == "status");
  };
  for (const auto& member : object.get_object())
    if (counts(member.key()) && !same_member(object, stored, member.key())) return true;
  for (const auto& member : stored.get_object())
    if (counts(member.key()) && json_find(object, {member.key()}) == nullptr) return true;
  return false;
}

void count_generation(const ApiCall& call, json::value& object, const json::value& stored) {
  if (!call.type->has_generation || status_call(call)) return;
  if (!spec_changed(*call.type, object, stored)) return;
  set_member(mutable_metadata(object), "generation",
             json_int(stored, {"metadata", "generation"}) + 1);
}

ApiReply answer(const Draft& draft, JsonPtr body) {
  ApiReply reply;
  reply.warnings = draft.warnings;
  reply.body = std::move(body);
  return reply;
}

bool deletion_ends(const ApiCall& call, const json::value& object, const json::value& stored) {
  if (metadata_string(stored, "deletionTimestamp").empty()) return false;
  if (status_call(call) || json_int(stored, {"metadata", "deletionGracePeriodSeconds"}) != 0)
    return false;
  return may_vanish(*call.type, object);
}

// Looks first where a difference is likely.
bool differs(const ApiCall& call, const json::value& object, const json::value& stored) {
  return (status_call(call) && !same_member(object, stored, "status")) || object != stored;
}

// Stores `draft`, made of `stored`; nothing suspends between the last look at `stored` and this.
ApiReply store_update(ApiServer& server, const ApiCall& call, const Object& stored,
                      const JsonPtr& current, Draft& draft) {
  const ResourceType& type = *call.type;
  Store& store = server.store();
  if (call.dry_run) return answer(draft, make_json(std::move(draft.object)));
  if (deletion_ends(call, draft.object, *current)) {
    store.erase(type, call.namespace_name, call.name,
                with_revision(*stored.value, store.next_revision()));
    return answer(draft, make_json(std::move(draft.object)));
  }
  if (!differs(call, draft.object, *current)) return answer(draft, current);
  set_revision(draft.object, store.next_revision_text());
  to_stored_form(type, draft.object);
  const Object& written = store.put(type, call.namespace_name, call.name, std::move(draft.object));
  return answer(draft, served_view(type, written.value));
}

bool still_stored(ApiServer& server, const ApiCall& call, const Object& stored) {
  const Object* now = server.store().find(*call.type, call.namespace_name, call.name);
  return now != nullptr && now->revision == stored.revision;
}

// nullopt: somebody else wrote while admission was asked.
std::optional<ApiReply> try_update(ApiServer& server, const ApiCall& call, const Object& stored,
                                   const JsonPtr& current, Draft& draft) {
  const ResourceType& type = *call.type;
  const bool asks = server.admission().any(server, type, call.subresource);
  const std::string revision(metadata_string(draft.object, "resourceVersion"));
  if (!is_apply(call)) track_update(server, call, *current, draft.object);
  if (!draft.only_status) {
    isolate(call, draft.object, *current);
    restore_system_fields(draft.object, *current);
  }
  if (asks)
    if (auto refused = mutate(server, call, *current, draft)) return refused;
  if (auto refused = check_revision(call, revision, stored)) return refused;
  if (type.strategy != nullptr && type.strategy->prepare_update != nullptr &&
      call.subresource.empty())
    type.strategy->prepare_update(draft.object, *current);
  if (auto refused = validate(server, call, *current, draft)) return refused;
  count_generation(call, draft.object, *current);
  if (asks) {
    if (auto denied =
            server.admission().review(server, AdmissionKind::kValidating, call, Verb::kUpdate,
                                      &draft.object, current.get(), &draft.warnings))
      return denied;
    if (!still_stored(server, call, stored)) return std::nullopt;
  }
  if (auto refused = too_large_to_store(call, draft.object)) return refused;
  order_members(type, draft.object);
  keep_times(*current, draft.object);
  return store_update(server, call, stored, current, draft);
}

// What a PUT whose uid is not the stored one's is refused with.
ApiReply wrong_uid(const ApiCall& call, std::string_view uid, std::string_view stored_uid) {
  const ResourceType& type = *call.type;
  return conflict(type, call.name,
                  "StorageError: invalid object, Code: 4, Key: /registry/" +
                      (type.group.empty() ? "" : std::string(type.group) + "/") +
                      std::string(type.plural) + "/" +
                      (type.namespaced ? call.namespace_name + "/" : "") + call.name +
                      ", ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in "
                      "precondition: " +
                      std::string(uid) + ", UID in object meta: " + std::string(stored_uid));
}

}  // namespace

std::optional<uint64_t> parse_revision(std::string_view text) {
  uint64_t value = 0;
  if (text.empty()) return value;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::string bad_revision_text(std::string_view text) {
  return "resourceVersion: Invalid value: " + quoted(text) + ": strconv.ParseUint: parsing " +
         quoted(text) + ": invalid syntax";
}

bool may_vanish(const ResourceType& type, const json::value& object) {
  if (!json_array(object, {"metadata", "finalizers"}).empty()) return false;
  return &type != &kNamespaces || json_array(object, {"spec", "finalizers"}).empty();
}

std::optional<ApiReply> check_names(const ApiCall& call, const json::value& object) {
  const std::string_view name = metadata_string(object, "name");
  if (name.empty())
    return bad_request(
        "the name of the object (based on URL) was undeterminable: name must be provided");
  if (name != call.name)
    return bad_request("the name of the object (" + std::string(name) +
                       ") does not match the name on the URL (" + call.name + ")");
  const std::string_view ns = metadata_string(object, "namespace");
  if (call.type->namespaced && !ns.empty() && ns != call.namespace_name)
    return bad_request(
        "the namespace of the provided object does not match the namespace sent on the request");
  return std::nullopt;
}

ApiReply commit_update(ApiServer& server, const ApiCall& call, const Object& stored, Draft draft) {
  const Object kept = stored;  // the store's own may go while admission is asked
  const JsonPtr current = served_view(*call.type, kept.value);
  if (auto reply = try_update(server, call, kept, current, draft)) return *std::move(reply);
  return modified_conflict(*call.type, call.name);
}

ApiReply update_stored(ApiServer& server, const ApiCall& call, const MakeDraft& make) {
  const ResourceType& type = *call.type;
  for (int tries = 0; tries < kWriteTries; ++tries) {
    const Object* found = server.store().find(type, call.namespace_name, call.name);
    if (found == nullptr) return not_found(type, call.name);
    const Object stored = *found;
    const JsonPtr current = served_view(type, stored.value);
    Draft draft;
    if (auto refused = make(current, draft)) return *std::move(refused);
    if (auto refused = check_names(call, draft.object)) return *std::move(refused);
    if (auto reply = try_update(server, call, stored, current, draft)) return *std::move(reply);
  }
  return modified_conflict(type, call.name);
}

ApiReply update_object(ApiServer& server, const ApiCall& call) {
  const ResourceType& type = *call.type;
  Draft body;
  if (auto refused = decode_body(call, body)) return *std::move(refused);
  if (auto refused = check_names(call, body.object)) return *std::move(refused);
  const Object* stored = server.store().find(type, call.namespace_name, call.name);
  const std::string uid(metadata_string(body.object, "uid"));
  if (stored == nullptr) {
    if (!uid.empty()) return wrong_uid(call, uid, "");
    if (!type.create_on_update || !call.subresource.empty()) return not_found(type, call.name);
    remove_member(mutable_metadata(body.object), "resourceVersion");
    return create_from(server, call, std::move(body));
  }
  bool first = true;
  return update_stored(server, call,
                       [&](const JsonPtr& current, Draft& draft) -> std::optional<ApiReply> {
                         const std::string_view stored_uid = metadata_string(*current, "uid");
                         if (!uid.empty() && uid != stored_uid)
                           return wrong_uid(call, uid, stored_uid);
                         if (!std::exchange(first, false)) return decode_body(call, draft);
                         draft = std::move(body);
                         return std::nullopt;
                       });
}

}  // namespace drydock::fakekube
