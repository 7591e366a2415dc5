// Every duration of the model of real servers, with where it comes from (docs/facts/grid.md).
#pragma once

#include "fakegrid/node/timings.h"

namespace drydock::fakegrid::timings {

// A batch of an iteration is waited for three times the remote timeout: backups beside a silent
// node failed "after 45 seconds".
inline constexpr Duration kIterationTimeout = 3 * kRemoteTimeout;
// The shortest recorded operations: from "Starting" to the end of a backup or restore.
inline constexpr Duration kOperation = milliseconds(5);
// Asked to stop by REST, a server ends its endpoints first: its caches leave 3.2 s later, in every
// release, and serve the others until then.
inline constexpr Duration kEndpointsEnd = milliseconds(3200);
// A cache costs a backup this much beside its entries: 31 caches 72 to 100 ms.
inline constexpr Duration kBackupOfCache = microseconds(2500);
// The same for a restore: 31 caches that exist 398 to 450 ms; one that has to be created 50 to 60.
inline constexpr Duration kRestoreOfCache = milliseconds(12);
inline constexpr Duration kCreationOfCache = milliseconds(40);

// A script is compiled: before 15 two of them 183 to 193 ms, since 15.
inline constexpr Duration kRestoreOfTask = milliseconds(7);
inline constexpr Duration kRestoreOfTaskBefore15 = milliseconds(90);

}  // namespace drydock::fakegrid::timings
