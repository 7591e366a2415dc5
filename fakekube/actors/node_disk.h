// What a node keeps when its kubelet or the whole machine restarts: container logs, the container
// records of its pods, and which pod addresses were given out; and, as long as the machine is up,
// the containers that run, which go on when only the kubelet restarts.
//
//   auto disk = std::make_shared<NodeDisk>();
//   Kubelet kubelet(env, wire, client, runtime, storage, {.name = "node-1"}, disk);
//   ClusterLogs logs;  logs.add_node("node-1", disk);  server.set_log_source(&logs);
#pragma once

#include <array>
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
#include "fakekube/actors/pod_program.h"

namespace drydock::fakekube {

// What a kubelet must keep some of.
enum class NodeResource { kMemory, kDisk };
inline constexpr std::array kNodeResources = {NodeResource::kMemory, NodeResource::kDisk};

// Logs of one container: those of the one that runs (or ran last), and of the one before it.
struct ContainerLog {
  std::vector<LogLine> current;
  std::vector<LogLine> previous;
  bool has_previous = false;
  uint64_t current_bytes = 0;
  SteadyTime looked_at{};  // when its size was last looked at
};

// One life of one container, as the machine knows it.
struct RunningContainer {
  std::unique_ptr<Container> container;
  std::optional<ExitStatus> exit;
  WallTime exited_at;
  uint64_t memory_bytes = 0;
  bool out_of_memory = false;       // it is to be killed for that
  std::function<void()> on_change;  // of the kubelet that looks after it; empty: none does
};

// Adds a line; every 10 s a log that has grown beyond `max_bytes` is rotated: what was written so
// far can't be read any more.
void append_log(ContainerLog& log, LogLine line, SteadyTime now, uint64_t max_bytes);

struct NodeDisk {
  std::map<std::string, PodRecord> pods;  // by pod uid; gone with the pod object
  // By pod uid, then container; gone with the pod object.
  std::map<std::string, std::map<std::string, ContainerLog>> logs;
  // By pod uid, then container; empty when the machine is down.
  std::map<std::string, std::map<std::string, std::shared_ptr<RunningContainer>>> running;
  uint32_t addresses_given = 0;
  // A new pod gets the lowest free address, as a rule one that a pod has had before.
  bool reuses_addresses = false;
  uint32_t addresses_reused = 0;
  bool kubelet_running = false;
  // What runs beside the pods takes so many bytes. Tell the kubelet (look_at_resources) when it
  // changes.
  std::array<uint64_t, kNodeResources.size()> taken_beside{};
  // How much later than it knows them its kubelet reports the status of pods.
  Duration status_lag{};
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
  bool running(const std::string& pod_uid, const std::string& container) override;

 private:
  std::map<std::string, std::shared_ptr<NodeDisk>> nodes_;
  std::function<bool(const std::string&)> reachable_;
};

}  // namespace drydock::fakekube
