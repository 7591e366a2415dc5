// RestoreReader: restores one archive as a real server does: types side by side, nothing rolled
// back when one of them fails.
//
//   auto reader = std::make_shared<RestoreReader>(env, node, disk, options, busy);
//   const Status restored = reader->run("/backups/b/b.zip", request.resources);
//
// Its tasks hold it, so that it outlives them when the process ends.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "core/base/env.h"
#include "fakegrid/node/node.h"
#include "fakegrid/server/archive_zip.h"
#include "fakegrid/server/backup_disk.h"
#include "fakegrid/server/backup_request.h"
#include "fakegrid/server/properties.h"
#include "fakegrid/server/serial_time.h"
#include "fakegrid/server/server.h"

namespace drydock::fakegrid {

class RestoreReader : public std::enable_shared_from_this<RestoreReader> {
 public:
  // `busy(+1)` and `busy(-1)` around the time in which the REST threads have no time (quirk F74).
  RestoreReader(Env& env, Node& node, BackupDisk& disk, const ServerOptions& options,
                std::function<void(int)> busy)
      : env_(env),
        node_(node),
        disk_(disk),
        options_(options),
        busy_(std::move(busy)),
        pool_(env) {}

  // May suspend, for as long as the restore takes; for ever when a record is longer than the heap.
  // A failure of backup_failure.h.
  Status run(const std::string& location, const Selection& wanted);

 private:
  using Plan = std::map<ResourceType, std::vector<std::string>>;

  Status open(const std::string& location);
  Status check_manifest() const;
  Result<Plan> plan(const Selection& wanted) const;
  Result<std::vector<std::string>> plan_type(const PropertyMap& listed, ResourceType type,
                                             const Wanted& wanted) const;
  Result<std::vector<std::string>> rejoined(ResourceType type,
                                            const std::vector<std::string>& parts) const;
  // What the archive holds, whatever it lists.
  Result<std::set<std::string>> held_names(ResourceType type) const;
  Result<std::set<std::string>> held_counters() const;
  Status restore_all(const Plan& plan);
  Status restore_type(ResourceType type, const std::vector<std::string>& names);
  Status restore_caches(const std::vector<std::string>& names);
  Status restore_cache(const std::string& name);
  Status create_cache(const std::string& name, const std::string& text);
  Status restore_records(const std::string& name, const std::string& bytes);
  Status reading_failed(const std::string& name, const Status& failure);
  Status put(const std::string& cache, std::vector<CacheRecord>& records);
  Status restore_templates(const std::vector<std::string>& names);
  Status restore_counters(const std::vector<std::string>& names);
  Status restore_counter(const CounterRecord& saved);
  Status restore_text(ResourceType type, const std::string& name);

  // The NullPointerException of a missing entry; the failure of a damaged one.
  Result<std::string> entry(const std::string& path) const;
  bool has(Quirk quirk) const { return options_.quirks.has(quirk); }
  SteadyTime deadline() const { return env_.now() + timings::kRemoteTimeout; }

  Env& env_;
  Node& node_;
  BackupDisk& disk_;
  const ServerOptions& options_;
  std::function<void(int)> busy_;
  SerialTime pool_;
  ZipArchive archive_;
};

}  // namespace drydock::fakegrid
