// The Kubernetes resources of the Backup and Restore flow as values: what is read from them, and
// the names of fields, labels and annotations that others rely on.
//
//   const Operation backup = parse_operation(OperationKind::kBackup, *object);
//   if (is_terminal(backup.status.phase)) return ok_status();
//   const Infinispan cluster = parse_infinispan(*object);
//   if (!cluster.stable()) ...
//
// Parsing never fails: an absent or mistyped field has its default, as in a typed client. Unknown
// fields are not kept; whoever writes an object back patches it. Nothing here suspends.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/json.h"
#include "core/base/time.h"

namespace drydock {

// --- names ----------------------------------------------------------------------------------
inline constexpr std::string_view kInfinispanGroup = "infinispan.org";
inline constexpr std::string_view kOperationApiVersion = "infinispan.org/v2alpha1";
inline constexpr std::string_view kClusterApiVersion = "infinispan.org/v1";

// Labels of pods. Data nodes carry kLabelApp=kAppDataNode, kLabelCluster and kLabelClusterName.
inline constexpr std::string_view kLabelApp = "app";
inline constexpr std::string_view kAppDataNode = "infinispan-pod";
inline constexpr std::string_view kAppZeroPod = "infinispan-zero-pod";
inline constexpr std::string_view kLabelCluster = "infinispan_cr";
inline constexpr std::string_view kLabelClusterName = "clusterName";
inline constexpr std::string_view kLabelBackup = "backup_cr";
inline constexpr std::string_view kLabelRestore = "restore_cr";

// On a Backup: "true" = its volume holds an archive made elsewhere; never acted on.
inline constexpr std::string_view kAnnotationImported = "drydock.dev/imported";
// On a claim without owner: name of the Backup that may use it.
inline constexpr std::string_view kAnnotationAdopt = "drydock.dev/adopt";
// On an operation's pod, written at its creation: the spec acted on with the CR's uid and
// generation (JSON).
inline constexpr std::string_view kAnnotationActedOn = "drydock.dev/acted-on";

// The container of an operation's pod, its admin port, and where its volume is mounted.
inline constexpr std::string_view kOperationContainer = "infinispan";
inline constexpr uint16_t kAdminPort = 11223;
inline constexpr std::string_view kBackupsDirectory = "/opt/infinispan/backups";
// Suffix of the Secret that holds the `operator` user: <cluster>-generated-operator-secret.
inline constexpr std::string_view kOperatorSecretSuffix = "-generated-operator-secret";

// --- metadata -------------------------------------------------------------------------------
struct OwnerReference {
  std::string api_version;
  std::string kind;
  std::string name;
  std::string uid;
  bool controller = false;
};

struct ObjectMeta {
  std::string name;
  std::string namespace_name;
  std::string uid;
  std::string resource_version;
  int64_t generation = 0;
  bool deleting = false;  // deletionTimestamp is set
};

ObjectMeta parse_meta(const json::value& object);
std::string label_of(const json::value& object, std::string_view name);       // "" when absent
std::string annotation_of(const json::value& object, std::string_view name);  // "" when absent
std::vector<OwnerReference> owners_of(const json::value& object);
// The owner with controller=true.
std::optional<OwnerReference> controller_of(const json::value& object);
// "Backup 'b'", "nobody" or "StatefulSet 's' (not its controller)": for reasons.
std::string describe_owner(const json::value& object);
// An element of metadata.ownerReferences: controller and blockOwnerDeletion are true.
json::object make_owner_reference(std::string_view api_version, std::string_view kind,
                                  const ObjectMeta& owner);

// --- conditions -----------------------------------------------------------------------------
struct Condition {
  std::string type;
  std::string status;  // "True", "False", "Unknown"
  std::string reason;  // CamelCase
  std::string message;
  std::string last_transition_time;  // RFC 3339; of the last change of `status`

  friend bool operator==(const Condition&, const Condition&) = default;
};

using Conditions = std::vector<Condition>;

Conditions parse_conditions(const json::value& object);  // status.conditions
json::array conditions_to_json(const Conditions& conditions);
// Types are compared ignoring case. nullptr when absent.
const Condition* find_condition(const Conditions& conditions, std::string_view type);
bool condition_true(const Conditions& conditions, std::string_view type);
// Adds or changes; the transition time is `now` when the status changed, else kept. True when
// anything changed.
bool set_condition(Conditions& conditions, Condition condition, WallTime now);

// --- phases ---------------------------------------------------------------------------------
enum class Phase { kNone, kInitializing, kInitialized, kRunning, kSucceeded, kFailed, kUnknown };

std::string_view phase_name(Phase phase);  // "" for kNone
std::optional<Phase> parse_phase(std::string_view name);
bool is_terminal(Phase phase);  // Succeeded, Failed
// The transitions that exist; a phase to itself is none.
bool is_legal_transition(Phase from, Phase to);

// --- Backup and Restore ---------------------------------------------------------------------
enum class OperationKind { kBackup, kRestore };

std::string_view kind_name(OperationKind kind);  // "Backup", "Restore"

// spec.resources. A list that is absent or empty is "not mentioned"; if nothing is mentioned
// everything is meant; "*" alone means all of its type. Deprecated names (cacheConfigs, scripts)
// are read as templates and tasks; they replace a list of the new name.
struct ResourceSelection {
  std::vector<std::string> caches;
  std::vector<std::string> templates;
  std::vector<std::string> counters;
  std::vector<std::string> proto_schemas;
  std::vector<std::string> tasks;

  bool everything() const;
  // As the server's REST API takes it: keys caches, templates, counters, proto-schemas, tasks in
  // this order; empty lists left out, so {} = everything.
  json::object to_rest_json() const;
  // From that form; unknown keys are ignored.
  static ResourceSelection from_rest_json(const json::value& value);

  friend bool operator==(const ResourceSelection&, const ResourceSelection&) = default;
};

struct OperationSpec {
  std::string cluster;
  std::string backup;         // Restore only: name of the Backup
  std::string storage;        // Backup only; "" = 1Gi
  std::string storage_class;  // Backup only; "" = the cluster's default class
  ResourceSelection resources;
  std::string memory;  // "<limit>" or "<limit>:<request>"; "" = 1Gi
  std::string cpu;     // same form; "" = none

  // For kAnnotationActedOn; parse(serialise(x)) == x.
  json::object to_json() const;
  static OperationSpec from_json(const json::value& value);

  friend bool operator==(const OperationSpec&, const OperationSpec&) = default;
};

// status.podUID and status.conditions are ours; phase, reason and pvc are upstream's.
struct OperationStatus {
  Phase phase = Phase::kNone;
  std::string reason;
  std::string pvc;      // "pvc/<name>"
  std::string pod_uid;  // the one pod that was created for this CR
  Conditions conditions;

  json::object to_json() const;

  friend bool operator==(const OperationStatus&, const OperationStatus&) = default;
};

struct Operation {
  OperationKind kind = OperationKind::kBackup;
  ObjectMeta meta;
  OperationSpec spec;
  OperationStatus status;
  bool imported = false;  // kAnnotationImported
};

// The object of a Backup or Restore, both of which differ only in a few fields.
Operation parse_operation(OperationKind kind, const json::value& object);

// Where a Backup's archive lies: /opt/infinispan/backups/<name>/<name>.zip
std::string archive_path(std::string_view backup);

// --- Infinispan -----------------------------------------------------------------------------
struct ProbeNumbers {
  int64_t initial_delay_s = 0;
  int64_t period_s = 10;
  int64_t timeout_s = 1;
  int64_t success_threshold = 1;
  int64_t failure_threshold = 5;
};

struct EnvironmentVariable {
  std::string name;
  JsonPtr definition;  // the whole element of the list (value or valueFrom)
};

struct Infinispan {
  ObjectMeta meta;
  int64_t replicas = 0;
  std::string version;
  std::string image;         // spec.image, else status.operand.image
  std::string service_type;  // "DataGrid" (also when absent) or "Cache"
  std::string service_account;
  std::string stateful_set;  // status.statefulSetName, else the CR's name
  std::string extra_jvm_options;
  std::string cli_extra_jvm_options;
  std::vector<EnvironmentVariable> environment;
  ProbeNumbers liveness, readiness, startup;
  Conditions conditions;

  // Major of spec.version, else of status.operand.version; 0 when neither says.
  int major_version = 0;
  // The members that condition WellFormed lists ("View: a,b,c"); empty when it lists none.
  std::vector<std::string> view;

  // PreliminaryChecksPassed and WellFormed true; GracefulShutdown, Upgrade and Stopping not.
  bool stable() const;
  // Why stable() is false, for people; "" when it is true.
  std::string unstable_reason() const;
  // The cluster is asked to stop or to upgrade.
  bool stopping() const;
};

Infinispan parse_infinispan(const json::value& object);

// Whether `member`, a name in a view, is the data node or pod `pod`: servers call themselves
// <host name> or <host name>-<random number>.
bool is_member_of_pod(std::string_view member, std::string_view pod);
// The data nodes <statefulSet>-0 .. -<replicas-1> that no member of `view` stands for.
std::vector<std::string> missing_data_nodes(const Infinispan& cluster,
                                            const std::vector<std::string>& view);

// --- Pod, PersistentVolumeClaim ---------------------------------------------------------------
struct Pod {
  ObjectMeta meta;
  std::string phase;
  std::string pod_ip;
  std::string node;
  std::string reason;   // status.reason, e.g. Evicted, DeadlineExceeded
  std::string message;  // status.message
  bool ready = false;   // condition Ready is True
  Conditions conditions;
  std::optional<int64_t> active_deadline_s;

  // Of the container kOperationContainer.
  bool container_terminated = false;
  int64_t exit_code = 0;
  std::string termination_reason;   // e.g. OOMKilled
  std::string termination_message;  // what the program wrote; see parse_termination_outcome
  std::string waiting_reason;       // e.g. ImagePullBackOff
  std::string waiting_message;

  // The program has ended: its container terminated, or the pod is Succeeded or Failed.
  bool ended() const;
};

Pod parse_pod(const json::value& object);

// What the agent writes as its termination message:
// {"operation":"backup","name":"b","outcome":"Succeeded","reason":""}
struct TerminationOutcome {
  std::string operation;  // "backup" or "restore"
  std::string name;
  bool succeeded = false;
  std::string reason;

  std::string to_text() const;
};

// nullopt: no such message (another program, or a container that was killed).
std::optional<TerminationOutcome> parse_termination_outcome(std::string_view text);

// --- quantities -------------------------------------------------------------------------------
// Whether `text` is a Kubernetes quantity above zero ("1Gi", "500m", "2e3").
bool is_positive_quantity(std::string_view text);
// "<limit>" or "<limit>:<request>", each a quantity above zero. nullopt: not so.
struct LimitAndRequest {
  std::string limit;
  std::string request;
};
std::optional<LimitAndRequest> parse_limit_and_request(std::string_view text);

}  // namespace drydock
