#include "fakekube/http/health.h"

#include <algorithm>
#include <set>

namespace drydock::fakekube {
namespace {

constexpr std::string_view kCachesCheck = "informer-sync";

// What 1.33 checks, in its order.
constexpr std::string_view kChecks[] = {
    "ping",
    "log",
    "etcd",
    "etcd-readiness",
    kCachesCheck,
    "poststarthook/start-apiserver-admission-initializer",
    "poststarthook/generic-apiserver-start-informers",
    "poststarthook/priority-and-fairness-config-consumer",
    "poststarthook/priority-and-fairness-filter",
    "poststarthook/storage-object-count-tracker-hook",
    "poststarthook/start-apiextensions-informers",
    "poststarthook/start-apiextensions-controllers",
    "poststarthook/crd-informer-synced",
    "poststarthook/start-system-namespaces-controller",
    "poststarthook/start-cluster-authentication-info-controller",
    "poststarthook/start-kube-apiserver-identity-lease-controller",
    "poststarthook/start-kube-apiserver-identity-lease-garbage-collector",
    "poststarthook/start-legacy-token-tracking-controller",
    "poststarthook/start-service-ip-repair-controllers",
    "poststarthook/rbac/bootstrap-roles",
    "poststarthook/scheduling/bootstrap-system-priority-classes",
    "poststarthook/priority-and-fairness-config-producer",
    "poststarthook/bootstrap-controller",
    "poststarthook/start-kubernetes-service-cidr-controller",
    "poststarthook/start-kube-aggregator-informers",
    "poststarthook/apiservice-status-local-available-controller",
    "poststarthook/apiservice-status-remote-available-controller",
    "poststarthook/apiservice-registration-controller",
    "poststarthook/apiservice-discovery-controller",
    "poststarthook/kube-apiserver-autoregistration",
    "autoregister-completion",
    "poststarthook/apiservice-openapi-controller",
    "poststarthook/apiservice-openapiv3-controller",
    "shutdown"};

// What one of the three doesn't look at.
bool belongs(std::string_view check, std::string_view kind) {
  if (kind == "readyz") return true;
  return check != "etcd-readiness" && check != kCachesCheck && check != "shutdown";
}

ApiReply text_reply(int code, std::string text) {
  ApiReply reply;
  reply.code = code;
  reply.text = std::move(text);
  return reply;
}

std::string one_check(const UrlParts& url) {
  std::string name;
  for (size_t i = 1; i < url.segments.size(); ++i)
    name += (name.empty() ? "" : "/") + url.segments[i];
  return name;
}

}  // namespace

std::optional<ApiReply> health_answer(const ApiServer& server, const UrlParts& url) {
  if (url.segments.empty()) return std::nullopt;
  const std::string& kind = url.segments.front();
  if (kind != "healthz" && kind != "livez" && kind != "readyz") return std::nullopt;
  const std::string only = one_check(url);
  std::set<std::string_view> excluded;
  bool verbose = false;
  for (const auto& [key, value] : url.query) {
    if (key == "verbose") verbose = true;
    if (key == "exclude") excluded.insert(value);
  }
  std::string lines;
  bool found = false;
  bool passed = true;
  for (std::string_view check : kChecks) {
    if (!belongs(check, kind) || (!only.empty() && check != only)) continue;
    found = true;
    const bool out = excluded.contains(check);
    const bool ok = out || check != kCachesCheck || !server.initialising();
    passed &= ok;
    lines.append(ok ? "[+]" : "[-]").append(check);
    lines.append(out ? " excluded: ok\n" : ok ? " ok\n" : " failed: reason withheld\n");
  }
  if (!only.empty() && !found) return text_reply(404, "404 page not found\n");
  if (!passed) return text_reply(500, lines + kind + " check failed\n");
  return text_reply(200, verbose && only.empty() ? lines + kind + " check passed\n" : "ok");
}

}  // namespace drydock::fakekube
