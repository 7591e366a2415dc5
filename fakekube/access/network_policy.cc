#include "fakekube/access/network_policy.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "fakekube/store/object.h"
#include "fakekube/store/selectors.h"

namespace drydock::fakekube {
namespace {

struct Direction {
  std::string_view type;   // "Ingress"
  std::string_view rules;  // "ingress"
  std::string_view peers;  // "from"
};

constexpr Direction kIngress = {"Ingress", "ingress", "from"};
constexpr Direction kEgress = {"Egress", "egress", "to"};

bool applies(const json::value& policy, const Direction& direction) {
  const std::vector<std::string> types = json_strings(policy, {"spec", "policyTypes"});
  if (!types.empty()) return std::find(types.begin(), types.end(), direction.type) != types.end();
  return direction.type == "Ingress" || !json_array(policy, {"spec", "egress"}).empty();
}

bool selects(const json::value& policy, const PolicyPeer& pod) {
  if (metadata_string(policy, "namespace") != pod.namespace_name) return false;
  const json::value* selector = json_find(policy, {"spec", "podSelector"});
  return selector == nullptr || label_selector_matches(*selector, pod.pod_labels);
}

// The four bytes of "10.0.0.7" as a number; nullopt when it is no IPv4 address.
std::optional<uint32_t> parse_ip(std::string_view text) {
  uint32_t address = 0;
  for (int part = 0; part < 4; ++part) {
    uint32_t byte = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), byte);
    if (error != std::errc() || byte > 255) return std::nullopt;
    text.remove_prefix(static_cast<size_t>(end - text.data()));
    if (part < 3 && (text.empty() || text.front() != '.')) return std::nullopt;
    if (part < 3) text.remove_prefix(1);
    address = address << 8 | byte;
  }
  return text.empty() ? std::optional<uint32_t>(address) : std::nullopt;
}

bool in_block(std::string_view cidr, const std::string& ip) {
  const size_t slash = cidr.find('/');
  const std::optional<uint32_t> address = parse_ip(ip);
  const std::optional<uint32_t> base = parse_ip(cidr.substr(0, slash));
  if (!address || !base || slash == cidr.npos) return false;
  uint32_t bits = 33;
  std::from_chars(cidr.data() + slash + 1, cidr.data() + cidr.size(), bits);
  if (bits > 32) return false;
  const uint32_t mask = bits == 0 ? 0 : ~uint32_t{0} << (32 - bits);
  return (*address & mask) == (*base & mask);
}

bool block_matches(const json::value& block, const std::string& ip) {
  if (!in_block(string_at(block, {"cidr"}), ip)) return false;
  const std::vector<std::string> except = json_strings(block, {"except"});
  return std::none_of(except.begin(), except.end(),
                      [&](const std::string& cidr) { return in_block(cidr, ip); });
}

bool peer_matches(const json::value& rule_peer, const json::value& policy,
                  const PolicyPeer& other) {
  if (const json::value* block = json_find(rule_peer, {"ipBlock"}))
    return block_matches(*block, other.ip);
  const json::value* pods = json_find(rule_peer, {"podSelector"});
  const json::value* spaces = json_find(rule_peer, {"namespaceSelector"});
  if (pods == nullptr && spaces == nullptr) return false;
  if (spaces == nullptr && metadata_string(policy, "namespace") != other.namespace_name)
    return false;
  if (spaces != nullptr && !label_selector_matches(*spaces, other.namespace_labels)) return false;
  return pods == nullptr || label_selector_matches(*pods, other.pod_labels);
}

bool port_matches(const json::value& rule_port, const PolicyPort& port, const PolicyPeer& target) {
  if (json_string(rule_port, {"protocol"}, "TCP") != port.protocol) return false;
  const json::value* wanted = json_find(rule_port, {"port"});
  if (wanted == nullptr || wanted->is_null()) return true;
  if (wanted->is_string()) {
    const std::string_view name = wanted->get_string();
    return std::any_of(
        target.named_ports.begin(), target.named_ports.end(),
        [&](const auto& named) { return named.first == name && named.second == port.number; });
  }
  const int64_t first = json_int(rule_port, {"port"});
  return port.number >= first && port.number <= json_int(rule_port, {"endPort"}, first);
}

bool rule_allows(const json::value& rule, const json::value& policy, const Direction& direction,
                 const PolicyPeer& other, const PolicyPort& port, const PolicyPeer& target) {
  const json::array& peers = json_array(rule, {direction.peers});
  const json::array& ports = json_array(rule, {"ports"});
  const bool peer = peers.empty() || std::any_of(peers.begin(), peers.end(), [&](const auto& one) {
                      return peer_matches(one, policy, other);
                    });
  return peer && (ports.empty() || std::any_of(ports.begin(), ports.end(), [&](const auto& one) {
                    return port_matches(one, port, target);
                  }));
}

bool side_allows(const std::vector<JsonPtr>& policies, const Direction& direction,
                 const PolicyPeer& own, const PolicyPeer& other, const PolicyPort& port,
                 const PolicyPeer& target) {
  bool isolated = false;
  for (const JsonPtr& policy : policies) {
    if (!applies(*policy, direction) || !selects(*policy, own)) continue;
    isolated = true;
    for (const json::value& rule : json_array(*policy, {"spec", direction.rules}))
      if (rule_allows(rule, *policy, direction, other, port, target)) return true;
  }
  return !isolated;
}

}  // namespace

bool policy_allows(const std::vector<JsonPtr>& policies, const PolicyPeer& from,
                   const PolicyPeer& to, const PolicyPort& port) {
  return side_allows(policies, kEgress, from, to, port, to) &&
         side_allows(policies, kIngress, to, from, port, to);
}

}  // namespace drydock::fakekube
