// Pods: what a spec must satisfy, with the texts of a real server. Left out: affinity terms, DNS
// options, security contexts, and the sources of volumes that nothing here can mount.
#include <algorithm>
#include <array>
#include <limits>
#include <set>

#include "fakekube/api/pod_rules.h"
#include "fakekube/api/strategy.h"
#include "fakekube/api/validation.h"
#include "fakekube/store/object.h"
#include "fakekube/store/quantity.h"

namespace drydock::fakekube {
namespace {

constexpr std::string_view kPortRange = "must be between 1 and 65535, inclusive";
constexpr std::string_view kNotNegative = "must be greater than or equal to 0";

std::string indexed(const std::string& path, std::string_view list, size_t index) {
  return path + "." + std::string(list) + "[" + std::to_string(index) + "]";
}

// `allowed`: sorted, as a real server lists them.
void check_choice(const json::value& holder, std::string_view key, const std::string& path,
                  std::initializer_list<std::string_view> allowed, FieldErrors& errors) {
  const std::string_view given = string_at(holder, {key});
  if (std::find(allowed.begin(), allowed.end(), given) != allowed.end()) return;
  std::string all;
  for (std::string_view one : allowed) all += (all.empty() ? "" : ", ") + quoted(one);
  errors.push_back(not_supported(path + "." + std::string(key), quoted(given), all));
}

void check_label(std::string_view name, const std::string& at, FieldErrors& errors) {
  if (const std::string_view bad = bad_dns_label(name); !bad.empty())
    errors.push_back(invalid_value(at, quoted(name), bad));
}

void check_subdomain(const json::value& spec, std::string_view key, const std::string& path,
                     FieldErrors& errors) {
  const std::string_view name = string_at(spec, {key});
  if (name.empty()) return;
  if (const std::string_view bad = bad_dns_subdomain(name); !bad.empty())
    errors.push_back(invalid_value(path + "." + std::string(key), quoted(name), bad));
}

// --- Volumes

void validate_source(const json::value& volume, const std::string& at, FieldErrors& errors) {
  constexpr std::array<std::array<std::string_view, 2>, 3> kNeeded = {
      {{"persistentVolumeClaim", "claimName"}, {"secret", "secretName"}, {"hostPath", "path"}}};
  for (const auto& [source, key] : kNeeded)
    if (json_find(volume, {source}) != nullptr && string_at(volume, {source, key}).empty())
      errors.push_back(required_value(at + "." + std::string(source) + "." + std::string(key)));
  if (json_find(volume, {"configMap"}) != nullptr &&
      string_at(volume, {"configMap", "name"}).empty())
    errors.push_back(required_value(at + ".configMap.name"));
  const std::string limit = json_string(volume, {"emptyDir", "sizeLimit"});
  if (parse_milli(limit).value_or(0) < 0)
    errors.push_back(forbidden_value(at + ".emptyDir.sizeLimit",
                                     "SizeLimit field must be a valid resource "
                                     "quantity"));
}

std::set<std::string> validate_volumes(const json::value& spec, const std::string& path,
                                       FieldErrors& errors) {
  std::set<std::string> names;
  const json::array& volumes = json_array(spec, {"volumes"});
  for (size_t i = 0; i < volumes.size(); ++i) {
    const std::string at = indexed(path, "volumes", i);
    const std::string name = json_string(volumes[i], {"name"});
    if (name.empty()) {
      errors.push_back(required_value(at + ".name"));
    } else {
      check_label(name, at + ".name", errors);
      if (!names.insert(name).second) errors.push_back(duplicate_value(at + ".name", quoted(name)));
    }
    bool has_source = false;
    for (const auto& member : volumes[i].is_object() ? volumes[i].get_object() : json::object()) {
      if (member.key() == "name" || !member.value().is_object()) continue;
      if (has_source)
        errors.push_back(forbidden_value(at + "." + std::string(member.key()),
                                         "may not specify more than 1 volume type"));
      has_source = true;
    }
    validate_source(volumes[i], at, errors);
  }
  return names;
}

void validate_mounts(const json::value& container, const std::string& path,
                     const std::set<std::string>& volumes, FieldErrors& errors) {
  std::set<std::string_view> paths;
  const json::array& mounts = json_array(container, {"volumeMounts"});
  for (size_t i = 0; i < mounts.size(); ++i) {
    const std::string at = indexed(path, "volumeMounts", i);
    const std::string name = json_string(mounts[i], {"name"});
    const std::string_view mount_path = string_at(mounts[i], {"mountPath"});
    if (name.empty())
      errors.push_back(required_value(at + ".name"));
    else if (!volumes.contains(name))
      errors.push_back(not_found_value(at + ".name", quoted(name)));
    if (mount_path.empty()) errors.push_back(required_value(at + ".mountPath"));
    if (!paths.insert(mount_path).second)
      errors.push_back(invalid_value(at + ".mountPath", quoted(mount_path), "must be unique"));
  }
}

// --- Containers

void validate_resources(const json::value& container, const std::string& path,
                        FieldErrors& errors) {
  const json::object& limits = json_object(container, {"resources", "limits"});
  for (std::string_view part : {"limits", "requests"})
    for (const auto& entry : json_object(container, {"resources", part})) {
      if (!entry.value().is_string()) continue;
      const std::string_view given = entry.value().get_string();
      if (parse_milli(given).value_or(0) < 0)
        errors.push_back(
            invalid_value(path + ".resources." + std::string(part) + "." + std::string(entry.key()),
                          quoted(given), kNotNegative));
    }
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

void validate_ports(const json::value& container, const std::string& path, FieldErrors& errors) {
  std::set<std::string_view> names;
  const json::array& ports = json_array(container, {"ports"});
  for (size_t i = 0; i < ports.size(); ++i) {
    const std::string at = indexed(path, "ports", i);
    const std::string_view name = string_at(ports[i], {"name"});
    const int64_t number = json_int(ports[i], {"containerPort"});
    if (!name.empty() && name.size() > 15)
      errors.push_back(
          invalid_value(at + ".name", quoted(name), "must be no more than 15 characters"));
    else if (!name.empty() && !names.insert(name).second)
      errors.push_back(duplicate_value(at + ".name", quoted(name)));
    if (number == 0)
      errors.push_back(required_value(at + ".containerPort"));
    else if (number < 0 || number > 65535)
      errors.push_back(invalid_value(at + ".containerPort", std::to_string(number), kPortRange));
    check_choice(ports[i], "protocol", at, {"SCTP", "TCP", "UDP"}, errors);
  }
}

void validate_env(const json::value& container, const std::string& path, FieldErrors& errors) {
  const json::array& variables = json_array(container, {"env"});
  for (size_t i = 0; i < variables.size(); ++i) {
    const std::string at = indexed(path, "env", i);
    if (string_at(variables[i], {"name"}).empty()) errors.push_back(required_value(at + ".name"));
    const json::value* source = json_find(variables[i], {"valueFrom"});
    if (source == nullptr || !source->is_object()) continue;
    if (!string_at(variables[i], {"value"}).empty())
      errors.push_back(invalid_value(at + ".valueFrom", "\"\"",
                                     "may not be specified when `value` is not empty"));
    if (source->get_object().empty())
      errors.push_back(invalid_value(at + ".valueFrom", "{}",
                                     "must specify one of: `fieldRef`, `resourceFieldRef`, "
                                     "`configMapKeyRef` or `secretKeyRef`"));
  }
}

constexpr std::array<std::string_view, 5> kHandlers = {"exec", "httpGet", "tcpSocket", "grpc",
                                                       "sleep"};

void validate_handler(const json::value& handler, const std::string& at, FieldErrors& errors) {
  int count = 0;
  for (std::string_view kind : kHandlers) {
    if (json_find(handler, {kind}) == nullptr) continue;
    if (++count > 1)
      errors.push_back(forbidden_value(at + "." + std::string(kind),
                                       "may not specify more than 1 handler type"));
    const json::value* port = json_find(handler, {kind, "port"});
    if (port != nullptr && port->is_int64() && (port->get_int64() < 1 || port->get_int64() > 65535))
      errors.push_back(invalid_value(at + "." + std::string(kind) + ".port",
                                     std::to_string(port->get_int64()), kPortRange));
  }
  if (json_find(handler, {"exec"}) != nullptr && json_array(handler, {"exec", "command"}).empty())
    errors.push_back(required_value(at + ".exec.command"));
  if (count == 0) errors.push_back(required_value(at, "must specify a handler type"));
}

void validate_probe(const json::value& container, std::string_view name, const std::string& path,
                    FieldErrors& errors) {
  const json::value* probe = json_find(container, {name});
  if (probe == nullptr || !probe->is_object()) return;
  const std::string at = path + "." + std::string(name);
  validate_handler(*probe, at, errors);
  for (std::string_view key : {"initialDelaySeconds", "timeoutSeconds", "periodSeconds",
                               "successThreshold", "failureThreshold"}) {
    const int64_t value = json_int(*probe, {key});
    if (value < 0)
      errors.push_back(
          invalid_value(at + "." + std::string(key), std::to_string(value), kNotNegative));
  }
  const int64_t successes = json_int(*probe, {"successThreshold"}, 1);
  if (name != "readinessProbe" && successes != 1)
    errors.push_back(
        invalid_value(at + ".successThreshold", std::to_string(successes), "must be 1"));
}

// What only long-lived containers may have.
void validate_init_container(const json::value& container, const std::string& at,
                             FieldErrors& errors) {
  if (string_at(container, {"restartPolicy"}) == "Always") return;
  for (std::string_view key : {"lifecycle", "livenessProbe", "readinessProbe", "startupProbe"})
    if (json_find(container, {key}) != nullptr)
      errors.push_back(
          forbidden_value(at + "." + std::string(key),
                          "may not be set for init containers without restartPolicy=Always"));
}

void validate_container(const json::value& container, const std::string& at,
                        const std::set<std::string>& volumes, std::set<std::string>& names,
                        FieldErrors& errors) {
  const std::string name = json_string(container, {"name"});
  const std::string_view bad = bad_dns_label(name);
  if (name.empty())
    errors.push_back(required_value(at + ".name"));
  else if (!bad.empty())
    errors.push_back(invalid_value(at + ".name", quoted(name), bad));
  else if (!names.insert(name).second)
    errors.push_back(duplicate_value(at + ".name", quoted(name)));
  if (string_at(container, {"image"}).empty()) errors.push_back(required_value(at + ".image"));
  validate_ports(container, at, errors);
  validate_env(container, at, errors);
  validate_mounts(container, at, volumes, errors);
  validate_resources(container, at, errors);
  for (std::string_view probe : {"livenessProbe", "readinessProbe", "startupProbe"})
    validate_probe(container, probe, at, errors);
  for (std::string_view hook : {"postStart", "preStop"})
    if (const json::value* handler = json_find(container, {"lifecycle", hook}))
      validate_handler(*handler, at + ".lifecycle." + std::string(hook), errors);
  check_choice(container, "terminationMessagePolicy", at, {"FallbackToLogsOnError", "File"},
               errors);
  check_choice(container, "imagePullPolicy", at, {"Always", "IfNotPresent", "Never"}, errors);
}

void validate_containers(const json::value& spec, std::string_view list, const std::string& path,
                         const std::set<std::string>& volumes, std::set<std::string>& names,
                         FieldErrors& errors) {
  const json::array& containers = json_array(spec, {list});
  for (size_t i = 0; i < containers.size(); ++i) {
    const std::string at = indexed(path, list, i);
    validate_container(containers[i], at, volumes, names, errors);
    if (list == "initContainers") validate_init_container(containers[i], at, errors);
  }
}

// --- The rest

void validate_tolerations(const json::value& spec, const std::string& path, FieldErrors& errors) {
  const json::array& tolerations = json_array(spec, {"tolerations"});
  for (size_t i = 0; i < tolerations.size(); ++i) {
    const std::string at = indexed(path, "tolerations", i);
    const std::string_view op = string_at(tolerations[i], {"operator"});
    const std::string_view value = string_at(tolerations[i], {"value"});
    if (string_at(tolerations[i], {"key"}).empty() && op != "Exists")
      errors.push_back(invalid_value(at + ".operator", quoted(op),
                                     "operator must be Exists when `key` is empty, which means "
                                     "\"match all values and all keys\""));
    if (op == "Exists" && !value.empty())
      errors.push_back(invalid_value(at + ".operator", quoted(value),
                                     "value must be empty when `operator` is 'Exists'"));
    if (!op.empty() && op != "Exists" && op != "Equal")
      errors.push_back(not_supported(at + ".operator", quoted(op), "\"Equal\", \"Exists\""));
  }
}

void validate_names(const json::value& spec, const std::string& path, FieldErrors& errors) {
  check_subdomain(spec, "serviceAccountName", path, errors);
  check_subdomain(spec, "nodeName", path, errors);
  check_subdomain(spec, "priorityClassName", path, errors);
  for (std::string_view key : {"hostname", "subdomain"}) {
    const std::string_view name = string_at(spec, {key});
    if (!name.empty()) check_label(name, path + "." + std::string(key), errors);
  }
}

constexpr int64_t kMaxDeadline = std::numeric_limits<int32_t>::max();

// 1.33 takes the deadline away only from pods that have none.
bool validate_deadline(const json::value& object, const json::value& old_object,
                       FieldErrors& errors) {
  const std::string at = "spec.activeDeadlineSeconds";
  const json::value* now = json_find(object, {"spec", "activeDeadlineSeconds"});
  const json::value* before = json_find(old_object, {"spec", "activeDeadlineSeconds"});
  const size_t found = errors.size();
  if (now == nullptr) {
    if (before != nullptr)
      errors.push_back(
          invalid_value(at, "null", "must not update from a positive integer to nil value"));
    return errors.size() == found;
  }
  const int64_t seconds = json_int(object, {"spec", "activeDeadlineSeconds"});
  if (seconds < 0 || seconds > kMaxDeadline)
    errors.push_back(
        invalid_value(at, std::to_string(seconds), "must be between 0 and 2147483647, inclusive"));
  else if (before != nullptr && json_int(old_object, {"spec", "activeDeadlineSeconds"}) < seconds)
    errors.push_back(
        invalid_value(at, std::to_string(seconds), "must be less than or equal to previous value"));
  return errors.size() == found;
}

constexpr std::string_view kSpecChangeText =
    "pod updates may not change fields other than `spec.containers[*].image`,"
    "`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only "
    "additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set "
    "to 1 if it was previously negative)";

// The spec without what an update may change.
json::value frozen_part(const json::value& object) {
  json::value spec = *json_find(object, {"spec"});
  json::object& members = spec.get_object();
  remove_member(members, "activeDeadlineSeconds");
  remove_member(members, "tolerations");
  for (std::string_view list : {"containers", "initContainers"}) {
    json::value* containers = members.if_contains(list);
    if (containers == nullptr || !containers->is_array()) continue;
    for (json::value& container : containers->get_array())
      if (container.is_object()) remove_member(container.get_object(), "image");
  }
  return spec;
}

bool same_toleration(const json::value& a, const json::value& b) {
  constexpr std::array<std::string_view, 4> kKeys = {"key", "operator", "value", "effect"};
  return std::all_of(kKeys.begin(), kKeys.end(), [&](std::string_view key) {
    return string_at(a, {key}) == string_at(b, {key});
  });
}

bool tolerations_kept(const json::value& object, const json::value& old_object) {
  const json::array& now = json_array(object, {"spec", "tolerations"});
  const json::array& before = json_array(old_object, {"spec", "tolerations"});
  return std::all_of(before.begin(), before.end(), [&](const json::value& old) {
    return std::any_of(now.begin(), now.end(),
                       [&](const json::value& one) { return same_toleration(one, old); });
  });
}

bool validate_lists(const json::value& object, const json::value& old_object, FieldErrors& errors) {
  for (std::string_view list : {"containers", "initContainers"}) {
    const json::array& now = json_array(object, {"spec", list});
    if (now.size() != json_array(old_object, {"spec", list}).size()) {
      errors.push_back(forbidden_value("spec." + std::string(list),
                                       "pod updates may not add or remove containers"));
      return false;
    }
    for (size_t i = 0; i < now.size(); ++i)
      if (string_at(now[i], {"image"}).empty())
        errors.push_back(required_value(indexed("spec", list, i) + ".image"));
  }
  return true;
}

}  // namespace

void validate_pod_spec(const json::value& spec, const std::string& path, FieldErrors& errors) {
  const std::set<std::string> volumes = validate_volumes(spec, path, errors);
  if (json_array(spec, {"containers"}).empty())
    errors.push_back(required_value(path + ".containers"));
  std::set<std::string> names;
  for (std::string_view list : {"containers", "initContainers"})
    validate_containers(spec, list, path, volumes, names, errors);
  check_choice(spec, "restartPolicy", path, {"Always", "OnFailure", "Never"}, errors);
  check_choice(spec, "dnsPolicy", path,
               {"ClusterFirst", "ClusterFirstWithHostNet", "Default", "None"}, errors);
  const json::value* deadline = json_find(spec, {"activeDeadlineSeconds"});
  const int64_t seconds = json_int(spec, {"activeDeadlineSeconds"}, 1);
  if (deadline != nullptr && (seconds < 1 || seconds > kMaxDeadline))
    errors.push_back(invalid_value(path + ".activeDeadlineSeconds", std::to_string(seconds),
                                   "must be between 1 and 2147483647, inclusive"));
  validate_tolerations(spec, path, errors);
  validate_names(spec, path, errors);
}

void validate_pod_update(const json::value& object, const json::value& old_object,
                         FieldErrors& errors) {
  if (same_member(object, old_object, "spec")) return;
  if (!validate_lists(object, old_object, errors) || !validate_deadline(object, old_object, errors))
    return;
  if (!tolerations_kept(object, old_object)) {
    errors.push_back(
        forbidden_value("spec.tolerations",
                        "existing toleration can not be modified except its tolerationSeconds"));
    return;
  }
  json::value before = frozen_part(old_object);
  const json::value after = frozen_part(object);
  const bool was_negative = json_int(before, {"terminationGracePeriodSeconds"}) < 0;
  if (was_negative && json_int(after, {"terminationGracePeriodSeconds"}) == 1)
    set_member(before.get_object(), "terminationGracePeriodSeconds", 1);
  if (before != after) errors.push_back(forbidden_value("spec", kSpecChangeText));
}

}  // namespace drydock::fakekube
