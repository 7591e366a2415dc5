#include "fakegrid/node/instruments.h"

#include "fakegrid/node/core.h"
#include "fakegrid/node/node.h"

namespace drydock::fakegrid {
namespace {

CacheInstruments counted(const NodeCore& core, const std::string& name, const LocalCache& cache) {
  const CacheTopology& topology = *cache.topology;
  CacheInstruments out;
  out.internal = topology.config->copied_to_all;
  out.topology_updates = cache.topology_updates;
  out.rebalance_rounds = core.coordinator.rebalances(name);
  out.owners_changed = core.coordinator.owners_changed(name);
  out.moved = cache.moved;
  out.moved_by_topology = cache.moved_by_topology;
  out.entries = cache.store.entries();
  out.bytes = cache.store.bytes();
  out.written = cache.written;
  out.inbound = cache.inbound.size();
  if (topology.config->mode == CacheMode::kLocal) out.primary_entries = out.entries;
  if (topology.local()) return out;
  for (int s = 0; s < topology.config->segments; ++s) {
    if (!topology.current->owns(s, cache.position)) continue;
    const bool primary = topology.current->primary(s) == cache.position;
    ++(primary ? out.primary_segments : out.backup_segments);
    if (primary) out.primary_entries += cache.store.segment(s).size();
  }
  return out;
}

}  // namespace

Instruments Node::instruments() const {
  Instruments out;
  for (const auto& [name, cache] : core_->caches.all())
    out.caches[name] = counted(*core_, name, cache);
  out.requests_served = core_->server.requests_served();
  out.iteration_requests = core_->server.iteration_requests();
  out.request_bytes = core_->server.request_bytes();
  out.reply_bytes = core_->server.reply_bytes();
  out.queue_depth = core_->server.queue_depth();
  out.queue_depth_max = core_->server.queue_depth_max();
  out.messages_sent = core_->messages_sent;
  out.bytes_sent = core_->bytes_sent;
  out.views = core_->membership.views();
  return out;
}

ClusterTotals totals(const std::vector<const Node*>& nodes) {
  ClusterTotals sum;
  for (const Node* node : nodes) {
    const Instruments one = node->instruments();
    sum.requests_served += one.requests_served;
    sum.iteration_requests += one.iteration_requests;
    for (const auto& [name, cache] : one.caches) {
      CacheTotals& part = cache.internal ? sum.internal : sum.user;
      part.topology_updates += cache.topology_updates;
      part.rebalance_rounds += cache.rebalance_rounds;
      part.owners_changed += cache.owners_changed;
      part.segments_in += cache.moved.segments_in;
      part.entries_in += cache.moved.entries_in;
      part.bytes_in += cache.moved.bytes_in;
    }
  }
  return sum;
}

}  // namespace drydock::fakegrid
