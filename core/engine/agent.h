// Agent: the program of the image drydock/agent. A zero-capacity member's REST server that runs
// backups and restores, with the routes that operators use on real servers.
//
//   Agent agent(env, wire, member, {.mounts = {{"/opt/infinispan/backups", volume}},
//                                   .credentials = {"operator", "secret"},
//                                   .exit = [&](int code, std::string message) { ... }});
//   DRYDOCK_RETURN_IF_ERROR(agent.start());
//   agent.terminate();                               // SIGTERM
//
// Routes, under /rest/v2/container and /rest/v2/cache-managers/default:
//   GET             health/status (anonymous), health, and the container itself
//   GET             backups, restores                names known to this node
//   HEAD GET POST DELETE  backups/{name}, restores/{name}
// and POST /rest/v2/server?action=stop, GET /health/live, GET /health/ready (both anonymous).
// A POST is answered 202 before the work begins; HEAD then says 202 while it runs, 200 (backup) or
// 201 (restore) when it has succeeded, 500 when it failed, 404 when the name is unknown here. GET
// of a failed one has the cause in its body (real servers give a general text, and none for
// restores).
//
// One operation at a time: one that comes while another runs is accepted and fails with ISPN005041
// or ISPN005042, as on real servers, but without freeing the other's place.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/base/digest.h"
#include "core/base/env.h"
#include "core/base/volume.h"
#include "core/base/wire.h"
#include "core/engine/grid_member.h"
#include "core/engine/mounts.h"

namespace drydock::engine {

struct AgentOptions {
  uint16_t port = 11223;
  std::string cluster_name = "infinispan";
  std::vector<AgentMount> mounts;
  // The operator's. An empty user name: no authentication.
  Credentials credentials;
  int zip_level = 1;
  // Where a backup goes whose request names no directory; made if its mount is there.
  std::string default_directory = "/opt/infinispan/server/data/backups";
  // Called once, from a task of `env`, when the program has ended. `message` is the termination
  // message: {"operation":"backup","name":..,"outcome":"Succeeded"|"Failed","reason":..} of the
  // last operation that ran, empty when there was none, at most 4096 bytes. May destroy the Agent.
  std::function<void(int code, std::string message)> exit;
};

class Agent {
 public:
  // `env`, `wire` and `member` must outlive the Agent and every task of `env`.
  Agent(Env& env, Wire& wire, GridMember& member, AgentOptions options);
  // Cancels its tasks without waiting for them, and stops listening.
  ~Agent();
  Agent(const Agent&) = delete;
  Agent& operator=(const Agent&) = delete;

  // Listens. Never suspends. kAlreadyExists when the port is taken. Answers 503, except on
  // /health/live, until the member is in its own view.
  Status start();

  // What POST server?action=stop does: a running operation ends as failed, the member leaves the
  // cluster, exit(0, message) is called. Never suspends; further calls have no effect.
  void terminate();

 private:
  class Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace drydock::engine
