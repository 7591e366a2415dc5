#include "sim/network.h"

#include <algorithm>

#include "core/base/check.h"
#include "sim/http.h"
#include "sim/simulation.h"

namespace drydock::sim {

Host& Network::host(const std::string& name) {
  std::unique_ptr<Host>& host = hosts_[name];
  if (host == nullptr) host = std::make_unique<Host>(Host{name, default_link_, {}});
  return *host;
}

void Network::set_latency(const std::string& from_host, const std::string& to_host,
                          Duration latency) {
  latencies_[{from_host, to_host}] = latency;
}

void Network::set_name(const std::string& name, const std::string& ip) {
  if (ip.empty())
    names_.erase(name);
  else
    names_[name] = ip;
}

CutId Network::cut(std::string a, std::string b, bool both_ways) {
  simulation_.trace().add_text(simulation_.now(), TraceKind::kNetwork, 0,
                               "cut " + a + (both_ways ? " <-> " : " -> ") + b);
  cuts_.push_back({++next_cut_, std::move(a), std::move(b), both_ways});
  tell_all_silence();
  return next_cut_;
}

void Network::heal(CutId id) {
  const auto found =
      std::find_if(cuts_.begin(), cuts_.end(), [id](const Cut& cut) { return cut.id == id; });
  if (found == cuts_.end()) return;
  simulation_.trace().add_text(simulation_.now(), TraceKind::kNetwork, 0,
                               "healed " + found->a + " " + found->b);
  cuts_.erase(found);
  std::deque<Held> held = std::move(held_);
  held_.clear();
  for (Held& message : held) {
    Process* from = message.from;
    Process* to = message.to;
    simulation_.events().arm(arrival(*from, *to, 0),
                             [this, from, to, deliver = std::move(message.deliver)]() mutable {
                               arrive(*from, *to, std::move(deliver));
                             });
  }
  tell_all_silence();
}

void Network::transfer(Process& from, Process& to, size_t bytes, std::function<void()> deliver) {
  simulation_.trace().add(simulation_.now(), TraceKind::kSend, from.id(), to.id(), bytes);
  simulation_.events().arm(arrival(from, to, bytes),
                           [this, &from, &to, deliver = std::move(deliver)]() mutable {
                             arrive(from, to, std::move(deliver));
                           });
}

SteadyTime Network::arrival(Process& from, Process& to, size_t bytes) {
  if (&from.host() == &to.host()) return simulation_.now() + kLoopbackLatency;
  Host& card = from.host();
  const auto sending = Duration(static_cast<int64_t>(static_cast<uint64_t>(bytes) * 1'000'000'000 /
                                                     card.link.bytes_per_second));
  card.egress_free_at = std::max(card.egress_free_at, simulation_.now()) + sending;
  Duration latency = card.link.latency;
  if (!latencies_.empty()) {
    const auto special = latencies_.find({from.host().name, to.host().name});
    if (special != latencies_.end()) latency = special->second;
  }
  return card.egress_free_at + latency;
}

void Network::arrive(Process& from, Process& to, std::function<void()> deliver) {
  if (to.killed()) return;
  if (!cuts_.empty() && is_cut(from, to)) {
    held_.push_back({&from, &to, std::move(deliver)});
    return;
  }
  simulation_.trace().add(simulation_.now(), TraceKind::kDeliver, from.id(), to.id(), 0);
  if (!to.paused()) return deliver();
  ++to.delayed_deliveries_;
  to.inbox_.push_back(std::move(deliver));
}

bool Network::matches(const std::string& end, const Process& process) {
  return end == "*" || end == process.name() || end == process.host().name;
}

bool Network::is_cut(const Process& from, const Process& to) const {
  return std::any_of(cuts_.begin(), cuts_.end(), [&](const Cut& cut) {
    const bool wide = cut.a == "*" || cut.b == "*";
    if (wide && &from.host() == &to.host()) return false;
    return (matches(cut.a, from) && matches(cut.b, to)) ||
           (cut.both_ways && matches(cut.b, from) && matches(cut.a, to));
  });
}

Process* Network::find(const std::string& host_or_ip) const {
  const auto named = names_.find(host_or_ip);
  const auto found = by_ip_.find(named == names_.end() ? host_or_ip : named->second);
  return found == by_ip_.end() ? nullptr : found->second;
}

void Network::set_connection_rule(ConnectionRule rule) {
  connection_rule_ = std::move(rule);
  std::vector<CutId> allowed;
  std::erase_if(forbidden_, [&](const Forbidden& pair) {
    const bool still = connection_rule_ && !connection_rule_(*pair.from, *pair.to, std::nullopt);
    if (!still) allowed.push_back(pair.cut);
    return !still;
  });
  for (const CutId id : allowed) heal(id);
}

int64_t Network::open_streams(const Process& server) const {
  return std::count_if(exchanges_.begin(), exchanges_.end(), [&](const auto& entry) {
    return entry.second->server == &server && entry.second->head_arrived;
  });
}

bool Network::resolves(const std::string& host_or_ip) const {
  const bool is_ip = !host_or_ip.empty() && host_or_ip[0] >= '0' && host_or_ip[0] <= '9';
  return is_ip || names_.contains(host_or_ip);
}

void Network::add(Process& process) {
  if (process.ip().empty()) return;
  DRYDOCK_CHECK(!by_ip_.contains(process.ip()), "address " + process.ip() + " is taken");
  by_ip_[process.ip()] = &process;
}

void Network::remove(Process& process, bool reset_connections) {
  std::erase_if(listeners_, [&](const auto& entry) { return entry.first.first == process.id(); });
  const auto found = by_ip_.find(process.ip());
  if (found != by_ip_.end() && found->second == &process) by_ip_.erase(found);
  if (!reset_connections) return;
  reset_exchanges(process);
  tell_peers_closed(process);
}

void Network::open_exchange(std::shared_ptr<Exchange> exchange) {
  exchange->id = ++next_exchange_;
  exchanges_[exchange->id] = std::move(exchange);
}

void Network::close_exchange(const Exchange& exchange) { exchanges_.erase(exchange.id); }

void Network::reset_exchanges(Process& process) {
  constexpr size_t kResetBytes = 40;
  const auto exchanges = exchanges_;
  for (const auto& entry : exchanges) {
    const std::shared_ptr<Exchange>& exchange = entry.second;
    if (exchange->client == &process) {
      exchange->abandon();
    } else if (exchange->server == &process) {
      transfer(process, *exchange->client, kResetBytes, [exchange] {
        exchange->fail(Status(Code::kConnectionReset, "connection reset by peer"));
      });
    }
  }
}

void Network::post_message(Process& from, const std::string& to_ip, size_t bytes,
                           std::shared_ptr<const void> message) {
  Process* to = find(to_ip);
  if (to == nullptr) return;
  const auto begun = [&] {
    return std::binary_search(from.peers_.begin(), from.peers_.end(), to->id());
  };
  if (connection_rule_ && !begun() && !connection_rule_(from, *to, std::nullopt))
    forbidden_.push_back({cut(from.name(), to->name(), false), &from, to});
  const auto know = [this](Process& one, const Process& other) {
    const auto at = std::lower_bound(one.peers_.begin(), one.peers_.end(), other.id());
    if (at != one.peers_.end() && *at == other.id()) return;
    one.peers_.insert(at, other.id());
    tell_silence(one);
  };
  know(from, *to);
  know(*to, from);
  transfer(from, *to, bytes, [&from, to, message = std::move(message)] {
    if (to->on_message_) to->on_message_(from.ip(), message);
  });
}

void Network::tell_peers_closed(Process& process) {
  constexpr size_t kFinBytes = 40;
  for (uint32_t id : process.peers_) {
    Process& peer = *simulation_.processes()[id];
    if (peer.killed()) continue;
    transfer(process, peer, kFinBytes, [&process, &peer] {
      if (peer.on_peer_closed_) peer.on_peer_closed_(process.ip());
    });
  }
}

void Network::tell_silence(Process& process) {
  if (process.killed() || process.paused() || !process.on_peer_silent_) return;
  std::vector<uint32_t> silent;
  for (uint32_t id : process.peers_) {
    const Process& peer = *simulation_.processes()[id];
    const bool is_silent = peer.killed() ? peer.crashed_ : peer.paused() || is_cut(peer, process);
    if (is_silent) silent.push_back(id);
  }
  const std::vector<uint32_t> before = std::move(process.silent_peers_);
  process.silent_peers_ = silent;
  for (uint32_t id : silent)
    if (!std::binary_search(before.begin(), before.end(), id))
      process.on_peer_silent_(simulation_.processes()[id]->ip());
  for (uint32_t id : before)
    if (!std::binary_search(silent.begin(), silent.end(), id) && process.on_peer_heard_)
      process.on_peer_heard_(simulation_.processes()[id]->ip());
}

void Network::tell_all_silence() {
  for (size_t i = 0; i < simulation_.processes().size(); ++i)
    tell_silence(*simulation_.processes()[i]);
}

}  // namespace drydock::sim
