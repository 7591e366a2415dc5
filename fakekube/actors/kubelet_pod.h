// One pod on its node: from its volumes to its last container's end. One task per pod, which looks
// at everything each time it is woken and does what is due (level-triggered). Internal to the
// kubelet.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fakekube/actors/kubelet_context.h"
#include "fakekube/actors/kubelet_probes.h"
#include "fakekube/actors/kubelet_volumes.h"

namespace drydock::fakekube {

class PodWorker : public std::enable_shared_from_this<PodWorker> {
 public:
  // `record` lies on the node's disk and outlives the worker. `finished` is called when the pod
  // object has gone and nothing of the pod is left.
  PodWorker(KubeletContext& context, JsonPtr pod, PodRecord& record,
            std::function<void(const std::string& uid)> finished);

  void start();              // spawns the pod's task
  void update(JsonPtr pod);  // the API shows a newer version
  void removed();            // the pod object is gone
  void evict(const std::string& message);
  void poke();  // something it may wait for has happened
  // The machine dies: containers end without a trace, the record shows what the disk would.
  void power_off();
  // The kubelet's process dies: containers go on, and its next one looks after them.
  void detach();

  // For the eviction of pods when the node runs short of something.
  const JsonPtr& pod() const { return pod_; }
  bool stopping() const { return record_.stopped || evicted_; }
  uint64_t memory_bytes() const;
  uint64_t memory_bytes(const std::string& container) const;
  // Logs; of the whole pod also its scratch volumes.
  uint64_t disk_bytes() const;
  uint64_t disk_bytes(const std::string& container) const;
  bool has_running() const;

 private:
  // One life of one container, as this kubelet looks after it.
  struct Life {
    std::shared_ptr<RunningContainer> run;
    SteadyTime started{};
    SteadyTime kill_at = kForever;
    bool terminating = false;  // it was told to end, or its hook runs
    std::vector<TaskHandle> probes;
  };
  struct Slot {
    json::value spec;
    ContainerRecord* record = nullptr;
    std::shared_ptr<Life> life;
    SteadyTime start_at{};    // not before (back-off)
    Duration backoff{};       // zero: never restarted
    Duration pull_backoff{};  // zero: no pull has failed
  };

  void run();
  void adopt_running();
  void watch_over(const std::shared_ptr<RunningContainer>& run);
  bool admitted();
  void check_memory(Slot& slot);
  // Evicts the pod when it has written more than it may; when to look again.
  SteadyTime check_storage();
  std::string storage_problem() const;
  // Does what is due; when to look again at the latest.
  SteadyTime sync();
  bool must_stop();
  bool past_deadline(SteadyTime& next);
  SteadyTime stop_step();
  void stop_sidecars(Duration allowed);
  bool main_ended() const;
  bool run_hook(const json::value& spec, const json::value& hook, const RunningContainer& run);
  void run_pre_stop(const json::value& spec, const std::shared_ptr<Life>& life);
  SteadyTime end();
  Duration grace() const;
  void mark_never_located();

  Status prepare();
  SteadyTime run_containers();
  SteadyTime advance(Slot& slot);
  void start_container(Slot& slot);
  bool pull(Slot& slot);
  void start_failed(Slot& slot, const Status& status);
  void started(Slot& slot, const std::shared_ptr<Life>& life);
  void tell_started(const Slot& slot);
  void show_running(Slot& slot);
  void schedule_restart(Slot& slot);
  ContainerStart make_start(const Slot& slot, Status& status);

  void collect_exits();
  void collect_exit(Slot& slot);
  SteadyTime enforce_kills();
  void terminate(Slot& slot, Duration grace, const std::string& why);
  bool any_alive() const;
  template <class Visit>
  void each_slot(const Visit& visit) {
    for (std::vector<Slot>* slots : {&init_, &main_})
      for (Slot& slot : *slots) visit(slot);
  }
  void forget_life(Slot& slot);
  void open_log(const std::string& container);
  void discard_log(const std::string& container);

  void start_probes(Slot& slot);
  void run_probe(ProbeKind kind, const Probe& probe, Slot& slot, const std::shared_ptr<Life>& life);
  void probe_passed(ProbeKind kind, Slot& slot);
  void probe_failed(ProbeKind kind, const Probe& probe, Slot& slot);

  void report();
  Env& env() { return context_.env; }

  KubeletContext& context_;
  JsonPtr pod_;
  PodRecord& record_;
  std::function<void(const std::string&)> finished_;
  PodVolumes volumes_;
  std::vector<Slot> init_;
  std::vector<Slot> main_;
  std::unique_ptr<Gate> wake_;
  TaskHandle task_;
  Duration mount_backoff_{};
  std::string mount_problem_;  // last one told in an event
  uint64_t memory_seen_ = 0;
  bool limits_storage_ = false;  // something of its spec does
  SteadyTime storage_due_{};
  bool prepared_ = false;
  bool poked_ = false;
  bool gone_ = false;  // the pod object is
  bool evicted_ = false;
  bool done_ = false;  // the task has nothing more to do
  bool dead_ = false;  // power_off
};

}  // namespace drydock::fakekube
