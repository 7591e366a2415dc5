// The restore engine: applies an archive to the grid through a member that owns no data.
//
//   RestoreRequest request{.archive = "my-backup/my-backup.zip"};
//   Result<RestoreReport> report = run_restore(env, member, volume, request);
//
// Everything that will be applied is read and checked first (structure, CRC, every record, every
// document, every name that was asked for): a damaged archive changes nothing. Then in an order in
// which later resources find what they refer to: schemas, templates, caches with their entries,
// counters, tasks. Caches, templates and counters that exist keep their configuration; entries are
// overwritten, others stay; a counter gets the archive's value, so that twice equals once. When the
// cluster's view changed meanwhile, everything is read back before it counts as restored.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/base/env.h"
#include "core/base/volume.h"
#include "core/engine/backup_engine.h"
#include "core/engine/grid_member.h"
#include "core/engine/resources.h"

namespace drydock::engine {

struct RestoreRequest {
  std::string archive;  // path in the volume
  ResourceSelection selection;
};

struct RestoreReport {
  std::vector<CacheCount> caches;  // records given to the grid, which drops expired ones
  uint64_t templates = 0;
  uint64_t counters = 0;
  uint64_t schemas = 0;
  uint64_t tasks = 0;
};

// May suspend. Before anything was applied: kNotFound: no such file, or a resource that was asked
// for is not in the archive (ISPN005047, with all such names). kDataLoss / kInvalid: the archive is
// damaged or of a version that can't be restored. Afterwards: what the grid said, with the
// resource's type and name before it and what had been applied by then behind it; nothing is
// rolled back. A cache or template of the grid's own (org.infinispan.*, example.*, ___*) is applied
// only when it was asked for by its name.
Result<RestoreReport> run_restore(Env& env, GridMember& member, Volume& volume,
                                  const RestoreRequest& request);

}  // namespace drydock::engine
