// RestServer: the REST routes of a data node that clients and the cluster's operator use. A plain
// function from request to reply; harness/world serves it on a Wire and does the authentication.
//
//   RestServer rest(env, node, [&] { process_ends(); });
//   listener = wire.serve(11222, [&](const HttpRequest& r) { return rest.handle(r); });
//
// Routes (P = /rest/v2/container or /rest/v2/cache-managers/default): GET P, P/health,
// P/health/status, /health/live, /health/ready, /rest/v2/server; POST /rest/v2/server?action=stop
// and P?action=shutdown (this node only, like stop); GET, HEAD, PUT, POST, DELETE
// /rest/v2/caches/{cache}/{key}; GET /rest/v2/caches, /rest/v2/caches/{cache}?action=size|config,
// POST /rest/v2/caches/{cache}; GET, POST /rest/v2/counters/{counter}. Anything else: 404 "Resource
// not found".
#pragma once

#include <functional>
#include <string>

#include "core/base/env.h"
#include "core/base/wire.h"
#include "fakegrid/node/node.h"

namespace drydock::fakegrid {

class RestServer {
 public:
  // `on_stop` is called from a task of the process once the node has left; the process then ends.
  RestServer(Env& env, Node& node, std::function<void()> on_stop);

  // May suspend (at most the remote timeout of 15 s per request).
  HttpReply handle(const HttpRequest& request);

 private:
  HttpReply list_caches() const;
  HttpReply stop();

  Env& env_;
  Node& node_;
  std::function<void()> on_stop_;
};

}  // namespace drydock::fakegrid
