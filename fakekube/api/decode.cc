#include "fakekube/api/decode.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "core/base/limits.h"
#include "fakekube/api/status_error.h"
#include "fakekube/api/strategy.h"
#include "fakekube/schema/api_types.h"
#include "fakekube/schema/api_types_decode.h"
#include "fakekube/schema/api_types_scalars.h"
#include "fakekube/schema/crd_schema.h"
#include "fakekube/schema/go_text.h"
#include "fakekube/store/object.h"

namespace drydock::fakekube {
namespace {

// What a real server decodes first, to know what it has.
constexpr std::string_view kVersionKind =
    "struct { APIVersion string \"json:\\\"apiVersion,omitempty\\\"\"; Kind string "
    "\"json:\\\"kind,omitempty\\\"\" }";
constexpr std::string_view kNoVersionKind = "couldn't get version/kind; json parse error: ";

// What the body of a call must be.
std::string_view expected_kind(const ApiCall& call) {
  if (call.subresource == "scale") return "Scale";
  if (call.subresource == "eviction") return "Eviction";
  if (call.subresource == "binding") return "Binding";
  if (call.subresource == "token") return "TokenRequest";
  return call.type->kind;
}

std::string cannot_be_handled(std::string_view kind, std::string_view version,
                              std::string_view wanted) {
  return std::string(kind) + " in version " + quoted(version) + " cannot be handled as a " +
         std::string(wanted) + ": ";
}

std::string hexadecimal(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  return text;
}

// The first bytes of a body as error texts show them: ({"apiVersion": "conf.test/v1",  ...).
std::string summary(std::string_view text) {
  constexpr size_t kShown = 30;
  if (text.empty()) return "<empty>";
  const std::string_view first = text.substr(0, kShown);
  return (text.front() == '{' ? std::string(first) : hexadecimal(first)) +
         (text.size() > kShown ? " ..." : "");
}

std::string text_of(const ApiCall& call) {
  if (!call.body_text.empty() || call.body == nullptr) return call.body_text;
  return json_text(*call.body);
}

ApiReply unrecognized(const ApiCall& call, std::string_view why) {
  return bad_request("the object provided is unrecognized (must be of type " +
                     std::string(expected_kind(call)) + "): " + std::string(why) + " (" +
                     summary(text_of(call)) + ")");
}

// With members sorted at every depth, as Go prints what came out of a patch of a map.
json::value sorted(const json::value& value) {
  if (const json::array* list = value.if_array()) {
    json::array result;
    for (const json::value& item : *list) result.push_back(sorted(item));
    return result;
  }
  if (!value.is_object()) return value;
  std::map<std::string_view, const json::value*> members;
  for (const auto& member : value.get_object()) members[member.key()] = &member.value();
  json::object result;
  for (const auto& [key, member] : members) result.emplace(key, sorted(*member));
  return result;
}

// A refusal of what a body holds; of a patch, of what came out of it.
ApiReply refuse(const ApiCall& call, const json::value& object, std::string_view why) {
  if (call.verb == Verb::kPatch) {
    const bool strategic = call.patch_type == PatchType::kStrategic && call.body != nullptr;
    const std::string shown = strategic           ? go_text(*call.body)
                              : call.type->custom ? json_text(sorted(object))
                                                  : json_text(object);
    return invalid("", "", "", "", {invalid_value("patch", quoted(shown), why)});
  }
  const std::string_view version = string_at(object, {"apiVersion"});
  const size_t slash = version.find('/');
  return bad_request(
      cannot_be_handled(string_at(object, {"kind"}),
                        slash == std::string_view::npos ? version : version.substr(slash + 1),
                        expected_kind(call)) +
      std::string(why));
}

// That kind and apiVersion can be read at all.
std::optional<ApiReply> check_version_kind(const ApiCall& call, const json::value& object) {
  const auto wrong = [&call](const json::value& value, std::string_view place,
                             std::string_view wanted) {
    return unrecognized(call, std::string(kNoVersionKind) + "json: cannot unmarshal " +
                                  std::string(go_json_kind(value)) + " into Go " +
                                  std::string(place) + " of type " + std::string(wanted));
  };
  if (object.is_null()) return std::nullopt;
  if (!object.is_object()) return wrong(object, "value", kVersionKind);
  for (std::string_view key : {"apiVersion", "kind"}) {
    const json::value* value = object.get_object().if_contains(key);
    if (value != nullptr && !value->is_string() && !value->is_null())
      return wrong(*value, "struct field ." + std::string(key), "string");
  }
  return std::nullopt;
}

std::string_view group_of(std::string_view api_version) {
  const size_t slash = api_version.find('/');
  return slash == std::string_view::npos ? std::string_view() : api_version.substr(0, slash);
}

// Strict: a refusal that lists them all; Warn: one warning each; Ignore: nothing.
std::optional<ApiReply> report_strict(const ApiCall& call, const json::value& before,
                                      const std::vector<std::string>& unknown, Draft& draft) {
  if (call.field_validation == FieldValidation::kIgnore) return std::nullopt;
  std::vector<std::string> errors = call.strict_errors;
  for (const std::string& path : unknown) errors.push_back("unknown field " + quoted(path));
  if (errors.empty()) return std::nullopt;
  if (call.field_validation == FieldValidation::kWarn) {
    std::set<std::string> seen(draft.warnings.begin(), draft.warnings.end());
    for (const std::string& error : errors)
      if (seen.insert(error).second) draft.warnings.push_back(error);
    return std::nullopt;
  }
  std::string all;
  for (const std::string& error : errors) all += (all.empty() ? "" : ", ") + error;
  return refuse(call, before, "strict decoding error: " + all);
}

ApiReply wrong_version(const ApiCall& call, std::string_view version) {
  return bad_request("the API version in the data (" + std::string(version) +
                     ") does not match the expected API version (" +
                     std::string(call.type->api_version) + ")");
}

// A version that a custom kind hasn't: it has no schema, so that nothing in it is known.
ApiReply unserved_version(const ApiCall& call, const json::value& object) {
  const std::string_view version = string_at(object, {"apiVersion"});
  Draft draft;
  std::vector<std::string> unknown;
  if (group_of(version) == call.type->group)
    for (const auto& member : object.get_object())
      if (member.key() != "apiVersion" && member.key() != "kind" && member.key() != "metadata")
        unknown.emplace_back(member.key());
  if (auto refused = report_strict(call, object, unknown, draft)) return *std::move(refused);
  ApiReply reply = wrong_version(call, version);
  reply.warnings = std::move(draft.warnings);
  return reply;
}

std::optional<ApiReply> check_custom_kind(const ApiCall& call, const json::value& object) {
  const ResourceType& type = *call.type;
  const std::string_view kind = string_at(object, {"kind"});
  const std::string_view version = string_at(object, {"apiVersion"});
  const std::string name(metadata_string(object, "name"));
  if (kind.empty()) {
    const std::string text = text_of(call);
    const bool raw = text.starts_with('{') || call.body == nullptr;
    return unrecognized(
        call, "Object 'Kind' is missing in '" + (raw ? text : json_text(*call.body)) + "'");
  }
  if (version != type.api_version) {
    if (call.verb == Verb::kPatch)
      return invalid(type, name,
                     {invalid_value("apiVersion", quoted(version),
                                    "must be " + std::string(type.api_version))});
    return unserved_version(call, object);
  }
  if (kind == type.kind) return std::nullopt;
  return invalid(std::string(kind) + "." + std::string(type.group), kind, type.group, name,
                 {invalid_value("kind", quoted(kind), "must be " + std::string(type.kind))});
}

// The Go package of a group's internal types.
std::string_view internal_package(std::string_view group) {
  if (group.empty() || group == "events.k8s.io") return "core";
  return group.substr(0, group.find('.'));
}

// Whether a real server knows the version of the group, although this one serves only its v1.
bool is_older_version(std::string_view api_version) {
  constexpr std::array<std::string_view, 16> kOlder = {"apps/v1beta1",
                                                       "apps/v1beta2",
                                                       "policy/v1beta1",
                                                       "rbac.authorization.k8s.io/v1alpha1",
                                                       "rbac.authorization.k8s.io/v1beta1",
                                                       "coordination.k8s.io/v1beta1",
                                                       "storage.k8s.io/v1alpha1",
                                                       "storage.k8s.io/v1beta1",
                                                       "admissionregistration.k8s.io/v1beta1",
                                                       "authentication.k8s.io/v1alpha1",
                                                       "authentication.k8s.io/v1beta1",
                                                       "authorization.k8s.io/v1beta1",
                                                       "events.k8s.io/v1beta1",
                                                       "networking.k8s.io/v1beta1",
                                                       "autoscaling/v2",
                                                       "extensions/v1beta1"};
  for (std::string_view version : kOlder)
    if (version == api_version) return true;
  return false;
}

void fill_in_kind(const ResourceType& type, json::value& object) {
  json::object& members = object.get_object();
  if (string_at(object, {"kind"}).empty()) set_member(members, "kind", text_value(type.kind));
  if (string_at(object, {"apiVersion"}).empty())
    set_member(members, "apiVersion", text_value(type.api_version));
}

// The struct that a body of a built-in kind says to be; null: none, and `refused` says why.
const ApiType* named_type(const ApiCall& call, const json::value& object,
                          std::optional<ApiReply>& refused) {
  const std::string_view kind = string_at(object, {"kind"});
  const std::string_view version = string_at(object, {"apiVersion"});
  if (version == call.type->api_version && kind == call.type->kind) return api_type_of(*call.type);
  if (version.find('/') != version.rfind('/')) {
    refused = unrecognized(call, "unexpected GroupVersion string: " + std::string(version));
    return nullptr;
  }
  const ApiType* type = api_type_of_kind(group_of(version), kind);
  const bool known = version.ends_with("/v1") || version == "v1" || is_older_version(version);
  if (type == nullptr || !known) {
    refused = refuse(call, object, not_registered(version, kind));
    return nullptr;
  }
  return type;
}

// That it is the call's kind, after it could be read as what it is.
std::optional<ApiReply> check_core_kind(const ApiCall& call, const json::value& object) {
  const ResourceType& type = *call.type;
  const std::string_view kind = string_at(object, {"kind"});
  const std::string_view version = string_at(object, {"apiVersion"});
  if (kind != type.kind || internal_package(group_of(version)) != internal_package(type.group)) {
    const size_t slash = version.find('/');
    const std::string_view package =
        slash == std::string_view::npos ? version : version.substr(slash + 1);
    return refuse(call, object,
                  "converting (" + std::string(package) + "." + std::string(kind) + ") to (" +
                      std::string(internal_package(type.group)) + "." + std::string(type.kind) +
                      "): unknown conversion");
  }
  if (version == type.api_version) return std::nullopt;
  return bad_request("the API version in the data (" + std::string(version) +
                     ") does not match the expected API version (" + std::string(type.api_version) +
                     ")");
}

// An actor in this process: it knows the kinds and never asks for validation of its fields.
bool in_process(const ApiCall& call) {
  return call.user.name.empty() && call.field_validation == FieldValidation::kIgnore;
}

// Types and names of the metadata alone, as of a custom resource.
std::optional<ApiReply> check_metadata(const ApiCall& call, json::value& object,
                                       std::vector<std::string>& unknown) {
  json::value* metadata = object.get_object().if_contains("metadata");
  if (metadata == nullptr || metadata->is_null()) return std::nullopt;
  if (!metadata->is_object())
    return refuse(call, object,
                  "json: cannot unmarshal " + std::string(go_json_kind(*metadata)) +
                      " into Go value of type v1.ObjectMeta");
  static const ApiType* const type = find_api_type("ObjectMeta");
  ApiFindings findings = check_types(*type, *metadata, "metadata");
  if (!findings.type_error.empty()) return refuse(call, object, findings.type_error);
  unknown = std::move(findings.unknown);
  return std::nullopt;
}

std::optional<ApiReply> normalise_custom(const ApiCall& call, Draft& draft) {
  const ResourceType& type = *call.type;
  std::vector<std::string> unknown;
  if (!draft.only_status) {
    if (auto refused = check_custom_kind(call, draft.object)) return refused;
    if (auto refused = check_metadata(call, draft.object, unknown)) return refused;
  }
  const bool strict_patch =
      call.verb == Verb::kPatch && call.field_validation == FieldValidation::kStrict;
  const json::value before = strict_patch ? draft.object : json::value();
  if (type.structural() != nullptr) type.structural()->prune(draft.object, unknown);
  if (auto refused = report_strict(call, strict_patch ? before : draft.object, unknown, draft))
    return refused;
  if (type.structural() != nullptr) type.structural()->set_defaults(draft.object);
  return std::nullopt;
}

std::optional<ApiReply> normalise_core(const ApiCall& call, Draft& draft) {
  fill_in_kind(*call.type, draft.object);
  std::optional<ApiReply> refused;
  const ApiType* type = named_type(call, draft.object, refused);
  if (refused) return refused;
  std::vector<std::string> unknown;
  if (type == nullptr || in_process(call)) {
    refused = check_metadata(call, draft.object, unknown);
    return refused ? std::move(refused) : check_core_kind(call, draft.object);
  }
  const json::value before = call.verb == Verb::kPatch ? draft.object : json::value();
  ApiFindings findings = conform(*type, draft.object);
  const json::value& shown = before.is_null() ? draft.object : before;
  if (!findings.type_error.empty()) return refuse(call, shown, findings.type_error);
  if (auto wrong = check_core_kind(call, draft.object)) return wrong;
  return report_strict(call, shown, findings.unknown, draft);
}

// No less than json_weight(), without looking at every character.
size_t most_weight(const json::value& value) {
  constexpr size_t kScalar = 32;    // a number's digits; quotes and commas
  constexpr size_t kCharacter = 6;  // as \u0000
  size_t weight = kScalar;
  if (const json::string* text = value.if_string()) return weight + kCharacter * text->size();
  if (const json::array* list = value.if_array())
    for (const json::value& item : *list) weight += most_weight(item);
  if (const json::object* object = value.if_object())
    for (const auto& member : *object)
      weight += kScalar + kCharacter * member.key().size() + most_weight(member.value());
  return weight;
}

}  // namespace

std::optional<ApiReply> normalise(const ApiCall& call, Draft& draft) {
  if (auto refused = check_version_kind(call, draft.object)) return refused;
  if (draft.object.is_null() && !call.type->custom) draft.object.emplace_object();
  if (auto refused =
          call.type->custom ? normalise_custom(call, draft) : normalise_core(call, draft))
    return refused;
  const Strategy* strategy = call.type->strategy;
  if (strategy != nullptr && strategy->set_defaults != nullptr && call.subresource.empty())
    strategy->set_defaults(draft.object);
  order_members(*call.type, draft.object);
  return std::nullopt;
}

std::optional<ApiReply> too_large_to_store(const ApiCall& call, const json::value& object) {
  constexpr size_t kMost = limits::kMaxStoredBytes;
  if (call.dry_run || in_process(call) || most_weight(object) <= kMost) return std::nullopt;
  if (json_weight(object) <= kMost) return std::nullopt;
  return failure(500, "", "etcdserver: request is too large");
}

std::optional<ApiReply> decode_body(const ApiCall& call, Draft& draft) {
  if (call.body_error.empty() && call.body != nullptr) {
    draft.object = *call.body;
    return normalise(call, draft);
  }
  const std::string why = call.body_error.empty()
                              ? std::string(kNoVersionKind) + "unexpected end of JSON input"
                              : call.body_error;
  const bool named = call.body != nullptr && !string_at(*call.body, {"kind"}).empty();
  return named ? refuse(call, *call.body, why) : unrecognized(call, why);
}

}  // namespace drydock::fakekube
