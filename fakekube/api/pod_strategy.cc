// Pods: defaults, validation and what may change, as recorded from a real server.
#include <algorithm>
#include <array>
#include <set>

#include "fakekube/api/api_server.h"
#include "fakekube/api/strategy.h"
#include "fakekube/api/validation.h"
#include "fakekube/store/object.h"
#include "fakekube/store/quantity.h"

namespace drydock::fakekube {
namespace {

constexpr std::string_view kQuantityText =
    "quantities must match the regular expression "
    "'^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
constexpr std::string_view kSpecChangeText =
    "pod updates may not change fields other than `spec.containers[*].image`,"
    "`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only "
    "additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set "
    "to 1 if it was previously negative)";
constexpr std::array<std::string_view, 2> kContainerLists = {"initContainers", "containers"};

// "image" or "image:latest" are pulled always.
std::string_view default_pull_policy(std::string_view image) {
  const size_t slash = image.rfind('/');
  const size_t colon = image.rfind(':');
  const bool tagged =
      colon != std::string_view::npos && (slash == std::string_view::npos || colon > slash);
  if (image.find('@') != std::string_view::npos) return "IfNotPresent";
  return tagged && image.substr(colon) != ":latest" ? "IfNotPresent" : "Always";
}

void default_probe(json::object& container, std::string_view name) {
  json::value* probe = container.if_contains(name);
  if (probe == nullptr || !probe->is_object()) return;
  json::object& members = probe->get_object();
  set_default(members, "timeoutSeconds", 1);
  set_default(members, "periodSeconds", 10);
  set_default(members, "successThreshold", 1);
  set_default(members, "failureThreshold", 3);
  if (json::value* get = members.if_contains("httpGet"); get != nullptr && get->is_object()) {
    set_default(get->get_object(), "path", "/");
    set_default(get->get_object(), "scheme", "HTTP");
  }
}

void default_container(json::object& container) {
  object_member(container, "resources");
  if (json::value* ports = container.if_contains("ports"); ports != nullptr && ports->is_array())
    for (json::value& port : ports->get_array())
      if (port.is_object()) set_default(port.get_object(), "protocol", "TCP");
  for (std::string_view probe : {"livenessProbe", "readinessProbe", "startupProbe"})
    default_probe(container, probe);
  set_default(container, "terminationMessagePath", "/dev/termination-log");
  set_default(container, "terminationMessagePolicy", "File");
  const json::value* image = container.if_contains("image");
  const std::string_view name =
      image != nullptr && image->is_string() ? std::string_view(image->get_string()) : "";
  set_default(container, "imagePullPolicy", text_value(default_pull_policy(name)));
}

void default_volume(json::object& volume) {
  for (std::string_view source : {"configMap", "secret", "projected", "downwardAPI"})
    if (json::value* value = volume.if_contains(source); value != nullptr && value->is_object())
      set_default(value->get_object(), "defaultMode", 420);
}

json::value toleration(std::string_view key) {
  return json::object{{"key", text_value(key)},
                      {"operator", "Exists"},
                      {"effect", "NoExecute"},
                      {"tolerationSeconds", 300}};
}

void add_default_tolerations(json::object& spec) {
  json::value& tolerations = spec["tolerations"];
  if (!tolerations.is_array()) tolerations = json::array();
  for (std::string_view key : {"node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"}) {
    const bool present = std::any_of(
        tolerations.get_array().begin(), tolerations.get_array().end(), [&](const json::value& t) {
          const std::string_view effect = string_at(t, {"effect"});
          const std::string_view own = string_at(t, {"key"});
          return (own == key || own.empty()) && (effect == "NoExecute" || effect.empty());
        });
    if (!present) tolerations.get_array().push_back(toleration(key));
  }
}

// BestEffort without any request or limit; Guaranteed when every container limits cpu and memory
// and requests the same.
std::string_view qos_class(const json::value& spec) {
  bool any = false;
  bool all = true;
  for (std::string_view list : kContainerLists) {
    for (const json::value& container : json_array(spec, {list})) {
      const json::object& limits = json_object(container, {"resources", "limits"});
      const json::object& requests = json_object(container, {"resources", "requests"});
      any = any || !limits.empty() || !requests.empty();
      for (std::string_view resource : {"cpu", "memory"}) {
        const json::value* limit = limits.if_contains(resource);
        const json::value* request = requests.if_contains(resource);
        if (limit == nullptr || !limit->is_string())
          all = false;
        else if (request != nullptr && request->is_string() &&
                 parse_milli(request->get_string()) != parse_milli(limit->get_string()))
          all = false;
      }
    }
  }
  if (!any) return "BestEffort";
  return all ? "Guaranteed" : "Burstable";
}

// A limit without a request is the request.
void default_requests(json::object& spec) {
  for (std::string_view list : kContainerLists) {
    json::value* containers = spec.if_contains(list);
    if (containers == nullptr || !containers->is_array()) continue;
    for (json::value& container : containers->get_array()) {
      if (!container.is_object()) continue;
      json::object& resources = object_member(container.get_object(), "resources");
      const json::value* limits = resources.if_contains("limits");
      if (limits == nullptr || !limits->is_object()) continue;
      const json::object copy = limits->get_object();
      for (const auto& limit : copy)
        set_default(object_member(resources, "requests"), limit.key(), limit.value());
    }
  }
}

std::optional<ApiReply> bad_quantities(const json::value& spec) {
  for (std::string_view list : kContainerLists)
    for (const json::value& container : json_array(spec, {list}))
      for (std::string_view part : {"limits", "requests"})
        for (const auto& member : json_object(container, {"resources", part}))
          if (member.value().is_string() && !parse_milli(member.value().get_string()))
            return bad_request("Pod in version \"v1\" cannot be handled as a Pod: " +
                               std::string(kQuantityText));
  return std::nullopt;
}

std::optional<ApiReply> wrong_spec_type(const json::value& spec) {
  const json::value* containers = json_find(spec, {"containers"});
  if (containers == nullptr || containers->is_array() || containers->is_null()) return std::nullopt;
  const std::string got = containers->is_object() ? "object" : "string";
  return bad_request("Pod in version \"v1\" cannot be handled as a Pod: json: cannot unmarshal " +
                     got + " into Go struct field PodSpec.spec.containers of type []v1.Container");
}

std::optional<ApiReply> missing_account(ApiServer& server, const json::value& pod) {
  const std::string_view account = string_at(pod, {"spec", "serviceAccountName"});
  if (account.empty() || account == "default") return std::nullopt;
  const std::string_view name_space = metadata_string(pod, "namespace");
  if (server.store().find(kServiceAccounts, name_space, account) != nullptr) return std::nullopt;
  return forbidden(kPods, metadata_string(pod, "name"),
                   "error looking up service account " + std::string(name_space) + "/" +
                       std::string(account) + ": serviceaccount " + quoted(account) + " not found");
}

std::optional<ApiReply> prepare_create(ApiServer& server, json::value& object) {
  json::object& members = object.get_object();
  json::object& spec = object_member(members, "spec");
  const json::value& spec_value = *json_find(object, {"spec"});
  if (std::optional<ApiReply> refused = wrong_spec_type(spec_value)) return refused;
  if (std::optional<ApiReply> refused = bad_quantities(spec_value)) return refused;
  default_pod_spec(spec);
  default_requests(spec);
  set_default(spec, "serviceAccountName", "default");
  set_default(spec, "serviceAccount", spec["serviceAccountName"]);
  add_default_tolerations(spec);
  set_default(spec, "priority", 0);
  set_default(spec, "enableServiceLinks", true);
  set_default(spec, "preemptionPolicy", "PreemptLowerPriority");
  set_member(members, "status",
             json::object{{"phase", "Pending"}, {"qosClass", text_value(qos_class(spec_value))}});
  return missing_account(server, object);
}

void validate(const json::value& object, FieldErrors& errors) {
  validate_pod_spec(*json_find(object, {"spec"}), "spec", errors);
}

// The spec without what an update may change.
json::value frozen_part(const json::value& object) {
  json::value spec = *json_find(object, {"spec"});
  json::object& members = spec.get_object();
  remove_member(members, "activeDeadlineSeconds");
  remove_member(members, "tolerations");
  remove_member(members, "terminationGracePeriodSeconds");
  for (std::string_view list : kContainerLists) {
    json::value* containers = members.if_contains(list);
    if (containers == nullptr || !containers->is_array()) continue;
    for (json::value& container : containers->get_array())
      if (container.is_object()) remove_member(container.get_object(), "image");
  }
  return spec;
}

bool tolerations_kept(const json::value& object, const json::value& old_object) {
  const json::array& now = json_array(object, {"spec", "tolerations"});
  const json::array& before = json_array(old_object, {"spec", "tolerations"});
  return std::all_of(before.begin(), before.end(), [&](const json::value& toleration) {
    return std::find(now.begin(), now.end(), toleration) != now.end();
  });
}

std::optional<ApiReply> validate_update(ApiServer&, const json::value& object,
                                        const json::value& old_object, FieldErrors& errors) {
  if (same_member(object, old_object, "spec")) return std::nullopt;
  for (std::string_view list : {"containers", "initContainers"}) {
    if (json_array(object, {"spec", list}).size() == json_array(old_object, {"spec", list}).size())
      continue;
    errors.push_back(forbidden_value("spec." + std::string(list),
                                     "pod updates may not add or remove containers"));
    return std::nullopt;
  }
  const json::value* grace = json_find(object, {"spec", "terminationGracePeriodSeconds"});
  const json::value* old_grace = json_find(old_object, {"spec", "terminationGracePeriodSeconds"});
  const bool same_grace =
      (grace == nullptr) == (old_grace == nullptr) && (grace == nullptr || *grace == *old_grace);
  if (same_grace && tolerations_kept(object, old_object) &&
      frozen_part(object) == frozen_part(old_object)) {
    const int64_t deadline = json_int(object, {"spec", "activeDeadlineSeconds"}, 1);
    if (deadline < 1)
      errors.push_back(invalid_value("spec.activeDeadlineSeconds", std::to_string(deadline),
                                     "must be greater than 0"));
    return std::nullopt;
  }
  errors.push_back(forbidden_value("spec", kSpecChangeText));
  return std::nullopt;
}

int64_t grace_seconds(const json::value& object, std::optional<int64_t> asked) {
  const std::string_view phase = string_at(object, {"status", "phase"});
  if (string_at(object, {"spec", "nodeName"}).empty()) return 0;
  if (phase == "Succeeded" || phase == "Failed") return 0;
  const int64_t grace =
      asked.value_or(json_int(object, {"spec", "terminationGracePeriodSeconds"}, 30));
  return grace < 0 ? 1 : grace;
}

void validate_mounts(const json::value& container, const std::string& path,
                     const std::set<std::string>& volumes, FieldErrors& errors) {
  const json::array& mounts = json_array(container, {"volumeMounts"});
  for (size_t i = 0; i < mounts.size(); ++i) {
    const std::string name = json_string(mounts[i], {"name"});
    if (!volumes.contains(name))
      errors.push_back(
          not_found_value(path + ".volumeMounts[" + std::to_string(i) + "].name", quoted(name)));
    if (string_at(mounts[i], {"mountPath"}).empty())
      errors.push_back(required_value(path + ".volumeMounts[" + std::to_string(i) + "].mountPath"));
  }
}

void validate_resources(const json::value& container, const std::string& path,
                        FieldErrors& errors) {
  const json::object& limits = json_object(container, {"resources", "limits"});
  for (const auto& request : json_object(container, {"resources", "requests"})) {
    const json::value* limit = limits.if_contains(request.key());
    if (limit == nullptr || !limit->is_string() || !request.value().is_string()) continue;
    const std::string_view asked = request.value().get_string();
    const std::string_view most = limit->get_string();
    if (parse_milli(asked) <= parse_milli(most)) continue;
    errors.push_back(invalid_value(path + ".resources.requests", quoted(asked),
                                   "must be less than or equal to " + std::string(request.key()) +
                                       " limit of " + std::string(most)));
  }
}

void validate_containers(const json::value& spec, std::string_view list, const std::string& path,
                         const std::set<std::string>& volumes, std::set<std::string>& names,
                         FieldErrors& errors) {
  const json::array& containers = json_array(spec, {list});
  for (size_t i = 0; i < containers.size(); ++i) {
    const std::string at = path + "." + std::string(list) + "[" + std::to_string(i) + "]";
    const std::string name = json_string(containers[i], {"name"});
    const std::string_view bad = bad_dns_label(name);
    if (name.empty())
      errors.push_back(required_value(at + ".name"));
    else if (!bad.empty())
      errors.push_back(invalid_value(at + ".name", quoted(name), bad));
    else if (!names.insert(name).second)
      errors.push_back(duplicate_value(at + ".name", quoted(name)));
    if (string_at(containers[i], {"image"}).empty())
      errors.push_back(required_value(at + ".image"));
    validate_mounts(containers[i], at, volumes, errors);
    validate_resources(containers[i], at, errors);
  }
}

std::set<std::string> validate_volumes(const json::value& spec, const std::string& path,
                                       FieldErrors& errors) {
  std::set<std::string> names;
  const json::array& volumes = json_array(spec, {"volumes"});
  for (size_t i = 0; i < volumes.size(); ++i) {
    const std::string at = path + ".volumes[" + std::to_string(i) + "]";
    const std::string name = json_string(volumes[i], {"name"});
    if (name.empty())
      errors.push_back(required_value(at + ".name"));
    else if (!names.insert(name).second)
      errors.push_back(duplicate_value(at + ".name", quoted(name)));
    bool has_source = false;
    for (const auto& member : volumes[i].is_object() ? volumes[i].get_object() : json::object()) {
      if (member.key() == "name" || !member.value().is_object()) continue;
      if (has_source)
        errors.push_back(forbidden_value(at + "." + std::string(member.key()),
                                         "may not specify more than 1 volume type"));
      has_source = true;
    }
    if (!has_source) errors.push_back(required_value(at, "must specify a volume type"));
  }
  return names;
}

}  // namespace

void default_pod_spec(json::object& spec) {
  for (std::string_view list : kContainerLists) {
    json::value* containers = spec.if_contains(list);
    if (containers == nullptr || !containers->is_array()) continue;
    for (json::value& container : containers->get_array())
      if (container.is_object()) default_container(container.get_object());
  }
  if (json::value* volumes = spec.if_contains("volumes"); volumes != nullptr && volumes->is_array())
    for (json::value& volume : volumes->get_array())
      if (volume.is_object()) default_volume(volume.get_object());
  set_default(spec, "restartPolicy", "Always");
  set_default(spec, "terminationGracePeriodSeconds", 30);
  set_default(spec, "dnsPolicy", "ClusterFirst");
  set_default(spec, "securityContext", json::object());
  set_default(spec, "schedulerName", "default-scheduler");
}

void validate_pod_spec(const json::value& spec, const std::string& path, FieldErrors& errors) {
  const std::set<std::string> volumes = validate_volumes(spec, path, errors);
  if (json_array(spec, {"containers"}).empty())
    errors.push_back(required_value(path + ".containers"));
  std::set<std::string> names;
  for (std::string_view list : {"containers", "initContainers"})
    validate_containers(spec, list, path, volumes, names, errors);
  const std::string_view restart = string_at(spec, {"restartPolicy"});
  if (restart != "Always" && restart != "OnFailure" && restart != "Never")
    errors.push_back(not_supported(path + ".restartPolicy", quoted(restart),
                                   "\"Always\", \"OnFailure\", \"Never\""));
}

const Strategy kPodStrategy = {.prepare_create = prepare_create,
                               .prepare_update = nullptr,
                               .validate = validate,
                               .validate_update = validate_update,
                               .grace_seconds = grace_seconds};

}  // namespace drydock::fakekube
