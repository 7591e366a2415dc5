// One pod on its node: from its volumes to its last container's end. One task per pod, which looks
// at everything each time it is woken and does what is due (level-triggered). Internal to the
// kubelet.
#pragma once

#include <memory>
#include <optional>
#include <string>
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

 private:
  // One life of one container.
  struct Life {
    std::unique_ptr<Container> container;
    std::optional<ExitStatus> exit;
    WallTime exited_at;
    SteadyTime started{};
    SteadyTime kill_at = kForever;
    bool terminating = false;  // SIGTERM was sent
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
  // Does what is due; when to look again at the latest.
  SteadyTime sync();
  bool must_stop();
  bool past_deadline(SteadyTime& next);
  SteadyTime stop_step();
  SteadyTime end();
  Duration grace() const;
  void mark_never_located();

  Status prepare();
  SteadyTime run_containers();
  SteadyTime advance(Slot& slot);
  void start_container(Slot& slot);
  bool pull(Slot& slot);
  void start_failed(Slot& slot, const Status& status);
  void started(Slot& slot, std::shared_ptr<Life> life);
  void schedule_restart(Slot& slot);
  ContainerStart make_start(const Slot& slot, Status& status);

  void collect_exits();
  void collect_exit(Slot& slot);
  SteadyTime enforce_kills();
  void terminate(Slot& slot, Duration grace, const std::string& why);
  bool any_alive() const;
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
  bool prepared_ = false;
  bool poked_ = false;
  bool gone_ = false;  // the pod object is
  bool evicted_ = false;
  bool done_ = false;  // the task has nothing more to do
  bool dead_ = false;  // power_off
};

}  // namespace drydock::fakekube
