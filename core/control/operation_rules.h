// The rules of a Backup's or Restore's life, as pure functions: what an observation means, whether
// an operation may begin, whose an object is. The controllers only fetch, ask these, and write.
//
//   const Decision decision = decide(observation, options);
//   if (decision.step == Step::kFail) return fail(pass, decision.reason, decision.message);
//
// Reasons are CamelCase words for conditions and Events; messages are for people.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/base/resources.h"
#include "core/base/status.h"
#include "core/control/operation_options.h"
#include "core/control/rest_client.h"

namespace drydock::control {

// Condition types of a Backup or Restore.
namespace condition {
// False while something is waited for before the pod exists; True from its creation on.
inline constexpr std::string_view kInitialized = "Initialized";
// False while the pod can't be asked to start; Unknown from the written intent to start until the
// server is known to have accepted; then True.
inline constexpr std::string_view kStarted = "Started";
// False while the operation's state can't be told.
inline constexpr std::string_view kReachable = "Reachable";
// True while the cluster waits for this operation's end to stop or upgrade.
inline constexpr std::string_view kClusterStopping = "ClusterStopping";
// The outcome, once it is known; written before the pod is stopped.
inline constexpr std::string_view kSucceeded = "Succeeded";
// True: the pod's container was seen to have ended. Unknown: it was not within stop_deadline.
inline constexpr std::string_view kPodEnded = "PodEnded";
// This Backup stands for a volume brought along; nothing is done for it.
inline constexpr std::string_view kImported = "Imported";
}  // namespace condition

// The outcome is recorded; what is left is the end of the pod.
bool outcome_is_known(const OperationStatus& status);
// The intent to start is recorded: from then on the server may have received the start.
bool start_was_asked(const OperationStatus& status);

// --- may it begin -----------------------------------------------------------------------------
struct Finding {
  enum class Kind { kGoOn, kWait, kFail };
  Kind kind = Kind::kGoOn;
  std::string reason;
  std::string message;
};

// What admission refuses, when no webhook did: missing names, quantities that don't parse.
Finding check_spec(const Operation& operation);
// `cluster` is null when it does not exist. Waits for a stable cluster with all its data nodes in
// its view; fails for service type Cache.
Finding check_cluster(std::string_view name, const Infinispan* cluster);
// The Backup that a Restore names; null when it does not exist. Waits until it has ended; fails
// when it Failed.
Finding check_source(std::string_view name, const Operation* backup);
// The pod's own view and health before the start is asked for.
Finding check_view(const Infinispan& cluster, const ServerHealth& health);
// Whether `operation` may use an existing object of its name. Waits for one that is going away.
// `what` is its kind; `adoptable`: an object without owner may be annotated for adoption.
Finding check_owner(const Operation& operation, const json::value& object, std::string_view what,
                    bool adoptable);

// --- what is going on -------------------------------------------------------------------------
enum class PodPresence {
  kPresent,
  kEnded,     // its container terminated
  kGone,      // no pod of that name
  kReplaced,  // a pod of that name with another uid
  kNodeGone,  // the pod is there, its node's object is not
};

// What one pass learned about an operation whose start was asked for (or may have been).
struct Observation {
  PodPresence presence = PodPresence::kPresent;
  bool ready = false;                         // the pod
  std::optional<TerminationOutcome> outcome;  // of a pod that ended: what the program left
  std::string end_details;                    // of a pod that ended: exit code and reason
  Status call;                                // of asking the server; ok also when it wasn't asked
  std::optional<OperationReport> report;      // the answer
  bool accepted = false;                      // a 202 or 409 to the start was recorded
  Duration absent_for = Duration::zero();     // how long a Ready pod has answered 404 in a row
};

enum class Step {
  kRunning,  // it is under way
  kKeep,     // nothing new; ask again
  kStart,    // the server never got the start: ask for it (again)
  kUnknown,  // can't tell
  kSucceed,
  kFail,
};

struct Decision {
  Step step = Step::kKeep;
  std::string reason;
  std::string message;
};

// The table "observed, meaning" of the architecture. A definite answer of the server wins over the
// pod's status; an ended or vanished pod over a call's error.
Decision decide(const Operation& operation, const Observation& observation,
                const OperationOptions& options);

// Why a pod is not ready yet: scheduling, image, start-up.
std::string describe_waiting(const Pod& pod);
// Exit code and reason of a pod that ended.
std::string describe_end(const Pod& pod);

}  // namespace drydock::control
