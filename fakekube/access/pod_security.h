// Pod Security Standards: what a pod's spec may ask for under "baseline" and "restricted", with the
// texts of a real server's PodSecurity plugin ("latest" version of the standards only).
//
//   std::string why = pod_security_violations(PodSecurityLevel::kRestricted, pod);
//   // `runAsNonRoot != true (pod or container "c" must set securityContext.runAsNonRoot=true),
//   ...`
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/base/json.h"

namespace drydock::fakekube {

enum class PodSecurityLevel { kPrivileged, kBaseline, kRestricted };

// nullopt: no level of that name.
std::optional<PodSecurityLevel> pod_security_level(std::string_view name);

// Empty: allowed. `pod` has metadata and spec: a pod, or a template of one. Not judged:
// AppArmor, SELinux, Windows, probes' hosts.
std::string pod_security_violations(PodSecurityLevel level, const json::value& pod);

}  // namespace drydock::fakekube
