#include "harness/world/api_servers.h"

#include <fmt/format.h>

namespace drydock::harness {
namespace {

constexpr uint16_t kApiPort = 443;
// So long a server that starts refuses what its caches can't answer yet; real ones need about 2 s.
constexpr Duration kInitialising = seconds(2);

std::string name_of(int number) {
  return number == 1 ? "api-server" : fmt::format("api-server-{}", number);
}

std::string host_of(int number) {
  return number == 1 ? "control-plane" : fmt::format("control-plane-{}", number);
}

std::string ip_of(int number) {
  return number == 1 ? "10.96.0.1" : fmt::format("10.96.0.{}", 100 + number);
}

std::string name_for(const std::string& client) { return "kubernetes." + client; }

}  // namespace

ApiServers::ApiServers(sim::Simulation& simulation, const ApiServersOptions& options,
                       fakekube::LogSource& logs)
    : simulation_(simulation), options_(options) {
  std::shared_ptr<fakekube::Storage> storage;
  for (int number = 1; number <= options.count; ++number) {
    Server server;
    server.process = &simulation.add_process(name_of(number), host_of(number), ip_of(number));
    if (storage == nullptr) storage = std::make_shared<fakekube::Storage>(*server.process);
    server.server = std::make_shared<fakekube::ApiServer>(
        *server.process, storage,
        fakekube::ApiServerOptions{.managed_fields = false, .cache_lag = options.view_lag});
    server.server->set_log_source(&logs);
    if (options.call_faults) faults_.attach(*server.server);
    servers_.push_back(std::move(server));
  }
}

void ApiServers::open() {
  for (Server& server : servers_) listen(server);
}

void ApiServers::listen(Server& server) {
  auto listener = server.process->wire().serve(
      kApiPort, [api = server.server](const HttpRequest& request) { return api->handle(request); });
  DRYDOCK_CHECK(listener.ok(), "the API server can't listen");
  server.listener = *std::move(listener);
}

fakekube::ApiFaults& ApiServers::faults() {
  DRYDOCK_CHECK(options_.call_faults, "this world was made without faults of calls");
  return faults_;
}

int64_t ApiServers::refused(int number) const {
  return servers_.at(number - 1).process->refused_connections();
}

int64_t ApiServers::open_streams(int number) const {
  return simulation_.network().open_streams(*servers_.at(number - 1).process);
}

Address ApiServers::address_of(const std::string& client, int preferred) {
  if (count() == 1) return {ip_of(1), kApiPort};
  if (!clients_.contains(client)) route(client, (preferred - 1) % count() + 1);
  return {name_for(client), kApiPort};
}

void ApiServers::route(const std::string& client, int number) {
  clients_[client] = number;
  simulation_.network().set_name(name_for(client), ip_of(number));
}

void ApiServers::stop(int number) {
  servers_.at(number - 1).listener.reset();
  server(number).restart();
  int next = number;
  for (int i = 1; i < count() && servers_.at(next - 1).listener == nullptr; ++i)
    next = next % count() + 1;
  for (const auto& [client, current] : std::map(clients_))
    if (current == number) route(client, next);
}

void ApiServers::start(int number) {
  Server& server = servers_.at(number - 1);
  if (server.listener != nullptr) return;
  server.server->restart(kInitialising);
  listen(server);
}

}  // namespace drydock::harness
