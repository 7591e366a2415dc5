// The network between processes: addresses, links with latency and bandwidth, cuts. Everything
// that crosses a link goes through transfer(); HTTP (sim/http.h) and grid messages sit on it.
//
// A link behaves like a TCP connection that keeps retransmitting: what is sent while it is cut is
// held and arrives, in order, once it heals; callers see their own deadlines. A killed process's
// peers get a reset; a crashed host's peers get nothing.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/wire.h"
#include "sim/trace.h"

namespace drydock::sim {

class Process;
class Simulation;
struct Exchange;

struct LinkOptions {
  Duration latency = microseconds(200);
  uint64_t bytes_per_second = 125'000'000;  // 1 Gbit/s
};

// Delay between two processes of one machine; the loopback has no bandwidth limit.
inline constexpr Duration kLoopbackLatency = microseconds(20);

struct Host {
  std::string name;
  LinkOptions link;             // of its network card, for everything it sends
  SteadyTime egress_free_at{};  // when the card has sent all that was given to it
};

using CutId = uint64_t;

// Whether the network lets a connection begin; it answers at once. `port`: of a call; none: of the
// first message to a grid node.
using ConnectionRule =
    std::function<bool(const Process& from, const Process& to, std::optional<uint16_t> port)>;

class Network {
 public:
  explicit Network(Simulation& simulation) : simulation_(simulation) {}

  Host& host(const std::string& name);
  // For hosts made later.
  void set_default_link(const LinkOptions& options) { default_link_ = options; }
  // One ordered pair of hosts, instead of the sender's card's latency.
  void set_latency(const std::string& from_host, const std::string& to_host, Duration latency);

  // Names that the Wire resolves (services, pod names). Last one wins; "" removes.
  void set_name(const std::string& name, const std::string& ip);

  // `a` and `b` are each a host's name, a process's name or "*" (anybody on another host). Takes
  // effect for everything that has not arrived yet. One way: from a to b.
  CutId cut(std::string a, std::string b, bool both_ways);
  // Lets what was held arrive. No effect on a cut that was healed.
  void heal(CutId id);

  // From now on asked for each call and each first message; what has begun goes on. A call against
  // it vanishes: its caller's deadline tells. Against it two grid nodes are cut, in that direction,
  // until a later rule lets them. Empty: all is allowed.
  void set_connection_rule(ConnectionRule rule);

  // Carries `bytes` and then calls `deliver` from the event loop. Dropped when `to` is killed, held
  // while the link is cut.
  void transfer(Process& from, Process& to, size_t bytes, std::function<void()> deliver);

  // Answers that a process has begun and not ended.
  int64_t open_streams(const Process& server) const;

  // Looks an address up; nullptr: nobody has it.
  Process* find(const std::string& host_or_ip) const;
  bool resolves(const std::string& host_or_ip) const;

 private:
  friend class Process;
  friend class SimWire;
  friend class Simulation;
  friend class HttpListener;
  friend struct Exchange;

  struct Cut {
    CutId id;
    std::string a;
    std::string b;
    bool both_ways;
  };
  struct Forbidden {
    CutId cut;
    const Process* from;
    const Process* to;
  };
  struct Held {
    Process* from;
    Process* to;
    std::function<void()> deliver;
  };
  struct Serving {
    Process* process;
    std::shared_ptr<HttpHandler> handler;
  };

  void add(Process& process);
  void remove(Process& process, bool reset_connections);
  SteadyTime arrival(Process& from, Process& to, size_t bytes);
  void arrive(Process& from, Process& to, std::function<void()> deliver);
  bool is_cut(const Process& from, const Process& to) const;
  static bool matches(const std::string& end, const Process& process);

  void open_exchange(std::shared_ptr<Exchange> exchange);
  void close_exchange(const Exchange& exchange);
  void reset_exchanges(Process& process);
  void post_message(Process& from, const std::string& to_ip, size_t bytes,
                    std::shared_ptr<const void> message);
  void tell_peers_closed(Process& process);
  // Tells one process (or all) which of its peers fell silent or are heard again.
  void tell_silence(Process& process);
  void tell_all_silence();

  Simulation& simulation_;
  LinkOptions default_link_;
  std::map<std::string, std::unique_ptr<Host>, std::less<>> hosts_;
  std::map<std::pair<std::string, std::string>, Duration> latencies_;
  std::map<std::string, std::string, std::less<>> names_;
  std::map<std::string, Process*, std::less<>> by_ip_;
  std::map<std::pair<uint32_t, uint16_t>, Serving> listeners_;  // by process id and port
  std::map<uint64_t, std::shared_ptr<Exchange>> exchanges_;
  uint64_t next_exchange_ = 0;
  std::vector<Cut> cuts_;
  CutId next_cut_ = 0;
  std::deque<Held> held_;
  ConnectionRule connection_rule_;
  std::vector<Forbidden> forbidden_;
};

}  // namespace drydock::sim
