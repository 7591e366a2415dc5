// Server: the model of a real server's REST endpoint: the routes of RestServer plus its own backup
// engine (backups and restores, one registry of names per node, a lock per kind for the cluster).
//
//   Server server(env, node, disk, {.version = version, .quirks = quirks_of(version)},
//                 [&] { process_ends(); });
//   listener = wire.serve(11222, [&](const HttpRequest& r) { return server.handle(r); });
//
// Backups run in tasks of the node's process: POST answers before its request was validated, and
// what went wrong is in the log and in the status of HEAD. The disk is the whole file system of
// the node; absolute paths are looked up in it without their leading '/'.
// Destroy it only when the tasks of the process have ended.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "core/base/env.h"
#include "core/base/volume.h"
#include "core/base/wire.h"
#include "fakegrid/node/node.h"
#include "fakegrid/server/quirks.h"
#include "fakegrid/server/rest.h"
#include "fakegrid/server/version.h"

namespace drydock::fakegrid {

class BackupRoutes;

struct ServerOptions {
  ServerVersion version;
  Quirks quirks;
  std::string data_directory = "/opt/infinispan/server/data";  // backups go to its "backups"
  // The lines of the server's own configuration before and behind its cache container, as the
  // global.xml of an archive shows them.
  std::string configuration_head, configuration_tail;
  // A restore that must hold more than this at once runs into an OutOfMemoryError: from 15 on it
  // never ends.
  uint64_t heap_bytes = 512ull << 20;
  // For whoever watches from outside: what a backup has read of a cache, and that it has read all.
  // Empty, or never suspends.
  std::function<void(size_t records)> on_records;
  std::function<void(std::string_view cache)> on_cache_read;
};

class Server {
 public:
  Server(Env& env, Node& node, Volume& disk, ServerOptions options, std::function<void()> on_stop);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // May suspend (at most the remote timeout of 15 s per request).
  HttpReply handle(const HttpRequest& request);

 private:
  RestServer rest_;
  std::unique_ptr<BackupRoutes> backups_;
};

}  // namespace drydock::fakegrid
