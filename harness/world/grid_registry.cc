#include "harness/world/grid_registry.h"

#include <algorithm>

namespace drydock::harness {
namespace {

void add_to(fakegrid::CacheTotals& sum, const fakegrid::CacheTotals& more) {
  sum.topology_updates += more.topology_updates;
  sum.rebalance_rounds += more.rebalance_rounds;
  sum.owners_changed += more.owners_changed;
  sum.segments_in += more.segments_in;
  sum.entries_in += more.entries_in;
  sum.bytes_in += more.bytes_in;
}

}  // namespace

void GridCounts::add(const fakegrid::ClusterTotals& totals) {
  add_to(user, totals.user);
  add_to(internal, totals.internal);
  requests_served += totals.requests_served;
  iteration_requests += totals.iteration_requests;
}

std::string GridRegistry::new_address(const std::string& cluster, const std::string& pod,
                                      sim::Process& process, bool zero_capacity) {
  const int incarnation = ++incarnations_[cluster + "/" + pod];
  const std::string address = incarnation == 1 ? pod : pod + "#" + std::to_string(incarnation);
  entries_[address] = {cluster, address, &process, nullptr, zero_capacity};
  address_by_ip_[process.ip()] = address;
  return address;
}

void GridRegistry::set_node(const std::string& address, fakegrid::Node* node) {
  entries_.at(address).node = node;
}

void GridRegistry::remove(const std::string& address) {
  const auto found = entries_.find(address);
  if (found == entries_.end()) return;
  const Entry& entry = found->second;
  if (entry.node != nullptr) retired_[entry.cluster].add(fakegrid::totals({entry.node}));
  entries_.erase(found);
}

sim::Process* GridRegistry::process_of(const std::string& address) const {
  const auto found = entries_.find(address);
  return found == entries_.end() ? nullptr : found->second.process;
}

std::string GridRegistry::address_of_ip(const std::string& ip) const {
  const auto found = address_by_ip_.find(ip);
  return found == address_by_ip_.end() ? std::string() : found->second;
}

std::vector<std::string> GridRegistry::data_addresses(const std::string& cluster) const {
  std::vector<std::string> addresses;
  for (const auto& [address, entry] : entries_)
    if (entry.cluster == cluster && !entry.zero_capacity) addresses.push_back(address);
  return addresses;
}

std::vector<const fakegrid::Node*> GridRegistry::nodes(const std::string& cluster,
                                                       bool with_zero) const {
  std::vector<const fakegrid::Node*> nodes;
  for (const auto& [address, entry] : entries_) {
    const bool wanted = entry.cluster == cluster && (with_zero || !entry.zero_capacity);
    if (wanted && entry.node != nullptr && !entry.process->killed()) nodes.push_back(entry.node);
  }
  return nodes;
}

GridRegistry::Entry GridRegistry::any_data_node(const std::string& cluster) const {
  for (const auto& [address, entry] : entries_) {
    const bool data = entry.cluster == cluster && !entry.zero_capacity && entry.node != nullptr;
    if (data && !entry.process->killed() && entry.node->state() == fakegrid::NodeState::kRunning)
      return entry;
  }
  return {};
}

GridCounts GridRegistry::counts(const std::string& cluster) const {
  GridCounts counts;
  const auto retired = retired_.find(cluster);
  if (retired != retired_.end()) counts = retired->second;
  std::vector<const fakegrid::Node*> nodes;
  for (const auto& [address, entry] : entries_)
    if (entry.cluster == cluster && entry.node != nullptr) nodes.push_back(entry.node);
  counts.add(fakegrid::totals(nodes));
  return counts;
}

fakegrid::ReadOut GridRegistry::content(const std::string& cluster, WallTime now) const {
  return fakegrid::read_out(nodes(cluster, false), now);
}

void GridRegistry::set_birth(const std::string& cluster,
                             std::shared_ptr<const fakegrid::ClusterSnapshot> born,
                             std::vector<std::string> pods) {
  births_[cluster] = {std::move(born), std::move(pods)};
}

std::shared_ptr<const fakegrid::ClusterSnapshot> GridRegistry::take_birth(
    const std::string& cluster, const std::string& pod) {
  const auto found = births_.find(cluster);
  if (found == births_.end()) return nullptr;
  if (std::erase(found->second.unborn, pod) == 0) return nullptr;
  return found->second.snapshot;
}

}  // namespace drydock::harness
