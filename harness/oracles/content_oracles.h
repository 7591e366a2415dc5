// Oracles over content: an archive against the cluster it was taken from, a restored cluster
// against the archive and what it held before.
#pragma once

#include <optional>
#include <string>

#include "core/base/resources.h"
#include "core/base/time.h"
#include "fakegrid/node/content.h"

namespace drydock::harness {

// D7, D8: what did not change between `before` (when the operation began) and `after` (when it
// succeeded) is in the archive, byte for byte, and nothing else is; what changed is there as it was
// before, as it was after, or absent if it was absent at one of the two. Counters: one of both
// values. `selection` is the Backup's spec.resources.
std::optional<std::string> check_backup_content(const fakegrid::Content& before,
                                                const fakegrid::Content& after,
                                                const fakegrid::Content& archive,
                                                const ResourceSelection& selection);

// D7, D9: what of the archive is selected and not expired is in `after` byte for byte; existing
// caches and templates kept their configuration; what was only in `before` is still there (or
// expired). `client_writes`: somebody else wrote meanwhile, so records are not compared.
std::optional<std::string> check_restore_content(const fakegrid::Content& before,
                                                 const fakegrid::Content& after,
                                                 const fakegrid::Content& archive,
                                                 const ResourceSelection& selection,
                                                 WallTime succeeded_at, bool client_writes);

// By the record's own metadata and times.
bool is_expired(const CacheRecord& record, WallTime now);

}  // namespace drydock::harness
