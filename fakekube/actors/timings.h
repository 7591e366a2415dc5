// Every delay and period of the actors, with unit (Duration) and reason. Defaults are those of
// Kubernetes 1.32 where it has the number; "measured" = on a real cluster's control plane.
#pragma once

#include "core/base/time.h"

namespace drydock::fakekube::timings {

// --- All actors
// One API call of an actor; client-go's usual request time-out.
inline constexpr Duration kApiCallDeadline = seconds(30);
// Watches end after this and are resumed; client-go: 5 to 10 minutes, drawn.
inline constexpr Duration kWatchTimeout = minutes(8);
// Reflector back-off when list or watch fails: 800 ms doubled up to 30 s.
inline constexpr Duration kReflectorBackoffBase = milliseconds(800);
inline constexpr Duration kReflectorBackoffMax = seconds(30);
// Work queue back-off per item: 5 ms doubled up to 1000 s (client-go's default limiter).
inline constexpr Duration kRetryBase = milliseconds(5);
inline constexpr Duration kRetryMax = seconds(1000);
// Attempts of one read-modify-write under conflicts; client-go's retry.DefaultBackoff is 4 or 5.
inline constexpr int kConflictAttempts = 5;

// --- Events (client-go's recorder)
inline constexpr int kEventBurst = 25;                        // per source and object
inline constexpr Duration kEventRefill = minutes(5);          // one more token each
inline constexpr Duration kEventSimilarWindow = minutes(10);  // repeats within it are counted
inline constexpr Duration kEventLife = hours(1);              // API server's --event-ttl

// --- Scheduler
// From a pod's event to its binding: queue, filter, score; a few ms on an idle scheduler.
inline constexpr Duration kScheduleTime = milliseconds(3);
// Unschedulable pods are tried again after this even when nothing changed.
inline constexpr Duration kUnschedulableFlush = minutes(5);
// How long a pod waits for its volumes before it is given back to the queue.
inline constexpr Duration kBindTimeout = minutes(10);

// --- Volumes
inline constexpr Duration kBinderTime = milliseconds(10);      // controller's own sync
inline constexpr Duration kProvisionTime = milliseconds(800);  // cloud disk: creation call
inline constexpr Duration kAttachTime = milliseconds(500);     // cloud disk: attach call
inline constexpr Duration kDetachTime = milliseconds(500);
// Detach from a node that doesn't confirm the unmount, only when that node is unhealthy.
inline constexpr Duration kForceDetachAfter = minutes(6);

// --- Garbage collector, namespaces
inline constexpr Duration kCollectTime = milliseconds(10);  // measured: dependants go 10 ms later
// The collector's own limit: 40 requests per second (twice kube-controller-manager's 20, as each
// deletion takes two), after a burst of 30. Measured: 100 dependants take about 4 s.
inline constexpr Duration kCollectorToken = milliseconds(25);
inline constexpr int kCollectorBurst = 30;
inline constexpr Duration kCollectorDiscovery = seconds(30);  // how often it asks for new kinds
inline constexpr Duration kNamespaceDelay = seconds(5);       // measured: fixed
// Objects with finalizers: what a namespace's controller expects them to take.
inline constexpr int64_t kFinalizerEstimateSeconds = 15;
inline constexpr Duration kQuotaTime = milliseconds(5);             // a quota's status, guessed
inline constexpr Duration kNamespaceDefaultTime = milliseconds(5);  // "default" account, root CA
inline constexpr Duration kProtectionTime = milliseconds(2);  // measured: finalizer gone in 5 ms

// --- CustomResourceDefinitions (measured: established about 10 ms, served 16 to 30 ms after the
// create; of a deleted one the objects go 5 ms later and the definition 20 ms after them)
inline constexpr Duration kCrdNames = milliseconds(7);
inline constexpr Duration kCrdEstablished = milliseconds(1);
inline constexpr Duration kCrdServed = milliseconds(6);
inline constexpr Duration kCrdCleanup = milliseconds(5);
inline constexpr Duration kCrdRemoval = milliseconds(20);
inline constexpr Duration kCrdCleanupRetry = seconds(5);  // objects held by finalizers

// --- Nodes
inline constexpr Duration kLeasePeriod = seconds(10);
inline constexpr int64_t kLeaseDurationSeconds = 40;
inline constexpr Duration kNodeStatusPeriod = minutes(5);   // when nothing changed
inline constexpr Duration kNodeMonitorGrace = seconds(50);  // 1.32; 40 s before
inline constexpr Duration kPodGcQuarantine = seconds(40);   // a missing node may come back

// --- StatefulSet
inline constexpr Duration kStatefulSetTime = milliseconds(10);

// --- Kubelet
inline constexpr Duration kPodSyncTime = milliseconds(20);  // from the pod's event to its first act
inline constexpr Duration kSandboxTime = milliseconds(300);  // pod network and sandbox
inline constexpr Duration kImagePullTime =
    milliseconds(200);  // image is on the node, policy Always
inline constexpr Duration kContainerStartTime = milliseconds(100);
inline constexpr Duration kMountTime = milliseconds(100);
inline constexpr Duration kUnmountTime = milliseconds(100);
// Retries of mounts: 500 ms doubled up to 2 min 2 s (exponentialbackoff in the volume manager).
inline constexpr Duration kMountRetryBase = milliseconds(500);
inline constexpr Duration kMountRetryMax = minutes(2) + seconds(2);
// Container restarts and image pulls: 10 s doubled up to 5 min; forgotten after twice the maximum.
inline constexpr Duration kRestartBackoffBase = seconds(10);
inline constexpr Duration kRestartBackoffMax = minutes(5);
// How often the kubelet looks at what pods have written.
inline constexpr Duration kEvictionPeriod = seconds(10);
// How long the node still says that it is under pressure when it is no longer.
inline constexpr Duration kPressureTransition = minutes(5);
// Status reports that failed are tried again in the status manager's sync.
inline constexpr Duration kStatusRetry = seconds(10);
// Grace that a container always gets, whatever the pod says.
inline constexpr Duration kMinimumGrace = seconds(2);

}  // namespace drydock::fakekube::timings
