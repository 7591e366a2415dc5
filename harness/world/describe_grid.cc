#include "harness/world/describe_grid.h"

#include <fmt/format.h>

namespace drydock::harness {
namespace {

constexpr std::string_view kRow =
    "  {:<22} {:<22} {:>7} {:>7} {:>8} {:>10} {:>7} {:>7} {:>7} {:>15} {:>14} {:>22}\n";

std::string in_and_out(uint64_t in, uint64_t out) { return fmt::format("{}/{}", in, out); }

std::string header() {
  return fmt::format(kRow, "node", "cache", "primary", "backup", "entries", "bytes", "updates",
                     "rounds", "owners", "segments in/out", "entries in/out", "bytes in/out");
}

std::string describe_cache(const std::string& node, const std::string& name,
                           const fakegrid::CacheInstruments& cache) {
  const fakegrid::Moved& moved = cache.moved;
  return fmt::format(kRow, node, name, cache.primary_segments, cache.backup_segments, cache.entries,
                     cache.bytes, cache.topology_updates, cache.rebalance_rounds,
                     cache.owners_changed, in_and_out(moved.segments_in, moved.segments_out),
                     in_and_out(moved.entries_in, moved.entries_out),
                     in_and_out(moved.bytes_in, moved.bytes_out));
}

std::string describe_node(const fakegrid::Node& node) {
  const fakegrid::Instruments counted = node.instruments();
  const std::string& name = node.config().name;
  uint64_t memory = 0;
  for (const auto& [cache, of_cache] : counted.caches) memory += of_cache.bytes;
  std::string text = fmt::format(
      "  {:<22} view {} of {} members, {} installed; {} messages, {} bytes sent; {} requests; "
      "queue {}, at most {}; memory {}\n",
      name, node.view_id(), node.members().size(), counted.views, counted.messages_sent,
      counted.bytes_sent, counted.requests_served, counted.queue_depth, counted.queue_depth_max,
      memory);
  for (const auto& [cache, of_cache] : counted.caches)
    if (!of_cache.internal) text += describe_cache(name, cache, of_cache);
  return text;
}

std::string describe_cluster(Run& run, const std::string& cluster) {
  std::string text = fmt::format("grid {}\n", cluster) + header();
  for (const fakegrid::Node* node : run.world().grids().nodes(cluster, true))
    text += describe_node(*node);
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
