// Namespaces, ConfigMaps, Secrets, Services, StatefulSets and Events.
#include "fakekube/api/api_server.h"
#include "fakekube/api/strategy.h"
#include "fakekube/store/object.h"
#include "fakekube/store/selectors.h"

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

std::optional<ApiReply> prepare_namespace(ApiServer&, json::value& object) {
  json::object& members = object.get_object();
  const std::string name(metadata_string(object, "name"));
  object_member(mutable_metadata(object), "labels")["kubernetes.io/metadata.name"] = name;
  set_member(object_member(members, "spec"), "finalizers", json::array{"kubernetes"});
  set_member(members, "status", json::object{{"phase", "Active"}});
  return std::nullopt;
}

// Only .../finalize may change them.
void keep_namespace_finalizers(json::value& object, const json::value& old_object) {
  if (const json::value* spec = json_find(old_object, {"spec"}))
    set_member(object.get_object(), "spec", *spec);
}

void validate_data_size(const json::value& object, FieldErrors& errors) {
  size_t bytes = 0;
  for (std::string_view part : {"data", "binaryData"})
    for (const auto& entry : json_object(object, {part}))
      if (entry.value().is_string()) bytes += entry.value().get_string().size();
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

std::optional<ApiReply> prepare_secret(ApiServer&, json::value& object) {
  encode_string_data(object);
  for (const auto& entry : json_object(object, {"data"})) {
    if (!entry.value().is_string()) continue;
    if (const auto at = not_base64(entry.value().get_string()))
      return bad_request(
          "Secret in version \"v1\" cannot be handled as a Secret: illegal base64 data at input "
          "byte " +
          std::to_string(*at));
  }
  set_default(object.get_object(), "type", "Opaque");
  return std::nullopt;
}

void prepare_secret_update(json::value& object, const json::value&) {
  encode_string_data(object);
  set_default(object.get_object(), "type", "Opaque");
}

std::optional<ApiReply> prepare_service(ApiServer& server, json::value& object) {
  json::object& members = object.get_object();
  json::object& spec = object_member(members, "spec");
  if (json::value* ports = spec.if_contains("ports"); ports != nullptr && ports->is_array()) {
    for (json::value& port : ports->get_array()) {
      if (!port.is_object()) continue;
      set_default(port.get_object(), "protocol", "TCP");
      const json::value number = port.get_object()["port"];
      set_default(port.get_object(), "targetPort", number);
    }
  }
  set_default(spec, "type", "ClusterIP");
  if (!spec.contains("clusterIP")) spec.emplace("clusterIP", server.next_service_ip());
  set_default(spec, "clusterIPs", json::array{spec["clusterIP"]});
  set_default(spec, "sessionAffinity", "None");
  set_default(spec, "ipFamilies", json::array{"IPv4"});
  set_default(spec, "ipFamilyPolicy", "SingleStack");
  set_default(spec, "internalTrafficPolicy", "Cluster");
  set_member(members, "status", json::object{{"loadBalancer", json::object()}});
  return std::nullopt;
}

void keep_cluster_ip(json::value& object, const json::value& old_object) {
  json::object& spec = object_member(object.get_object(), "spec");
  for (std::string_view key : {"clusterIP", "clusterIPs", "type", "sessionAffinity", "ipFamilies",
                               "ipFamilyPolicy", "internalTrafficPolicy"})
    if (const json::value* value = json_find(old_object, {"spec", key}))
      set_default(spec, key, *value);
}

void default_stateful_set(json::value& object) {
  json::object& spec = object_member(object.get_object(), "spec");
  json::object& pod = object_member(object_member(spec, "template"), "spec");
  default_pod_spec(pod);
  set_default(spec, "replicas", 1);
  set_default(spec, "podManagementPolicy", "OrderedReady");
  set_default(
      spec, "updateStrategy",
      json::object{{"type", "RollingUpdate"}, {"rollingUpdate", json::object{{"partition", 0}}}});
  set_default(spec, "revisionHistoryLimit", 10);
  set_default(spec, "persistentVolumeClaimRetentionPolicy",
              json::object{{"whenDeleted", "Retain"}, {"whenScaled", "Retain"}});
  json::value* claims = spec.if_contains("volumeClaimTemplates");
  if (claims == nullptr || !claims->is_array()) return;
  for (json::value& claim : claims->get_array()) {
    if (!claim.is_object()) continue;
    set_default(claim.get_object(), "kind", "PersistentVolumeClaim");
    set_default(claim.get_object(), "apiVersion", "v1");
    set_default(object_member(claim.get_object(), "spec"), "volumeMode", "Filesystem");
    set_default(claim.get_object(), "status", json::object{{"phase", "Pending"}});
  }
}

std::optional<ApiReply> prepare_stateful_set(ApiServer&, json::value& object) {
  default_stateful_set(object);
  set_member(object.get_object(), "status",
             json::object{{"replicas", 0}, {"availableReplicas", 0}});
  return std::nullopt;
}

void prepare_stateful_set_update(json::value& object, const json::value&) {
  default_stateful_set(object);
}

void validate_stateful_set(const json::value& object, FieldErrors& errors) {
  const json::value* selector = json_find(object, {"spec", "selector"});
  const json::object& labels = json_object(object, {"spec", "template", "metadata", "labels"});
  if (selector == nullptr) {
    errors.push_back(required_value("spec.selector"));
  } else if (!label_selector_matches(*selector, labels)) {
    errors.push_back(invalid_value("spec.template.metadata.labels",
                                   "map[string]string" + json_text(labels),
                                   "`selector` does not match template `labels`"));
  }
  if (json_int(object, {"spec", "replicas"}) < 0)
    errors.push_back(invalid_value("spec.replicas",
                                   std::to_string(json_int(object, {"spec", "replicas"})),
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

void validate_event(const json::value& object, FieldErrors& errors) {
  const std::string_view involved = string_at(object, {"involvedObject", "namespace"});
  const std::string_view own = metadata_string(object, "namespace");
  if (involved == own || (involved.empty() && own == "default")) return;
  errors.push_back(invalid_value("involvedObject.namespace", quoted(involved),
                                 "does not match event.namespace"));
}

}  // namespace

const Strategy kNamespaceStrategy = {.prepare_create = prepare_namespace,
                                     .prepare_update = keep_namespace_finalizers};
const Strategy kConfigMapStrategy = {.prepare_create = nullptr,
                                     .prepare_update = nullptr,
                                     .validate = validate_data_size,
                                     .validate_update = immutable_data};
const Strategy kSecretStrategy = {.prepare_create = prepare_secret,
                                  .prepare_update = prepare_secret_update,
                                  .validate = validate_data_size,
                                  .validate_update = immutable_data};
const Strategy kServiceStrategy = {.prepare_create = prepare_service,
                                   .prepare_update = keep_cluster_ip};
const Strategy kStatefulSetStrategy = {.prepare_create = prepare_stateful_set,
                                       .prepare_update = prepare_stateful_set_update,
                                       .validate = validate_stateful_set};
const Strategy kEventStrategy = {
    .prepare_create = prepare_event, .prepare_update = nullptr, .validate = validate_event};

}  // namespace drydock::fakekube
