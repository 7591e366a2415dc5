#include "harness/world/describe_grid.h"

#include <fmt/format.h>

namespace drydock::harness {
namespace {

std::string describe_cache(const std::string& node, const std::string& name,
                           const fakegrid::CacheInstruments& cache) {
  return fmt::format("  {:<24} {:<24} {:>8} {:>7} {:>8} {:>9} {:>11} {:>11}\n", node, name,
                     cache.primary_segments, cache.backup_segments, cache.entries,
                     cache.topology_updates, cache.moved.entries_in, cache.moved.bytes_in);
}

std::string describe_cluster(Run& run, const std::string& cluster) {
  std::string text = fmt::format("grid {}\n", cluster);
  text += fmt::format("  {:<24} {:<24} {:>8} {:>7} {:>8} {:>9} {:>11} {:>11}\n", "node", "cache",
                      "primary", "backup", "entries", "updates", "entries in", "bytes in");
  for (const fakegrid::Node* node : run.world().grids().nodes(cluster, true)) {
    std::string members;
    for (const std::string& member : node->health().node_names) members += " " + member;
    text += fmt::format("  {:<24} view {}:{}\n", node->config().name, node->view_id(), members);
    for (const auto& [name, cache] : node->instruments().caches)
      if (!cache.internal) text += describe_cache(node->config().name, name, cache);
  }
  const GridCounts counts = run.world().grids().counts(cluster);
  text += fmt::format(
      "  in all: {} rebalance rounds, {} owners changed, {} segments, {} entries and {} bytes "
      "moved in user caches\n",
      counts.user.rebalance_rounds, counts.user.owners_changed, counts.user.segments_in,
      counts.user.entries_in, counts.user.bytes_in);
  return text;
}

}  // namespace

std::string describe_grids(Run& run) {
  std::string text;
  for (const scenario::Cluster& cluster : run.scenario().clusters)
    text += describe_cluster(run, cluster.name);
  return text;
}

}  // namespace drydock::harness
