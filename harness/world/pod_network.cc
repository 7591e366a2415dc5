#include "harness/world/pod_network.h"

#include <string_view>
#include <utility>
#include <vector>

#include "fakekube/api/resource_types.h"
#include "sim/process.h"

namespace drydock::harness {
namespace {

constexpr uint16_t kGridPort = 7800;
constexpr char kNameLabel[] = "app.kubernetes.io/name";

std::vector<std::pair<std::string, int64_t>> named_ports(const json::value& pod) {
  std::vector<std::pair<std::string, int64_t>> ports;
  for (const json::value& container : json_array(pod, {"spec", "containers"}))
    for (const json::value& port : json_array(container, {"ports"}))
      ports.emplace_back(json_string(port, {"name"}), json_int(port, {"containerPort"}));
  return ports;
}

// The name label of a process that stands for a pod without having one; "": it is none.
std::string_view stands_for(std::string_view process) {
  for (std::string_view name : {"drydock-operator", "infinispan-operator", "clients"})
    if (process.starts_with(name)) return name;
  return "";
}

}  // namespace

PodNetwork::PodNetwork(sim::Network& network, fakekube::Store& store, std::string namespace_name)
    : network_(network),
      store_(store),
      namespace_(std::move(namespace_name)),
      subscription_(store.subscribe(fakekube::kNetworkPolicies,
                                    [this](const fakekube::StoreEvent&) { policies_changed(); })) {}

void PodNetwork::policies_changed() {
  if (store_.objects(fakekube::kNetworkPolicies).empty())
    return network_.set_connection_rule(nullptr);
  network_.set_connection_rule(
      [this](const sim::Process& from, const sim::Process& to, std::optional<uint16_t> port) {
        return allows(from, to, port);
      });
}

bool PodNetwork::allows(const sim::Process& from, const sim::Process& to,
                        std::optional<uint16_t> port) const {
  const fakekube::PolicyPeer source = peer_of(from);
  if (source.namespace_name.empty() && &from.host() == &to.host()) return true;
  std::vector<JsonPtr> policies;
  for (const auto& [key, policy] : store_.objects(fakekube::kNetworkPolicies))
    policies.push_back(policy.value);
  return fakekube::policy_allows(policies, source, peer_of(to),
                                 {.number = port.value_or(kGridPort)});
}

fakekube::PolicyPeer PodNetwork::peer_of(const sim::Process& process) const {
  fakekube::PolicyPeer peer{.ip = process.ip()};
  const fakekube::Object* pod = store_.find(fakekube::kPods, namespace_, process.name());
  if (pod != nullptr) {
    peer.pod_labels = json_object(*pod->value, {"metadata", "labels"});
    peer.named_ports = named_ports(*pod->value);
  } else if (const std::string_view name = stands_for(process.name()); !name.empty()) {
    peer.pod_labels = json::object{{kNameLabel, std::string(name)}};
  } else {
    return peer;
  }
  peer.namespace_name = namespace_;
  if (const fakekube::Object* space = store_.find(fakekube::kNamespaces, "", namespace_))
    peer.namespace_labels = json_object(*space->value, {"metadata", "labels"});
  return peer;
}

}  // namespace drydock::harness
