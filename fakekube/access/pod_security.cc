#include "fakekube/access/pod_security.h"

#include <algorithm>
#include <functional>
#include <vector>

#include "fakekube/api/status_error.h"
#include "fakekube/store/object.h"

namespace drydock::fakekube {
namespace {

using Texts = std::vector<std::string>;

std::string joined(const Texts& texts, std::string_view separator) {
  std::string all;
  for (const std::string& text : texts) {
    if (!all.empty()) all += separator;
    all += text;
  }
  return all;
}

// `container "c"`, `containers "a", "b"`.
std::string named(std::string_view noun, const Texts& names) {
  Texts marked;
  for (const std::string& name : names) marked.push_back(quoted(name));
  return std::string(noun) + (names.size() == 1 ? " " : "s ") + joined(marked, ", ");
}

std::vector<const json::value*> containers_of(const json::value& spec) {
  std::vector<const json::value*> all;
  for (std::string_view list : {"initContainers", "containers", "ephemeralContainers"})
    for (const json::value& container : json_array(spec, {list})) all.push_back(&container);
  return all;
}

Texts containers_that(const json::value& spec,
                      const std::function<bool(const json::value& context)>& test) {
  const json::value none = json::object();
  Texts names;
  for (const json::value* container : containers_of(spec)) {
    const json::value* context = json_find(*container, {"securityContext"});
    if (test(context == nullptr ? none : *context))
      names.push_back(json_string(*container, {"name"}));
  }
  return names;
}

bool is(const json::value& context, std::string_view key, bool wanted) {
  const json::value* value = json_find(context, {key});
  return value != nullptr && value->is_bool() && value->get_bool() == wanted;
}

// A judgement: empty, or the reason with its details in brackets.
std::string violation(std::string_view reason, const Texts& details,
                      std::string_view separator = "; ") {
  if (details.empty()) return "";
  return std::string(reason) + " (" + joined(details, separator) + ")";
}

Texts container_detail(const Texts& names, std::string_view rest) {
  if (names.empty()) return {};
  return {named("container", names) + " " + std::string(rest)};
}

// ---- baseline

std::string host_namespaces(const json::value& spec) {
  Texts found;
  for (std::string_view key : {"hostNetwork", "hostPID", "hostIPC"})
    if (is(spec, key, true)) found.push_back(std::string(key) + "=true");
  return violation("host namespaces", found, ", ");
}

std::string host_ports(const json::value& spec) {
  Texts names;
  Texts ports;
  for (const json::value* container : containers_of(spec)) {
    bool own = false;
    for (const json::value& port : json_array(*container, {"ports"})) {
      const int64_t number = json_int(port, {"hostPort"});
      if (number == 0) continue;
      own = true;
      const std::string text = std::to_string(number);
      if (std::find(ports.begin(), ports.end(), text) == ports.end()) ports.push_back(text);
    }
    if (own) names.push_back(json_string(*container, {"name"}));
  }
  if (names.empty()) return "";
  return violation("hostPort", {named("container", names) +
                                (names.size() == 1 ? " uses hostPort" : " use hostPort") +
                                (ports.size() == 1 ? " " : "s ") + joined(ports, ", ")});
}

std::string host_paths(const json::value& spec) {
  Texts names;
  for (const json::value& volume : json_array(spec, {"volumes"}))
    if (json_find(volume, {"hostPath"}) != nullptr) names.push_back(json_string(volume, {"name"}));
  return names.empty() ? "" : violation("hostPath volumes", {named("volume", names)});
}

std::string privileged(const json::value& spec) {
  const Texts names =
      containers_that(spec, [](const json::value& c) { return is(c, "privileged", true); });
  return violation("privileged",
                   container_detail(names, "must not set securityContext.privileged=true"));
}

std::string proc_mount(const json::value& spec) {
  const Texts names = containers_that(spec, [](const json::value& c) {
    return json_string(c, {"procMount"}, "Default") != "Default";
  });
  return violation(
      "procMount",
      container_detail(names, "must not set securityContext.procMount to \"Unmasked\""));
}

bool known_capability(std::string_view name) {
  static constexpr std::string_view kDefault[] = {
      "AUDIT_WRITE",      "CHOWN",   "DAC_OVERRIDE", "FOWNER",  "FSETID", "KILL",      "MKNOD",
      "NET_BIND_SERVICE", "SETFCAP", "SETGID",       "SETPCAP", "SETUID", "SYS_CHROOT"};
  return std::find(std::begin(kDefault), std::end(kDefault), name) != std::end(kDefault);
}

Texts added_capabilities(const json::value& spec, const std::function<bool(std::string_view)>& ok) {
  Texts names;
  Texts bad;
  for (const json::value* container : containers_of(spec)) {
    bool own = false;
    for (const std::string& name :
         json_strings(*container, {"securityContext", "capabilities", "add"})) {
      if (ok(name)) continue;
      own = true;
      if (std::find(bad.begin(), bad.end(), quoted(name)) == bad.end()) bad.push_back(quoted(name));
    }
    if (own) names.push_back(json_string(*container, {"name"}));
  }
  std::sort(bad.begin(), bad.end());
  return container_detail(
      names, "must not include " + joined(bad, ", ") + " in securityContext.capabilities.add");
}

std::string default_capabilities(const json::value& spec) {
  return violation("non-default capabilities", added_capabilities(spec, known_capability));
}

bool confined(std::string_view type) { return type == "RuntimeDefault" || type == "Localhost"; }

std::string unconfined_seccomp(const json::value& spec) {
  Texts details;
  const std::string type = json_string(spec, {"securityContext", "seccompProfile", "type"});
  if (!type.empty() && !confined(type))
    details.push_back("pod must not set securityContext.seccompProfile.type to " + quoted(type));
  const Texts names = containers_that(spec, [](const json::value& c) {
    const std::string own = json_string(c, {"seccompProfile", "type"});
    return !own.empty() && !confined(own);
  });
  for (const std::string& text : container_detail(
           names, "must not set securityContext.seccompProfile.type to \"Unconfined\""))
    details.push_back(text);
  return violation("seccompProfile", details);
}

std::string sysctls(const json::value& spec) {
  static constexpr std::string_view kSafe[] = {"kernel.shm_rmid_forced",
                                               "net.ipv4.ip_local_port_range",
                                               "net.ipv4.tcp_syncookies",
                                               "net.ipv4.ping_group_range",
                                               "net.ipv4.ip_unprivileged_port_start",
                                               "net.ipv4.ip_local_reserved_ports",
                                               "net.ipv4.tcp_keepalive_time",
                                               "net.ipv4.tcp_fin_timeout",
                                               "net.ipv4.tcp_keepalive_intvl",
                                               "net.ipv4.tcp_keepalive_probes",
                                               "net.ipv4.tcp_rmem",
                                               "net.ipv4.tcp_wmem"};
  Texts bad;
  for (const json::value& item : json_array(spec, {"securityContext", "sysctls"})) {
    const std::string name = json_string(item, {"name"});
    if (std::find(std::begin(kSafe), std::end(kSafe), name) == std::end(kSafe)) bad.push_back(name);
  }
  return violation("forbidden sysctls", bad, ", ");
}

// ---- restricted

std::string escalation(const json::value& spec) {
  const Texts names = containers_that(
      spec, [](const json::value& c) { return !is(c, "allowPrivilegeEscalation", false); });
  return violation(
      "allowPrivilegeEscalation != false",
      container_detail(names, "must set securityContext.allowPrivilegeEscalation=false"));
}

std::string dropped_capabilities(const json::value& spec) {
  const Texts names = containers_that(spec, [](const json::value& c) {
    const std::vector<std::string> drop = json_strings(c, {"capabilities", "drop"});
    return std::find(drop.begin(), drop.end(), "ALL") == drop.end();
  });
  Texts details = container_detail(names, "must set securityContext.capabilities.drop=[\"ALL\"]");
  for (const std::string& text :
       added_capabilities(spec, [](std::string_view name) { return name == "NET_BIND_SERVICE"; }))
    details.push_back(text);
  return violation("unrestricted capabilities", details);
}

std::string restricted_volumes(const json::value& spec) {
  static constexpr std::string_view kAllowed[] = {"configMap", "csi",       "downwardAPI",
                                                  "emptyDir",  "ephemeral", "persistentVolumeClaim",
                                                  "projected", "secret",    "image"};
  Texts names;
  Texts types;
  for (const json::value& volume : json_array(spec, {"volumes"})) {
    for (const auto& member : volume.as_object()) {
      const std::string_view key = member.key();
      if (key == "name" || !member.value().is_object()) continue;
      if (std::find(std::begin(kAllowed), std::end(kAllowed), key) != std::end(kAllowed)) continue;
      names.push_back(json_string(volume, {"name"}));
      if (std::find(types.begin(), types.end(), quoted(key)) == types.end())
        types.push_back(quoted(key));
    }
  }
  if (names.empty()) return "";
  std::sort(types.begin(), types.end());
  return violation(
      "restricted volume types",
      {named("volume", names) + (names.size() == 1 ? " uses" : " use") + " restricted volume type" +
       (types.size() == 1 ? " " : "s ") + joined(types, ", ")});
}

std::string non_root(const json::value& spec) {
  const json::value none = json::object();
  const json::value* found = json_find(spec, {"securityContext"});
  const json::value& pod = found == nullptr ? none : *found;
  Texts details;
  if (is(pod, "runAsNonRoot", false))
    details.push_back("pod must not set securityContext.runAsNonRoot=false");
  const Texts against =
      containers_that(spec, [](const json::value& c) { return is(c, "runAsNonRoot", false); });
  for (const std::string& text :
       container_detail(against, "must not set securityContext.runAsNonRoot=false"))
    details.push_back(text);
  const Texts silent = containers_that(
      spec, [](const json::value& c) { return json_find(c, {"runAsNonRoot"}) == nullptr; });
  if (!silent.empty() && json_find(pod, {"runAsNonRoot"}) == nullptr)
    details.push_back("pod or " + named("container", silent) +
                      " must set securityContext.runAsNonRoot=true");
  return violation("runAsNonRoot != true", details);
}

std::string root_user(const json::value& spec) {
  Texts details;
  if (json_int(spec, {"securityContext", "runAsUser"}, 1) == 0)
    details.emplace_back("pod must not set runAsUser=0");
  const Texts names = containers_that(
      spec, [](const json::value& c) { return json_int(c, {"runAsUser"}, 1) == 0; });
  for (const std::string& text : container_detail(names, "must not set runAsUser=0"))
    details.push_back(text);
  return violation("runAsUser=0", details);
}

std::string required_seccomp(const json::value& spec) {
  const std::string bad = unconfined_seccomp(spec);
  if (!bad.empty()) return bad;
  if (!json_string(spec, {"securityContext", "seccompProfile", "type"}).empty()) return "";
  const Texts names = containers_that(spec, [](const json::value& c) {
    return json_string(c, {"seccompProfile", "type"}).empty();
  });
  if (names.empty()) return "";
  return violation("seccompProfile",
                   {"pod or " + named("container", names) +
                    " must set securityContext.seccompProfile.type to \"RuntimeDefault\" or "
                    "\"Localhost\""});
}

using Check = std::string (*)(const json::value& spec);

}  // namespace

std::optional<PodSecurityLevel> pod_security_level(std::string_view name) {
  if (name == "privileged") return PodSecurityLevel::kPrivileged;
  if (name == "baseline") return PodSecurityLevel::kBaseline;
  if (name == "restricted") return PodSecurityLevel::kRestricted;
  return std::nullopt;
}

std::string pod_security_violations(PodSecurityLevel level, const json::value& pod) {
  // In the order in which a real server names them; the restricted checks replace the baseline's
  // of the same matter.
  static constexpr Check kBaselineChecks[] = {default_capabilities, host_namespaces, host_paths,
                                              host_ports,           privileged,      proc_mount,
                                              unconfined_seccomp,   sysctls};
  static constexpr Check kRestrictedChecks[] = {
      host_namespaces,      host_ports,         privileged, proc_mount, sysctls,         escalation,
      dropped_capabilities, restricted_volumes, non_root,   root_user,  required_seccomp};
  const json::value none = json::object();
  const json::value* found = json_find(pod, {"spec"});
  const json::value& spec = found == nullptr ? none : *found;
  Texts violations;
  const auto run = [&](const auto& checks) {
    for (Check check : checks)
      if (std::string text = check(spec); !text.empty()) violations.push_back(std::move(text));
  };
  if (level == PodSecurityLevel::kBaseline) run(kBaselineChecks);
  if (level == PodSecurityLevel::kRestricted) run(kRestrictedChecks);
  return joined(violations, ", ");
}

}  // namespace drydock::fakekube
