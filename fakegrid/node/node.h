// Node: one member of a simulated Data Grid cluster, data node or zero-capacity node. Nodes
// exchange typed messages through a Transport and never read one another's memory.
//
//   Node node(env, transport, {.name = "zero", .cluster_name = "dg", .zero_capacity = true});
//   DRYDOCK_RETURN_IF_ERROR(node.start(env.now() + seconds(30)));
//   node.iterate("a", [&](auto records) { ...; return ok_status(); }, seconds(60));
//   node.leave(env.now() + seconds(5));
//
// Thin but true. True: views, coordinator and its loss, topologies and their rebalance phases,
// state transfer, primary and backup writes, iteration by segment, failure detection times, loss.
// Not simulated: transactions, listeners, stores, queries, cross-site, locks;
// invalidation and scattered caches are kept as configuration and behave as local ones. After a
// split the larger side's content wins; a replica of the other side keeps the entries that only it
// has, so that replicated caches differ for ever, as real ones do.
//
// Operations may suspend, may be called from any task of the node's process, and end with:
// kDeadlineExceeded (no answer: the request may have been carried out), kNotFound (no such cache or
// counter), kFailedPrecondition (degraded, or this node is not running), kDataLoss (iteration: a
// segment lost its last owner), kCancelled.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/env.h"
#include "core/base/record.h"
#include "fakegrid/node/instruments.h"
#include "fakegrid/node/snapshot.h"
#include "fakegrid/node/timings.h"
#include "fakegrid/node/transport.h"
#include "fakegrid/server/quirks.h"

namespace drydock::fakegrid {

struct NodeConfig {
  std::string name;
  std::string cluster_name;
  std::string stack = "tcp";  // of JGroups, as log lines and archives name it
  bool zero_capacity = false;
  int capacity = 1000;  // capacity factor in thousandths: its share of distributed caches
  // Non-clustered caches live on the node that writes them, and a zero-capacity member, like a
  // real one, sees none of the others'. With this it reads and writes those of the first data node
  // in its view, so that what it backs up and restores outlives it.
  bool uses_local_caches_of_data_node = false;
  int segments = 256;  // of caches whose element doesn't say otherwise
  std::string version = "15.0.21.Final";
  // Known bugs that this node has; none unless asked for, quirks_of() gives those of a release.
  Quirks quirks;
  // Has the internal caches of a real server's endpoints too (cache_config.h).
  bool all_internal_caches = false;
  // A cache made while there are other members begins with one of them and rebalances to the rest,
  // as real ones do; else it is born as it would be after that.
  bool new_caches_rebalance = false;
  // Logs what a real server logs when its caches rebalance, by version; else only a short form.
  bool verbose_log = false;
  // Its state directory is that of an earlier process that did not end in order, as its log says.
  bool finds_global_state = false;
  Duration join_timeout = timings::kJoinTimeout;
  // FD_ALL3: silence counts after the timeout, and is looked for every interval.
  Duration failure_timeout = timings::kFailureTimeout;
  Duration failure_interval = timings::kFailureInterval;
  // MERGE3: how long after they can be reached again the parts of a split are merged.
  Duration merge_min = timings::kMergeMin, merge_max = timings::kMergeMax;
};

enum class NodeState { kNew, kStarting, kRunning, kStopping, kStopped };

struct NamedDefinition {
  std::string name;
  std::string configuration_xml;

  friend bool operator==(const NamedDefinition&, const NamedDefinition&) = default;
};

struct Health {
  std::string cluster_name;
  std::vector<std::string> node_names;  // this node's own view, in view order
  std::string coordinator;
  std::string status;                               // HEALTHY, HEALTHY_REBALANCING or DEGRADED
  std::map<std::string, std::string> cache_status;  // user and internal caches
};

struct Holding {
  Member member;
  uint64_t entries = 0;
};

class NodeCore;

class Node {
 public:
  // `env` and `transport` must outlive the node and every task of its process.
  Node(Env& env, Transport& transport, NodeConfig config);
  // Silent: peers learn from their transports. Call leave() first to leave in order.
  ~Node();
  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;

  // Finds the cluster and joins it, or forms a cluster of one when nobody answered for the join
  // timeout; returns once every cache has taken this member in. May suspend.
  Status start(SteadyTime deadline);
  // Born as a member of a formed cluster; `transport.self()` must be one of its members. Never
  // suspends; sends only a greeting to the other members, so that each notices the other's end.
  void start_formed(const ClusterSnapshot& snapshot);
  // Leaves in order. As in real clusters an ordinary stop does not wait for a rebalance: caches
  // with one owner lose this node's segments. Returns when the others' new view was told, or at the
  // deadline; the node is stopped either way. May suspend.
  Status leave(SteadyTime deadline);

  NodeState state() const;
  const NodeConfig& config() const;
  const ServerVersion& version() const;  // config().version, read once
  std::string address() const;
  Health health() const;                // never suspends: what this node believes
  std::vector<Member> members() const;  // this node's view; empty before the first
  int64_t view_id() const;
  uint64_t merged_views() const;  // how many views made of several ones this node has installed
  bool is_coordinator() const;
  Instruments instruments() const;
  // Called (may not suspend) after this node installed a view or a topology, or changed its state.
  void on_change(std::function<void()> callback);

  // User caches and templates, sorted by name. Reads this node's copy of org.infinispan.CONFIG.
  std::vector<NamedDefinition> caches() const;
  std::vector<NamedDefinition> templates() const;
  bool has_cache(std::string_view name) const;  // internal ones too
  std::optional<std::string> cache_configuration(std::string_view name) const;
  // Cluster-wide get-or-create: false = existed and keeps its configuration. kInvalid: no XML.
  Result<bool> create_cache(const NamedDefinition& definition, SteadyTime deadline);
  Result<bool> create_template(const NamedDefinition& definition, SteadyTime deadline);

  // Cluster-wide, with its entries. False = there was none, or it is an internal one.
  Result<bool> remove_cache(std::string_view name, SteadyTime deadline);

  // Entries. Records carry metadata and times; created_ms/last_used_ms of -1 on a mortal record are
  // set by the node that writes. Records whose life is over are not stored.
  Status put(std::string_view cache, std::span<const CacheRecord> records, SteadyTime deadline);
  // nullopt = absent or expired.
  Result<std::optional<CacheRecord>> get(std::string_view cache, std::string_view key,
                                         SteadyTime deadline);
  // True = it was there.
  Result<bool> remove(std::string_view cache, std::string_view key, SteadyTime deadline);
  Result<uint64_t> size(std::string_view cache, SteadyTime deadline);
  // What each member of the cache holds, whoever owns it; who left meanwhile is left out.
  Result<std::vector<Holding>> holdings(std::string_view cache, SteadyTime deadline);
  // Every live entry exactly once, across topology changes; batches of at most 512. An error of
  // `visit` ends it and is returned. `idle_deadline` bounds the time without progress.
  Status iterate(std::string_view cache,
                 const std::function<Status(std::span<const CacheRecord>)>& visit,
                 Duration idle_deadline);

  // Counters. False = existed and keeps its configuration.
  Result<bool> create_counter(const CounterRecord& counter, SteadyTime deadline);
  Result<CounterRecord> counter(std::string_view name, SteadyTime deadline);
  // The value afterwards. kFailedPrecondition: out of bounds; the value is unchanged.
  Result<int64_t> add_to_counter(std::string_view name, int64_t delta, SteadyTime deadline);
  // kFailedPrecondition: out of bounds.
  Status set_counter(std::string_view name, int64_t value, SteadyTime deadline);
  // The value before; `value` is stored only when that was `expected`.
  Result<int64_t> swap_counter(std::string_view name, int64_t expected, int64_t value,
                               SteadyTime deadline);
  // False = there was none.
  Result<bool> remove_counter(std::string_view name, SteadyTime deadline);
  Result<std::vector<CounterRecord>> counters(SteadyTime deadline);  // sorted by name

  // Proto schemas (with `.errors` companions, as servers list them) and tasks: name -> text. May
  // suspend on a zero-capacity node that has no copy of them (quirk F47).
  std::map<std::string, std::string> schemas() const;
  std::map<std::string, std::string> tasks() const;
  // Stores the text and its `.errors` companion, present only when the text is no schema.
  Status put_schema(std::string_view name, std::string_view text, SteadyTime deadline);
  Status put_task(std::string_view name, std::string_view text, SteadyTime deadline);
  // False = there was none.
  Result<bool> remove_schema(std::string_view name, SteadyTime deadline);

  // For this folder (rest, readout, instruments): the node's inside.
  const std::shared_ptr<NodeCore>& core() const { return core_; }

 private:
  std::shared_ptr<NodeCore> core_;
};

}  // namespace drydock::fakegrid
