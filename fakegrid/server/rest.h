// RestServer: a node's REST routes but for backups and restores, as servers of the node's version
// answer them. A plain function from request to reply; who serves it does the authentication.
//
//   RestServer rest(env, node, {}, [&] { process_ends(); });
//   listener = wire.serve(11222, [&](const HttpRequest& r) { return rest.handle(r); });
//
// Routes: /rest/v2/caches, counters, schemas, tasks, server, cluster and the container, which is
// /rest/v2/cache-managers/default and from 15 on also /rest/v2/container; /rest/v3 from 16.1 on;
// and /metrics.
// What they do is in rest_*.h. Anything else: 404 "Resource not found".
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <utility>

#include "core/base/env.h"
#include "core/base/wire.h"
#include "fakegrid/node/node.h"
#include "fakegrid/server/http_target.h"
#include "fakegrid/server/rest_container.h"
#include "fakegrid/server/rest_entries.h"

namespace drydock::fakegrid {

struct RestOptions {
  // GET /health/live and /health/ready, which servers have from 16 on; an image of our own has them
  // always.
  bool always_probes = false;
};

// What servers from 15 on log of the old path form; only nodes with a verbose log do.
void warn_if_deprecated(const Node& node, Env& env, const HttpRequest& request);

class RestServer {
 public:
  // `on_stop` is called from a task of the process once the node has left; the process then ends.
  RestServer(Env& env, Node& node, RestOptions options, std::function<void()> on_stop);
  RestServer(Env& env, Node& node, std::function<void()> on_stop)
      : RestServer(env, node, {}, std::move(on_stop)) {}

  // May suspend (at most the remote timeout of 15 s per request).
  HttpReply handle(const HttpRequest& request);

 private:
  HttpResponse answer(const HttpRequest& request, const HttpTarget& target);
  HttpResponse probe(const HttpTarget& target) const;
  HttpResponse while_stopping(const HttpTarget& target) const;
  HttpResponse server_route(const HttpRequest& request, const HttpTarget& target);
  HttpResponse cluster_route(const HttpRequest& request, const HttpTarget& target);
  HttpResponse container_route(const HttpRequest& request, const HttpTarget& target,
                               std::span<const std::string> rest);
  HttpResponse connections(const HttpRequest& request) const;
  HttpResponse stop();
  HttpResponse shut_down();

  Env& env_;
  Node& node_;
  RestOptions options_;
  std::function<void()> on_stop_;
  ContainerState container_;
  ReadConfigurations configurations_;
  uint64_t connections_ = 0;  // so far; an id each
};

}  // namespace drydock::fakegrid
