// TopologyLog: what a node logs about topologies and views. By itself a short form; with
// NodeConfig::verbose_log word for word what real servers of its version log at DEBUG and above,
// each text after its category: "[o.i.CLUSTER] [Context=a]ISPN100008: Updating cache ...".
//
// From 14 on every member logs the begin and the end of its part of a rebalance too (category
// LIFECYCLE), and joins and leaves are logged twice.
#pragma once

#include <spdlog/common.h>

#include <string>
#include <string_view>

#include "fakegrid/topology/topology_change.h"

namespace drydock::fakegrid {

class NodeCore;

class TopologyLog {
 public:
  explicit TopologyLog(const NodeCore& core) : core_(core) {}

  // The coordinator's part.
  void change(const CacheTopology& before, const TopologyChange& change) const;
  void confirmed(const CacheTopology& topology, std::string_view address) const;
  void next_phase(const CacheTopology& topology) const;

  // Every member's part.
  // `superseded`: the same message brought another one of that cache.
  void installed(const CacheTopology& topology, bool superseded) const;
  void state_received(const CacheTopology& topology) const;
  void view(const View* before, const View& after) const;

  // Whether lines of level DEBUG are wanted, so that their texts need to be made.
  bool wants_debug() const;

 private:
  // Of a cache, in the coordinator's name or as this member's own part.
  void cluster(spdlog::level::level_enum level, const std::string& cache,
               std::string_view text) const;
  void lifecycle(const std::string& cache, std::string_view text) const;
  bool verbose() const;
  void debug(std::string_view category, std::string_view text) const;
  void mode_changed(bool was_degraded, const CacheTopology& topology) const;
  void recovered(const CacheTopology& topology) const;
  void members_changed(const CacheTopology& topology) const;
  void rebalance_begins(const CacheTopology& topology) const;
  void came_or_went(std::string_view text) const;

  const NodeCore& core_;
};

}  // namespace drydock::fakegrid
