// Every bound of core/, with its unit and its reason. Nothing waits without a deadline, nothing
// grows without a limit; both come from here.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/base/time.h"

namespace drydock::limits {

// A real API server refuses deeper documents; also bounds our recursion on a fiber's stack.
inline constexpr size_t kMaxJsonDepth = 200;
// A real API server answers 413 above it.
inline constexpr size_t kMaxRequestBytes = 3 * 1024 * 1024;
// etcd's own limit of a request, which an API server writes each object with.
inline constexpr size_t kMaxStoredBytes = 3 * 1024 * 1024 / 2;

// How often a running operation's state is asked for.
inline constexpr Duration kPollInterval = seconds(1);
// One call to a pod's REST API or to the Kubernetes API.
inline constexpr Duration kCallDeadline = seconds(5);
// Cluster missing or not ready: how often to look again when no watch event comes.
inline constexpr Duration kClusterRecheck = seconds(10);
// From the pod's creation until its container is ready and the view holds all members.
inline constexpr Duration kStartDeadline = minutes(10);
// 404 in a row from a Ready pod that had answered 202 until the operation counts as lost.
inline constexpr Duration kForgottenAfter = seconds(10);
// From the recorded outcome until the end phase is written without having seen the pod's end.
inline constexpr Duration kStopDeadline = seconds(60);
// A cluster that is asked to stop or upgrade waits this long for a running operation.
inline constexpr Duration kYieldDeadline = minutes(5);

// Work queue back-off per item, as controller-runtime's default: 5 ms doubled up to 1000 s.
inline constexpr Duration kBackoffBase = milliseconds(5);
inline constexpr Duration kBackoffMax = seconds(1000);
// Back-off of polls while the state is Unknown: doubled from the poll interval up to this.
inline constexpr Duration kUnknownPollMax = seconds(10);

// Watches end after this and are resumed, as client-go's do.
inline constexpr Duration kWatchTimeout = minutes(5);
// Page size of lists.
inline constexpr int kListLimit = 500;

// Zip writer and reader: how much uncompressed data moves per volume call and per pace() step.
inline constexpr size_t kArchiveChunkBytes = 256 * 1024;
// One record of a .dat entry: protects memory against a damaged length (real servers take 2 GiB).
inline constexpr uint32_t kMaxRecordBytes = 256 * 1024 * 1024;
// Names and sizes inside an archive that we are willing to open.
inline constexpr size_t kMaxArchiveEntries = 1'000'000;
// Text entries (XML, properties, schemas, tasks) are read whole into memory up to this.
inline constexpr size_t kMaxTextEntryBytes = 16 * 1024 * 1024;

// Entries per batch of a cluster-wide iteration: Infinispan's state-transfer chunk size.
inline constexpr size_t kIterationBatch = 512;
// Puts in flight while restoring one cache, as real servers do from 14 on.
inline constexpr size_t kRestorePutsInFlight = 512;
// One call to the grid, or an iteration without any progress: outlives the 41 to 48 s that a grid
// takes to notice a silent member, so that an operation waits for the new view and goes on.
inline constexpr Duration kGridIdleDeadline = seconds(60);
// Chunks that a backup reads ahead of the archive's writer.
inline constexpr size_t kReadAheadChunks = 4;
// Ending a program in order: unwinding the operation, removing its file, leaving the cluster.
inline constexpr Duration kLeaveDeadline = seconds(10);
// The kubelet cuts termination messages there.
inline constexpr size_t kMaxTerminationMessageBytes = 4096;

}  // namespace drydock::limits
