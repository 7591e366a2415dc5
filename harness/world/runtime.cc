#include "harness/world/runtime.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/base/json.h"
#include "core/base/resources.h"
#include "harness/scenario/read_server.h"

namespace drydock::harness {
namespace {

constexpr int kKilled = 137;
constexpr int kTerminated = 143;

// "05:49:00,123 INFO  [name] text", the console pattern of servers.
std::string console_line(const sim::Process& process, spdlog::level::level_enum level,
                         std::string_view text) {
  const auto since_midnight = process.wall_now().time_since_epoch() % hours(24);
  const auto ms = std::chrono::duration_cast<milliseconds>(since_midnight).count();
  const std::string_view name = level >= spdlog::level::err    ? "ERROR"
                                : level == spdlog::level::warn ? "WARN "
                                : level == spdlog::level::info ? "INFO "
                                                               : "DEBUG";
  return fmt::format("{:02}:{:02}:{:02},{:03} {} {}", ms / 3'600'000, ms / 60'000 % 60,
                     ms / 1000 % 60, ms % 1000, name, text);
}

}  // namespace

class SimContainer final : public fakekube::Container {
 public:
  // `program`: empty until it has begun.
  SimContainer(sim::Simulation& simulation, sim::Process& process,
               std::shared_ptr<std::weak_ptr<Program>> program,
               std::function<void(int, std::string)> exit)
      : simulation_(simulation),
        process_(process),
        program_(std::move(program)),
        exit_(std::move(exit)) {}
  ~SimContainer() override { simulation_.kill(process_); }

  void terminate() override {
    if (process_.killed()) return;
    // A process that has not got far enough to handle the signal ends by it.
    const std::shared_ptr<Program> program = program_->lock();
    if (program == nullptr) return exit_(kTerminated, "");
    program->terminate();
  }
  void kill() override { exit_(kKilled, ""); }

 private:
  sim::Simulation& simulation_;
  sim::Process& process_;
  std::shared_ptr<std::weak_ptr<Program>> program_;
  std::function<void(int, std::string)> exit_;
};

std::string ProgramContext::pod_name() const {
  return json_string(*start.pod, {"metadata", "name"});
}

std::string ProgramContext::cluster() const { return label_of(*start.pod, kLabelClusterName); }

Result<std::unique_ptr<fakekube::Container>> WorldRuntime::start(
    fakekube::ContainerStart start, std::function<void(fakekube::ExitStatus)> on_exit) {
  const ProgramFactory factory = find_program(start);
  const ImageTrouble trouble = images_[start.image];
  if (factory == nullptr || trouble.absent)
    return Status(Code::kNotFound, "no such image: " + start.image);
  if (trouble.unreachable)
    return Status(Code::kUnavailable, "failed to do request: dial tcp: i/o timeout");
  const std::string pod = json_string(*start.pod, {"metadata", "name"});
  sim::Process& process = simulation_.add_process(pod, start.node, start.pod_ip);
  process.on_log(
      [&process, log = start.log](spdlog::level::level_enum level, std::string_view line) {
        log(console_line(process, level, line));
      });
  const auto exit = [this, &process, pod, on_exit = std::move(on_exit)](int code,
                                                                        std::string message) {
    if (process.killed()) return;
    simulation_.kill(process);
    running_.erase(pod);
    on_exit({code, "", std::move(message)});
    observations_.changed();
  };
  running_[pod] = {&process, exit, start.log, start.use_memory};
  const auto slot = std::make_shared<std::weak_ptr<Program>>();
  const auto begin =
      [this, factory, slot,
       context = ProgramContext{process, std::move(start), registry_, observations_, exit}] {
        const std::shared_ptr<Program> program = factory(context);
        context.process.keep(program);
        *slot = program;
      };
  if (trouble.delay > Duration::zero()) {
    process.spawn("slow start", [&process, begin, delay = trouble.delay] {
      if (process.sleep_for(delay).ok()) begin();
    });
  } else {
    begin();
  }
  return std::unique_ptr<fakekube::Container>(
      std::make_unique<SimContainer>(simulation_, process, slot, exit));
}

// Which program an image is: the one image of a cluster runs data nodes and, with the
// configuration of a zero-capacity member, the operations' pods.
ProgramFactory WorldRuntime::find_program(const fakekube::ContainerStart& start) const {
  const bool operation = label_of(*start.pod, kLabelApp) == kAppZeroPod;
  if (start.image == "drydock/agent") return operation ? make_agent : make_data_node;
  const std::optional<std::string> tag = scenario::server_tag(start.image);
  if (!tag) return nullptr;
  auto version = fakegrid::parse_version(*tag);
  if (!version.ok()) return nullptr;
  ServerSetup setup{.options = {.version = *version, .quirks = fakegrid::quirks_of(*version)}};
  const auto known = servers_.find(label_of(*start.pod, kLabelClusterName));
  if (known != servers_.end()) {
    setup.options.quirks = known->second.options.quirks;
    setup.debug_log = known->second.debug_log;
  }
  return [setup](ProgramContext context) { return make_server(std::move(context), setup); };
}

void WorldRuntime::set_server(const std::string& cluster, ServerSetup server) {
  servers_[cluster] = std::move(server);
}

const fakegrid::ServerOptions* WorldRuntime::server_of(const std::string& cluster) const {
  const auto found = servers_.find(cluster);
  return found == servers_.end() ? nullptr : &found->second.options;
}

void WorldRuntime::set_image(const std::string& image, const ImageTrouble& trouble) {
  images_[image] = trouble;
}

WorldRuntime::Running* WorldRuntime::living(const std::string& pod) {
  const auto found = running_.find(pod);
  return found == running_.end() || found->second.process->killed() ? nullptr : &found->second;
}

bool WorldRuntime::use_memory(const std::string& pod, uint64_t bytes) {
  const Running* running = living(pod);
  if (running != nullptr) running->use_memory(bytes);
  return running != nullptr;
}

bool WorldRuntime::write_log(const std::string& pod, int64_t bytes) {
  constexpr int64_t kLine = 1024;
  const Running* running = living(pod);
  for (int64_t left = bytes; running != nullptr && left > 0; left -= kLine)
    running->log(std::string(static_cast<size_t>(std::min(left, kLine) - 1), '.'));
  return running != nullptr;
}

sim::Process* WorldRuntime::process_of(const std::string& pod) {
  const Running* running = living(pod);
  return running == nullptr ? nullptr : running->process;
}

bool WorldRuntime::kill(const std::string& pod) {
  const Running* running = living(pod);
  if (running == nullptr) return false;
  const auto exit = running->exit;
  exit(kKilled, "");
  return true;
}

}  // namespace drydock::harness
