#include "fakekube/api/field_tracking.h"
#include "fakekube/api/served_version.h"
#include "fakekube/api/status_error.h"
#include "fakekube/api/strategy.h"
#include "fakekube/api/validation.h"
#include "fakekube/api/verbs.h"
#include "fakekube/api/write_rules.h"
#include "fakekube/schema/custom_validation.h"
#include "fakekube/store/metadata_order.h"
#include "fakekube/store/object.h"

namespace drydock::fakekube {
namespace {

constexpr size_t kMaxGeneratedPrefix = 58;  // so that the name has at most 63 characters
constexpr int kNameTries = 8;
constexpr size_t kServerMembers = 4;  // of the metadata that the server adds, as a rule

std::optional<ApiReply> check_namespace(ApiServer& server, const ApiCall& call,
                                        const json::value& object) {
  if (!call.type->namespaced) return std::nullopt;
  const Object* found = server.store().find(kNamespaces, "", call.namespace_name);
  if (found == nullptr) return not_found(kNamespaces, call.namespace_name);
  if (metadata_string(*found->value, "deletionTimestamp").empty()) return std::nullopt;
  return namespace_terminating(*call.type, metadata_string(object, "name"), call.namespace_name);
}

// A member of metadata as the server sets it on every new object; null: there is none.
json::value server_value(ApiServer& server, const ApiCall& call, std::string_view key,
                         std::string_view revision) {
  if (key == "namespace")
    return call.type->namespaced ? text_value(call.namespace_name) : json::value();
  if (key == "uid") return text_value(server.new_uid());
  if (key == "resourceVersion") return revision.empty() ? json::value() : text_value(revision);
  if (key == "creationTimestamp") return text_value(server.now_text());
  if (key == "generation") return call.type->has_generation ? json::value(1) : json::value();
  return {};
}

bool is_server_set(std::string_view key) {
  return key == "namespace" || key == "uid" || key == "resourceVersion" ||
         key == "creationTimestamp" || key == "generation" || key == "deletionTimestamp" ||
         key == "deletionGracePeriodSeconds";
}

// Makes the metadata of a new object; false when the client gave a resourceVersion. `revision`:
// what the object will have, when that is sure already.
bool stamp(ApiServer& server, const ApiCall& call, json::value& object, std::string_view revision) {
  json::object& given = mutable_metadata(object);
  const std::string_view old_revision = metadata_string(object, "resourceVersion");
  const bool clean = old_revision.empty() || old_revision == "0";
  json::object metadata;
  metadata.reserve(given.size() + kServerMembers);
  for (std::string_view key : metadata_order(*call.type)) {
    json::value* value = given.if_contains(key);
    if (is_server_set(key)) {
      json::value made = server_value(server, call, key, revision);
      if (!made.is_null()) metadata.emplace(key, std::move(made));
    } else if (value != nullptr) {
      metadata.emplace(key, std::move(*value));
    }
  }
  given = std::move(metadata);
  return clean;
}

// A custom resource begins without a status if that has a path of its own.
void drop_status(const ApiCall& call, json::value& object) {
  if (call.type->custom && call.type->has_status) remove_member(object.get_object(), "status");
}

std::string generated_name(ApiServer& server, std::string_view prefix) {
  return std::string(prefix.substr(0, kMaxGeneratedPrefix)) + server.new_name_suffix();
}

// Gives a nameless object that wants one a free name.
void generate_name(ApiServer& server, const ApiCall& call, json::value& object) {
  const std::string prefix(metadata_string(object, "generateName"));
  if (prefix.empty() || !metadata_string(object, "name").empty()) return;
  std::string name = generated_name(server, prefix);
  for (int tries = 1; tries < kNameTries; ++tries) {
    if (server.store().find(*call.type, call.namespace_name, name) == nullptr) break;
    name = generated_name(server, prefix);
  }
  set_member(mutable_metadata(object), "name", text_value(name));
}

std::optional<ApiReply> validate_new(const ApiCall& call, Draft& draft) {
  const ResourceType& type = *call.type;
  FieldErrors errors;
  validate_metadata(type, draft.object, errors, draft.warnings);
  validate_custom(type, draft.object, nullptr, false, errors);
  if (type.strategy != nullptr && type.strategy->validate != nullptr)
    type.strategy->validate(draft.object, errors);
  if (errors.empty()) return std::nullopt;
  return invalid(type, metadata_string(draft.object, "name"), errors);
}

std::optional<ApiReply> mutate(ApiServer& server, const ApiCall& call, Draft& draft) {
  const std::optional<ManagedFields> owned = ManagedFields::read(draft.object);
  if (auto denied = server.admission().review(server, AdmissionKind::kMutating, call, Verb::kCreate,
                                              &draft.object, nullptr, &draft.warnings))
    return denied;
  if (auto refused = normalise(call, draft)) return refused;
  if (owned && !ManagedFields::read(draft.object)) owned->write(*call.type, draft.object);
  return std::nullopt;
}

ApiReply store_new(ApiServer& server, const ApiCall& call, Draft draft) {
  const ResourceType& type = *call.type;
  const std::string name(metadata_string(draft.object, "name"));
  if (const Object* present = server.store().find(type, call.namespace_name, name))
    return already_exists(type, name,
                          !metadata_string(*present->value, "deletionTimestamp").empty());
  if (auto refused = too_large_to_store(call, draft.object)) return *std::move(refused);
  ApiReply reply;
  reply.code = 201;
  reply.warnings = std::move(draft.warnings);
  if (call.dry_run) {
    order_members(type, draft.object);
    reply.body = make_json(std::move(draft.object));
    return reply;
  }
  set_revision(draft.object, server.store().next_revision_text());
  order_members(type, draft.object);
  to_stored_form(type, draft.object);
  const Object& written =
      server.store().put(type, call.namespace_name, name, std::move(draft.object));
  reply.body = served_view(type, written.value);
  return reply;
}

}  // namespace

ApiReply create_from(ApiServer& server, const ApiCall& call, Draft draft) {
  const std::string_view body_namespace = metadata_string(draft.object, "namespace");
  if (call.type->namespaced && !body_namespace.empty() && body_namespace != call.namespace_name)
    return bad_request(
        "the namespace of the provided object does not match the namespace sent on the request");
  if (auto refused = check_namespace(server, call, draft.object)) return *std::move(refused);
  const bool asks = server.admission().any(server, *call.type, call.subresource);
  const bool sure = !asks && !call.dry_run;  // nothing is written before this is
  const bool clean = stamp(server, call, draft.object,
                           sure ? server.store().next_revision_text() : std::string_view());
  generate_name(server, call, draft.object);
  if (!is_apply(call)) track_create(server, call, draft.object);
  drop_status(call, draft.object);
  if (asks)
    if (auto refused = mutate(server, call, draft)) return *std::move(refused);
  const Strategy* strategy = call.type->strategy;
  if (strategy != nullptr && strategy->prepare_create != nullptr)
    if (auto refused = strategy->prepare_create(server, draft.object)) return *std::move(refused);
  if (auto refused = validate_new(call, draft)) return *std::move(refused);
  if (asks)
    if (auto denied =
            server.admission().review(server, AdmissionKind::kValidating, call, Verb::kCreate,
                                      &draft.object, nullptr, &draft.warnings))
      return *std::move(denied);
  if (!clean) return failure(500, "", "resourceVersion should not be set on objects to be created");
  return store_new(server, call, std::move(draft));
}

ApiReply create_object(ApiServer& server, const ApiCall& call) {
  Draft draft;
  if (auto refused = decode_body(call, draft)) return *std::move(refused);
  return create_from(server, call, std::move(draft));
}

}  // namespace drydock::fakekube
