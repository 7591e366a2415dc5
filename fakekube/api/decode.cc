#include "fakekube/api/decode.h"

#include <algorithm>
#include <array>

#include "fakekube/api/status_error.h"
#include "fakekube/api/validation.h"
#include "fakekube/schema/crd_schema.h"
#include "fakekube/store/object.h"

namespace drydock::fakekube {
namespace {

constexpr std::array<std::string_view, 15> kMetadataFields = {"annotations",
                                                              "creationTimestamp",
                                                              "deletionGracePeriodSeconds",
                                                              "deletionTimestamp",
                                                              "finalizers",
                                                              "generateName",
                                                              "generation",
                                                              "labels",
                                                              "managedFields",
                                                              "name",
                                                              "namespace",
                                                              "ownerReferences",
                                                              "resourceVersion",
                                                              "selfLink",
                                                              "uid"};

std::string cannot_be_handled(const ResourceType& type) {
  return std::string(type.kind) + " in version " + quoted(type.version) +
         " cannot be handled as a " + std::string(type.kind) + ": ";
}

// The first bytes of a body as error texts show them: "({\"apiVersion\": \"conf.test/v1\", ...)".
std::string unrecognized(const ResourceType& type, const std::string& text, std::string_view why) {
  constexpr size_t kShown = 30;
  const std::string shown = text.size() > kShown ? text.substr(0, kShown) + " ..." : text;
  return "the object provided is unrecognized (must be of type " + std::string(type.kind) +
         "): " + std::string(why) + " (" + shown + ")";
}

std::optional<ApiReply> check_custom_kind(const ApiCall& call, const json::value& object) {
  const ResourceType& type = *call.type;
  const std::string_view kind = string_at(object, {"kind"});
  const std::string_view version = string_at(object, {"apiVersion"});
  const std::string name(metadata_string(object, "name"));
  if (kind.empty()) {
    const std::string text = call.body == nullptr ? "" : json_text(*call.body);
    return bad_request(unrecognized(type, text, "Object 'Kind' is missing in '" + text + "'"));
  }
  if (version != type.api_version) {
    if (call.verb == Verb::kPatch)
      return invalid(type, name,
                     {invalid_value("apiVersion", quoted(version),
                                    "must be " + std::string(type.api_version))});
    return bad_request("the API version in the data (" + std::string(version) +
                       ") does not match the expected API version (" +
                       std::string(type.api_version) + ")");
  }
  if (kind == type.kind) return std::nullopt;
  return invalid(std::string(kind) + "." + std::string(type.group), kind, type.group, name,
                 {invalid_value("kind", quoted(kind), "must be " + std::string(type.kind))});
}

std::optional<ApiReply> check_core_kind(const ApiCall& call, json::value& object) {
  const ResourceType& type = *call.type;
  json::object& members = object.get_object();
  set_default(members, "kind", text_value(type.kind));
  set_default(members, "apiVersion", text_value(type.api_version));
  const std::string kind = json_string(object, {"kind"});
  const std::string version = json_string(object, {"apiVersion"});
  if (version != type.api_version)
    return bad_request("the API version in the data (" + version +
                       ") does not match the expected API version (" +
                       std::string(type.api_version) + ")");
  if (kind == type.kind) return std::nullopt;
  return bad_request(kind + " in version " + quoted(type.version) + " cannot be handled as a " +
                     std::string(type.kind) + ": converting (" + std::string(type.version) + "." +
                     kind + ") to (core." + std::string(type.kind) + "): unknown conversion");
}

std::vector<std::string> unknown_metadata(const json::value& object) {
  std::vector<std::string> unknown;
  for (const auto& member : metadata_of(object)) {
    const std::string_view name = member.key();
    if (!std::binary_search(kMetadataFields.begin(), kMetadataFields.end(), name))
      unknown.push_back("metadata." + std::string(name));
  }
  return unknown;
}

// Strict: a refusal that lists them all; Warn: one warning each; Ignore: nothing.
std::optional<ApiReply> report_unknown(const ApiCall& call, const std::vector<std::string>& unknown,
                                       Draft& draft) {
  if (unknown.empty() || call.field_validation == FieldValidation::kIgnore) return std::nullopt;
  std::string all;
  for (const std::string& path : unknown) {
    const std::string text = "unknown field " + quoted(path);
    if (call.field_validation == FieldValidation::kWarn) draft.warnings.push_back(text);
    all += (all.empty() ? "" : ", ") + text;
  }
  if (call.field_validation == FieldValidation::kWarn) return std::nullopt;
  const std::string why = "strict decoding error: " + all;
  if (call.verb != Verb::kPatch) return bad_request(cannot_be_handled(*call.type) + why);
  return invalid("", "", "", "", {invalid_value("patch", quoted(json_text(draft.object)), why)});
}

}  // namespace

std::optional<ApiReply> normalise(const ApiCall& call, Draft& draft) {
  const ResourceType& type = *call.type;
  json::object* members = draft.object.if_object();
  if (members == nullptr) return bad_request("the object provided is no JSON object");
  if (auto refused =
          type.custom ? check_custom_kind(call, draft.object) : check_core_kind(call, draft.object))
    return refused;
  if (auto refused = check_metadata_types(type, *members)) return refused;
  std::vector<std::string> unknown = unknown_metadata(draft.object);
  if (type.schema != nullptr) type.schema()->prune(draft.object, unknown);
  if (auto refused = report_unknown(call, unknown, draft)) return refused;
  if (type.schema != nullptr) type.schema()->set_defaults(draft.object);
  order_members(type, draft.object);
  return std::nullopt;
}

std::optional<ApiReply> decode_body(const ApiCall& call, Draft& draft) {
  if (call.body == nullptr)
    return bad_request(
        unrecognized(*call.type, "<empty>",
                     "couldn't get version/kind; json parse error: unexpected end of JSON input"));
  draft.object = *call.body;
  return normalise(call, draft);
}

}  // namespace drydock::fakekube
