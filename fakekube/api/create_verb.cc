#include "fakekube/api/status_error.h"
#include "fakekube/api/strategy.h"
#include "fakekube/api/validation.h"
#include "fakekube/api/verbs.h"
#include "fakekube/schema/crd_schema.h"
#include "fakekube/store/object.h"

namespace drydock::fakekube {
namespace {

constexpr size_t kMaxGeneratedPrefix = 58;  // so that the name has at most 63 characters
constexpr int kNameTries = 8;

std::optional<ApiReply> check_namespace(ApiServer& server, const ApiCall& call) {
  if (!call.type->namespaced) return std::nullopt;
  const Object* found = server.store().find(kNamespaces, "", call.namespace_name);
  if (found == nullptr) return not_found(kNamespaces, call.namespace_name);
  if (metadata_string(*found->value, "deletionTimestamp").empty()) return std::nullopt;
  const std::string ns = call.namespace_name;
  ApiReply reply = failure(403, "Forbidden",
                           std::string(call.type->qualified_plural) + " " +
                               quoted(metadata_string(*call.body, "name")) +
                               " is forbidden: unable to create new content in namespace " + ns +
                               " because it is being terminated",
                           StatusDetails{.name = metadata_string(*call.body, "name"),
                                         .group = call.type->group,
                                         .kind = call.type->plural,
                                         .causes = {{"NamespaceTerminating", "metadata.namespace",
                                                     "namespace " + ns + " is being terminated"}}});
  return reply;
}

// What the server sets on every new object; false when the client gave a resourceVersion.
bool stamp(ApiServer& server, const ApiCall& call, json::value& object) {
  json::object& metadata = mutable_metadata(object);
  const std::string_view given = metadata_string(object, "resourceVersion");
  const bool clean = given.empty() || given == "0";
  for (std::string_view key : {"resourceVersion", "deletionTimestamp", "deletionGracePeriodSeconds",
                               "generation", "namespace"})
    remove_member(metadata, key);
  if (call.type->namespaced) metadata.emplace("namespace", call.namespace_name);
  set_member(metadata, "uid", text_value(server.new_uid()));
  set_member(metadata, "creationTimestamp", text_value(server.now_text()));
  if (call.type->has_generation) metadata.emplace("generation", 1);
  if (call.type->custom && call.type->has_status) remove_member(object.get_object(), "status");
  return clean;
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
  if (type.schema != nullptr) type.schema()->validate(draft.object, errors);
  if (type.strategy != nullptr && type.strategy->validate != nullptr)
    type.strategy->validate(draft.object, errors);
  if (errors.empty()) return std::nullopt;
  return invalid(type, metadata_string(draft.object, "name"), errors);
}

std::optional<ApiReply> mutate_and_prepare(ApiServer& server, const ApiCall& call, Draft& draft) {
  const Admission& admission = server.admission();
  if (admission.any(*call.type, call.subresource)) {
    if (auto denied =
            admission.review(AdmissionKind::kMutating, call, Verb::kCreate, &draft.object, nullptr))
      return denied;
    if (auto refused = normalise(call, draft)) return refused;
  }
  const Strategy* strategy = call.type->strategy;
  if (strategy == nullptr || strategy->prepare_create == nullptr) return std::nullopt;
  return strategy->prepare_create(server, draft.object);
}

ApiReply store_new(ApiServer& server, const ApiCall& call, Draft draft) {
  const ResourceType& type = *call.type;
  const std::string name(metadata_string(draft.object, "name"));
  if (const Object* present = server.store().find(type, call.namespace_name, name))
    return already_exists(type, name,
                          !metadata_string(*present->value, "deletionTimestamp").empty());
  ApiReply reply;
  reply.code = 201;
  reply.warnings = std::move(draft.warnings);
  if (!call.dry_run) set_revision(draft.object, server.store().next_revision_text());
  order_members(type, draft.object);
  reply.body =
      call.dry_run
          ? make_json(std::move(draft.object))
          : server.store().put(type, call.namespace_name, name, std::move(draft.object)).value;
  return reply;
}

}  // namespace

ApiReply create_object(ApiServer& server, const ApiCall& call) {
  Draft draft;
  if (auto refused = decode_body(call, draft)) return *std::move(refused);
  const std::string_view body_namespace = metadata_string(draft.object, "namespace");
  if (call.type->namespaced && !body_namespace.empty() && body_namespace != call.namespace_name)
    return bad_request(
        "the namespace of the provided object does not match the namespace sent on the request");
  if (auto refused = check_namespace(server, call)) return *std::move(refused);
  const bool clean = stamp(server, call, draft.object);
  generate_name(server, call, draft.object);
  if (auto refused = mutate_and_prepare(server, call, draft)) return *std::move(refused);
  if (auto refused = validate_new(call, draft)) return *std::move(refused);
  if (server.admission().any(*call.type, call.subresource)) {
    if (auto denied = server.admission().review(AdmissionKind::kValidating, call, Verb::kCreate,
                                                &draft.object, nullptr))
      return *std::move(denied);
  }
  if (!clean) return failure(500, "", "resourceVersion should not be set on objects to be created");
  return store_new(server, call, std::move(draft));
}

}  // namespace drydock::fakekube
