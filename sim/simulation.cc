#include "sim/simulation.h"

#include <xxhash.h>

#include <algorithm>

#include "core/base/check.h"
#include "fibers/scheduler.h"

namespace drydock::sim {
namespace {

thread_local const Simulation* running = nullptr;

std::string describe_running() {
  if (running == nullptr) return {};
  const fibers::Task* task = fibers::Task::current();
  return "seed " + std::to_string(running->options().seed) + ", virtual time " +
         format_duration(running->now().time_since_epoch()) +
         (task != nullptr ? ", task '" + task->name() + "'" : "");
}

}  // namespace

Simulation::Simulation(const SimulationOptions& options)
    : options_(options), trace_(options.keep_trace), network_(*this) {
  running = this;
  set_check_context(describe_running);
  add_process("harness", "harness", "");
}

Simulation::~Simulation() {
  for (const auto& process : processes_)
    if (!process->killed()) kill_tasks(*process);
  for (const auto& process : processes_) network_.remove(*process, false);
  run_ready();
  for (const auto& process : processes_)
    DRYDOCK_CHECK(process->ended(),
                  "process '" + process->name() + "' did not end:\n" + waiting_report());
  running = nullptr;
}

Process& Simulation::add_process(std::string name, std::string host, std::string ip) {
  for (const auto& process : processes_)
    DRYDOCK_CHECK(process->killed() || process->name() != name,
                  "two living processes named '" + name + "'");
  const auto id = static_cast<uint32_t>(processes_.size());
  processes_.push_back(
      std::make_unique<Process>(*this, id, std::move(name), network_.host(host), std::move(ip)));
  Process& process = *processes_.back();
  network_.add(process);
  trace_.add_text(now(), TraceKind::kProcess, id, "started " + process.name());
  return process;
}

void Simulation::kill(Process& process) {
  if (process.killed()) return;
  trace_.add_text(now(), TraceKind::kProcess, process.id(), "killed " + process.name());
  kill_tasks(process);
  network_.remove(process, true);
}

void Simulation::crash_host(const std::string& host) {
  trace_.add_text(now(), TraceKind::kProcess, 0, "crashed host " + host);
  for (const auto& process : processes_) {
    if (process->killed() || process->host().name != host) continue;
    kill_tasks(*process);
    process->crashed_ = true;
    network_.remove(*process, false);
  }
  network_.tell_all_silence();
}

void Simulation::kill_tasks(Process& process) {
  process.tasks().cancel_all();
  dying_.push_back(&process);
}

void Simulation::pause(Process& process) {
  if (process.killed() || process.paused()) return;
  trace_.add_text(now(), TraceKind::kProcess, process.id(), "paused " + process.name());
  process.tasks().pause();
  network_.tell_all_silence();
}

void Simulation::resume(Process& process) {
  if (process.killed() || !process.paused()) return;
  trace_.add_text(now(), TraceKind::kProcess, process.id(), "resumed " + process.name());
  process.tasks().resume();
  std::vector<std::function<void()>> inbox = std::move(process.inbox_);
  process.inbox_.clear();
  for (const std::function<void()>& deliver : inbox) deliver();
  network_.tell_all_silence();
}

RunEnd Simulation::run(std::function<void()> main, Duration limit) {
  const SteadyTime end = now() + limit;
  const TaskHandle task = harness().spawn("main", std::move(main));
  while (true) {
    run_ready();
    if (task.done()) return RunEnd::kDone;
    const SteadyTime next = events_.next_time();
    if (next == kForever) return RunEnd::kDeadlock;
    if (next > end) return RunEnd::kTimeLimit;
    events_.run_next();
  }
}

void Simulation::run_ready() {
  fibers::Scheduler::this_thread().run_ready();
  if (!dying_.empty()) reap();
}

// Objects may wake or spawn things when they go, so look again until nothing changes.
void Simulation::reap() {
  bool progress = true;
  while (progress) {
    progress = false;
    const std::vector<Process*> dying = std::move(dying_);
    dying_.clear();
    for (Process* process : dying) {
      if (!process->tasks().tasks().empty()) {
        dying_.push_back(process);
        continue;
      }
      process->finish();
      progress = true;
    }
    fibers::Scheduler::this_thread().run_ready();
  }
}

uint64_t Simulation::draw(std::string_view entity, std::string_view stream,
                          uint64_t ordinal) const {
  const uint64_t words[] = {options_.seed, XXH3_64bits(entity.data(), entity.size()),
                            XXH3_64bits(stream.data(), stream.size()), ordinal};
  return XXH3_64bits(words, sizeof words);
}

std::string Simulation::waiting_report() const {
  std::string report;
  for (const auto& process : processes_) {
    for (const fibers::Task* task : process->tasks().tasks()) {
      const std::string what = task->waiting_for();
      report += "  " + process->name() + ": task '" + task->name() + "' " +
                (what.empty() ? "is ready" : "waits for a " + what) + "\n";
    }
  }
  return report;
}

std::string Simulation::trace_line(const TraceRecord& record) const {
  const auto name_of = [this](uint32_t id) {
    return id < processes_.size() ? processes_[id]->name() : std::to_string(id);
  };
  std::string line = std::to_string(record.time_ns) + " " +
                     std::string(trace_kind_name(record.kind)) + " " + name_of(record.subject);
  if (record.kind == TraceKind::kSend || record.kind == TraceKind::kDeliver ||
      record.kind == TraceKind::kRefuse)
    line += " -> " + name_of(record.object);
  if (record.number != 0) line += " " + std::to_string(record.number);
  if (!record.text.empty()) line += " " + record.text;
  return line;
}

std::string Simulation::trace_text() const {
  std::string text;
  for (const TraceRecord& record : trace_.records()) text += trace_line(record) + "\n";
  return text;
}

}  // namespace drydock::sim
