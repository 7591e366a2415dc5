// What happens in a scenario: steps in their order, faults by their triggers. Plain values.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/base/json.h"
#include "harness/scenario/content.h"

namespace drydock::harness::scenario {

// "Backup/my-backup", "Pod/source-cluster-0", "PersistentVolumeClaim/my-backup".
struct ObjectRef {
  std::string kind;
  std::string name;

  std::string to_string() const { return kind + "/" + name; }
  friend auto operator<=>(const ObjectRef&, const ObjectRef&) = default;
};

// An end of a link, or the thing that a fault hits.
struct Place {
  enum class Kind {
    kController,  // "controller": the pod of the leading controller
    kApiServer,   // "api-server"
    kPod,         // "Pod/<name>"
    kNode,        // "Node/<name>": the machine and everything on it
    kNodeOf,      // "node of Pod/<name>": the machine that runs this pod at that moment
    kCluster,     // "<cluster>": all data nodes of a grid
    kClients,     // "clients": where put and traffic steps come from
  };
  Kind kind = Kind::kController;
  std::string name;  // pod, node or cluster
  Position position;
};

// The controller's own places between two calls.
enum class CrashPoint { kAfterIntent, kAfterPost, kAfterAccepted };  // after-intent, -post, -202

// The moment when something is so. Times are simulated.
struct Trigger {
  enum class Kind {
    kNow,          // (nothing said) at once
    kPhase,        // phase: Running, of: Backup/x
    kEnded,        // ended: Backup/x             (phase Succeeded or Failed)
    kEntriesRead,  // entries_read: 50, of: Backup/x     (by the operation, all caches together)
    kCacheRead,    // cache_read: cache-one, of: Backup/x (its last entry was read)
    kPoint,        // point: after-intent, of: Backup/x
    kExists,       // exists: Pod/x
    kGone,         // gone: Pod/x
    kCondition,    // condition: WellFormed, of: Infinispan/x, status: "True"
    kLog,          // log: text, of: Pod/x
    kMembers,      // members: 4, of: cluster            (data nodes in the view, no rebalance)
  };
  Kind kind = Kind::kNow;
  ObjectRef of;        // kMembers: only the name is set
  std::string text;    // phase, cache, condition type, or text in the log
  std::string status;  // kCondition: "True", "False"
  int64_t number = 0;  // entries, members
  CrashPoint point = CrashPoint::kAfterIntent;
  Duration after{0};  // and then so much later; kNow: since the scenario's start (fault) or
                      // since the previous step (wait)
  Position position;
};

// ---- faults ----------------------------------------------------------------------------------
struct KillContainer {
  Place pod;
};  // SIGKILL; exit code 137
struct DeleteObject {
  ObjectRef object;
};  // kubectl delete --grace-period=0 --force
struct LoseNode {
  Place node;
};  // silent: no heartbeat, no network, no disk
struct ReturnNode {
  Place node;
};
struct DeleteNode {
  Place node;
};  // its Node object; kNodeOf: as last seen
struct Cut {
  Place from;
  Place to;
  bool both_ways = true;
};
struct CrashController {};  // the process is killed
struct Pause {
  Place place;  // kController or kPod
};  // the process does nothing any more, as if its machine were suspended

// ---- faults of the Kubernetes API ----
// Which calls over HTTP; what is empty matches all.
struct Calls {
  std::vector<std::string> verbs;  // verb_words()
  ObjectRef of;                    // kind, perhaps with a name
  std::optional<std::string> subresource;
  std::optional<Place> by;  // kController or kNode: its kubelet
};

// refuse, lose_request, lose_answer, delay_request, delay_answer, break_off, conflict
struct CallFault {
  enum class Kind {
    kRefuse,
    kLoseRequest,
    kLoseAnswer,
    kDelayRequest,
    kDelayAnswer,
    kBreakOff,
    kConflict
  };
  Kind kind = Kind::kRefuse;
  Calls calls;
  std::string with;  // refusal_words(); "" = a reset (kLoseAnswer)
  std::optional<Duration> retry_after;
  Duration delay{0};
  int64_t skip = 0;   // so many calls pass first
  int64_t times = 1;  // 0: as long as the fault lasts
};
struct Watches {
  std::string kind;         // "" = all
  std::optional<Place> by;  // as in Calls
};
struct CutWatches {
  Watches watches;  // that are open
  std::string how;  // cut_words()
};
struct SlowWatches {              // hold_watches, delay_watches
  Watches watches;                // also those opened later
  std::optional<Duration> delay;  // of each change; absent: nothing is delivered
};
struct BreakWebhook {
  std::string webhook;  // webhook_words()
  std::string how;      // webhook_trouble_words()
  Duration delay{0};    // "slow": of each call
};
struct RestartApiServer {
  int server = 0;  // from 1 on; 0: all
};
struct FreezeView {  // what the server's caches show: lists of resourceVersion 0, and watches
  int server = 0;
  std::string kind;  // "" = all
};
struct StorageTrouble {
  std::string what;  // storage_words()
  std::string to;    // "rewound": a mark
};
struct SkewClock {
  Place of;
  Duration ahead{0};  // negative: behind
  int64_t percent = 100;
};  // its wall clock is wrong from now on, and counts so many hundredths of a second in a second
struct CrashAtCommit {
  Calls calls;  // of the leading controller
  int64_t skip = 0;
  int64_t times = 1;
  std::optional<Duration> down;  // until it is started again
};  // its process is killed when the call is done, before it has the answer
struct RemoveDefinition {
  std::string kind;  // definition_words()
};  // its CustomResourceDefinition, and with it all objects; healed: the definition is made again
struct ReuseAddresses {
  Place node;
};  // a pod gets the address that a pod which ended has had, at once

// ---- faults of machines, kubelets and storage ----
struct UseMemory {
  Place pod;
  int64_t bytes = 0;
};  // its program holds so much now
struct WriteLog {
  Place pod;
  int64_t bytes = 0;
};  // its program prints so much more
struct BreakImage {
  std::string image;
  std::string how = "absent";  // image_trouble_words()
};
struct SlowImage {
  std::string image;
  Duration by{0};
};  // programs of it start so much later
struct RestartKubelet {
  Place node;
};  // its process; containers go on
struct SlowStatus {
  Place node;
  Duration by{0};
};  // what its kubelet reports of pods is so much older
struct ExhaustVolumes {
  std::string storage_class;
};  // its provisioner has no room
struct FillNode {
  Place node;
  int64_t memory = 0;  // bytes
  int64_t disk = 0;
};  // what runs beside its pods takes so much
struct LoseVolume {
  ObjectRef claim;
};  // the claim's PersistentVolume object is removed by force

using FaultAction =
    std::variant<KillContainer, DeleteObject, LoseNode, ReturnNode, DeleteNode, Cut,
                 CrashController, Pause, SkewClock, CrashAtCommit, RemoveDefinition, CallFault,
                 CutWatches, SlowWatches, BreakWebhook, RestartApiServer, FreezeView,
                 StorageTrouble, ReuseAddresses, UseMemory, WriteLog, BreakImage, SlowImage,
                 RestartKubelet, SlowStatus, ExhaustVolumes, FillNode, LoseVolume>;

struct Fault {
  std::string name;  // marks its moment for windows; "" = none
  FaultAction action;
  Trigger when;
  // Healed so much later (node returns, link heals, controller starts). Absent: a lost node or a
  // cut stays for ever; a controller restarts after the scenario's default.
  std::optional<Duration> lasts;
  Position position;
};

// ---- steps -----------------------------------------------------------------------------------
// One object of a CR file or inline, with the positions of nothing: JSON as an administrator's
// kubectl would send it.
struct Manifest {
  JsonPtr object;
  ObjectRef ref;
  Position position;  // file and line of the object itself
};

struct Apply {
  std::vector<Manifest> objects;
  std::optional<std::string> refused;  // the API server must refuse with a message containing this
};
struct Delete {
  ObjectRef object;
  std::string propagation = "Background";
};
struct Edit {  // merge patch
  ObjectRef object;
  JsonPtr patch;
  std::optional<std::string> refused;
};
struct Put {  // by a client of the cluster; done when all are acknowledged
  std::string cluster;
  std::variant<InlineEntries, GeneratedEntries> data;
};
struct Remove {
  std::string cluster;
  std::string cache;
  std::vector<std::string> keys;
};
// A client in the background: `count` operations on existing or new keys, one each `every`.
struct Traffic {
  std::string name;
  std::string cluster;
  std::string cache;
  bool writes = false;  // puts instead of gets
  Duration every{};
  int64_t count = 0;
  int64_t value_bytes = 64;
  std::string prefix = "key-";
  int64_t keys = 0;  // cycles through <prefix>0 … <prefix>(keys-1)
};
struct Create {
  std::string cluster;
  Content content;
};  // caches and so on, by an administrator
struct StartCluster {
  std::string cluster;
};  // one that is `starts: later`
struct AddNode {
  std::string cluster;
};  // an ordinary node joins
struct Wait {
  Trigger until;
  Duration timeout{};
};
struct Mark {
  std::string name;
};  // names this moment
struct Inject {
  Fault fault;
};  // armed from now on

}  // namespace drydock::harness::scenario
