// CacheTable: the caches of one node: installed topologies, stored entries, state coming in.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "fakegrid/node/instruments.h"
#include "fakegrid/node/message.h"
#include "fakegrid/node/snapshot_data.h"
#include "fakegrid/topology/topology_log.h"

namespace drydock::fakegrid {

class NodeCore;

// A segment that is being received: keys written meanwhile are newer than what comes.
struct InboundSegment {
  std::set<std::string> touched;
};

struct LocalCache {
  TopologyPtr topology;
  int position = -1;  // of this node in topology->members; -1: not a member
  Store store;
  std::map<int, InboundSegment> inbound;
  uint64_t topology_updates = 0;
  uint64_t written = 0;  // entries that callers of this node put
  bool index_is_open = false;
  Moved moved;
  std::map<int, Moved> moved_by_topology;

  Moved& booked() { return moved_by_topology[topology->started_at]; }
};

class CacheTable {
 public:
  explicit CacheTable(NodeCore& core) : core_(core) {}

  void adopt(const ClusterSnapshot& snapshot, int position);

  // Installs what is newer than what is there, asks for the state that is missing. The result: the
  // rebalance phases that this node has done already.
  PhaseConfirm install(const std::vector<TopologyPtr>& topologies);

  // nullptr: this node knows no such cache.
  LocalCache* find(std::string_view name);
  const LocalCache* find(std::string_view name) const;
  const std::map<std::string, LocalCache, std::less<>>& all() const { return caches_; }
  StatusReply status(int64_t view_id) const;
  // A cache that was removed, with its entries.
  void forget(std::string_view name);
  // True once every known cache has taken this node in and no rebalance is going on.
  bool settled() const;

  // A write through this node, as owner or for a caller: the first one opens the index of an
  // indexed cache, which servers say from 15 on (before, no recording has an index).
  void open_index(LocalCache& cache) const;
  // Stores or removes, as primary or backup; nothing when this node doesn't own the segment.
  void apply(LocalCache& cache, const BackupChange& change);
  // Name -> text of org.infinispan.CONFIG's entries whose key has the prefix.
  std::map<std::string, std::string> definitions(std::string_view prefix) const;
  // Key -> value of a cache that every node has a copy of.
  std::map<std::string, std::string> texts(std::string_view cache) const;

  void handle(const std::string& from, const StateChunk& message);

 private:
  bool install_one(const TopologyPtr& topology, bool superseded);
  static void drop_foreign_segments(LocalCache& cache);
  void request_state(LocalCache& cache);

  NodeCore& core_;
  const TopologyLog log_{core_};
  std::map<std::string, LocalCache, std::less<>> caches_;
};

}  // namespace drydock::fakegrid
