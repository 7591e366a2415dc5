// The controller of Backups, or of Restores: reads one CR, moves it one step (architecture, §5).
//
//   OperationController backups({env, kube, caches.backups, ..., make_backup_strategy()});
//   Result<ReconcileResult> next = backups.reconcile({"my-backup"});
//
// What must survive a restart is in the CR's status and on the pod: phase, the pod's uid, the
// intent to start (condition Started), the outcome (condition Succeeded), and the spec acted on
// (the pod's annotation). Memory holds only clocks, each started when this process first saw its
// cause, and the conversation with the server: losing it costs time, never correctness.
//
// The CR is read from the informer's copy; every write carries its resourceVersion, and what can't
// be undone (creating the pod, asking for the start) is preceded by reading or writing the CR at
// the API server. Errors of the API server are returned, to be retried with back-off.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "core/base/env.h"
#include "core/base/resources.h"
#include "core/control/controller.h"
#include "core/control/event_recorder.h"
#include "core/control/informer.h"
#include "core/control/kube_client.h"
#include "core/control/operation_options.h"
#include "core/control/operation_rules.h"
#include "core/control/operation_strategy.h"
#include "core/control/operation_writer.h"
#include "core/control/server_session.h"

namespace drydock::control {

struct OperationControllerParts {
  Env& env;
  KubeClient& kube;
  Informer& objects;  // of the strategy's resource
  Informer& infinispans;
  Informer& pods;
  EventRecorder& events;
  ServerApiFactory server_api;
  OperationOptions options;
  std::unique_ptr<OperationStrategy> strategy;
};

class OperationController final : public Reconciler {
 public:
  // What the references of `parts` mean must outlive this.
  explicit OperationController(OperationControllerParts parts);

  Result<ReconcileResult> reconcile(const Request& request) override;

 private:
  using Next = Result<ReconcileResult>;

  // What this process saw of one CR, by its own clock.
  struct Memory {
    std::string uid;
    std::unique_ptr<ServerSession> session;
    std::optional<OperationSpec> spec;  // acted on
    std::optional<SteadyTime> start_since;
    std::optional<SteadyTime> absent_since;
    std::optional<SteadyTime> unknown_since;
    std::optional<SteadyTime> yield_since;
    std::optional<SteadyTime> outcome_since;
    std::optional<SteadyTime> stop_accepted;
    int unknown_polls = 0;
    int failed_stops = 0;
  };
  struct Pass {
    Operation operation;
    Memory& memory;
  };
  // The pod as the API server has it now.
  struct LivePod {
    PodPresence presence = PodPresence::kGone;
    Pod pod;
    JsonPtr object;
  };

  // operation_controller.cc
  Next step(Pass& pass);
  Next begin(Pass& pass);
  Next mark_imported(Pass& pass);
  Memory& memory_of(const ObjectMeta& meta);
  Result<LivePod> look_at_pod(const Pass& pass);
  Result<Finding> look_at_cluster(const std::string& name, Infinispan& cluster, JsonPtr& object);
  Next again_after(Duration delay) const { return ReconcileResult{delay}; }

  // operation_prepare.cc: Initializing
  Next prepare(Pass& pass);
  Next prepare_objects(Pass& pass);
  Next ensure_pod(Pass& pass, const Infinispan& cluster, const json::value& cluster_object);
  Next create_pod(Pass& pass, const json::value& pod);
  Next adopt_pod(Pass& pass, const json::value& pod);
  Next wait_to_begin(Pass& pass, const Finding& finding);
  JsonPtr find_data_pod(const std::string& cluster) const;

  // operation_start.cc: Initialized, and starting again
  Next await_pod(Pass& pass);
  Next try_start(Pass& pass, const LivePod& live);
  Next ask_for_start(Pass& pass);
  Status write_intent(Pass& pass);
  Next hold(Pass& pass, const Finding& finding);
  Next could_not_ask(Pass& pass, const Status& status);
  const OperationSpec& acted_on(Pass& pass, const json::value* pod);
  ServerSession& session_of(Pass& pass);
  Status connect(Pass& pass, const Pod& pod);

  // operation_poll.cc: Running and Unknown
  Next poll(Pass& pass);
  Next poll_once(Pass& pass);
  void ask(Pass& pass, const Pod& pod, Observation& observation);
  void note_pod(const LivePod& live, Observation& observation) const;
  void note_absence(Pass& pass, Observation& observation);
  bool node_is_gone(const Pod& pod);
  Next apply(Pass& pass, const Decision& decision, const LivePod* live);
  Next running(Pass& pass);
  Next become_unknown(Pass& pass, const std::string& reason, const std::string& message);
  Next yield_if_asked(Pass& pass, const ReconcileResult& next);

  // operation_end.cc: from the outcome to the end phase
  Next succeed(Pass& pass);
  Next fail(Pass& pass, const std::string& reason, const std::string& message);
  Next finish(Pass& pass);
  Status stop_pod(Pass& pass, const LivePod& live);
  Status kill_container(const LivePod& live);
  Next settle(Pass& pass, Condition pod_ended);
  Result<LivePod> look_at_own_pod(const Pass& pass);

  Env& env_;
  KubeClient& kube_;
  Informer& objects_;
  Informer& infinispans_;
  Informer& pods_;
  ServerApiFactory server_api_;
  OperationOptions options_;
  std::unique_ptr<OperationStrategy> strategy_;
  OperationWriter writer_;
  std::map<std::string, Memory, std::less<>> memory_;  // by name
};

}  // namespace drydock::control
