// What a node counts about itself, and the sum over a cluster: the proof that a zero-capacity
// member moved nothing, and the control that an ordinary member moved everything.
//
//   ClusterTotals before = totals({&node0, &node1});
//   ... a zero-capacity node joins ...
//   ClusterTotals d = totals({&node0, &node1, &zero}) - before;
//   // d.user.rebalance_rounds > 0, d.user.owners_changed == 0, d.user.entries_in == 0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace drydock::fakegrid {

class Node;

// State transfer, booked by the receiver (`_in`) and the sender (`_out`).
struct Moved {
  uint64_t segments_in = 0, segments_out = 0;
  uint64_t entries_in = 0, entries_out = 0;
  uint64_t bytes_in = 0, bytes_out = 0;

  friend bool operator==(const Moved&, const Moved&) = default;
};

struct CacheInstruments {
  bool internal = false;
  uint64_t topology_updates = 0;  // topologies that this node installed
  uint64_t rebalance_rounds = 0;  // rebalances that this node started as coordinator
  // Segments whose owners differ from those of the topology before, counted by the coordinator.
  uint64_t owners_changed = 0;
  Moved moved;
  std::map<int, Moved> moved_by_topology;  // by the topology id that began the rebalance
  uint32_t primary_segments = 0, backup_segments = 0;  // now
  uint64_t entries = 0, primary_entries = 0;           // now; expired ones not yet seen count
  uint64_t bytes = 0;    // now: of keys, values and metadata as encoded
  uint64_t written = 0;  // entries that callers of this node put
  size_t inbound = 0;    // now: segments whose state is on its way
};

struct Instruments {
  std::map<std::string, CacheInstruments> caches;
  uint64_t requests_served = 0;     // data requests of other nodes and of own callers
  uint64_t iteration_requests = 0;  // of those: batches of an iteration
  uint64_t request_bytes = 0, reply_bytes = 0;
  uint64_t messages_sent = 0, bytes_sent = 0;  // of every kind, to other nodes
  uint64_t views = 0;                          // that this node installed
  // Requests and transfers that wait for this node's CPU: now, and the most that ever did.
  size_t queue_depth = 0, queue_depth_max = 0;
};

struct CacheTotals {
  uint64_t topology_updates = 0, rebalance_rounds = 0, owners_changed = 0;
  uint64_t segments_in = 0, entries_in = 0, bytes_in = 0;

  friend CacheTotals operator-(CacheTotals a, const CacheTotals& b) {
    a.topology_updates -= b.topology_updates;
    a.rebalance_rounds -= b.rebalance_rounds;
    a.owners_changed -= b.owners_changed;
    a.segments_in -= b.segments_in;
    a.entries_in -= b.entries_in;
    a.bytes_in -= b.bytes_in;
    return a;
  }
  friend bool operator==(const CacheTotals&, const CacheTotals&) = default;
};

struct ClusterTotals {
  CacheTotals user;      // user caches and org.infinispan.COUNTER: respect zero capacity
  CacheTotals internal;  // configuration caches, which real servers copy to every member
  uint64_t requests_served = 0, iteration_requests = 0;

  friend ClusterTotals operator-(ClusterTotals a, const ClusterTotals& b) {
    a.user = a.user - b.user;
    a.internal = a.internal - b.internal;
    a.requests_served -= b.requests_served;
    a.iteration_requests -= b.iteration_requests;
    return a;
  }
};

// The sum over these nodes. Keep nodes that left or crashed in the list to keep what they counted.
ClusterTotals totals(const std::vector<const Node*>& nodes);

}  // namespace drydock::fakegrid
