// BackupRoutes: the REST routes `backups` and `restores` of a real server, and the operations that
// they start. Names, states and results live in this node's memory only.
//
//   BackupRoutes routes(env, node, disk, options);
//   if (auto reply = routes.handle(request, target)) return std::move(*reply);
//
// Routes (P = /rest/v2/container from 15 on, /rest/v2/cache-managers/{any}, /rest/v2/cluster, from
// 16.1 on the same below /rest/v3): GET P/backups; POST, HEAD, GET, DELETE P/backups/{name}; GET
// P/restores; POST, HEAD, DELETE P/restores/{name}. Below `cluster` resources are not looked at.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "core/base/env.h"
#include "core/base/volume.h"
#include "core/base/wire.h"
#include "fakegrid/node/node.h"
#include "fakegrid/server/backup_disk.h"
#include "fakegrid/server/backup_lock.h"
#include "fakegrid/server/backup_request.h"
#include "fakegrid/server/http_target.h"
#include "fakegrid/server/server.h"

namespace drydock::fakegrid {

class BackupRoutes {
 public:
  // Outlives the tasks of the process.
  BackupRoutes(Env& env, Node& node, Volume& disk, ServerOptions options);

  // nullopt: no route of these. May suspend.
  std::optional<HttpReply> handle(const HttpRequest& request, const HttpTarget& target);
  // Returns once the REST threads have time for a request (quirk F74). May suspend.
  Status wait_for_rest_threads();

 private:
  enum class State { kRunning, kDone, kFailed };
  struct Operation {
    State state = State::kRunning;
    bool deleted = false;  // DELETE came while it ran
    std::string root;      // of a backup: its directory
    std::string archive;   // of a backup
  };
  using OperationPtr = std::shared_ptr<Operation>;
  using Operations = std::map<std::string, OperationPtr>;

  HttpResponse backups(const HttpRequest& request, const std::string& name);
  HttpResponse restores(const HttpRequest& request, const std::string& name);
  HttpResponse list(const HttpRequest& request, const Operations& operations, bool cluster) const;
  HttpResponse start_backup(const HttpRequest& request, const std::string& name, bool all);
  HttpResponse start_restore(const HttpRequest& request, const std::string& name, bool all);
  Result<RestoreRequest> restore_request(const HttpRequest& request);
  HttpResponse show_backup(const std::string& name, bool head);
  HttpResponse show_restore(const std::string& name);
  HttpResponse delete_backup(const std::string& name);
  HttpResponse delete_restore(const std::string& name);
  HttpResponse failed(std::string_view text);
  // The answer to a request that can't be carried out, by code; logged when it is a 500.
  HttpResponse refusal(const Status& status);

  void run_backup(const std::string& name, const std::string& directory, const Selection& resources,
                  const OperationPtr& operation);
  void run_restore(const std::string& name, const RestoreRequest& request,
                   const OperationPtr& operation);
  void report_missing(const std::string& location);
  void remove_files(const std::string& name, const Operation& operation);

  Env& env_;
  Node& node_;
  BackupDisk disk_;
  const ServerOptions options_;
  BackupLock backup_lock_;
  BackupLock restore_lock_;
  Operations backups_;
  Operations restores_;
  std::unique_ptr<Gate> threads_free_;
  int busy_ = 0;
  uint64_t uploads_ = 0;
};

}  // namespace drydock::fakegrid
