// The container runtime of a world: image names to programs, containers to simulated processes.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "fakegrid/server/server.h"
#include "fakekube/actors/pod_program.h"
#include "harness/world/program.h"
#include "sim/simulation.h"

namespace drydock::harness {

class WorldRuntime final : public fakekube::ContainerRuntime {
 public:
  // All must outlive it.
  WorldRuntime(sim::Simulation& simulation, GridRegistry& registry, Observations& observations)
      : simulation_(simulation), registry_(registry), observations_(observations) {}

  Result<std::unique_ptr<fakekube::Container>> start(
      fakekube::ContainerStart start, std::function<void(fakekube::ExitStatus)> on_exit) override;

  // The living process of a pod's main container; nullptr when there is none.
  sim::Process* process_of(const std::string& pod);
  // SIGKILL from outside (the kernel, an administrator): the kubelet sees exit code 137.
  bool kill(const std::string& pod);
  // What a pod's program does from now on: it holds so much memory; it prints so many bytes more.
  // False: it does not run.
  bool use_memory(const std::string& pod, uint64_t bytes);
  bool write_log(const std::string& pod, int64_t bytes);

  // The real servers that a cluster's pods run.
  void set_server(const std::string& cluster, ServerSetup server);
  // nullptr: the cluster's image is none of a real server.
  const fakegrid::ServerOptions* server_of(const std::string& cluster) const;

  struct ImageTrouble {
    bool absent = false;       // no registry has it
    bool unreachable = false;  // its registry doesn't answer
    Duration delay{};          // from the container's start to the program's
  };
  void set_image(const std::string& image, const ImageTrouble& trouble);

 private:
  friend class SimContainer;
  struct Running {
    sim::Process* process = nullptr;
    std::function<void(int code, std::string message)> exit;
    std::function<void(std::string line)> log;
    std::function<void(uint64_t bytes)> use_memory;
  };

  // nullptr: no registry has the image.
  ProgramFactory find_program(const fakekube::ContainerStart& start) const;
  Running* living(const std::string& pod);

  sim::Simulation& simulation_;
  GridRegistry& registry_;
  Observations& observations_;
  std::map<std::string, Running> running_;  // by pod name
  std::map<std::string, ImageTrouble> images_;
  std::map<std::string, ServerSetup> servers_;  // by cluster
};

}  // namespace drydock::harness
