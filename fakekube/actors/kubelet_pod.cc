#include "fakekube/actors/kubelet_pod.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "core/base/log.h"
#include "fakekube/actors/kubelet_node.h"
#include "fakekube/actors/pod_view.h"
#include "fakekube/actors/timings.h"

namespace drydock::fakekube {
namespace {

constexpr int kLostExitCode = 137;
// As a container runtime shows containers that it finds dead after the machine's restart.
constexpr int kPowerLossExitCode = 255;

bool initialized(const PodRecord& record) {
  return std::all_of(
      record.init_containers.begin(), record.init_containers.end(), [](const ContainerRecord& one) {
        return one.phase == ContainerPhase::kTerminated && one.terminated.exit_code == 0;
      });
}

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
    for (const json::value& spec : json_array(*pod_, {"spec", list})) {
      lose_power(records[index], env().wall_now());
      slots.push_back({.spec = spec, .record = &records[index++]});
    }
  };
  fill("initContainers", record_.init_containers, init_);
  fill("containers", record_.containers, main_);
  if (!record_.ended) record_.pod_ip.clear();  // its sandbox died with the machine, if it had one
}

void PodWorker::start() {
  task_ =
      context_.spawn("kubelet/pod/" + record_.name, [self = shared_from_this()] { self->run(); });
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
  dead_ = true;
  task_.cancel();
  for (std::vector<Slot>* slots : {&init_, &main_})
    for (Slot& slot : *slots) {
      if (!slot.life) continue;
      for (const TaskHandle& probe : slot.life->probes) probe.cancel();
      slot.life->container.reset();
      slot.life.reset();
      lose_power(*slot.record, env().wall_now());
    }
}

void PodWorker::report() { context_.report(record_.uid); }

void PodWorker::run() {
  if (!env().sleep_for(timings::kPodSyncTime).ok()) return;
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

SteadyTime PodWorker::sync() {
  collect_exits();
  SteadyTime next = kForever;
  if (must_stop() || past_deadline(next)) return stop_step();
  if (!prepared_) {
    const Status prepared = prepare();
    if (prepared.code() == Code::kCancelled) return kForever;
    if (!prepared.ok()) return std::min(next, env().now() + mount_backoff_);
    prepared_ = true;
    if (must_stop()) return stop_step();
  }
  next = std::min(next, run_containers());
  next = std::min(next, enforce_kills());
  const std::string phase = derive_phase(record_, restart_policy(*pod_), "");
  if ((phase == "Succeeded" || phase == "Failed") && !any_alive()) return end();
  return next;
}

// --- Ending

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
  for (std::vector<Slot>* slots : {&init_, &main_})
    for (Slot& slot : *slots)
      if (slot.life) terminate(slot, allowed, "Stopping container " + slot.record->name);
  const SteadyTime next = enforce_kills();
  return any_alive() ? next : end();
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
  if (!initialized(record_)) return;
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
  if (allowed > Duration::zero()) life.container->terminate();
}

SteadyTime PodWorker::enforce_kills() {
  SteadyTime next = kForever;
  for (std::vector<Slot>* slots : {&init_, &main_})
    for (Slot& slot : *slots) {
      if (!slot.life) continue;
      // kill() reports the exit before it returns.
      const std::shared_ptr<Life> life = slot.life;
      if (life->kill_at <= env().now() && !life->exit) life->container->kill();
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
  if (!slot.life || !slot.life->exit) return;
  const std::shared_ptr<Life> life = std::move(slot.life);
  slot.life.reset();
  for (const TaskHandle& probe : life->probes) probe.cancel();
  ContainerRecord& record = *slot.record;
  const ExitStatus& exit = *life->exit;
  std::string reason = exit.reason;
  if (reason.empty()) reason = exit.code == 0 ? "Completed" : "Error";
  record.phase = ContainerPhase::kTerminated;
  record.terminated = {exit.code,         reason,          exit.message,
                       record.started_at, life->exited_at, record.container_id};
  record.started = false;
  record.ready = record.is_init && exit.code == 0;
  report();
}

}  // namespace drydock::fakekube
