// Questions that several actors ask of pods, nodes, claims and volumes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/json.h"
#include "core/base/time.h"

namespace drydock::fakekube {

// --- Any object
std::string object_uid(const json::value& object);
bool is_deleting(const json::value& object);
bool has_finalizer(const json::value& object, std::string_view finalizer);
// False when it was there already / was not there.
bool add_finalizer(json::value& object, std::string_view finalizer);
bool remove_finalizer(json::value& object, std::string_view finalizer);
std::string annotation(const json::value& object, std::string_view name);
// The owner with controller=true; nullptr: none.
const json::value* controller_of(const json::value& object);
// Whether every label of the selector's matchLabels is on the object.
bool matches_labels(const json::value& object, const json::object& match_labels);

// A quantity in whole units, rounded up; 0 when it is none.
int64_t quantity_units(std::string_view quantity);

// --- Conditions (of anything with status.conditions)
const json::value* find_condition(const json::value& object, std::string_view type);
std::string condition_status(const json::value& object, std::string_view type);
// Sets status, reason and message; lastTransitionTime moves only with the status. False: unchanged.
bool set_condition(json::value& object, std::string_view type, std::string_view status,
                   std::string_view reason, std::string_view message, WallTime now);

// --- Pods
std::string pod_node(const json::value& pod);  // "" = unscheduled
bool is_terminal_pod(const json::value& pod);  // Succeeded or Failed

struct PodClaim {
  std::string volume;  // its name in the pod
  std::string claim;
  bool read_only = false;
};
std::vector<PodClaim> pod_claims(const json::value& pod);
bool pod_uses_claim(const json::value& pod, std::string_view claim);

struct Resources {
  int64_t cpu_milli = 0;
  int64_t memory_bytes = 0;
};
// What the scheduler books: the containers' requests, at least the largest init container's.
Resources pod_requests(const json::value& pod);
// The same with 100 millicores and 200 MiB for a container that asks for nothing; for scoring.
Resources pod_requests_for_score(const json::value& pod);

// --- Nodes
bool is_ready_node(const json::value& node);
struct Taint {
  std::string key;
  std::string value;
  std::string effect;  // NoSchedule, PreferNoSchedule, NoExecute
};
// Of a node whose kubelet says that it is short of memory.
inline constexpr std::string_view kMemoryPressureTaint = "node.kubernetes.io/memory-pressure";
std::vector<Taint> node_taints(const json::value& node);
// nullopt: not tolerated. Else the seconds it is tolerated for; -1 = for ever.
std::optional<int64_t> toleration_seconds(const json::value& pod, const Taint& taint);
// nodeSelector and required node affinity of the pod.
bool selects_node(const json::value& pod, const json::value& node);
// A PersistentVolume's required node affinity.
bool volume_fits_node(const json::value& volume, const json::value& node);

}  // namespace drydock::fakekube
