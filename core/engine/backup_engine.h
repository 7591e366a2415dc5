// The backup engine: reads the grid through a member that owns no data and writes one archive.
//
//   BackupRequest request{.name = "my-backup", .directory = ""};
//   Result<BackupReport> report = run_backup(env, tasks, member, volume, request);
//   report->path;                                // "my-backup/my-backup.zip"
//
// The archive is written aside under a hidden name in its directory, synced, read again from the
// first to the last byte (structure, CRC, counts), renamed, and its directory synced: under the
// final name lies nothing or a whole archive. Memory does not depend on the amount of data.
//
// No snapshot: caches are read one after another, and an entry that changes meanwhile is in the
// archive as it was before or after.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/env.h"
#include "core/base/volume.h"
#include "core/engine/grid_member.h"
#include "core/engine/resources.h"
#include "core/engine/task_group.h"

namespace drydock::engine {

struct BackupRequest {
  std::string name;       // of the archive; one path part, no control characters
  std::string directory;  // relative to the mount, "" is the mount itself; must exist
  ResourceSelection selection;
  int zip_level = 1;  // 0 = store .. 9
};

struct CacheCount {
  std::string name;
  uint64_t records = 0;

  friend bool operator==(const CacheCount&, const CacheCount&) = default;
};

struct BackupReport {
  std::string path;  // of the archive, in the volume
  std::vector<CacheCount> caches;
  uint64_t templates = 0;
  uint64_t counters = 0;
  uint64_t schemas = 0;
  uint64_t tasks = 0;
  uint64_t total_bytes = 0;  // uncompressed, all entries
};

// Whether a backup can have this name: not empty, not "." or "..", at most 200 bytes, without '/'
// and control characters.
bool is_backup_name(std::string_view name);
// "<directory>/<name>/<name>.zip", without the first part when the directory is "".
std::string archive_path(std::string_view directory, std::string_view name);

// Suspends for as long as the operation takes; no single wait of it lasts longer than
// limits::kGridIdleDeadline without progress.
// Errors: kAlreadyExists: an archive of that name is there (nothing was touched). kNotFound: a
// resource that was asked for by name does not exist (ISPN005048). kInvalid: a name that can't be
// archived, or no backup name. kDataLoss: the grid lost entries, or what was written can't be read
// back. Else what the grid or the volume said. The message names the resource or file.
// After a failure no file is left, except when the calling task was cancelled: then nothing has any
// effect any more, and the next run or remove_temporaries() removes the hidden file.
// Its reading tasks belong to `tasks`; they use `member` until they are done, which after a
// cancellation of the calling task may be later than the return of this function.
Result<BackupReport> run_backup(Env& env, TaskGroup& tasks, GridMember& member, Volume& volume,
                                const BackupRequest& request);

// Removes hidden files that interrupted runs of this name left behind, and the archive's directory
// if it is then empty. Ok when there are none. May suspend.
Status remove_temporaries(Volume& volume, std::string_view directory, std::string_view name);

}  // namespace drydock::engine
