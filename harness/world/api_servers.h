// The API servers of a world: one storage, and in front of it one server or several, each in a
// process of its own (api-server, api-server-2, …), with its own caches and its own clients.
//
//   ApiServers servers(simulation, {.count = 2});
//   servers.open();
//   Address api = servers.address_of("node-1", 1);     // what this client connects to
//   servers.stop(1);                                   // its clients are now those of another
//   servers.start(1);                                  // empty-handed; who moved stays away
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "fakekube/actors/log_source.h"
#include "fakekube/api/api_server.h"
#include "fakekube/fault/api_faults.h"
#include "sim/simulation.h"

namespace drydock::harness {

struct ApiServersOptions {
  int count = 1;
  Duration view_lag{0};      // of a kind's cache behind storage, at most
  bool call_faults = false;  // faults() stands between the servers and their clients
};

class ApiServers {
 public:
  // `simulation` must outlive this; `logs` the servers' calls.
  ApiServers(sim::Simulation& simulation, const ApiServersOptions& options,
             fakekube::LogSource& logs);
  ApiServers(const ApiServers&) = delete;
  ApiServers& operator=(const ApiServers&) = delete;

  // Begins to serve.
  void open();

  // Numbers count from 1. The first is the one that actors beside it use.
  fakekube::ApiServer& server(int number) const { return *servers_.at(number - 1).server; }
  int count() const { return static_cast<int>(servers_.size()); }
  fakekube::Storage& storage() const { return server(1).storage(); }
  // How many of its clients' connections were refused so far, and how many streams are open now.
  int64_t refused(int number) const;
  int64_t open_streams(int number) const;
  // CHECKs that they were asked for.
  fakekube::ApiFaults& faults();

  // Where the client finds its API server, wherever that will be. `preferred`: any number; the
  // client's first server is that one, counted around.
  Address address_of(const std::string& client, int preferred);

  // Connections to it are refused, watches end, and its clients go to the next one that serves, if
  // there is any.
  void stop(int number);
  // As a process that was started anew: for a moment its caches fill, and it has no history.
  void start(int number);

 private:
  struct Server {
    sim::Process* process = nullptr;
    std::shared_ptr<fakekube::ApiServer> server;
    std::unique_ptr<Listener> listener;  // null: stopped
  };

  void listen(Server& server);
  void route(const std::string& client, int number);

  sim::Simulation& simulation_;
  ApiServersOptions options_;
  fakekube::ApiFaults faults_;
  std::vector<Server> servers_;
  std::map<std::string, int> clients_;  // the number of each one's server
};

}  // namespace drydock::harness
