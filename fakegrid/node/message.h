// What grid nodes say to one another. A message is an immutable value; what it points to is const
// and may be shared by sender and receivers, as bytes on a wire would be.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "core/base/status.h"
#include "fakegrid/data/store.h"
#include "fakegrid/node/transport.h"
#include "fakegrid/topology/topology.h"

namespace drydock::fakegrid {

// --- membership ---
// Opens the connection by which each end notices the other's end (FD_SOCK2).
struct Greeting {};
struct DiscoveryRequest {};
struct DiscoveryReply {
  std::string coordinator;  // address; empty while the answering node has no cluster itself
};
struct JoinRequest {
  Member joiner;
};
struct LeaveRequest {};
struct LeaveDone {};
struct ViewUpdate {
  ViewPtr view;
};
// "I have this view and you are not in it": waits on a cut link and so arrives when it heals.
struct MergeProbe {
  ViewPtr view;
  std::string origin;  // whose view it is; members pass probes on to their coordinator
};

// --- topologies; all caches of one moment in one message ---
struct TopologyUpdate {
  int64_t view_id = 0;
  std::vector<TopologyPtr> topologies;
};
// "A cache does not take you in": the receiver's start fails.
struct JoinRefusal {
  std::string reason;
};
struct PhaseConfirm {
  std::vector<std::pair<std::string, int>> done;  // cache, topology id
};
struct StatusRequest {
  int64_t view_id = 0;
};
struct StatusReply {
  int64_t view_id = 0;
  std::vector<TopologyPtr> topologies;
};

// --- state transfer ---
struct StateRequest {
  std::string cache;
  int topology_id = 0;
  std::vector<int> segments;
};
struct StateChunk {
  std::string cache;
  int topology_id = 0;
  std::vector<std::pair<int, EntryPtr>> entries;  // with their segments
  std::vector<int> finished;                      // segments that have come whole
};
struct StateAck {
  std::string cache;
  int topology_id = 0;
};

// --- data ---
enum class WriteKind {
  kPut,
  kPutIfAbsent,
  kRemove,
  kTouch,
  kCounterAdd,
  kCounterSet,
  kCounterSwap,
};
struct WriteRequest {
  WriteKind kind = WriteKind::kPut;
  std::vector<EntryPtr> entries;  // kPut, kPutIfAbsent
  std::string key;                // kRemove, kTouch, counters
  int64_t number = 0;             // counters
  int64_t expected = 0;           // kCounterSwap: stores `number` only over this value
  bool again = false;             // an earlier attempt may have been carried out by some owners
};
struct ReadRequest {
  std::string key;
};
struct ScanRequest {
  std::vector<int> segments;             // in the order to scan
  std::optional<std::string> after_key;  // in the first one
  bool count_only = false;
  bool all_held = false;  // instead: how many the receiver holds, whoever owns them
};
struct DataRequest {
  uint64_t id = 0;
  std::string cache;
  int topology_id = 0;
  std::variant<WriteRequest, ReadRequest, ScanRequest> what;
};
struct DataReply {
  uint64_t id = 0;
  Status status;
  bool retry = false;  // wrong owner: ask again once topology_id is installed
  int topology_id = 0;
  bool existed = false;           // writes: the key was there before
  int64_t number = 0;             // counters: the value; count_only: entries
  std::vector<EntryPtr> entries;  // reads
  size_t finished = 0;            // scans: how many of the request's segments are done
};
struct BackupChange {
  int segment = 0;
  EntryPtr entry;   // null: remove `key`
  std::string key;  // of a removal
};
struct BackupWrite {
  uint64_t id = 0;
  std::string cache;
  int topology_id = 0;
  std::vector<BackupChange> changes;
};
struct BackupAck {
  uint64_t id = 0;
  bool outdated = false;  // the receiver has another primary: the write must be routed anew
};

struct Message {
  std::variant<Greeting, DiscoveryRequest, DiscoveryReply, JoinRequest, LeaveRequest, LeaveDone,
               ViewUpdate, MergeProbe, TopologyUpdate, JoinRefusal, PhaseConfirm, StatusRequest,
               StatusReply, StateRequest, StateChunk, StateAck, DataRequest, DataReply, BackupWrite,
               BackupAck>
      body;
};

// Bytes on the link: payload as encoded, plus what JGroups and marshalling add.
size_t weight_of(const Message& message);

}  // namespace drydock::fakegrid
