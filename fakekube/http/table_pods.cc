// The row of a Pod: how many containers are ready, and one word for its state.
#include <algorithm>

#include "fakekube/http/table_cells.h"
#include "fakekube/store/object.h"

namespace drydock::fakekube {
namespace {

struct PodRow {
  int64_t ready = 0;
  int64_t total = 0;
  int64_t restarts = 0;
  std::optional<WallTime> last_restart;
  std::string state;

  // Restarts and the end of the life before this one.
  void count(const json::value& status) {
    restarts += json_int(status, {"restartCount"});
    const std::optional<WallTime> ended =
        parse_rfc3339(string_at(status, {"lastState", "terminated", "finishedAt"}));
    if (ended && (!last_restart || *last_restart < *ended)) last_restart = ended;
  }
};

bool condition_is_true(const json::value& pod, std::string_view type) {
  for (const json::value& condition : json_array(pod, {"status", "conditions"}))
    if (string_at(condition, {"type"}) == type) return string_at(condition, {"status"}) == "True";
  return false;
}

// An init container that goes on beside the others.
bool is_sidecar(const json::value& pod, std::string_view name) {
  for (const json::value& container : json_array(pod, {"spec", "initContainers"}))
    if (string_at(container, {"name"}) == name)
      return string_at(container, {"restartPolicy"}) == "Always";
  return false;
}

std::string ended_word(const json::value& terminated) {
  const std::string reason = json_string(terminated, {"reason"});
  if (!reason.empty()) return reason;
  const int64_t signal = json_int(terminated, {"signal"});
  return signal != 0 ? "Signal:" + std::to_string(signal)
                     : "ExitCode:" + std::to_string(json_int(terminated, {"exitCode"}));
}

// What one init container makes of the pod's state; empty: it is done, or a sidecar that runs.
std::string init_state(const json::value& status, bool sidecar, size_t number, size_t of) {
  const json::value* terminated = json_find(status, {"state", "terminated"});
  if (terminated != nullptr && json_int(*terminated, {"exitCode"}) == 0) return "";
  if (sidecar && json_bool(status, {"started"})) return "";
  if (terminated != nullptr) return "Init:" + ended_word(*terminated);
  const std::string waiting = json_string(status, {"state", "waiting", "reason"});
  if (!waiting.empty() && waiting != "PodInitializing") return "Init:" + waiting;
  return "Init:" + std::to_string(number) + "/" + std::to_string(of);
}

// Init containers in order, up to the first that isn't done. True: one isn't.
bool read_init_containers(const json::value& pod, PodRow& row, PodRow& sidecars) {
  const size_t of = json_array(pod, {"spec", "initContainers"}).size();
  size_t number = 0;
  for (const json::value& status : json_array(pod, {"status", "initContainerStatuses"})) {
    const bool sidecar = is_sidecar(pod, string_at(status, {"name"}));
    row.count(status);
    if (sidecar) sidecars.count(status);
    const std::string state = init_state(status, sidecar, number++, of);
    if (!state.empty()) {
      row.state = state;
      return true;
    }
    const bool runs = json_find(status, {"state", "terminated"}) == nullptr;
    if (runs && json_bool(status, {"ready"})) ++row.ready;
  }
  return false;
}

// The first container that waits or has ended names the state.
void read_containers(const json::value& pod, PodRow& row) {
  bool running = false;
  const json::array& statuses = json_array(pod, {"status", "containerStatuses"});
  for (auto status = statuses.rbegin(); status != statuses.rend(); ++status) {
    row.count(*status);
    const std::string waiting = json_string(*status, {"state", "waiting", "reason"});
    const json::value* terminated = json_find(*status, {"state", "terminated"});
    if (!waiting.empty()) {
      row.state = waiting;
    } else if (terminated != nullptr) {
      row.state = ended_word(*terminated);
    } else if (json_bool(*status, {"ready"}) &&
               json_find(*status, {"state", "running"}) != nullptr) {
      running = true;
      ++row.ready;
    }
  }
  if (row.state == "Completed" && running)
    row.state = condition_is_true(pod, "Ready") ? "Running" : "NotReady";
}

PodRow read_pod(const json::value& pod) {
  PodRow row;
  row.total = static_cast<int64_t>(json_array(pod, {"spec", "containers"}).size());
  for (const json::value& container : json_array(pod, {"spec", "initContainers"}))
    if (string_at(container, {"restartPolicy"}) == "Always") ++row.total;
  const std::string phase = json_string(pod, {"status", "phase"});
  row.state = json_string(pod, {"status", "reason"}, phase);
  for (const json::value& condition : json_array(pod, {"status", "conditions"}))
    if (string_at(condition, {"type"}) == "PodScheduled" &&
        string_at(condition, {"reason"}) == "SchedulingGated")
      row.state = "SchedulingGated";
  PodRow sidecars;
  if (!read_init_containers(pod, row, sidecars) || condition_is_true(pod, "Initialized")) {
    row.restarts = sidecars.restarts;
    row.last_restart = sidecars.last_restart;
    read_containers(pod, row);
  }
  if (!deleting(pod)) return row;
  if (string_at(pod, {"status", "reason"}) == "NodeLost")
    row.state = "Unknown";
  else if (phase != "Succeeded" && phase != "Failed")
    row.state = "Terminating";
  return row;
}

std::string readiness_gates(const json::value& pod) {
  const json::array& gates = json_array(pod, {"spec", "readinessGates"});
  if (gates.empty()) return "<none>";
  const auto passed = std::count_if(gates.begin(), gates.end(), [&](const json::value& gate) {
    return condition_is_true(pod, string_at(gate, {"conditionType"}));
  });
  return std::to_string(passed) + "/" + std::to_string(gates.size());
}

std::string pod_address(const json::value& pod) {
  for (const json::value& address : json_array(pod, {"status", "podIPs"}))
    return json_string(address, {"ip"}, "<none>");
  return json_string(pod, {"status", "podIP"}, "<none>");
}

void print_pod(const json::value& pod, WallTime now, json::array& cells) {
  const PodRow row = read_pod(pod);
  std::string restarts = std::to_string(row.restarts);
  if (row.restarts != 0 && row.last_restart)
    restarts += " (" + human_duration(now - *row.last_restart) + " ago)";
  cells = {name_cell(pod),
           text_value(std::to_string(row.ready) + "/" + std::to_string(row.total)),
           text_value(row.state),
           text_value(restarts),
           created_age(pod, now),
           text_value(pod_address(pod)),
           text_cell(pod, {"spec", "nodeName"}, "<none>"),
           text_cell(pod, {"status", "nominatedNodeName"}, "<none>"),
           text_value(readiness_gates(pod))};
}

}  // namespace

const std::vector<TableKind>& pod_tables() {
  static const std::vector<TableKind> tables = {
      {"",
       "Pod",
       {name_column(),
        {"Ready", "string", 0, "Ready containers of all"},
        {"Status", "string", 0, "One word for the state of all containers"},
        {"Restarts", "string", 0, "How often containers were started again"},
        age_column(),
        {"IP", "string", 1, "The pod's address"},
        {"Node", "string", 1, "The node that it is bound to"},
        {"Nominated Node", "string", 1, "The node on which others were evicted for it"},
        {"Readiness Gates", "string", 1, "Conditions demanded by the spec that hold"}},
       print_pod}};
  return tables;
}

}  // namespace drydock::fakekube
