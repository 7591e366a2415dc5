// PodWorker: how a pod's containers end: deadline, deletion, eviction, grace, sidecars, hooks.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "fakekube/actors/kubelet_pod.h"
#include "fakekube/actors/pod_view.h"
#include "fakekube/actors/timings.h"

namespace drydock::fakekube {
namespace {

constexpr int kLostExitCode = 137;

bool initialized(const PodRecord& record) {
  return std::all_of(
      record.init_containers.begin(), record.init_containers.end(), [](const ContainerRecord& one) {
        return one.is_sidecar
                   ? one.ever_started
                   : one.phase == ContainerPhase::kTerminated && one.terminated.exit_code == 0;
      });
}

}  // namespace

bool PodWorker::must_stop() {
  if (gone_ || evicted_ || record_.stopped || is_deleting(*pod_) || is_terminal_pod(*pod_)) {
    record_.stopped = true;
  }
  return record_.stopped;
}

bool PodWorker::past_deadline(SteadyTime& next) {
  const int64_t limit = json_int(*pod_, {"spec", "activeDeadlineSeconds"}, 0);
  if (limit <= 0 || !record_.start_time) return false;
  const Duration left = *record_.start_time + seconds(limit) - env().wall_now();
  if (left > Duration::zero()) {
    next = env().now() + left;
    return false;
  }
  record_.reason = "DeadlineExceeded";
  record_.message = "Pod was active on the node longer than the specified deadline";
  record_.stopped = true;
  context_.events->normal(*pod_, record_.reason, record_.message);
  return true;
}

Duration PodWorker::grace() const {
  if (evicted_) return Duration::zero();
  int64_t asked = json_int(*pod_, {"spec", "terminationGracePeriodSeconds"}, 30);
  asked = json_int(*pod_, {"metadata", "deletionGracePeriodSeconds"}, asked);
  return std::max<Duration>(seconds(asked), timings::kMinimumGrace);
}

SteadyTime PodWorker::stop_step() {
  const Duration allowed = grace();
  each_slot([&](Slot& slot) {
    if (slot.life && !slot.record->is_sidecar)
      terminate(slot, allowed, "Stopping container " + slot.record->name);
  });
  stop_sidecars(allowed);
  const SteadyTime next = enforce_kills();
  return any_alive() ? next : end();
}

// Sidecars end after all others, the last one first.
void PodWorker::stop_sidecars(Duration allowed) {
  bool later_lives =
      std::any_of(main_.begin(), main_.end(), [](const Slot& s) { return !!s.life; });
  for (auto slot = init_.rbegin(); slot != init_.rend(); ++slot) {
    if (!slot->life) continue;
    if (!later_lives || allowed == Duration::zero())
      terminate(*slot, allowed, "Stopping container " + slot->record->name);
    later_lives = true;
  }
}

SteadyTime PodWorker::end() {
  if (!record_.ended) {
    record_.stopped = true;
    mark_never_located();
    report();
    if (!volumes_.release().ok()) return kForever;
    record_.ended = true;
    report();
  }
  if (is_deleting(*pod_)) report();
  done_ = true;
  return kForever;
}

// A container of a started pod that never ran, when the pod ends, counts as failed.
void PodWorker::mark_never_located() {
  if (record_.rejected || !initialized(record_)) return;
  for (ContainerRecord& one : record_.containers) {
    if (one.phase == ContainerPhase::kTerminated) continue;
    one.phase = ContainerPhase::kTerminated;
    one.terminated = {kLostExitCode,
                      "ContainerStatusUnknown",
                      "The container could not be located when the pod was terminated",
                      WallTime{},
                      WallTime{},
                      ""};
    one.ready = one.started = false;
  }
}

bool PodWorker::any_alive() const {
  const auto alive = [](const Slot& slot) { return slot.life != nullptr; };
  return std::any_of(init_.begin(), init_.end(), alive) ||
         std::any_of(main_.begin(), main_.end(), alive);
}

void PodWorker::terminate(Slot& slot, Duration allowed, const std::string& why) {
  Life& life = *slot.life;
  life.kill_at = std::min(life.kill_at, env().now() + allowed);
  if (std::exchange(life.terminating, true)) return;
  for (const TaskHandle& probe : life.probes) probe.cancel();
  context_.events->normal(*pod_, "Killing", why);
  if (allowed == Duration::zero()) return;
  if (json_find(slot.spec, {"lifecycle", "preStop"}) != nullptr)
    return run_pre_stop(slot.spec, slot.life);
  life.run->container->terminate();
}

// The hook's time is part of the grace; whatever comes of it, SIGTERM follows.
void PodWorker::run_pre_stop(const json::value& spec, const std::shared_ptr<Life>& life) {
  const auto act = [self = shared_from_this(), spec, life] {
    const bool well = self->run_hook(spec, *json_find(spec, {"lifecycle", "preStop"}), *life->run);
    if (self->env().cancelled()) return;
    if (!well)
      self->context_.events->warning(*self->pod_, "FailedPreStopHook", "PreStopHook failed");
    if (!life->run->exit) life->run->container->terminate();
  };
  context_.spawn("kubelet/hook/" + record_.name, act);
}

// Whether it did what it should. Of an HTTP hook any answer will do. May suspend.
bool PodWorker::run_hook(const json::value& spec, const json::value& hook,
                         const RunningContainer& run) {
  if (run.exit) return false;
  if (const json::value* command = json_find(hook, {"exec"}))
    return run.container->exec(json_strings(*command, {"command"})) == 0;
  if (json_find(hook, {"sleep"}) != nullptr)
    return env().sleep_for(seconds(json_int(hook, {"sleep", "seconds"}))).ok();
  const std::optional<Probe> call = read_hook(spec, hook);
  return call && try_probe(env(), context_.wire, record_.pod_ip, *call).answered;
}

SteadyTime PodWorker::enforce_kills() {
  SteadyTime next = kForever;
  for (std::vector<Slot>* slots : {&init_, &main_})
    for (Slot& slot : *slots) {
      if (!slot.life) continue;
      // kill() reports the exit before it returns.
      const std::shared_ptr<RunningContainer> run = slot.life->run;
      if (slot.life->kill_at <= env().now() && !run->exit) run->container->kill();
      collect_exit(slot);
      if (slot.life) next = std::min(next, slot.life->kill_at);
    }
  return next;
}

void PodWorker::collect_exits() {
  for (std::vector<Slot>* slots : {&init_, &main_})
    for (Slot& slot : *slots) collect_exit(slot);
}

void PodWorker::collect_exit(Slot& slot) {
  if (!slot.life || !slot.life->run->exit) return;
  const std::shared_ptr<Life> life = std::move(slot.life);
  forget_life(slot);
  for (const TaskHandle& probe : life->probes) probe.cancel();
  ContainerRecord& record = *slot.record;
  const ExitStatus& exit = *life->run->exit;
  std::string reason = life->run->out_of_memory ? "OOMKilled" : exit.reason;
  if (reason.empty()) reason = exit.code == 0 ? "Completed" : "Error";
  record.phase = ContainerPhase::kTerminated;
  record.terminated = {
      exit.code,          reason, exit.message, record.started_at, life->run->exited_at,
      record.container_id};
  record.started = false;
  record.ready = record.is_init && !record.is_sidecar && exit.code == 0;
  report();
}

void PodWorker::forget_life(Slot& slot) {
  slot.life.reset();
  const auto found = context_.disk->running.find(record_.uid);
  if (found == context_.disk->running.end()) return;
  found->second.erase(slot.record->name);
  if (found->second.empty()) context_.disk->running.erase(found);
}

// The kernel kills what takes more than its limit; there is no grace.
void PodWorker::check_memory(Slot& slot) {
  if (!slot.life || slot.life->run->out_of_memory || slot.life->run->exit) return;
  const int64_t limit = quantity_units(json_string(slot.spec, {"resources", "limits", "memory"}));
  if (limit <= 0 || slot.life->run->memory_bytes <= static_cast<uint64_t>(limit)) return;
  slot.life->run->out_of_memory = true;
  slot.life->kill_at = env().now();
  enforce_kills();
}

SteadyTime PodWorker::check_storage() {
  if (!limits_storage_) return kForever;
  if (env().now() < storage_due_) return storage_due_;
  storage_due_ = env().now() + timings::kEvictionPeriod;
  if (const std::string problem = storage_problem(); !problem.empty()) evict(problem);
  return storage_due_;
}

std::string PodWorker::storage_problem() const {
  for (const json::value& volume : json_array(*pod_, {"spec", "volumes"})) {
    const std::string limit = json_string(volume, {"emptyDir", "sizeLimit"});
    const std::string name = json_string(volume, {"name"});
    if (quantity_units(limit) > 0 && volumes_.scratch_bytes(name) > quantity_units(limit))
      return fmt::format("Usage of EmptyDir volume \"{}\" exceeds the limit \"{}\". ", name, limit);
  }
  const auto logs = context_.disk->logs.find(record_.uid);
  for (const Slot& slot : main_) {
    const std::string limit = json_string(slot.spec, {"resources", "limits", kScratch});
    if (quantity_units(limit) <= 0 || logs == context_.disk->logs.end()) continue;
    const auto log = logs->second.find(slot.record->name);
    if (log != logs->second.end() &&
        log->second.current_bytes > static_cast<uint64_t>(quantity_units(limit)))
      return fmt::format("Container {} exceeded its local ephemeral storage limit \"{}\". ",
                         slot.record->name, limit);
  }
  return "";
}

}  // namespace drydock::fakekube
