// What a scenario expects: at its end, or in a `check` step at that moment. Plain values.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "harness/scenario/content.h"
#include "harness/scenario/steps.h"

namespace drydock::harness::scenario {

// Between two marks (names of `mark` steps or of faults); "" = the start / now.
struct Window {
  std::string from;
  std::string to;
};

struct PhasesAre {
  ObjectRef object;
  std::vector<std::string> phases;
};  // the whole history
struct PhaseIs {
  ObjectRef object;
  std::string phase;
};  // now
// The phase was written at most `within` after the moment `since` (and not before it).
struct PhaseWithin {
  ObjectRef object;
  std::string phase;
  Duration within{};
  std::string since;  // mark or fault; "" = the start
};
struct ReasonContains {
  ObjectRef object;
  std::vector<std::string> contains;
};  // status.reason
struct LogContains {
  ObjectRef pod;
  std::vector<std::string> contains;
  std::vector<std::string> lacks;
  bool readable = true;  // false: the log must not be there any more
};
struct EventSeen {
  ObjectRef object;
  std::string reason;
  std::string contains;
  bool seen = true;  // false: there is no such Event (any more)
};
struct ConditionIs {
  ObjectRef object;
  std::string type;
  std::string status;    // "" = any
  std::string reason;    // "" = any
  std::string contains;  // of its message
};
struct ObjectExists {
  ObjectRef object;
  bool exists = true;
};
struct FieldIs {
  ObjectRef object;
  std::string path;  // "spec.leaseTransitions": members, no list's items
  std::string is;    // a text as it is, anything else as JSON; "" also when it is absent
};
struct StartsAre {
  ObjectRef object;
  int64_t starts = 1;
};  // operations that servers began for it

// Instruments of user caches: owners_changed, segments_moved, entries_transferred,
// bytes_transferred; and of the grid: topology_updates, rebalance_rounds. All caches together.
struct CountersMoved {
  std::string cluster;
  Window window;
  std::vector<std::string> zero;   // these stood still
  std::vector<std::string> moved;  // these did not
};

struct ClusterHolds {
  std::string cluster;
  Holds holds;
  Lacks lacks;
};
struct ClustersEqual {
  std::string cluster;
  std::string other;
};  // content, both directions
// Every record, counter, schema, task and user template of the archive file is in the cluster byte
// for byte; what is not simulated is kept as configuration.
struct ClusterHoldsArchive {
  std::string cluster;
  std::string file;
  std::map<std::string, std::vector<std::string>> except;  // cache -> keys that must be absent
};
struct ArchiveHolds {
  ObjectRef backup;
  Holds holds;
  Lacks lacks;
};
struct ArchiveEquals {
  ObjectRef backup;
  std::string cluster;
};  // content now, both directions

// Latencies of a traffic step's operations that began within the window.
struct LatencyIs {
  std::string traffic;
  Window window;
  std::optional<Duration> at_most;            // the slowest
  std::optional<Duration> slower_by_at_most;  // its mean, than the mean outside the window
};
struct TrafficFailures {
  std::string traffic;
  int64_t at_most = 0;
};

// What a pod's server answers to a request, which may change something.
struct RestAnswers {
  ObjectRef pod;
  std::string method = "GET";
  std::string path;                   // "/rest/v2/caches", with its query, percent-encoded
  std::string body;                   // JSON
  int64_t at_once = 1;                // so many such requests at the same time
  std::vector<std::string> statuses;  // one for each request, in ascending order
  std::vector<std::string> contains;  // of each answer's body
  std::vector<std::pair<std::string, std::string>> headers;  // of each answer; "" = absent
};

// What lies on the volume behind a claim. A path stands for all that is below it, too.
struct FilesAre {
  ObjectRef claim;
  std::vector<std::string> holds;
  std::vector<std::string> lacks;
};

// How often a fault acted: on so many calls, watches or, of the others, whether it happened.
struct FaultFired {
  std::string fault;
  int64_t at_least = 1;
  std::optional<int64_t> at_most;
};

using Assertion =
    std::variant<PhasesAre, PhaseIs, PhaseWithin, ReasonContains, LogContains, EventSeen,
                 ConditionIs, ObjectExists, FieldIs, StartsAre, CountersMoved, ClusterHolds,
                 ClustersEqual, ClusterHoldsArchive, ArchiveHolds, ArchiveEquals, LatencyIs,
                 TrafficFailures, RestAnswers, FilesAre, FaultFired>;

struct Expectation {
  Assertion assertion;
  std::string text;  // the item as written, on one line: for reports
  Position position;
};

}  // namespace drydock::harness::scenario
