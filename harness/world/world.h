// World: one simulated Kubernetes cluster with its machines, grids, operators and clients: the only
// place where fakekube, fakegrid, sim and core meet.
//
//   World world(scenario, options);
//   world.simulation().run([&] { ... world.wait_until(...) ... }, hours(1));
//
// Processes: api-server, control-plane, kubelet-<node>, infinispan-operator, drydock-operator-<n>,
// one per container (named like its pod), clients, harness. Each has an address; cuts, kills and
// pauses name them.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/control/operator.h"
#include "fakekube/actors/kubelet.h"
#include "fakekube/actors/node_disk.h"
#include "fakekube/api/api_server.h"
#include "fakekube/clients/local_client.h"
#include "harness/scenario/scenario.h"
#include "harness/world/api_servers.h"
#include "harness/world/grid_registry.h"
#include "harness/world/infinispan_operator.h"
#include "harness/world/observer.h"
#include "harness/world/pod_network.h"
#include "harness/world/runtime.h"
#include "harness/world/storage.h"
#include "sim/simulation.h"

namespace drydock::harness {

inline constexpr char kNamespace[] = "datagrid";
// As the documentation's examples name it; also the cluster's default class.
inline constexpr char kStorageClass[] = "my-storage-class";

// An operator that has ended is started again by its Deployment after about this long.
inline constexpr Duration kOperatorRestart = seconds(5);

struct WorldOptions {
  uint64_t seed = 1;
  WallTime epoch = sim::kDefaultEpoch;
  bool keep_trace = false;
  bool text_bodies = false;
  bool admission = true;
  ApiServersOptions api_servers;
  int machines = 4;
  int controllers = 1;
  scenario::Speed network;
  scenario::Speed volumes;
};

class World {
 public:
  explicit World(const WorldOptions& options);
  ~World();
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  // Ends every process; nothing of the world runs any more. What it holds can still be read.
  void shut_down();

  sim::Simulation& simulation() { return simulation_; }
  Env& env() { return simulation_.harness(); }
  ApiServers& api_servers() { return api_servers_; }
  fakekube::ApiServer& api_server() const { return api_servers_.server(1); }
  // In-process, for the harness: an administrator beside the API server.
  fakekube::LocalClient& kube() { return *kube_; }
  // The User-Agents of the API server's clients; none begins with another.
  std::string operator_agent(int index) const;
  std::string kubelet_agent(const std::string& node) const;
  fakekube::NodeDisk& node_disk(const std::string& node) { return *disks_.at(node); }
  fakekube::Kubelet& kubelet(const std::string& node) { return *kubelets_.at(node); }
  GridRegistry& grids() { return grids_; }
  WorldStorage& storage() { return storage_; }
  WorldRuntime& runtime() { return runtime_; }
  Observations& observations() { return observations_; }
  sim::Process& clients() { return *clients_; }

  // Creates the Infinispan CR of a cluster whose pods are born formed and loaded. May suspend.
  Status create_cluster(const scenario::Cluster& cluster);
  // Ordinary nodes: changes spec.replicas. May suspend.
  Status scale_cluster(const std::string& cluster, int nodes);

  // Operator processes by index. Starting one that lives does nothing.
  void start_operator(int index);
  void kill_operator(int index);
  // Killed now, started again `down` later.
  void crash_operator(int index, Duration down);
  // Index of the one that leads; the first living one when nobody does.
  int leading_operator();
  std::string operator_name(int index) const;
  // It does nothing any more, and what it was doing is done when it is resumed.
  void pause_operator(int index);
  void resume_operator(int index);
  // Its process now, killed or not.
  const sim::Process& operator_process(int index) const { return *operators_.at(index); }

  // A machine that says nothing and hears nothing any more; its processes go on.
  void silence_machine(const std::string& node);
  void return_machine(const std::string& node);

  // Suspends the calling harness task until `condition` holds (kOk) or the deadline. The condition
  // is looked at after everything that happens to objects, grids and operations.
  Status wait_until(const std::function<bool()>& condition, SteadyTime deadline);
  void notify() { changed_->notify_all(); }

  // The current object, or nullptr; reads the store, no call.
  JsonPtr object(const fakekube::ResourceType& type, const std::string& name) const;
  // Log of a pod's container so far; nullopt: not readable.
  std::optional<std::vector<std::string>> pod_log(const std::string& pod);
  // The raw bytes of a Backup's archive under its final name, off its volume.
  Result<std::string> archive_bytes(const std::string& backup);
  // The disk behind a claim; nullptr when it is not bound.
  sim::Disk* disk_of_claim(const std::string& claim);

 private:
  void start_api_servers();
  void start_control_plane();
  void start_machine(int index);
  void start_clients();
  void add_admission();
  void subscribe();

  WorldOptions options_;
  sim::Simulation simulation_;
  Observations observations_;
  GridRegistry grids_;
  WorldStorage storage_;
  WorldRuntime runtime_;
  std::map<std::string, std::shared_ptr<fakekube::NodeDisk>> disks_;    // by node
  std::map<std::string, std::shared_ptr<fakekube::Kubelet>> kubelets_;  // by node
  fakekube::ClusterLogs logs_;
  std::unique_ptr<Gate> changed_;
  ApiServers api_servers_;  // outlives all that watch them
  PodNetwork pod_network_;
  std::unique_ptr<fakekube::LocalClient> kube_;
  std::vector<fakekube::Subscription> subscriptions_;
  sim::Process* clients_ = nullptr;
  std::map<int, sim::Process*> operators_;
  std::map<std::string, sim::CutId> silent_machines_;
};

}  // namespace drydock::harness
