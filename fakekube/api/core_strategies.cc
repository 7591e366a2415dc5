// Namespaces, Nodes, ConfigMaps, Secrets, Leases and Events.
#include <algorithm>

#include "fakekube/api/api_server.h"
#include "fakekube/api/strategy.h"
#include "fakekube/api/validation.h"
#include "fakekube/schema/event_views.h"
#include "fakekube/store/object.h"

namespace drydock::fakekube {
namespace {

constexpr size_t kMaxDataBytes = 1024 * 1024;  // of a ConfigMap or Secret

std::string base64(std::string_view bytes) {
  static constexpr char kDigits[] =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (size_t i = 0; i < bytes.size(); i += 3) {
    uint32_t group = 0;
    for (size_t k = 0; k < 3; ++k)
      group = group << 8 | (i + k < bytes.size() ? static_cast<unsigned char>(bytes[i + k]) : 0U);
    for (size_t k = 0; k < 4; ++k)
      text += i + k <= bytes.size() ? kDigits[group >> (18 - 6 * k) & 63] : '=';
  }
  return text;
}

// Where the text stops being base64; nullopt when it is base64.
std::optional<size_t> not_base64(std::string_view text) {
  size_t digits = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (letter || (c >= '0' && c <= '9') || c == '+' || c == '/')
      ++digits;
    else if (c != '=' || i + 2 < text.size())
      return i;
  }
  return text.size() % 4 == 0 ? std::nullopt : std::optional<size_t>(digits);
}

// Every namespace can be selected by its name.
void name_label(json::value& object) {
  const std::string_view name = metadata_string(object, "name");
  if (name.empty()) return;
  json::value label = text_value(name);
  object_member(mutable_metadata(object), "labels")["kubernetes.io/metadata.name"] =
      std::move(label);
}

std::optional<ApiReply> prepare_namespace(ApiServer&, json::value& object) {
  json::object& members = object.get_object();
  name_label(object);
  json::value& finalizers = object_member(members, "spec")["finalizers"];
  if (!finalizers.is_array()) finalizers = json::array();
  json::array& names = finalizers.get_array();
  if (std::find(names.begin(), names.end(), "kubernetes") == names.end())
    names.emplace_back("kubernetes");
  set_member(members, "status", json::object{{"phase", "Active"}});
  return std::nullopt;
}

// Only .../finalize may change them.
void keep_namespace_finalizers(json::value& object, const json::value& old_object) {
  if (const json::value* spec = json_find(old_object, {"spec"}))
    set_member(object.get_object(), "spec", *spec);
}

void validate_namespace(const json::value& object, FieldErrors& errors) {
  for (const std::string& name : json_strings(object, {"spec", "finalizers"}))
    validate_finalizer("spec.finalizers", name, errors);
}

void validate_namespace_status(const json::value& object, FieldErrors& errors) {
  const std::string_view phase = string_at(object, {"status", "phase"});
  const bool deleting = !metadata_string(object, "deletionTimestamp").empty();
  if (phase == (deleting ? "Terminating" : "Active")) return;
  errors.push_back(
      invalid_value("status.Phase", quoted(phase),
                    deleting ? "may only be 'Terminating' if `deletionTimestamp` is not empty"
                             : "may only be 'Active' if `deletionTimestamp` is empty"));
}

bool bad_data_key(std::string_view key) {
  return key.empty() || key.size() > 253 || key == "." || key == ".." ||
         key.find_first_not_of(
             "-._0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") != key.npos;
}

void validate_data(const json::value& object, FieldErrors& errors) {
  size_t bytes = 0;
  const json::object& texts = json_object(object, {"data"});
  for (std::string_view part : {"data", "binaryData"})
    for (const auto& entry : json_object(object, {part})) {
      const std::string_view key = entry.key();
      const std::string field = std::string(part) + "[" + std::string(key) + "]";
      if (bad_data_key(key))
        errors.push_back(invalid_value(
            field, quoted(key),
            "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. "
            "'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is "
            "'[-._a-zA-Z0-9]+')"));
      if (part == "binaryData" && texts.contains(entry.key()))
        errors.push_back(invalid_value("data[" + std::string(key) + "]", quoted(key),
                                       "duplicate of key present in binaryData"));
      if (entry.value().is_string()) bytes += entry.value().get_string().size();
    }
  if (bytes > kMaxDataBytes) errors.push_back(too_long("[]", kMaxDataBytes));
}

std::optional<ApiReply> immutable_data(ApiServer&, const json::value& object,
                                       const json::value& old_object, FieldErrors& errors) {
  if (!json_bool(old_object, {"immutable"})) return std::nullopt;
  constexpr std::string_view kText = "field is immutable when `immutable` is set";
  if (!json_bool(object, {"immutable"})) errors.push_back(forbidden_value("immutable", kText));
  for (std::string_view part : {"data", "binaryData"})
    if (!same_member(object, old_object, part))
      errors.push_back(forbidden_value(std::string(part), kText));
  return std::nullopt;
}

void encode_string_data(json::value& object) {
  json::object& members = object.get_object();
  const json::value* given = members.if_contains("stringData");
  if (given == nullptr) return;
  const json::value texts = *given;
  remove_member(members, "stringData");
  if (!texts.is_object()) return;
  json::object& data = object_member(members, "data");
  for (const auto& entry : texts.get_object())
    if (entry.value().is_string())
      data[entry.key()] = base64(std::string_view(entry.value().get_string()));
}

void default_secret(json::value& object) {
  encode_string_data(object);
  if (string_at(object, {"type"}).empty()) set_member(object.get_object(), "type", "Opaque");
}

std::optional<ApiReply> prepare_secret(ApiServer&, json::value& object) {
  for (const auto& entry : json_object(object, {"data"})) {
    if (!entry.value().is_string()) continue;
    if (const auto at = not_base64(entry.value().get_string()))
      return bad_request(
          "Secret in version \"v1\" cannot be handled as a Secret: illegal base64 data at input "
          "byte " +
          std::to_string(*at));
  }
  return std::nullopt;
}

void validate_secret(const json::value& object, FieldErrors& errors) {
  validate_data(object, errors);
  const std::string type = json_string(object, {"type"});
  const json::object& data = json_object(object, {"data"});
  const auto need = [&](std::string_view key) {
    if (!data.contains(key)) errors.push_back(required_value("data[" + std::string(key) + "]"));
  };
  if (type == "kubernetes.io/dockercfg") need(".dockercfg");
  if (type == "kubernetes.io/dockerconfigjson") need(".dockerconfigjson");
  if (type == "kubernetes.io/ssh-auth") need("ssh-privatekey");
  if (type == "kubernetes.io/basic-auth" && !data.contains("username") &&
      !data.contains("password")) {
    need("username");
    need("password");
  }
  if (type == "kubernetes.io/tls") {
    need("tls.crt");
    need("tls.key");
  }
  constexpr std::string_view kAccount = "kubernetes.io/service-account.name";
  if (type == "kubernetes.io/service-account-token" &&
      string_at(object, {"metadata", "annotations", kAccount}).empty())
    errors.push_back(required_value("metadata.annotations[" + std::string(kAccount) + "]"));
}

std::optional<ApiReply> validate_secret_update(ApiServer& server, const json::value& object,
                                               const json::value& old_object, FieldErrors& errors) {
  const std::string type = json_string(object, {"type"});
  if (type != json_string(old_object, {"type"}))
    errors.push_back(invalid_value("type", quoted(type), "field is immutable"));
  return immutable_data(server, object, old_object, errors);
}

bool is_ready(const json::value& node) {
  for (const json::value& condition : json_array(node, {"status", "conditions"}))
    if (string_at(condition, {"type"}) == "Ready")
      return string_at(condition, {"status"}) == "True";
  return false;
}

// Nothing runs on a new node before somebody saw it Ready. A node that says so itself is spared
// here: a real server taints it too, and the node lifecycle controller takes that back at once.
std::optional<ApiReply> prepare_node(ApiServer&, json::value& object) {
  constexpr std::string_view kTaint = "node.kubernetes.io/not-ready";
  if (is_ready(object)) return std::nullopt;
  json::object& spec = object_member(object.get_object(), "spec");
  json::value& taints = spec["taints"];
  if (!taints.is_array()) taints = json::array();
  for (const json::value& taint : taints.get_array())
    if (string_at(taint, {"key"}) == kTaint && string_at(taint, {"effect"}) == "NoSchedule")
      return std::nullopt;
  taints.get_array().push_back(json::object{{"key", text_value(kTaint)}, {"effect", "NoSchedule"}});
  return std::nullopt;
}

void validate_lease(const json::value& object, FieldErrors& errors) {
  const int64_t duration = json_int(object, {"spec", "leaseDurationSeconds"}, 1);
  if (duration <= 0)
    errors.push_back(invalid_value("spec.leaseDurationSeconds", std::to_string(duration),
                                   "must be greater than 0"));
  const int64_t transitions = json_int(object, {"spec", "leaseTransitions"});
  if (transitions < 0)
    errors.push_back(invalid_value("spec.leaseTransitions", std::to_string(transitions),
                                   "must be greater than or equal to 0"));
}

std::optional<ApiReply> prepare_event(ApiServer&, json::value& object) {
  json::object& members = object.get_object();
  object_member(members, "involvedObject");
  for (std::string_view key : {"reportingComponent", "reportingInstance"})
    set_default(members, key, "");
  object_member(members, "source");
  for (std::string_view key : {"firstTimestamp", "lastTimestamp", "eventTime"})
    members[key];  // null when absent, as a real server prints them
  return std::nullopt;
}

}  // namespace

const Strategy kNamespaceStrategy = {.prepare_create = prepare_namespace,
                                     .prepare_update = keep_namespace_finalizers,
                                     .validate = validate_namespace,
                                     .validate_update = nullptr,
                                     .validate_status = validate_namespace_status,
                                     .grace_seconds = nullptr,
                                     .set_defaults = name_label};
const Strategy kNodeStrategy = {.prepare_create = prepare_node};
const Strategy kLeaseStrategy = {
    .prepare_create = nullptr, .prepare_update = nullptr, .validate = validate_lease};
const Strategy kConfigMapStrategy = {.prepare_create = nullptr,
                                     .prepare_update = nullptr,
                                     .validate = validate_data,
                                     .validate_update = immutable_data};
const Strategy kSecretStrategy = {.prepare_create = prepare_secret,
                                  .prepare_update = nullptr,
                                  .validate = validate_secret,
                                  .validate_update = validate_secret_update,
                                  .grace_seconds = nullptr,
                                  .set_defaults = default_secret};
const Strategy kEventStrategy = {
    .prepare_create = prepare_event, .prepare_update = nullptr, .validate = validate_core_event};

}  // namespace drydock::fakekube
