// Rows of what makes pods: deployments, sets, jobs, autoscalers.
#include "fakekube/http/table_cells.h"
#include "fakekube/store/object.h"

namespace drydock::fakekube {
namespace {

const json::value* template_of(const json::value& object) {
  return json_find(object, {"spec", "template", "spec"});
}

std::string ready_of_wanted(const json::value& object) {
  return std::to_string(json_int(object, {"status", "readyReplicas"})) + "/" +
         std::to_string(json_int(object, {"spec", "replicas"}, 1));
}

// As labels are shown: "<none>" when there is nothing.
json::value selector_cell(const json::value& object, JsonPath path) {
  const std::string words = selector_words(json_find(object, path));
  return text_value(words.empty() ? "<none>" : words);
}

void print_stateful_set(const json::value& set, WallTime now, json::array& cells) {
  cells = {name_cell(set), text_value(ready_of_wanted(set)), created_age(set, now)};
  container_cells(template_of(set), cells);
}

void print_deployment(const json::value& deployment, WallTime now, json::array& cells) {
  cells = {name_cell(deployment), text_value(ready_of_wanted(deployment)),
           number_cell(deployment, {"status", "updatedReplicas"}),
           number_cell(deployment, {"status", "availableReplicas"}), created_age(deployment, now)};
  container_cells(template_of(deployment), cells);
  cells.push_back(text_value(selector_words(json_find(deployment, {"spec", "selector"}))));
}

void print_replicas(const json::value& set, WallTime now, json::array& cells) {
  cells = {name_cell(set), json_int(set, {"spec", "replicas"}, 1),
           number_cell(set, {"status", "replicas"}), number_cell(set, {"status", "readyReplicas"}),
           created_age(set, now)};
  container_cells(template_of(set), cells);
}

void print_replica_set(const json::value& set, WallTime now, json::array& cells) {
  print_replicas(set, now, cells);
  cells.push_back(selector_cell(set, {"spec", "selector"}));
}

void print_replication_controller(const json::value& set, WallTime now, json::array& cells) {
  print_replicas(set, now, cells);
  cells.push_back(labels_cell(set, {"spec", "selector"}));
}

void print_daemon_set(const json::value& set, WallTime now, json::array& cells) {
  cells = {name_cell(set),
           number_cell(set, {"status", "desiredNumberScheduled"}),
           number_cell(set, {"status", "currentNumberScheduled"}),
           number_cell(set, {"status", "numberReady"}),
           number_cell(set, {"status", "updatedNumberScheduled"}),
           number_cell(set, {"status", "numberAvailable"}),
           labels_cell(set, {"spec", "template", "spec", "nodeSelector"}),
           created_age(set, now)};
  container_cells(template_of(set), cells);
  cells.push_back(selector_cell(set, {"spec", "selector"}));
}

bool job_condition(const json::value& job, std::string_view type) {
  for (const json::value& condition : json_array(job, {"status", "conditions"}))
    if (string_at(condition, {"type"}) == type && string_at(condition, {"status"}) == "True")
      return true;
  return false;
}

std::string_view job_state(const json::value& job) {
  if (job_condition(job, "Complete")) return "Complete";
  if (job_condition(job, "Failed")) return "Failed";
  if (deleting(job)) return "Terminating";
  for (std::string_view type : {"Suspended", "FailureTarget"})
    if (job_condition(job, type)) return type;
  return "Running";
}

std::string job_completions(const json::value& job) {
  const std::string done = std::to_string(json_int(job, {"status", "succeeded"}));
  if (json_find(job, {"spec", "completions"}) != nullptr)
    return done + "/" + std::to_string(json_int(job, {"spec", "completions"}));
  const int64_t parallel = json_int(job, {"spec", "parallelism"});
  return parallel > 1 ? done + "/1 of " + std::to_string(parallel) : done + "/1";
}

std::string job_duration(const json::value& job, WallTime now) {
  const std::optional<WallTime> start = parse_rfc3339(string_at(job, {"status", "startTime"}));
  if (!start) return "";
  const std::optional<WallTime> end = parse_rfc3339(string_at(job, {"status", "completionTime"}));
  return human_duration(end.value_or(now) - *start);
}

void print_job(const json::value& job, WallTime now, json::array& cells) {
  cells = {name_cell(job), text_value(job_state(job)), text_value(job_completions(job)),
           text_value(job_duration(job, now)), created_age(job, now)};
  container_cells(template_of(job), cells);
  cells.push_back(selector_cell(job, {"spec", "selector"}));
}

void print_cron_job(const json::value& job, WallTime now, json::array& cells) {
  const json::value* last = json_find(job, {"status", "lastScheduleTime"});
  const bool suspended = json_bool(job, {"spec", "suspend"});
  const bool known = json_find(job, {"spec", "suspend"}) != nullptr;
  cells = {name_cell(job),
           text_cell(job, {"spec", "schedule"}),
           text_cell(job, {"spec", "timeZone"}, "<none>"),
           text_value(known ? (suspended ? "True" : "False") : "<unset>"),
           count_cell(job, {"status", "active"}),
           text_value(last == nullptr ? "<none>" : age_of(last, now)),
           created_age(job, now)};
  container_cells(json_find(job, {"spec", "jobTemplate", "spec", "template", "spec"}), cells);
  cells.push_back(selector_cell(job, {"spec", "jobTemplate", "spec", "selector"}));
}

void print_pod_template(const json::value& object, WallTime /*now*/, json::array& cells) {
  cells = {name_cell(object)};
  container_cells(json_find(object, {"template", "spec"}), cells);
  cells.push_back(labels_cell(object, {"template", "metadata", "labels"}));
}

void print_revision(const json::value& revision, WallTime now, json::array& cells) {
  std::string controller = "<none>";
  for (const json::value& owner : json_array(revision, {"metadata", "ownerReferences"})) {
    if (!json_bool(owner, {"controller"})) continue;
    controller = json_string(owner, {"kind"});
    for (char& c : controller)
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    const std::string version = json_string(owner, {"apiVersion"});
    const size_t slash = version.find('/');
    if (slash != std::string::npos) controller += "." + version.substr(0, slash);
    controller += "/" + json_string(owner, {"name"});
  }
  cells = {name_cell(revision), text_value(controller), number_cell(revision, {"revision"}),
           created_age(revision, now)};
}

// Columns, and those that every kind with a pod template has at the end.
std::vector<TableColumn> with_template(std::vector<TableColumn> columns, bool selector) {
  columns.push_back({"Containers", "string", 1, "Names of the template's containers"});
  columns.push_back({"Images", "string", 1, "Images of the template's containers"});
  if (selector) columns.push_back({"Selector", "string", 1, "The labels of its pods"});
  return columns;
}

std::vector<TableColumn> replica_columns() {
  return with_template({name_column(),
                        {"Desired", "integer", 0, "Pods wanted"},
                        {"Current", "integer", 0, "Pods there are"},
                        {"Ready", "integer", 0, "Pods that are ready"},
                        age_column()},
                       true);
}

TableKind daemon_sets() {
  return {"apps", "DaemonSet",
          with_template({name_column(),
                         {"Desired", "integer", 0, "Nodes that should run it"},
                         {"Current", "integer", 0, "Nodes that run it"},
                         {"Ready", "integer", 0, "Nodes on which it is ready"},
                         {"Up-to-date", "integer", 0, "Nodes with the newest template"},
                         {"Available", "integer", 0, "Nodes on which it is available"},
                         {"Node Selector", "string", 0, "The labels of its nodes"},
                         age_column()},
                        true),
          print_daemon_set};
}

TableKind cron_jobs() {
  return {"batch", "CronJob",
          with_template({name_column(),
                         {"Schedule", "string", 0, "When it runs"},
                         {"Timezone", "string", 0, "Of the schedule"},
                         {"Suspend", "boolean", 0, "Whether it is held"},
                         {"Active", "integer", 0, "Jobs that run"},
                         {"Last Schedule", "string", 0, "The time since the last job"},
                         age_column()},
                        true),
          print_cron_job};
}

}  // namespace

const std::vector<TableKind>& workload_tables() {
  static const TableColumn kReady = {"Ready", "string", 0, "Ready pods of those wanted"};
  static const std::vector<TableKind> tables = {
      {"apps", "StatefulSet", with_template({name_column(), kReady, age_column()}, false),
       print_stateful_set},
      {"apps", "Deployment",
       with_template({name_column(),
                      kReady,
                      {"Up-to-date", "string", 0, "Pods with the newest template"},
                      {"Available", "string", 0, "Pods that are available"},
                      age_column()},
                     true),
       print_deployment},
      {"apps", "ReplicaSet", replica_columns(), print_replica_set},
      {"", "ReplicationController", replica_columns(), print_replication_controller},
      daemon_sets(),
      {"batch", "Job",
       with_template({name_column(),
                      {"Status", "string", 0, "One word for its conditions"},
                      {"Completions", "string", 0, "Pods that succeeded of those wanted"},
                      {"Duration", "string", 0, "How long it runs or ran"},
                      age_column()},
                     true),
       print_job},
      cron_jobs(),
      {"",
       "PodTemplate",
       {name_column(),
        {"Containers", "string", 0, "Names of the template's containers"},
        {"Images", "string", 0, "Images of the template's containers"},
        {"Pod Labels", "string", 0, "The labels of its pods"}},
       print_pod_template},
      {"apps",
       "ControllerRevision",
       {name_column(),
        {"Controller", "string", 0, "What it is a revision of"},
        {"Revision", "string", 0, "Its number"},
        age_column()},
       print_revision}};
  return tables;
}

}  // namespace drydock::fakekube
