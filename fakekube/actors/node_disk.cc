#include "fakekube/actors/node_disk.h"

namespace drydock::fakekube {
namespace {

constexpr Duration kLogMonitorPeriod = seconds(10);  // kubelet's containerLogMonitorInterval

}  // namespace

void append_log(ContainerLog& log, LogLine line, SteadyTime now, uint64_t max_bytes) {
  if (now - log.looked_at >= kLogMonitorPeriod) {
    log.looked_at = now;
    if (log.current_bytes > max_bytes) {
      log.current.clear();
      log.current_bytes = 0;
    }
  }
  log.current_bytes += line.text.size() + 1;
  log.current.push_back(std::move(line));
}

void ClusterLogs::add_node(std::string node, std::shared_ptr<NodeDisk> disk) {
  nodes_.insert_or_assign(std::move(node), std::move(disk));
}

void ClusterLogs::remove_node(const std::string& node) { nodes_.erase(node); }

void ClusterLogs::set_reachable(std::function<bool(const std::string& node)> reachable) {
  reachable_ = std::move(reachable);
}

Result<const std::vector<LogLine>*> ClusterLogs::lines(const std::string& pod_uid,
                                                       const std::string& container,
                                                       bool previous) {
  for (const auto& [name, disk] : nodes_) {
    const auto pod = disk->logs.find(pod_uid);
    if (pod == disk->logs.end()) continue;
    if (!disk->kubelet_running || (reachable_ && !reachable_(name)))
      return Status(Code::kUnavailable, "node " + name + " can't be reached");
    const auto log = pod->second.find(container);
    if (log == pod->second.end() || (previous && !log->second.has_previous)) break;
    return previous ? &log->second.previous : &log->second.current;
  }
  return Status(Code::kNotFound, "container " + container + " has not run");
}

bool ClusterLogs::running(const std::string& pod_uid, const std::string& container) {
  for (const auto& [name, disk] : nodes_) {
    const auto pod = disk->pods.find(pod_uid);
    if (pod == disk->pods.end()) continue;
    if (!disk->kubelet_running || (reachable_ && !reachable_(name))) return false;
    for (const auto* records : {&pod->second.init_containers, &pod->second.containers})
      for (const ContainerRecord& record : *records)
        if (record.name == container) return record.phase == ContainerPhase::kRunning;
  }
  return false;
}

}  // namespace drydock::fakekube
