#include "fakekube/http/discovery_paths.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace drydock::fakekube {
namespace {

// Hooks of a real server that its health paths name.
constexpr std::array<std::string_view, 26> kHooks = {
    "apiservice-discovery-controller",
    "apiservice-openapi-controller",
    "apiservice-openapiv3-controller",
    "apiservice-registration-controller",
    "apiservice-status-local-available-controller",
    "apiservice-status-remote-available-controller",
    "bootstrap-controller",
    "crd-informer-synced",
    "generic-apiserver-start-informers",
    "kube-apiserver-autoregistration",
    "priority-and-fairness-config-consumer",
    "priority-and-fairness-config-producer",
    "priority-and-fairness-filter",
    "rbac/bootstrap-roles",
    "scheduling/bootstrap-system-priority-classes",
    "start-apiextensions-controllers",
    "start-apiextensions-informers",
    "start-apiserver-admission-initializer",
    "start-cluster-authentication-info-controller",
    "start-kube-aggregator-informers",
    "start-kube-apiserver-identity-lease-controller",
    "start-kube-apiserver-identity-lease-garbage-collector",
    "start-kubernetes-service-cidr-controller",
    "start-legacy-token-tracking-controller",
    "start-service-ip-repair-controllers",
    "start-system-namespaces-controller"};

constexpr std::array<std::string_view, 13> kFixed = {"/.well-known/openid-configuration",
                                                     "/api",
                                                     "/api/v1",
                                                     "/apis",
                                                     "/apis/",
                                                     "/metrics",
                                                     "/metrics/slis",
                                                     "/openapi/v2",
                                                     "/openapi/v3",
                                                     "/openapi/v3/",
                                                     "/openid/v1/jwks",
                                                     "/readyz/shutdown",
                                                     "/version"};

void add_checks(const std::string& root, std::vector<std::string>& paths) {
  paths.push_back(root);
  for (std::string_view check : {"autoregister-completion", "etcd", "log", "ping"})
    paths.push_back(root + "/" + std::string(check));
  for (std::string_view hook : kHooks)
    paths.push_back(root + "/poststarthook/" + std::string(hook));
  paths.push_back(root + "/poststarthook/storage-object-count-tracker-hook");
}

}  // namespace

ApiReply root_answer(const std::vector<std::string>& group_paths) {
  std::vector<std::string> paths = group_paths;
  paths.insert(paths.end(), kFixed.begin(), kFixed.end());
  for (const char* root : {"/healthz", "/livez", "/readyz"}) add_checks(root, paths);
  paths.insert(paths.end(), {"/readyz/etcd-readiness", "/readyz/informer-sync"});
  std::sort(paths.begin(), paths.end());
  ApiReply reply;
  reply.headers = {{"Content-Type", "application/json"}};
  reply.text = "{\n  \"paths\": [\n";
  for (size_t i = 0; i < paths.size(); ++i)
    reply.text += "    \"" + paths[i] + (i + 1 < paths.size() ? "\",\n" : "\"\n");
  reply.text += "  ]\n}";
  return reply;
}

ApiReply version_answer() {
  ApiReply reply;
  reply.headers = {{"Content-Type", "application/json"}};
  reply.text = R"({
  "major": "1",
  "minor": "33",
  "emulationMajor": "1",
  "emulationMinor": "33",
  "minCompatibilityMajor": "1",
  "minCompatibilityMinor": "32",
  "gitVersion": "v1.33.13",
  "gitCommit": "$Format:%H$",
  "gitTreeState": "clean",
  "buildDate": "1970-01-01T00:00:00Z",
  "goVersion": "go1.26.8",
  "compiler": "gc",
  "platform": "linux/amd64"
})";
  return reply;
}

}  // namespace drydock::fakekube
