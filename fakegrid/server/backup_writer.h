// BackupWriter: makes one backup as a real server does: a tree of files below
// `<directory>/<name>`, then the zip of all that lies there, file by file deleted.
//
//   auto writer = std::make_shared<BackupWriter>(env, node, disk, options);
//   const Status made = writer->run("b", "/data/backups", request.resources);
//
// Its tasks hold it, so that it outlives them when the process ends.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/base/env.h"
#include "fakegrid/node/node.h"
#include "fakegrid/server/backup_content.h"
#include "fakegrid/server/backup_disk.h"
#include "fakegrid/server/backup_request.h"
#include "fakegrid/server/serial_time.h"
#include "fakegrid/server/server.h"

namespace drydock::fakegrid {

class BackupWriter : public std::enable_shared_from_this<BackupWriter> {
 public:
  BackupWriter(Env& env, Node& node, BackupDisk& disk, const ServerOptions& options)
      : env_(env), node_(node), disk_(disk), options_(options), pool_(env) {}

  // May suspend, for as long as the backup takes. A failure of backup_failure.h; what was written
  // by then stays (quirk L28) or is removed.
  Status run(const std::string& name, const std::string& directory, const Selection& wanted);

 private:
  struct Job {
    std::string name;
    std::string root;       // `<directory>/<name>`
    std::string container;  // its containers/default
    BackupPlan plan;
  };

  Status make(Job& job, const Selection& wanted);
  Status write_content(const Job& job);
  Status write_caches(const Job& job);
  Status write_cache(const std::string& container, const std::string& cache);
  Status write_records(const std::string& cache, const std::string& path);
  std::vector<CacheRecord> text_records(const std::string& cache) const;
  Status write_templates(const Job& job);
  Status write_counters(const Job& job);
  Status write_texts(const Job& job, ResourceType type,
                     const std::map<std::string, std::string>& texts);
  Status write_file(const std::string& path, std::string_view shown, std::string_view bytes);
  Status write_properties(const Job& job);
  Status pack(const Job& job);
  std::string global_xml() const;
  bool has(Quirk quirk) const { return options_.quirks.has(quirk); }

  Env& env_;
  Node& node_;
  BackupDisk& disk_;
  const ServerOptions& options_;
  SerialTime pool_;
};

}  // namespace drydock::fakegrid
