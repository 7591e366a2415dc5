#include "fakegrid/server/server.h"

#include <utility>

#include "fakegrid/server/backup_routes.h"
#include "fakegrid/server/http_target.h"

namespace drydock::fakegrid {

Server::Server(Env& env, Node& node, Volume& disk, ServerOptions options,
               std::function<void()> on_stop)
    : rest_(env, node, std::move(on_stop)),
      backups_(std::make_unique<BackupRoutes>(env, node, disk, std::move(options))) {}

Server::~Server() = default;

HttpReply Server::handle(const HttpRequest& request) {
  if (const Status free = backups_->wait_for_rest_threads(); !free.ok())
    return HttpResponse{.status = 503, .headers = {}, .body = {}};
  std::optional<HttpReply> reply = backups_->handle(request, parse_target(request.target));
  return reply ? std::move(*reply) : rest_.handle(request);
}

}  // namespace drydock::fakegrid
