// One simulated world on one OS thread: virtual time, processes, network, trace.
//
//   Simulation simulation({.seed = 7});
//   Process& server = simulation.add_process("server", "host-a", "10.0.0.1");
//   RunEnd end = simulation.run([&] { ...the scenario, a task of its own process... }, hours(1));
//
// The same options and the same code give the same trace hash on every machine.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "sim/clocks.h"
#include "sim/event_heap.h"
#include "sim/network.h"
#include "sim/process.h"
#include "sim/trace.h"

namespace drydock::sim {

// Wall clock at virtual time 0 unless a scenario sets another: 2026-01-01T00:00:00Z.
inline constexpr WallTime kDefaultEpoch{seconds(1767225600)};

struct SimulationOptions {
  uint64_t seed = 1;
  WallTime epoch = kDefaultEpoch;
  bool keep_trace = false;
  // Every JSON body crosses the network as text and is parsed again by its reader, as on a real
  // one. Slower, and nothing may come out differently: the trace hash is the same.
  bool text_bodies = false;
};

enum class RunEnd {
  kDone,       // the main task returned
  kDeadlock,   // nothing ready and no timer, but the main task isn't done
  kTimeLimit,  // virtual time ran out: no progress
};

class Simulation {
 public:
  explicit Simulation(const SimulationOptions& options = {});
  ~Simulation();
  Simulation(const Simulation&) = delete;
  Simulation& operator=(const Simulation&) = delete;

  // Processes live until the simulation ends; a restart is a new process. The host is made when it
  // isn't there yet. `name` is unique among living processes; "" as ip: none (can't be called).
  Process& add_process(std::string name, std::string host, std::string ip);
  void kill(Process& process);
  // Power loss of a machine: its processes are killed and *no* connection is reset; nobody is told.
  void crash_host(const std::string& host);
  void pause(Process& process);
  void resume(Process& process);

  // Runs `main` as a task of the process "harness" until it returns, or nothing can go on, or
  // `limit` of virtual time has passed. May be called again. From the main context only.
  RunEnd run(std::function<void()> main, Duration limit);

  // Lets what is ready run, without advancing time: killed processes end. Main context only.
  void settle() { run_ready(); }

  // What every task waits for: for deadlock and no-progress reports.
  std::string waiting_report() const;

  Process& harness() { return *processes_.front(); }
  Network& network() { return network_; }
  Trace& trace() { return trace_; }
  EventHeap& events() { return events_; }
  Clocks& clocks() { return clocks_; }
  SteadyTime now() const { return events_.now(); }
  // The right time, whatever clocks() says.
  WallTime wall_now() const { return options_.epoch + now().time_since_epoch(); }
  const SimulationOptions& options() const { return options_; }
  uint64_t draw(std::string_view entity, std::string_view stream, uint64_t ordinal) const;
  const std::deque<std::unique_ptr<Process>>& processes() const { return processes_; }

  // The trace as text, one record a line; needs keep_trace.
  std::string trace_text() const;
  std::string trace_line(const TraceRecord& record) const;

 private:
  void kill_tasks(Process& process);
  void run_ready();
  void reap();

  SimulationOptions options_;
  EventHeap events_;
  Clocks clocks_;
  Trace trace_;
  Network network_;
  std::deque<std::unique_ptr<Process>> processes_;
  std::vector<Process*> dying_;
};

}  // namespace drydock::sim
