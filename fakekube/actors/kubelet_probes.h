// Probes as a container's spec asks for them, and one try of one.
//
//   if (std::optional<Probe> probe = read_probe(container_spec, "readinessProbe"))
//     ProbeResult result = try_probe(env, wire, pod_ip, *probe);
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/env.h"
#include "core/base/json.h"
#include "core/base/wire.h"

namespace drydock::fakekube {

enum class ProbeKind { kStartup, kLiveness, kReadiness };
// "Startup", "Liveness", "Readiness": as events name them.
std::string_view probe_name(ProbeKind kind);

struct Probe {
  enum class How { kHttp, kTcp, kExec, kAlwaysPasses };
  How how = How::kHttp;
  uint16_t port = 0;
  std::string host;  // empty: the pod's address
  std::string path;  // begins with '/'
  Headers headers;
  std::vector<std::string> command;  // kExec
  Duration initial_delay{};
  Duration period = seconds(10);
  Duration timeout = seconds(1);
  int success_threshold = 1;
  int failure_threshold = 3;
  std::optional<int64_t> grace_seconds;  // terminationGracePeriodSeconds of the probe itself
};

// nullopt: the container has no such probe. `field`: "startupProbe", "livenessProbe", ...
std::optional<Probe> read_probe(const json::value& container, std::string_view field);

// The httpGet of a lifecycle hook, as something to call once; nullopt: it has none (a tcpSocket is
// no hook that a kubelet knows).
std::optional<Probe> read_hook(const json::value& container, const json::value& handler);

struct ProbeResult {
  bool passed = false;
  bool answered = false;  // an HTTP answer came, whatever it says
  bool cancelled = false;
  std::string problem;  // as the Unhealthy event says it
};
// Of a command that ended with that code.
ProbeResult exec_result(int code);
// Not for kExec. May suspend, at most for the probe's timeout.
ProbeResult try_probe(Env& env, Wire& wire, const std::string& pod_ip, const Probe& probe);

}  // namespace drydock::fakekube
