#include "fakekube/api/apply_patch.h"
#include "fakekube/api/status_error.h"
#include "fakekube/api/verbs.h"
#include "fakekube/api/write_rules.h"
#include "fakekube/schema/strategic_merge.h"
#include "fakekube/store/json_patch.h"
#include "fakekube/store/object.h"

namespace drydock::fakekube {
namespace {

constexpr size_t kMaxOperations = 10'000;

std::string accepted_patch_types(const ResourceType& type) {
  return std::string(
             "the body of the request was in an unknown format - accepted media types include: "
             "application/json-patch+json, application/merge-patch+json, ") +
         (type.custom ? "" : "application/strategic-merge-patch+json, ") +
         "application/apply-patch+yaml";
}

std::optional<ApiReply> check_patch_type(const ApiCall& call) {
  const bool strange = call.patch_type == PatchType::kUnknown ||
                       (call.patch_type == PatchType::kStrategic && call.type->custom);
  if (!strange) return std::nullopt;
  return failure(415, "UnsupportedMediaType", accepted_patch_types(*call.type));
}

std::optional<ApiReply> check_patch_options(const ApiCall& call) {
  if (is_apply(call)) {
    if (!call.field_manager.empty()) return std::nullopt;
    return invalid_options("PatchOptions",
                           {required_value("fieldManager", "is required for apply patch")});
  }
  if (!call.force) return std::nullopt;
  return invalid_options("PatchOptions",
                         {forbidden_value("force", "may not be specified for non-apply patch")});
}

std::optional<ApiReply> apply_operations(const json::array& operations, json::value& target) {
  if (operations.size() > kMaxOperations)
    return failure(413, "RequestEntityTooLarge",
                   "Request entity too large: The allowed maximum operations in a JSON patch is " +
                       std::to_string(kMaxOperations) + ", got " +
                       std::to_string(operations.size()));
  if (apply_json_patch(target, operations)) return std::nullopt;
  return failure(422, "Invalid", "the server rejected our request due to an error in our request",
                 StatusDetails{});
}

// Applies the patch to `target`; a reply refuses it.
std::optional<ApiReply> apply_patch(const ApiCall& call, json::value& target) {
  switch (call.patch_type) {
    case PatchType::kJson: return apply_operations(call.body->get_array(), target);
    case PatchType::kStrategic: return apply_strategic_merge(*call.type, target, *call.body);
    default: json_merge_patch(target, *call.body); return std::nullopt;
  }
}

// Whether a patch of a custom resource's status says nothing of anything else.
bool only_status(const ApiCall& call) {
  if (!call.type->custom || call.subresource != "status") return false;
  if (call.patch_type == PatchType::kJson || !call.body->is_object()) return false;
  const json::object& members = call.body->get_object();
  return members.size() == 1 && members.begin()->key() == "status";
}

}  // namespace

ApiReply patch_object(ApiServer& server, const ApiCall& call) {
  if (auto refused = check_patch_type(call)) return *std::move(refused);
  if (auto refused = check_patch_options(call)) return *std::move(refused);
  if (is_apply(call)) return apply_object(server, call);
  return update_stored(server, call,
                       [&call](const JsonPtr& current, Draft& draft) -> std::optional<ApiReply> {
                         if (auto refused = unreadable_patch(call)) return refused;
                         draft.object = *current;
                         draft.only_status = only_status(call);
                         if (auto refused = apply_patch(call, draft.object)) return refused;
                         return normalise(call, draft);
                       });
}

}  // namespace drydock::fakekube
