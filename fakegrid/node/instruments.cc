#include "fakegrid/node/instruments.h"

#include "fakegrid/node/node.h"

namespace drydock::fakegrid {

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
