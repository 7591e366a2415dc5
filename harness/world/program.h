// What a container's image runs, as a simulated process. An image name maps to a factory.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "fakegrid/server/server.h"
#include "fakekube/actors/pod_program.h"
#include "harness/world/grid_registry.h"
#include "harness/world/observer.h"
#include "sim/process.h"

namespace drydock::harness {

struct ProgramContext {
  sim::Process& process;
  fakekube::ContainerStart start;
  GridRegistry& registry;
  Observations& observations;
  // Ends the process; the first call counts. `message`: the termination message.
  std::function<void(int code, std::string message)> exit;

  std::string pod_name() const;
  std::string cluster() const;  // label clusterName
};

// Kept by its process until the last task has ended.
class Program {
 public:
  virtual ~Program() = default;
  virtual void terminate() = 0;  // SIGTERM
};

using ProgramFactory = std::function<std::shared_ptr<Program>(ProgramContext)>;

// The member that owns data: joins (or is born into) its cluster and serves REST on 11222.
std::shared_ptr<Program> make_data_node(ProgramContext context);
// The image drydock/agent: core/engine's Agent on a zero-capacity member.
std::shared_ptr<Program> make_agent(ProgramContext context);
// A real server as a scenario wants it.
struct ServerSetup {
  fakegrid::ServerOptions options;
  bool debug_log = false;
};

// The images of real servers: a data node, or the zero-capacity member of an operation, with the
// server's own backup engine.
std::shared_ptr<Program> make_server(ProgramContext context, ServerSetup setup);

}  // namespace drydock::harness
