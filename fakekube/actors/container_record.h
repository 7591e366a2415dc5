// What a kubelet knows about the containers of one pod, and the pod status that follows from it.
// Phase and conditions are derived here and nowhere set by hand.
//
//   json::value status = derive_pod_status(*pod, record, node_ip);
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/json.h"
#include "core/base/time.h"

namespace drydock::fakekube {

struct TerminatedState {
  int exit_code = 0;
  std::string reason;   // "Completed", "Error", "OOMKilled", "ContainerStatusUnknown"
  std::string message;  // termination message; may be empty
  WallTime started_at;
  WallTime finished_at;
  std::string container_id;
};

enum class ContainerPhase { kWaiting, kRunning, kTerminated };

struct ContainerRecord {
  std::string name;
  std::string image;
  bool is_init = false;
  bool is_sidecar = false;  // an init container that restarts always

  ContainerPhase phase = ContainerPhase::kWaiting;
  std::string waiting_reason;   // "ContainerCreating", "PodInitializing", "ErrImagePull", ...
  std::string waiting_message;  // may be empty
  WallTime started_at;          // when kRunning
  std::string container_id;     // of the one that runs or ran last
  TerminatedState terminated;   // when kTerminated
  std::optional<TerminatedState> last;  // lastState: how the one before ended
  int restart_count = 0;
  bool started = false;  // startup probe passed, or there is none
  bool ever_started = false;
  bool ready = false;  // readiness probe passed, or there is none
};

struct PodRecord {
  std::string namespace_name;
  std::string name;
  std::string uid;
  std::string pod_ip;  // empty until the sandbox exists
  std::optional<WallTime> start_time;
  std::vector<ContainerRecord> init_containers;
  std::vector<ContainerRecord> containers;
  // Nothing is started any more (deletion, deadline, eviction): what has ended decides the phase.
  bool stopped = false;
  // Nothing runs and nothing is mounted any more: the object may go.
  bool ended = false;
  // The node did not take the pod: it never had containers.
  bool rejected = false;
  // Set when the kubelet ended the pod itself: "DeadlineExceeded", "Evicted", "OutOfmemory". The
  // phase is Failed as soon as no container runs.
  std::string reason;
  std::string message;
};

enum class RestartPolicy { kNever, kOnFailure, kAlways };
RestartPolicy restart_policy(const json::value& pod);

// A record with every container of the pod's spec waiting.
PodRecord make_pod_record(const json::value& pod);

// Whether this terminated container runs again under the pod's policy.
bool will_restart(const ContainerRecord& container, RestartPolicy policy);

// "Pending", "Running", "Succeeded" or "Failed" from the container states (and the kubelet's own
// reason). `current_phase`: a terminal one is kept.
std::string derive_phase(const PodRecord& record, RestartPolicy policy,
                         std::string_view current_phase);

// The whole pod status that the kubelet reports: phase, conditions (those of others are kept, and
// lastTransitionTime moves only when the condition's status does), containerStatuses, addresses,
// startTime, qosClass. `current` is the status that the pod object shows now.
json::value derive_pod_status(const json::value& pod, const PodRecord& record,
                              std::string_view node_ip, WallTime now);

}  // namespace drydock::fakekube
