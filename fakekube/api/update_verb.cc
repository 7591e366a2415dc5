#include <charconv>

#include "fakekube/api/status_error.h"
#include "fakekube/api/strategy.h"
#include "fakekube/api/validation.h"
#include "fakekube/api/verbs.h"
#include "fakekube/schema/crd_schema.h"
#include "fakekube/store/json_patch.h"
#include "fakekube/store/object.h"

namespace drydock::fakekube {
namespace {

bool status_call(const ApiCall& call) { return call.subresource == "status"; }

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

// Optimistic concurrency: the object's resourceVersion against the stored one.
std::optional<ApiReply> check_revision(const ApiCall& call, const json::value& object,
                                       const Object& stored) {
  const std::string_view text = metadata_string(object, "resourceVersion");
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

void restore(json::object& metadata, const json::value& stored, std::string_view key,
             bool only_absent) {
  const json::value* present = metadata.if_contains(key);
  if (only_absent && present != nullptr && !present->is_null()) return;
  const json::value* value = metadata_of(stored).if_contains(key);
  if (value != nullptr)
    set_member(metadata, key, *value);
  else
    remove_member(metadata, key);
}

// What clients may not change comes from the stored version.
void restore_system_fields(json::value& object, const json::value& stored) {
  json::object& metadata = mutable_metadata(object);
  for (std::string_view key : {"name", "namespace", "creationTimestamp", "generation",
                               "deletionGracePeriodSeconds", "resourceVersion", "generateName"})
    restore(metadata, stored, key, false);
  for (std::string_view key : {"uid", "deletionTimestamp"}) restore(metadata, stored, key, true);
}

// Keeps only what the path may change: everything but the status, or nothing but it.
void isolate(const ApiCall& call, json::value& object, const json::value& stored) {
  json::object& members = object.get_object();
  if (!status_call(call)) {
    if (!call.type->has_status) return;
    if (const json::value* status = json_find(stored, {"status"}))
      set_member(members, "status", *status);
    else
      remove_member(members, "status");
    return;
  }
  json::value result = stored;
  json::object& target = result.get_object();
  if (json::value* status = members.if_contains("status"))
    set_member(target, "status", std::move(*status));
  else
    remove_member(target, "status");
  if (!call.type->custom) target["metadata"] = std::move(members["metadata"]);
  object = std::move(result);
}

std::optional<ApiReply> mutate(ApiServer& server, const ApiCall& call, const json::value& stored,
                               Draft& draft) {
  const Admission& admission = server.admission();
  if (!admission.any(*call.type, call.subresource)) return std::nullopt;
  if (auto denied =
          admission.review(AdmissionKind::kMutating, call, Verb::kUpdate, &draft.object, &stored))
    return denied;
  if (auto refused = normalise(call, draft)) return refused;
  isolate(call, draft.object, stored);
  restore_system_fields(draft.object, stored);
  return std::nullopt;
}

std::optional<ApiReply> validate(ApiServer& server, const ApiCall& call, const json::value& stored,
                                 Draft& draft) {
  const ResourceType& type = *call.type;
  FieldErrors errors;
  validate_metadata(type, draft.object, errors, draft.warnings);
  validate_metadata_update(draft.object, stored, errors);
  if (type.schema != nullptr) type.schema()->validate(draft.object, errors);
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
  if (!type.custom) return !same_member(object, stored, "spec");
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
  if (status_call(call) || json_int(stored, {"metadata", "deletionGracePeriodSeconds"}, -1) != 0)
    return false;
  return may_vanish(*call.type, object);
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

ApiReply commit_update(ApiServer& server, const ApiCall& call, const Object& stored, Draft draft) {
  const ResourceType& type = *call.type;
  const JsonPtr old_object = stored.value;
  isolate(call, draft.object, *old_object);
  restore_system_fields(draft.object, *old_object);
  if (auto refused = mutate(server, call, *old_object, draft)) return *std::move(refused);
  if (type.strategy != nullptr && type.strategy->prepare_update != nullptr && !status_call(call) &&
      call.subresource.empty())
    type.strategy->prepare_update(draft.object, *old_object);
  if (auto refused = validate(server, call, *old_object, draft)) return *std::move(refused);
  if (server.admission().any(type, call.subresource)) {
    if (auto denied = server.admission().review(AdmissionKind::kValidating, call, Verb::kUpdate,
                                                &draft.object, old_object.get()))
      return *std::move(denied);
  }
  count_generation(call, draft.object, *old_object);
  order_members(type, draft.object);
  if (call.dry_run) return answer(draft, make_json(std::move(draft.object)));
  Store& store = server.store();
  if (deletion_ends(call, draft.object, *old_object)) {
    store.erase(type, call.namespace_name, call.name,
                with_revision(*old_object, store.next_revision()));
    return answer(draft, make_json(std::move(draft.object)));
  }
  if (draft.object == *old_object) return answer(draft, old_object);
  set_revision(draft.object, store.next_revision_text());
  return answer(draft,
                store.put(type, call.namespace_name, call.name, std::move(draft.object)).value);
}

ApiReply update_object(ApiServer& server, const ApiCall& call) {
  const ResourceType& type = *call.type;
  Draft draft;
  if (auto refused = decode_body(call, draft)) return *std::move(refused);
  if (auto refused = check_names(call, draft.object)) return *std::move(refused);
  const Object* stored = server.store().find(type, call.namespace_name, call.name);
  const std::string_view uid = metadata_string(draft.object, "uid");
  const std::string_view stored_uid =
      stored == nullptr ? std::string_view() : metadata_string(*stored->value, "uid");
  if (!uid.empty() && uid != stored_uid)
    return conflict(type, call.name,
                    "StorageError: invalid object, Code: 4, Key: /registry/" +
                        (type.group.empty() ? "" : std::string(type.group) + "/") +
                        std::string(type.plural) + "/" +
                        (type.namespaced ? call.namespace_name + "/" : "") + call.name +
                        ", ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in "
                        "precondition: " +
                        std::string(uid) + ", UID in object meta: " + std::string(stored_uid));
  if (stored == nullptr && type.create_on_update && call.subresource.empty())
    return create_object(server, call);
  if (stored == nullptr) return not_found(type, call.name);
  if (auto refused = check_revision(call, draft.object, *stored)) return *std::move(refused);
  return commit_update(server, call, *stored, std::move(draft));
}

namespace {

constexpr std::string_view kPatchTypes =
    "the body of the request was in an unknown format - accepted media types include: "
    "application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml";

// Applies the patch to `target`; a reply refuses it.
std::optional<ApiReply> apply_patch(const ApiCall& call, json::value& target) {
  const bool list = call.patch_type == PatchType::kJson;
  if (call.patch_type != PatchType::kMerge && !list)
    return failure(415, "UnsupportedMediaType", kPatchTypes);
  if (call.body == nullptr)
    return bad_request("error decoding patch: unexpected end of JSON input");
  const json::value& patch = *call.body;
  if (list ? !patch.is_array() : !patch.is_object()) {
    const std::string got = patch.is_object() ? "object" : patch.is_array() ? "array" : "string";
    return bad_request("error decoding patch: json: cannot unmarshal " + got +
                       " into Go value of type " +
                       (list ? "[]handlers.jsonPatchOp" : "map[string]interface {}"));
  }
  if (!list) {
    json_merge_patch(target, patch);
  } else if (!apply_json_patch(target, patch.get_array())) {
    return failure(422, "Invalid", "the server rejected our request due to an error in our request",
                   StatusDetails{});
  }
  return std::nullopt;
}

}  // namespace

ApiReply patch_object(ApiServer& server, const ApiCall& call) {
  const ResourceType& type = *call.type;
  const Object* stored = server.store().find(type, call.namespace_name, call.name);
  if (stored == nullptr) return not_found(type, call.name);
  Draft draft;
  draft.object = *stored->value;
  if (auto refused = apply_patch(call, draft.object)) return *std::move(refused);
  if (auto refused = normalise(call, draft)) return *std::move(refused);
  if (auto refused = check_names(call, draft.object)) return *std::move(refused);
  if (auto refused = check_revision(call, draft.object, *stored)) return *std::move(refused);
  return commit_update(server, call, *stored, std::move(draft));
}

}  // namespace drydock::fakekube
