// A small cluster for the actors' tests: API server, control plane and nodes, each in a simulated
// process; images are functions, volumes are names.
//
//   TestCluster cluster;
//   cluster.images["sleeper"] = [](Program& p) { p.stop.wait(kForever); return ExitStatus{143}; };
//   cluster.add_node("n1");
//   cluster.run([&] { cluster.create(pod("p", "sleeper")); cluster.wait_phase("p", "Running"); });
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/base/sync.h"
#include "fakekube/actors/control_plane.h"
#include "fakekube/actors/kubelet.h"
#include "fakekube/actors/node_disk.h"
#include "fakekube/actors/pod_view.h"
#include "fakekube/actors/timings.h"
#include "fakekube/api/api_server.h"
#include "fakekube/clients/api_client.h"
#include "sim/simulation.h"

namespace drydock::fakekube {

// What a program sees of its container.
struct Program {
  Env& env;
  Wire& wire;
  const ContainerStart& start;
  Event& stop;  // SIGTERM
};
using Image = std::function<ExitStatus(Program&)>;

inline ExitStatus until_stopped(Program& program) {
  return program.stop.wait(kForever).ok() ? ExitStatus{.code = 143} : ExitStatus{.code = 137};
}

class TestRuntime : public ContainerRuntime {
 public:
  TestRuntime(sim::Simulation& simulation, std::map<std::string, Image>& images)
      : simulation_(simulation), images_(images) {}

  Result<std::unique_ptr<Container>> start(ContainerStart start,
                                           std::function<void(ExitStatus)> on_exit) override;
  std::vector<ContainerStart> starts;
  int running = 0;
  Status image_trouble = ok_status();  // instead of every image
  // Commands that run in containers; none: each ends with 0.
  std::function<int(const std::vector<std::string>& command)> on_exec;

 private:
  sim::Simulation& simulation_;
  std::map<std::string, Image>& images_;
  std::set<std::string> addresses_;  // one process has each
};

class TestStorage : public StorageBackend {
 public:
  Status provision(const std::string& volume_name, uint64_t capacity_bytes,
                   const std::string& storage_class) override;
  Result<std::shared_ptr<Volume>> mount(const std::string& volume_name, const std::string& node,
                                        bool read_only) override;
  void remove(const std::string& volume_name) override { volumes.erase(volume_name); }

  std::map<std::string, uint64_t> volumes;  // name -> capacity
  Status next_provision = ok_status();      // given once, then ok
};

class TestCluster {
 public:
  explicit TestCluster(ControlPlaneOptions options = {});
  ~TestCluster();

  void add_node(const std::string& name, NodeConfig config = {});
  // The machine dies; start_node brings it back with its disk.
  void kill_node(const std::string& name);
  void start_node(const std::string& name);
  Kubelet& kubelet(const std::string& name) { return *nodes_.at(name).kubelet; }
  // Cuts the node from everybody else; heal() ends it.
  sim::CutId silence(const std::string& node);
  void heal(sim::CutId cut) { simulation.network().heal(cut); }

  // Runs the test's story, at most 2 hours of virtual time; fails the test unless it ends.
  void run(std::function<void()> story);

  // --- For use inside a story (namespace "ns")
  json::value create(const ResourceType& type, json::value object);
  json::value create(json::value pod) { return create(kPods, std::move(pod)); }
  JsonPtr get(const ResourceType& type, const std::string& name);
  JsonPtr pod(const std::string& name) { return get(kPods, name); }
  Status remove(const ResourceType& type, const std::string& name, DeleteOptions options = {});
  void sleep(Duration duration) { ASSERT_TRUE(env().sleep_for(duration).ok()); }
  // Looks every 50 ms; false (and a test failure naming `what`) after `limit`.
  bool eventually(const std::string& what, const std::function<bool()>& condition,
                  Duration limit = minutes(2));
  bool wait_phase(const std::string& pod_name, const std::string& phase,
                  Duration limit = minutes(2));
  bool wait_ready(const std::string& pod_name, Duration limit = minutes(2));
  bool wait_gone(const ResourceType& type, const std::string& name, Duration limit = minutes(2));
  // "reason: message" of every event about the object of that name.
  std::vector<std::string> events(const std::string& name);
  bool has_event(const std::string& name, const std::string& text);
  Env& env() { return simulation.harness(); }

  sim::Simulation simulation{sim::SimulationOptions{}};
  std::map<std::string, Image> images;
  TestStorage storage;
  std::unique_ptr<TestRuntime> runtime;
  std::unique_ptr<ApiServer> server;
  std::shared_ptr<ApiClient> client;  // the harness's
  ClusterLogs logs;

 private:
  struct Node {
    NodeConfig config;
    std::shared_ptr<NodeDisk> disk;
    sim::Process* process = nullptr;
    std::unique_ptr<Kubelet> kubelet;
  };

  std::unique_ptr<Listener> listener_;
  std::unique_ptr<ControlPlane> control_plane_;
  std::map<std::string, Node> nodes_;

 public:
  Node& node(const std::string& name) { return nodes_.at(name); }
};

// A pod of one container "main" in namespace "ns", restartPolicy Never; `spec` is merged into it.
json::value make_pod(const std::string& name, const std::string& image,
                     const std::string& spec_patch = "{}");
json::value make_claim(const std::string& name, const std::string& spec_patch = "{}");
json::value make_class(const std::string& name, const std::string& binding_mode,
                       bool is_default = false);
// {"state": ...} of the pod's first container.
json::value container_status(const json::value& pod, size_t index = 0);

}  // namespace drydock::fakekube
