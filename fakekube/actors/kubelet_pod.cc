#include "fakekube/actors/kubelet_pod.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "core/base/log.h"
#include "fakekube/actors/kubelet_node.h"
#include "fakekube/actors/kubelet_resources.h"
#include "fakekube/actors/pod_view.h"
#include "fakekube/actors/timings.h"

namespace drydock::fakekube {
namespace {

// As a container runtime shows containers that it finds dead after the machine's restart.
constexpr int kPowerLossExitCode = 255;

// What the disk shows of a container that ran when the machine died.
void lose_power(ContainerRecord& record, WallTime now) {
  if (record.phase != ContainerPhase::kRunning) return;
  record.phase = ContainerPhase::kTerminated;
  record.terminated = {kPowerLossExitCode, "Unknown", "",
                       record.started_at,  now,       record.container_id};
  record.ready = record.started = false;
}

}  // namespace

PodWorker::PodWorker(KubeletContext& context, JsonPtr pod, PodRecord& record,
                     std::function<void(const std::string& uid)> finished)
    : context_(context),
      pod_(std::move(pod)),
      record_(record),
      finished_(std::move(finished)),
      volumes_(context),
      wake_(context.env.make_gate()) {
  const auto fill = [this](std::string_view list, std::vector<ContainerRecord>& records,
                           std::vector<Slot>& slots) {
    size_t index = 0;
    for (const json::value& spec : json_array(*pod_, {"spec", list}))
      slots.push_back({.spec = spec, .record = &records[index++]});
  };
  fill("initContainers", record_.init_containers, init_);
  fill("containers", record_.containers, main_);
  each_slot([this](const Slot& slot) {
    limits_storage_ |= json_find(slot.spec, {"resources", "limits", kScratch}) != nullptr;
  });
  for (const json::value& volume : json_array(*pod_, {"spec", "volumes"}))
    limits_storage_ |= json_find(volume, {"emptyDir", "sizeLimit"}) != nullptr;
}

void PodWorker::start() {
  adopt_running();
  task_ =
      context_.spawn("kubelet/pod/" + record_.name, [self = shared_from_this()] { self->run(); });
}

// After a restart of the kubelet its containers still run; after one of the machine they don't.
void PodWorker::adopt_running() {
  const auto found = context_.disk->running.find(record_.uid);
  each_slot([&](Slot& slot) {
    std::shared_ptr<RunningContainer> run;
    if (found != context_.disk->running.end())
      if (const auto one = found->second.find(slot.record->name); one != found->second.end())
        run = one->second;
    if (!run) return lose_power(*slot.record, env().wall_now());
    watch_over(run);
    slot.life = std::make_shared<Life>(Life{.run = run, .started = env().now(), .probes = {}});
    // Its postStart hook ended with the kubelet that ran it.
    if (slot.record->phase == ContainerPhase::kWaiting) show_running(slot);
    if (!slot.record->is_init || slot.record->is_sidecar) start_probes(slot);
  });
  // Its sandbox died with the machine, if it had one.
  if (!record_.ended && !any_alive()) record_.pod_ip.clear();
}

void PodWorker::watch_over(const std::shared_ptr<RunningContainer>& run) {
  run->on_change = [self = weak_from_this()] {
    if (const std::shared_ptr<PodWorker> worker = self.lock()) worker->poke();
  };
}

void PodWorker::poke() {
  poked_ = true;
  wake_->notify_all();
}

void PodWorker::update(JsonPtr pod) {
  pod_ = std::move(pod);
  report();
  poke();
}

void PodWorker::removed() {
  gone_ = true;
  const std::shared_ptr<PodWorker> self = shared_from_this();  // finished_ drops the kubelet's
  if (done_) return finished_(record_.uid);
  poke();
}

void PodWorker::evict(const std::string& message) {
  if (record_.stopped) return;
  evicted_ = true;
  record_.reason = "Evicted";
  record_.message = message;
  context_.events->warning(*pod_, "Evicted", message);
  poke();
}

void PodWorker::power_off() {
  detach();
  context_.disk->running.erase(record_.uid);
  each_slot([this](Slot& slot) { lose_power(*slot.record, env().wall_now()); });
}

void PodWorker::detach() {
  dead_ = true;
  task_.cancel();
  each_slot([](Slot& slot) {
    if (!slot.life) return;
    for (const TaskHandle& probe : slot.life->probes) probe.cancel();
    slot.life->run->on_change = nullptr;
    slot.life.reset();
  });
}

uint64_t PodWorker::memory_bytes() const {
  const auto found = context_.disk->running.find(record_.uid);
  uint64_t sum = 0;
  if (found != context_.disk->running.end())
    for (const auto& [name, run] : found->second) sum += run->memory_bytes;
  return sum;
}

uint64_t PodWorker::memory_bytes(const std::string& container) const {
  const auto found = context_.disk->running.find(record_.uid);
  if (found == context_.disk->running.end()) return 0;
  const auto run = found->second.find(container);
  return run == found->second.end() ? 0 : run->second->memory_bytes;
}

uint64_t PodWorker::disk_bytes() const {
  uint64_t sum = 0;
  for (const json::value& volume : json_array(*pod_, {"spec", "volumes"}))
    sum += static_cast<uint64_t>(volumes_.scratch_bytes(json_string(volume, {"name"})));
  const auto logs = context_.disk->logs.find(record_.uid);
  if (logs != context_.disk->logs.end())
    for (const auto& [container, log] : logs->second) sum += log.current_bytes;
  return sum;
}

uint64_t PodWorker::disk_bytes(const std::string& container) const {
  const auto logs = context_.disk->logs.find(record_.uid);
  if (logs == context_.disk->logs.end()) return 0;
  const auto log = logs->second.find(container);
  return log == logs->second.end() ? 0 : log->second.current_bytes;
}

bool PodWorker::has_running() const { return context_.disk->running.contains(record_.uid); }

void PodWorker::report() { context_.report(record_.uid); }

void PodWorker::run() {
  if (!env().sleep_for(timings::kPodSyncTime).ok()) return;
  if (!record_.start_time && !admitted()) record_.rejected = record_.stopped = true;
  if (!record_.start_time) record_.start_time = env().wall_now();
  report();
  while (!env().cancelled()) {
    poked_ = false;
    const SteadyTime next = sync();
    if (env().cancelled()) return;
    if (done_) break;
    if (!poked_ && wake_->wait(next).code() == Code::kCancelled) return;
  }
  if (done_ && gone_) finished_(record_.uid);
}

// A pod that the node has no room for, although it was bound to it.
bool PodWorker::admitted() {
  std::vector<JsonPtr> present;
  for (const auto& [key, pod] : context_.informers->objects(kPods)) {
    const auto record = context_.disk->pods.find(object_uid(*pod));
    const bool counts = record != context_.disk->pods.end() && record->second.start_time &&
                        !record->second.rejected && !is_terminal_pod(*pod);
    if (counts) present.push_back(pod);
  }
  const JsonPtr node = context_.informers->get(kNodes, "", context_.config.name);
  std::optional<Rejection> problem = context_.refusal(*pod_);
  if (!problem) problem = admission_problem(context_.config, node.get(), present, *pod_);
  if (!problem) return true;
  record_.reason = problem->reason;
  record_.message = problem->message;
  context_.events->warning(*pod_, problem->reason, problem->message);
  return false;
}

SteadyTime PodWorker::sync() {
  collect_exits();
  each_slot([this](Slot& slot) { check_memory(slot); });
  if (std::exchange(memory_seen_, memory_bytes()) != memory_bytes()) context_.memory_changed();
  SteadyTime next = kForever;
  if (must_stop() || past_deadline(next)) return stop_step();
  if (!prepared_) {
    const Status prepared = prepare();
    if (prepared.code() == Code::kCancelled) return kForever;
    if (!prepared.ok()) return std::min(next, env().now() + mount_backoff_);
    prepared_ = true;
    if (must_stop()) return stop_step();
  }
  next = std::min({next, run_containers(), check_storage()});
  next = std::min(next, enforce_kills());
  const std::string phase = derive_phase(record_, restart_policy(*pod_), "");
  if ((phase == "Succeeded" || phase == "Failed") && !any_alive()) return end();
  if (main_ended()) stop_sidecars(grace());
  return std::min(next, enforce_kills());
}

// Whether the sidecars have nothing more to accompany.
bool PodWorker::main_ended() const {
  return std::all_of(main_.begin(), main_.end(), [this](const Slot& slot) {
    return !slot.life && slot.record->phase == ContainerPhase::kTerminated &&
           !will_restart(*slot.record, restart_policy(*pod_));
  });
}

}  // namespace drydock::fakekube
