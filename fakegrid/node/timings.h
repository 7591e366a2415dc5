// Every duration and cost of the simulated grid, with the measurement it comes from
// (docs/facts/grid.md).
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/base/time.h"

namespace drydock::fakegrid::timings {

// GMS join_timeout: a node that nobody answers waits this long, then forms its own cluster.
inline constexpr Duration kJoinTimeout = seconds(2);
// GMS max_join_attempts.
inline constexpr int kJoinAttempts = 10;
// FD_ALL3: silence counts after `timeout`, looked at every `interval`: 40 s to just under 48 s.
inline constexpr Duration kFailureTimeout = seconds(40);
inline constexpr Duration kFailureInterval = seconds(7);
// VERIFY_SUSPECT2.
inline constexpr Duration kVerifySuspect = seconds(1);
// MERGE3 min_interval and max_interval: from being reachable again to the merged view.
inline constexpr Duration kMergeMin = seconds(10);
inline constexpr Duration kMergeMax = seconds(30);
// clustering.remote-timeout: how long callers without a deadline of their own wait (ISPN000476).
inline constexpr Duration kRemoteTimeout = seconds(15);
// A read asks one owner after the other, the next one this much later: a tenth of the remote
// timeout, divided by how many there are (0.75 s with two owners, 0.5 s with three).
inline constexpr Duration kStaggeredReads = kRemoteTimeout / 10;
// How long an iteration waits for a batch: three remote timeouts.
inline constexpr Duration kBatchTimeout = 3 * kRemoteTimeout;

// State transfer and iteration move this many entries per message.
inline constexpr size_t kChunkEntries = 512;

// CPU on a data node. Anchor: 100 000 x 1074 byte records with two data nodes: backup 25-37 MB/s,
// restore 26-43 MB/s (owners 1 and 2), that is per node about half of it each.
inline constexpr Duration kRequestCost = microseconds(60);        // any data request
inline constexpr Duration kReadCostPerEntry = microseconds(20);   // iteration, state transfer
inline constexpr int64_t kReadCostPerByteNs = 40;                 // 1074 B: 63 us with the above
inline constexpr Duration kWriteCostPerEntry = microseconds(16);  // on the primary
inline constexpr int64_t kWriteCostPerByteNs = 24;                // 1074 B: 42 us with the above
inline constexpr int64_t kBackupWriteShare = 4;                   // a backup copy costs 1/4
// A short request costs this much more while the node also scans or sends state: they share CPUs.
inline constexpr int64_t kSharedCpuFactor = 2;

}  // namespace drydock::fakegrid::timings
