// PodWorker: volumes and address, starting and restarting containers, probes.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "fakekube/actors/kubelet_node.h"
#include "fakekube/actors/kubelet_pod.h"
#include "fakekube/actors/pod_address.h"
#include "fakekube/actors/pod_view.h"
#include "fakekube/actors/timings.h"

namespace drydock::fakekube {
namespace {

std::string draw_container_id(Env& env, const std::string& pod_uid, const ContainerRecord& record) {
  std::string out = "containerd://";
  const std::string stream = fmt::format("container/{}/{}", pod_uid, record.name);
  for (uint64_t part = 0; part < 4; ++part) {
    const uint64_t ordinal = static_cast<uint64_t>(record.restart_count) * 4 + part;
    out += fmt::format("{:016x}", env.draw(stream, ordinal));
  }
  return out;
}

std::string pull_policy(const json::value& container) {
  return json_string(container, {"imagePullPolicy"}, "IfNotPresent");
}

Duration next_backoff(Duration current, Duration base, Duration max) {
  return current == Duration::zero() ? base : std::min(current * 2, max);
}

}  // namespace

// Volumes, then the sandbox and its address. May suspend.
Status PodWorker::prepare() {
  const JsonPtr pod = pod_;  // update() may replace it while this suspends
  const Status mounted = volumes_.prepare(*pod);
  if (mounted.code() == Code::kCancelled) return mounted;
  if (!mounted.ok()) {
    mount_backoff_ =
        next_backoff(mount_backoff_, timings::kMountRetryBase, timings::kMountRetryMax);
    if (mounted.code() != Code::kUnavailable)
      context_.events->warning(*pod_, "FailedMount", mounted.message());
    return mounted;
  }
  if (!record_.pod_ip.empty()) return ok_status();
  DRYDOCK_RETURN_IF_ERROR(env().sleep_for(timings::kSandboxTime));
  record_.pod_ip = next_pod_address(*context_.disk, context_.config.index);
  report();
  return ok_status();
}

SteadyTime PodWorker::run_containers() {
  SteadyTime sidecars = kForever;
  for (Slot& slot : init_) {
    if (slot.record->is_sidecar && main_ended()) continue;
    const SteadyTime next = advance(slot);
    const ContainerRecord& record = *slot.record;
    const bool done = record.is_sidecar ? record.ever_started
                                        : record.phase == ContainerPhase::kTerminated &&
                                              !slot.life && record.terminated.exit_code == 0;
    sidecars = std::min(sidecars, next);
    if (!done) return sidecars;
  }
  SteadyTime next = sidecars;
  for (Slot& slot : main_) {
    if (env().cancelled()) return kForever;
    next = std::min(next, advance(slot));
  }
  return next;
}

// Starts or restarts the container when that is due; when to look again.
SteadyTime PodWorker::advance(Slot& slot) {
  ContainerRecord& record = *slot.record;
  if (slot.life) return kForever;
  if (record.phase == ContainerPhase::kTerminated) {
    if (!will_restart(record, restart_policy(*pod_))) return kForever;
    schedule_restart(slot);
  }
  if (env().now() < slot.start_at) return slot.start_at;
  start_container(slot);
  return slot.life ? kForever : slot.start_at;
}

// The first restart is immediate; then 10 s, doubled up to 5 min.
void PodWorker::schedule_restart(Slot& slot) {
  ContainerRecord& record = *slot.record;
  const bool ran_long = record.terminated.finished_at - record.terminated.started_at >
                        2 * timings::kRestartBackoffMax;
  if (ran_long) slot.backoff = Duration::zero();
  record.last = record.terminated;
  ++record.restart_count;
  record.phase = ContainerPhase::kWaiting;
  record.waiting_reason = "PodInitializing";
  record.waiting_message.clear();
  if (slot.backoff > Duration::zero()) {
    slot.start_at = env().now() + slot.backoff;
    const std::string where = fmt::format("container={} pod={}_{}({})", record.name, record_.name,
                                          record_.namespace_name, record_.uid);
    record.waiting_reason = "CrashLoopBackOff";
    record.waiting_message =
        fmt::format("back-off {} restarting failed {}", format_duration(slot.backoff), where);
    context_.events->warning(
        *pod_, "BackOff",
        fmt::format("Back-off restarting failed container {} in pod {}_{}({})", record.name,
                    record_.name, record_.namespace_name, record_.uid));
  }
  slot.backoff =
      next_backoff(slot.backoff, timings::kRestartBackoffBase, timings::kRestartBackoffMax);
  report();
}

void PodWorker::start_container(Slot& slot) {
  ContainerRecord& record = *slot.record;
  if (!pull(slot)) return;
  if (!env().sleep_for(timings::kContainerStartTime).ok() || must_stop()) return;
  Status problem = ok_status();
  ContainerStart start = make_start(slot, problem);
  if (!problem.ok()) return start_failed(slot, problem);
  auto run = std::make_shared<RunningContainer>();
  open_log(record.name);
  start.use_memory = [weak = std::weak_ptr(run)](uint64_t bytes) {
    const std::shared_ptr<RunningContainer> running = weak.lock();
    if (!running) return;
    running->memory_bytes = bytes;
    if (running->on_change) running->on_change();
  };
  Result<std::unique_ptr<Container>> container = context_.runtime.start(
      std::move(start), [weak = std::weak_ptr(run), &clock = context_.env](ExitStatus exit) {
        const std::shared_ptr<RunningContainer> ended = weak.lock();
        if (!ended) return;
        ended->exit = std::move(exit);
        ended->exited_at = clock.wall_now();
        if (ended->on_change) ended->on_change();
      });
  if (!container.ok()) {
    discard_log(record.name);
    return start_failed(slot, container.status());
  }
  run->container = std::move(container).value();
  watch_over(run);
  context_.disk->running[record_.uid][record.name] = run;
  started(slot, std::make_shared<Life>(Life{.run = std::move(run), .probes = {}}));
}

// False: the task is to end. What the node has, it doesn't fetch unless the policy says so.
bool PodWorker::pull(Slot& slot) {
  const std::string& image = slot.record->image;
  if (pull_policy(slot.spec) != "Always") return true;
  context_.events->normal(*pod_, "Pulling", fmt::format("Pulling image \"{}\"", image));
  return env().sleep_for(timings::kImagePullTime).ok();
}

void PodWorker::start_failed(Slot& slot, const Status& status) {
  ContainerRecord& record = *slot.record;
  const bool no_image = status.code() == Code::kNotFound || status.code() == Code::kUnavailable;
  const bool first = slot.pull_backoff == Duration::zero();
  slot.pull_backoff =
      next_backoff(slot.pull_backoff, timings::kRestartBackoffBase, timings::kRestartBackoffMax);
  slot.start_at = env().now() + slot.pull_backoff;
  record.phase = ContainerPhase::kWaiting;
  if (!no_image) {
    record.waiting_reason = "CreateContainerError";
    record.waiting_message = status.message();
    context_.events->warning(*pod_, "Failed", "Error: " + status.message());
    return report();
  }
  const std::string failure =
      fmt::format("Failed to pull image \"{}\": {}", record.image, status.message());
  context_.events->warning(*pod_, "Failed", failure);
  context_.events->warning(*pod_, "Failed", "Error: ErrImagePull");
  if (first) {
    record.waiting_reason = "ErrImagePull";
    record.waiting_message = status.message();
  } else {
    const std::string back_off = fmt::format("Back-off pulling image \"{}\"", record.image);
    record.waiting_reason = "ImagePullBackOff";
    record.waiting_message = back_off + ": ErrImagePull: " + status.message();
    context_.events->normal(*pod_, "BackOff", back_off);
    context_.events->warning(*pod_, "Failed", "Error: ImagePullBackOff");
  }
  report();
}

// Until its postStart hook is over the container is not shown as running, and nothing after it
// begins. May suspend.
void PodWorker::started(Slot& slot, const std::shared_ptr<Life>& life) {
  life->started = env().now();
  slot.life = life;
  slot.pull_backoff = Duration::zero();
  slot.record->started_at = env().wall_now();
  slot.record->container_id = draw_container_id(env(), record_.uid, *slot.record);
  tell_started(slot);
  const json::value* hook = json_find(slot.spec, {"lifecycle", "postStart"});
  const bool well = hook == nullptr || run_hook(slot.spec, *hook, *life->run);
  if (env().cancelled() || slot.life != life) return;
  show_running(slot);
  if (!well) {
    context_.events->warning(*pod_, "FailedPostStartHook", "PostStartHook failed");
    return terminate(slot, grace(), "FailedPostStartHook");
  }
  if (!slot.record->is_init || slot.record->is_sidecar) start_probes(slot);
}

void PodWorker::tell_started(const Slot& slot) {
  const ContainerRecord& record = *slot.record;
  const std::string pulled =
      pull_policy(slot.spec) == "Always"
          ? fmt::format(
                "Successfully pulled image \"{}\" in 200ms (200ms including waiting). "
                "Image size: 0 bytes.",
                record.image)
          : fmt::format("Container image \"{}\" already present on machine", record.image);
  context_.events->normal(*pod_, "Pulled", pulled);
  context_.events->normal(*pod_, "Created", "Created container: " + record.name);
  context_.events->normal(*pod_, "Started", "Started container " + record.name);
}

void PodWorker::show_running(Slot& slot) {
  ContainerRecord& record = *slot.record;
  record.phase = ContainerPhase::kRunning;
  record.waiting_reason.clear();
  record.waiting_message.clear();
  const bool lives_long = !record.is_init || record.is_sidecar;
  record.started = lives_long && !read_probe(slot.spec, "startupProbe");
  record.ever_started = record.ever_started || record.started;
  record.ready = record.started && !read_probe(slot.spec, "readinessProbe");
  report();
}

ContainerStart PodWorker::make_start(const Slot& slot, Status& status) {
  ContainerStart start;
  start.node = context_.config.name;
  start.pod_ip = record_.pod_ip;
  start.container = slot.record->name;
  start.image = slot.record->image;
  start.pod = pod_;
  start.log = [disk = context_.disk, uid = record_.uid, name = slot.record->name,
               limit = context_.config.log_max_bytes, &clock = context_.env](std::string line) {
    const auto pod = disk->logs.find(uid);
    if (pod == disk->logs.end()) return;
    const auto log = pod->second.find(name);
    if (log != pod->second.end())
      append_log(log->second, {clock.wall_now(), std::move(line)}, clock.now(), limit);
  };
  status = volumes_.fill(slot.spec, start);
  return start;
}

// A new life's log; the last one's becomes `previous`.
void PodWorker::open_log(const std::string& container) {
  auto& logs = context_.disk->logs[record_.uid];
  const auto [position, is_new] = logs.try_emplace(container);
  if (is_new) return;
  ContainerLog& log = position->second;
  log.previous = std::exchange(log.current, {});
  log.current_bytes = 0;
  log.has_previous = true;
}

// That life never began.
void PodWorker::discard_log(const std::string& container) {
  auto& logs = context_.disk->logs[record_.uid];
  ContainerLog& log = logs[container];
  if (!std::exchange(log.has_previous, false)) {
    logs.erase(container);
    return;
  }
  log.current = std::exchange(log.previous, {});
}

// --- Probes

void PodWorker::start_probes(Slot& slot) {
  const auto begin = [&](ProbeKind kind, std::string_view field) {
    const std::optional<Probe> probe = read_probe(slot.spec, field);
    if (!probe) return;
    slot.life->probes.push_back(
        context_.spawn(fmt::format("kubelet/probe/{}/{}", record_.name, field),
                       [self = shared_from_this(), this, kind, probe = *probe, &slot,
                        life = slot.life] { run_probe(kind, probe, slot, life); }));
  };
  begin(ProbeKind::kStartup, "startupProbe");
  begin(ProbeKind::kLiveness, "livenessProbe");
  begin(ProbeKind::kReadiness, "readinessProbe");
}

// Ticks with the probe's period from the container's start; a tick before the initial delay does
// nothing. The others wait for the startup probe, which ends with its first success.
void PodWorker::run_probe(ProbeKind kind, const Probe& probe, Slot& slot,
                          const std::shared_ptr<Life>& life) {
  const auto is_over = [&] { return slot.life != life || life->run->exit || life->terminating; };
  int passed = 0;
  int failed = 0;
  bool began = false;
  SteadyTime tick = life->started;
  while (true) {
    while (!is_over() && kind != ProbeKind::kStartup && !slot.record->started)
      if (wake_->wait(kForever).code() == Code::kCancelled) return;
    if (!std::exchange(began, true)) tick = env().now();
    while (tick < env().now() || tick < life->started + probe.initial_delay) tick += probe.period;
    if (!env().sleep_until(tick).ok() || is_over()) return;
    const ProbeResult result = probe.how == Probe::How::kExec
                                   ? exec_result(life->run->container->exec(probe.command))
                                   : try_probe(env(), context_.wire, record_.pod_ip, probe);
    if (result.cancelled || is_over()) return;
    tick += probe.period;
    if (result.passed) {
      failed = 0;
      if (++passed >= probe.success_threshold) probe_passed(kind, slot);
      if (kind == ProbeKind::kStartup && slot.record->started) return;
      continue;
    }
    passed = 0;
    context_.events->warning(*pod_, "Unhealthy",
                             fmt::format("{} probe failed: {}", probe_name(kind), result.problem));
    if (++failed < probe.failure_threshold) continue;
    probe_failed(kind, probe, slot);
    if (is_over()) return;
  }
}

void PodWorker::probe_passed(ProbeKind kind, Slot& slot) {
  ContainerRecord& record = *slot.record;
  if (kind == ProbeKind::kLiveness) return;
  const bool was_started = record.started;
  const bool was_ready = record.ready;
  if (kind == ProbeKind::kStartup) {
    record.started = record.ever_started = true;
    record.ready = !read_probe(slot.spec, "readinessProbe");
  } else {
    record.ready = true;
  }
  if (record.started == was_started && record.ready == was_ready) return;
  report();
  poke();
}

void PodWorker::probe_failed(ProbeKind kind, const Probe& probe, Slot& slot) {
  if (kind == ProbeKind::kReadiness) {
    if (std::exchange(slot.record->ready, false)) report();
    return;
  }
  Duration allowed = grace();
  if (probe.grace_seconds)
    allowed = std::max<Duration>(seconds(*probe.grace_seconds), timings::kMinimumGrace);
  std::string lower(probe_name(kind));
  lower[0] = static_cast<char>(lower[0] - 'A' + 'a');
  terminate(
      slot, allowed,
      fmt::format("Container {} failed {} probe, will be restarted", slot.record->name, lower));
  slot.record->ready = false;
  report();
  poke();
}

}  // namespace drydock::fakekube
