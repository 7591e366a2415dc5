// A simulated process: an Env and a Wire, and what the simulator's process table holds for it
// (tasks, listeners, open exchanges, kept objects). Program code sees only Env& and Wire&.
//
// Kill: from that instant each of its port calls is inert (no effect, no trace, kCancelled at
// once); the simulator resets its connections; its tasks unwind without suspending; when the last
// one is done, the kept objects are destroyed and on_end is called. Pause: not scheduled.
#pragma once

#include <spdlog/common.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/env.h"
#include "core/base/wire.h"
#include "fibers/task.h"

namespace drydock::sim {

class Network;
class Simulation;
class SimWire;
struct Host;

// Messages between grid nodes: typed values, not HTTP. Called from the event loop: may not suspend.
using MessageHandler =
    std::function<void(const std::string& from_ip, const std::shared_ptr<const void>& message)>;
using PeerHandler = std::function<void(const std::string& ip)>;
using LogLine = std::function<void(spdlog::level::level_enum level, std::string_view line)>;

class Process final : public Env {
 public:
  Process(Simulation& simulation, uint32_t id, std::string name, Host& host, std::string ip);
  ~Process() override;

  // Env.
  SteadyTime now() const override;
  WallTime wall_now() const override;
  Status sleep_until(SteadyTime time) override;
  TaskHandle spawn(std::string name, std::function<void()> function) override;
  std::unique_ptr<Gate> make_gate() override;
  uint64_t draw(std::string_view stream, uint64_t ordinal) override;
  bool cancelled() const override;
  spdlog::logger& logger() override { return *logger_; }

  Wire& wire();

  uint32_t id() const { return id_; }
  const std::string& name() const { return name_; }
  const std::string& ip() const { return ip_; }
  Host& host() const { return host_; }
  bool killed() const { return tasks_.is_cancelled(); }
  bool ended() const { return ended_; }
  bool paused() const { return tasks_.is_paused(); }
  // So far: what came while it was paused; connections that were refused as nothing listened.
  int64_t delayed_deliveries() const { return delayed_deliveries_; }
  int64_t refused_connections() const { return refused_connections_; }
  fibers::TaskGroup& tasks() { return tasks_; }
  Simulation& simulation() { return simulation_; }

  // Every log line, at info and above, in addition to the trace.
  void on_log(LogLine sink) { log_sink_ = std::move(sink); }
  // Keeps an object until the process has ended; released in reverse order.
  void keep(std::shared_ptr<void> object) { kept_.push_back(std::move(object)); }
  // Called once, when a killed process's last task is done and its objects are gone.
  void on_end(std::function<void()> callback) { on_end_ = std::move(callback); }

  // Grid messages. At most one handler each; nothing is delivered before it is set.
  void receive_messages(MessageHandler handler) { on_message_ = std::move(handler); }
  void on_peer_closed(PeerHandler handler) { on_peer_closed_ = std::move(handler); }
  // What heartbeats would tell, without the events they would cost: from now on nothing arrives
  // from that peer though its connection was not closed (link cut, process paused, machine dead);
  // something can arrive again. A handler set while a peer is silent is told at once.
  void on_peer_silence(PeerHandler silent, PeerHandler heard);
  // Reliable and in order per receiver; held while the link is cut; lost when the receiver dies.
  void send_message(const std::string& to_ip, size_t bytes, std::shared_ptr<const void> message);

 private:
  friend class Network;
  friend class Simulation;
  friend class SimWire;

  void log_line(spdlog::level::level_enum level, std::string_view line);
  void finish();

  Simulation& simulation_;
  uint32_t id_;
  std::string name_;
  std::string ip_;
  Host& host_;
  fibers::TaskGroup tasks_;
  std::unique_ptr<SimWire> wire_;
  std::shared_ptr<spdlog::logger> logger_;
  LogLine log_sink_;
  std::vector<std::shared_ptr<void>> kept_;
  std::function<void()> on_end_;
  MessageHandler on_message_;
  PeerHandler on_peer_closed_;
  PeerHandler on_peer_silent_;
  PeerHandler on_peer_heard_;
  std::vector<std::function<void()>> inbox_;  // deliveries that came while paused
  std::vector<uint32_t> peers_;               // ids of processes it exchanged messages with
  std::vector<uint32_t> silent_peers_;        // those of them that it was told are silent
  int64_t delayed_deliveries_ = 0;
  int64_t refused_connections_ = 0;
  bool ended_ = false;
  bool crashed_ = false;  // its machine died: nobody was told
};

}  // namespace drydock::sim
