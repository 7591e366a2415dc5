// What a node keeps when its kubelet or the whole machine restarts: container logs, the container
// records of its pods, and which pod addresses were given out.
//
//   auto disk = std::make_shared<NodeDisk>();
//   Kubelet kubelet(env, wire, client, runtime, storage, {.name = "node-1"}, disk);
//   ClusterLogs logs;  logs.add_node("node-1", disk);  server.set_log_source(&logs);
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "fakekube/actors/container_record.h"
#include "fakekube/actors/log_source.h"

namespace drydock::fakekube {

// Logs of one container: those of the one that runs (or ran last), and of the one before it.
struct ContainerLog {
  std::vector<LogLine> current;
  std::vector<LogLine> previous;
  bool has_previous = false;
};

struct NodeDisk {
  std::map<std::string, PodRecord> pods;  // by pod uid; gone with the pod object
  // By pod uid, then container; gone with the pod object.
  std::map<std::string, std::map<std::string, ContainerLog>> logs;
  uint32_t addresses_given = 0;
  bool kubelet_running = false;
};

// The logs of all nodes, as pods/log reaches them. A node whose kubelet is down, or that
// `reachable` says cannot be reached, answers kUnavailable.
class ClusterLogs : public LogSource {
 public:
  void add_node(std::string node, std::shared_ptr<NodeDisk> disk);
  void remove_node(const std::string& node);
  // Empty: every node can be reached. May not suspend.
  void set_reachable(std::function<bool(const std::string& node)> reachable);

  Result<const std::vector<LogLine>*> lines(const std::string& pod_uid,
                                            const std::string& container, bool previous) override;

 private:
  std::map<std::string, std::shared_ptr<NodeDisk>> nodes_;
  std::function<bool(const std::string&)> reachable_;
};

}  // namespace drydock::fakekube
