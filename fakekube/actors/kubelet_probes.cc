#include "fakekube/actors/kubelet_probes.h"

#include <fmt/format.h>

namespace drydock::fakekube {
namespace {

// A port by number, or by the name that the container gives one of its ports.
uint16_t port_of(const json::value& container, const json::value& source) {
  const json::value* port = json_find(source, {"port"});
  if (port == nullptr) return 0;
  if (port->is_int64()) return static_cast<uint16_t>(port->as_int64());
  if (port->is_uint64()) return static_cast<uint16_t>(port->as_uint64());
  if (!port->is_string()) return 0;
  for (const json::value& one : json_array(container, {"ports"}))
    if (json_string(one, {"name"}) == port->as_string())
      return static_cast<uint16_t>(json_int(one, {"containerPort"}));
  return 0;
}

std::string describe(const Status& status, const Address& to) {
  switch (status.code()) {
    case Code::kRefused:
      return fmt::format("dial tcp {}: connect: connection refused", to.to_string());
    case Code::kDeadlineExceeded:
      return "context deadline exceeded (Client.Timeout exceeded while awaiting headers)";
    case Code::kConnectionReset: return "read: connection reset by peer";
    default: return status.message();
  }
}

// What is called, and where.
void read_handler(const json::value& container, const json::value& handler, Probe& out) {
  if (const json::value* http = json_find(handler, {"httpGet"})) {
    out.port = port_of(container, *http);
    out.host = json_string(*http, {"host"});
    out.path = json_string(*http, {"path"}, "/");
    if (!out.path.starts_with('/')) out.path.insert(0, 1, '/');
    for (const json::value& header : json_array(*http, {"httpHeaders"}))
      out.headers.emplace_back(json_string(header, {"name"}), json_string(header, {"value"}));
  } else if (const json::value* tcp = json_find(handler, {"tcpSocket"})) {
    out.how = Probe::How::kTcp;
    out.port = port_of(container, *tcp);
    out.host = json_string(*tcp, {"host"});
    out.path = "/";
  } else if (const json::value* exec = json_find(handler, {"exec"})) {
    out.how = Probe::How::kExec;
    out.command = json_strings(*exec, {"command"});
  } else {
    out.how = Probe::How::kAlwaysPasses;
  }
}

}  // namespace

std::string_view probe_name(ProbeKind kind) {
  switch (kind) {
    case ProbeKind::kStartup: return "Startup";
    case ProbeKind::kLiveness: return "Liveness";
    case ProbeKind::kReadiness: return "Readiness";
  }
  return "";
}

std::optional<Probe> read_probe(const json::value& container, std::string_view field) {
  const json::value* spec = json_find(container, {field});
  if (spec == nullptr || !spec->is_object()) return std::nullopt;
  Probe out;
  out.initial_delay = seconds(json_int(*spec, {"initialDelaySeconds"}, 0));
  out.period = seconds(std::max<int64_t>(1, json_int(*spec, {"periodSeconds"}, 10)));
  out.timeout = seconds(std::max<int64_t>(1, json_int(*spec, {"timeoutSeconds"}, 1)));
  out.success_threshold = static_cast<int>(json_int(*spec, {"successThreshold"}, 1));
  out.failure_threshold = static_cast<int>(json_int(*spec, {"failureThreshold"}, 3));
  if (json_find(*spec, {"terminationGracePeriodSeconds"}) != nullptr)
    out.grace_seconds = json_int(*spec, {"terminationGracePeriodSeconds"});
  read_handler(container, *spec, out);
  return out;
}

std::optional<Probe> read_hook(const json::value& container, const json::value& handler) {
  Probe out;
  out.timeout = seconds(30);
  read_handler(container, handler, out);
  if (out.how != Probe::How::kHttp) return std::nullopt;
  return out;
}

ProbeResult exec_result(int code) {
  if (code == 0) return {.passed = true};
  return {.problem = fmt::format("command exited with code {}", code)};
}

ProbeResult try_probe(Env& env, Wire& wire, const std::string& pod_ip, const Probe& probe) {
  if (probe.how == Probe::How::kAlwaysPasses) return {.passed = true};
  const Address to{probe.host.empty() ? pod_ip : probe.host, probe.port};
  HttpRequest request{.method = "GET", .target = probe.path, .headers = probe.headers};
  request.headers.emplace_back("User-Agent", "kube-probe/1.32");
  const Result<HttpResponse> answer = wire.call(to, std::move(request), env.now() + probe.timeout);
  if (answer.code() == Code::kCancelled) return {.cancelled = true};
  if (!answer.ok()) {
    // A TCP probe only wants a connection: one that was made and then went wrong counts.
    if (probe.how == Probe::How::kTcp && answer.code() == Code::kConnectionReset)
      return {.passed = true};
    const std::string problem = describe(answer.status(), to);
    if (probe.how == Probe::How::kTcp) return {.problem = problem};
    return {.problem = fmt::format("Get \"http://{}{}\": {}", to.to_string(), probe.path, problem)};
  }
  if (probe.how == Probe::How::kTcp || (answer->status >= 200 && answer->status < 400))
    return {.passed = true, .answered = true};
  return {.answered = true,
          .problem = fmt::format("HTTP probe failed with statuscode: {}", answer->status)};
}

}  // namespace drydock::fakekube
