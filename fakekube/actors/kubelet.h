// The kubelet: registers its node, keeps its heartbeat, and runs the pods bound to it through the
// ports of pod_program.h. It reaches the API only by the client it was given: over the network
// (make_wire_client), so that a node whose network is cut falls silent while its containers go on.
//
//   auto client = make_wire_client(env, wire, api_address, "kubelet");
//   Kubelet kubelet(env, wire, client, runtime, storage, {.name = "node-1", .address = "10.0.0.11",
//                   .index = 1}, disk);
//   kubelet.start();
//
// Killing the process (or stop()) is a restart of the machine: its containers die with it. A new
// Kubelet on the same NodeDisk finds what had been running, reports those containers as ended with
// code 255, and runs the pods on as their restartPolicy says. crash() is the end of the kubelet
// alone: containers go on, and the next start() looks after them again.
//
// A node that runs short of memory or disk says so (MemoryPressure, DiskPressure), evicts one pod
// after the other, and takes no more of those that would make it worse.
//
// Left out: gRPC probes count as passed; a TCP probe is an HTTP request that passes when anything
// answers; exec probes and hooks are what Container::exec makes of them, without a time-out;
// pressure of process ids; subPath of anything but projected files.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "core/base/env.h"
#include "core/base/wire.h"
#include "fakekube/actors/node_disk.h"
#include "fakekube/actors/pod_program.h"
#include "fakekube/clients/api_client.h"

namespace drydock::fakekube {

struct NodeConfig {
  std::string name;
  std::string address;  // of the node itself: status.addresses InternalIP, status.hostIP of pods
  int index = 0;        // pods get 10.244.<index>.2 ... 10.244.<index>.254, then again from 2
  std::string cpu = "8";
  std::string memory = "32Gi";
  int pods = 110;
  std::string disk = "100Gi";                 // for logs and scratch volumes
  uint64_t log_max_bytes = 10 * 1024 * 1024;  // containerLogMaxSize
  std::map<std::string, std::string> labels;
};

class KubeletCore;

class Kubelet {
 public:
  // `env`, `wire` and the ports must outlive the kubelet's tasks.
  Kubelet(Env& env, Wire& wire, std::shared_ptr<ApiClient> client, ContainerRuntime& runtime,
          StorageBackend& storage, NodeConfig config, std::shared_ptr<NodeDisk> disk);
  // stop().
  ~Kubelet();
  Kubelet(const Kubelet&) = delete;
  Kubelet& operator=(const Kubelet&) = delete;

  // Also after crash().
  void start();
  // The kubelet's process dies, its node falls silent, its containers go on. Never suspends.
  void crash();
  // Containers are killed, tasks cancelled. Never suspends.
  void stop();

  // NodeDisk::taken_beside was changed. Never suspends.
  void look_at_resources();

  // Node pressure, decided by the world: kills the pod's containers and reports it Failed with
  // reason Evicted and `message` ("The node was low on resource: memory. ..."). False: no such pod.
  bool evict(const std::string& pod_uid, const std::string& message);

 private:
  std::function<std::shared_ptr<KubeletCore>()> make_;
  std::shared_ptr<KubeletCore> core_;
};

}  // namespace drydock::fakekube
