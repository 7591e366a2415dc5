#include "sim/process.h"

#include <spdlog/logger.h>
#include <spdlog/sinks/sink.h>

#include <algorithm>

#include "sim/http.h"
#include "sim/simulation.h"

namespace drydock::sim {
namespace {

class LineSink final : public spdlog::sinks::sink {
 public:
  using Take = std::function<void(spdlog::level::level_enum, std::string_view)>;
  explicit LineSink(Take take) : take_(std::move(take)) {}

  void log(const spdlog::details::log_msg& message) override {
    take_(message.level, std::string_view(message.payload.data(), message.payload.size()));
  }
  void flush() override {}
  void set_pattern(const std::string&) override {}
  void set_formatter(std::unique_ptr<spdlog::formatter>) override {}

 private:
  Take take_;
};

}  // namespace

Process::Process(Simulation& simulation, uint32_t id, std::string name, Host& host, std::string ip)
    : simulation_(simulation),
      id_(id),
      name_(std::move(name)),
      ip_(std::move(ip)),
      host_(host),
      tasks_(simulation.events(), name_),
      wire_(std::make_unique<SimWire>(simulation.network(), *this)) {
  auto sink = std::make_shared<LineSink>(
      [this](spdlog::level::level_enum level, std::string_view line) { log_line(level, line); });
  logger_ = std::make_shared<spdlog::logger>(name_, std::move(sink));
  logger_->set_level(spdlog::level::info);
}

Process::~Process() = default;

SteadyTime Process::now() const { return simulation_.now(); }
WallTime Process::wall_now() const {
  return simulation_.clocks().show(name_, host_.name, now(), simulation_.wall_now());
}

Status Process::sleep_until(SteadyTime time) {
  if (killed()) return drydock::cancelled();
  return tasks_.sleep_until(time);
}

TaskHandle Process::spawn(std::string name, std::function<void()> function) {
  if (!killed()) simulation_.trace().add_text(now(), TraceKind::kSpawn, id_, name);
  return tasks_.spawn(std::move(name), std::move(function));
}

std::unique_ptr<Gate> Process::make_gate() { return tasks_.make_gate(); }

uint64_t Process::draw(std::string_view stream, uint64_t ordinal) {
  return simulation_.draw(name_, stream, ordinal);
}

bool Process::cancelled() const {
  const fibers::Task* task = fibers::Task::current();
  return killed() || (task != nullptr && task->cancelled());
}

Wire& Process::wire() { return *wire_; }

void Process::send_message(const std::string& to_ip, size_t bytes,
                           std::shared_ptr<const void> message) {
  if (killed()) return;
  simulation_.network().post_message(*this, to_ip, bytes, std::move(message));
}

void Process::on_peer_silence(PeerHandler silent, PeerHandler heard) {
  on_peer_silent_ = std::move(silent);
  on_peer_heard_ = std::move(heard);
  silent_peers_.clear();
  simulation_.network().tell_silence(*this);
}

void Process::log_line(spdlog::level::level_enum level, std::string_view line) {
  if (killed()) return;
  simulation_.trace().add_text(now(), TraceKind::kLog, id_, line, static_cast<uint64_t>(level));
  if (log_sink_) log_sink_(level, line);
}

void Process::finish() {
  ended_ = true;
  on_message_ = nullptr;
  on_peer_closed_ = nullptr;
  on_peer_silent_ = nullptr;
  on_peer_heard_ = nullptr;
  while (!kept_.empty()) kept_.pop_back();
  log_sink_ = nullptr;
  inbox_.clear();
  const std::function<void()> callback = std::move(on_end_);
  on_end_ = nullptr;
  if (callback) callback();
}

}  // namespace drydock::sim
