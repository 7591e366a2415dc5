// Services.
#include <algorithm>
#include <set>

#include "fakekube/api/api_server.h"
#include "fakekube/api/strategy.h"
#include "fakekube/store/object.h"

namespace drydock::fakekube {
namespace {

constexpr std::string_view kPortText = "must be between 1 and 65535, inclusive";
constexpr int64_t kStickySeconds = 10800;

bool is_external_name(const json::value& object) {
  return json_string(object, {"spec", "type"}) == "ExternalName";
}

bool exposes_nodes(const json::value& object) {
  const std::string type = json_string(object, {"spec", "type"});
  return type == "NodePort" || type == "LoadBalancer";
}

void default_ports(json::object& spec) {
  json::value* ports = spec.if_contains("ports");
  if (ports == nullptr || !ports->is_array()) return;
  for (json::value& port : ports->get_array()) {
    if (!port.is_object()) continue;
    json::object& members = port.get_object();
    if (string_at(port, {"protocol"}).empty()) set_member(members, "protocol", "TCP");
    const bool aimed =
        !string_at(port, {"targetPort"}).empty() || json_int(port, {"targetPort"}) != 0;
    const json::value number = json_int(port, {"port"});
    if (!aimed) set_member(members, "targetPort", number);
  }
}

void default_service(json::value& object) {
  json::object& spec = object_member(object.get_object(), "spec");
  default_ports(spec);
  set_default(spec, "type", "ClusterIP");
  set_default(spec, "sessionAffinity", "None");
  if (string_at(object, {"spec", "sessionAffinity"}) == "ClientIP") {
    json::object& config = object_member(spec, "sessionAffinityConfig");
    set_default(object_member(config, "clientIP"), "timeoutSeconds", kStickySeconds);
  }
  if (!is_external_name(object)) set_default(spec, "internalTrafficPolicy", "Cluster");
  if (exposes_nodes(object)) set_default(spec, "externalTrafficPolicy", "Cluster");
  if (string_at(object, {"spec", "type"}) == "LoadBalancer")
    set_default(spec, "allocateLoadBalancerNodePorts", true);
}

std::string given_ip(const json::value& object) {
  const std::string one = json_string(object, {"spec", "clusterIP"});
  if (!one.empty()) return one;
  const std::vector<std::string> all = json_strings(object, {"spec", "clusterIPs"});
  return all.empty() ? "" : all.front();
}

std::optional<ApiReply> prepare_service(ApiServer& server, json::value& object) {
  json::object& members = object.get_object();
  json::object& spec = object_member(members, "spec");
  set_member(members, "status", json::object{{"loadBalancer", json::object()}});
  if (is_external_name(object)) return std::nullopt;
  std::string ip = given_ip(object);
  if (ip.empty()) ip = server.next_service_ip();
  set_member(spec, "clusterIP", text_value(ip));
  if (json_array(object, {"spec", "clusterIPs"}).empty())
    set_member(spec, "clusterIPs", json::array{text_value(ip)});
  set_default(spec, "ipFamilies", json::array{"IPv4"});
  set_default(spec, "ipFamilyPolicy", "SingleStack");
  return std::nullopt;
}

// What the server filled in stays when a client leaves it out.
void keep_cluster_ip(json::value& object, const json::value& old_object) {
  if (is_external_name(object)) return;
  json::object& spec = object_member(object.get_object(), "spec");
  for (std::string_view key :
       {"clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy", "healthCheckNodePort"})
    if (const json::value* value = json_find(old_object, {"spec", key}))
      set_default(spec, key, *value);
}

void validate_port(const json::value& port, const std::string& path, bool several,
                   std::set<std::string>& names, FieldErrors& errors) {
  const std::string name = json_string(port, {"name"});
  if (name.empty() && several) errors.push_back(required_value(path + ".name"));
  if (!name.empty() && !names.insert(name).second)
    errors.push_back(duplicate_value(path + ".name", quoted(name)));
  const int64_t number = json_int(port, {"port"});
  if (number < 1 || number > 65535)
    errors.push_back(invalid_value(path + ".port", std::to_string(number), kPortText));
  const std::string protocol = json_string(port, {"protocol"});
  if (protocol != "TCP" && protocol != "UDP" && protocol != "SCTP")
    errors.push_back(
        not_supported(path + ".protocol", quoted(protocol), "\"SCTP\", \"TCP\", \"UDP\""));
  const json::value* target = json_find(port, {"targetPort"});
  if (target != nullptr && target->is_int64() &&
      (target->get_int64() < 1 || target->get_int64() > 65535))
    errors.push_back(
        invalid_value(path + ".targetPort", std::to_string(target->get_int64()), kPortText));
}

bool looks_like_ip(const std::string& text) {
  const bool v6 = text.find(':') != std::string::npos;
  if (v6) return text.find_first_not_of("0123456789abcdefABCDEF:.") == std::string::npos;
  return text.find_first_not_of("0123456789.") == std::string::npos &&
         std::count(text.begin(), text.end(), '.') == 3;
}

void validate_service(const json::value& object, FieldErrors& errors) {
  const std::string type = json_string(object, {"spec", "type"});
  if (type != "ClusterIP" && type != "ExternalName" && !exposes_nodes(object))
    errors.push_back(not_supported("spec.type", quoted(type),
                                   "\"ClusterIP\", \"ExternalName\", \"LoadBalancer\", "
                                   "\"NodePort\""));
  const std::string affinity = json_string(object, {"spec", "sessionAffinity"});
  if (affinity != "None" && affinity != "ClientIP")
    errors.push_back(
        not_supported("spec.sessionAffinity", quoted(affinity), "\"ClientIP\", \"None\""));
  const std::string ip = json_string(object, {"spec", "clusterIP"});
  const json::array& ports = json_array(object, {"spec", "ports"});
  if (ports.empty() && ip != "None" && !is_external_name(object))
    errors.push_back(required_value("spec.ports"));
  std::set<std::string> names;
  for (size_t i = 0; i < ports.size(); ++i)
    validate_port(ports[i], "spec.ports[" + std::to_string(i) + "]", ports.size() > 1, names,
                  errors);
  if (is_external_name(object) && json_string(object, {"spec", "externalName"}).empty())
    errors.push_back(required_value("spec.externalName"));
  if (!ip.empty() && ip != "None" && !looks_like_ip(ip))
    errors.push_back(invalid_value("spec.clusterIPs[0]", quoted(ip),
                                   "must be a valid IP address, (e.g. 10.9.8.7 or "
                                   "2001:db8::ffff)"));
}

std::optional<ApiReply> keep_ip(ApiServer&, const json::value& object,
                                const json::value& old_object, FieldErrors& errors) {
  const std::string before = json_string(old_object, {"spec", "clusterIP"});
  const std::string now = json_string(object, {"spec", "clusterIP"});
  if (before.empty() || now == before || is_external_name(object)) return std::nullopt;
  errors.push_back(invalid_value("spec.clusterIPs[0]", "[]string{" + quoted(now) + "}",
                                 "may not change once set"));
  return std::nullopt;
}

}  // namespace

const Strategy kServiceStrategy = {.prepare_create = prepare_service,
                                   .prepare_update = keep_cluster_ip,
                                   .validate = validate_service,
                                   .validate_update = keep_ip,
                                   .grace_seconds = nullptr,
                                   .set_defaults = default_service};

}  // namespace drydock::fakekube
