#include "fakegrid/data/cache_table.h"

#include <algorithm>
#include <utility>

#include "core/base/log.h"
#include "fakegrid/node/core.h"

namespace drydock::fakegrid {

void CacheTable::adopt(const ClusterSnapshot& snapshot, int position) {
  for (const ClusterSnapshot::FormedCache& formed : snapshot.caches) {
    LocalCache& cache = caches_[formed.topology->config->name];
    cache.topology = formed.topology;
    cache.position = position;
    cache.store = formed.stores[static_cast<size_t>(position)];
  }
}

LocalCache* CacheTable::find(std::string_view name) {
  const auto found = caches_.find(name);
  return found == caches_.end() ? nullptr : &found->second;
}

const LocalCache* CacheTable::find(std::string_view name) const {
  const auto found = caches_.find(name);
  return found == caches_.end() ? nullptr : &found->second;
}

PhaseConfirm CacheTable::install(const std::vector<TopologyPtr>& topologies) {
  PhaseConfirm confirm;
  for (auto one = topologies.begin(); one != topologies.end(); ++one) {
    const std::string& name = (*one)->config->name;
    const bool superseded =
        core_.config.verbose_log && std::any_of(one + 1, topologies.end(), [&](const auto& later) {
          return later->config->name == name;
        });
    if (install_one(*one, superseded)) confirm.done.emplace_back(name, (*one)->id);
    if (superseded) core_.notify();  // whoever looks on sees each of them
  }
  core_.server.on_topologies();
  core_.notify();
  return confirm;
}

// True when the topology is a phase that this node has already done its part of.
bool CacheTable::install_one(const TopologyPtr& topology, bool superseded) {
  LocalCache& cache = caches_[topology->config->name];
  const TopologyPtr before = cache.topology;
  if (before && topology->id <= before->id) return false;
  if (!before) cache.store = Store(topology->config->segments);
  cache.topology = topology;
  cache.position = position_of(*topology->members, core_.self);
  ++cache.topology_updates;
  log_.installed(*topology, superseded);
  if (topology->local()) return false;
  const bool same_tables = before && before->current == topology->current &&
                           before->pending == topology->pending &&
                           before->members == topology->members;
  if (!same_tables) drop_foreign_segments(cache);
  if (topology->phase != Phase::kReadOld) {
    if (topology->phase == Phase::kNone) cache.inbound.clear();
    return topology->phase != Phase::kNone;
  }
  request_state(cache);
  if (!cache.inbound.empty()) return false;
  log_.state_received(*topology);
  return true;
}

// Entries of segments that this node need not store, or that it is about to receive afresh.
void CacheTable::drop_foreign_segments(LocalCache& cache) {
  const CacheTopology& topology = *cache.topology;
  // A replica that comes back after a split keeps what only it has: real ones differ for ever.
  if (topology.config->mode == CacheMode::kReplicated) return;
  const bool receives = topology.phase == Phase::kReadOld;
  for (int s = 0; s < topology.config->segments; ++s) {
    const bool keeps =
        receives ? topology.current->owns(s, cache.position) : topology.stores(s, cache.position);
    if (!keeps) cache.store.drop(s);
  }
}

void CacheTable::request_state(LocalCache& cache) {
  const CacheTopology& topology = *cache.topology;
  cache.inbound.clear();
  if (topology.current == topology.pending) return;
  std::map<int, std::vector<int>> by_source;
  for (int s = 0; s < topology.config->segments; ++s) {
    if (!topology.pending->owns(s, cache.position) || topology.current->owns(s, cache.position))
      continue;
    cache.inbound[s];
    by_source[topology.current->primary(s)].push_back(s);
  }
  for (auto& [source, segments] : by_source)
    core_.send((*topology.members)[static_cast<size_t>(source)].address,
               StateRequest{topology.config->name, topology.id, std::move(segments)});
}

void CacheTable::handle(const std::string& from, const StateChunk& message) {
  LocalCache* cache = find(message.cache);
  if (cache == nullptr || cache->topology->started_at != message.topology_id ||
      cache->topology->phase != Phase::kReadOld)
    return;
  uint64_t bytes = 0;
  for (const auto& [segment, entry] : message.entries) {
    bytes += entry->weight;
    const auto inbound = cache->inbound.find(segment);
    if (inbound != cache->inbound.end() && inbound->second.touched.count(entry->record.key) == 0)
      cache->store.put(segment, entry);
  }
  for (Moved* moved : {&cache->moved, &cache->booked()}) {
    moved->entries_in += message.entries.size();
    moved->bytes_in += bytes;
    moved->segments_in += message.finished.size();
  }
  for (const int segment : message.finished) cache->inbound.erase(segment);
  core_.send(from, StateAck{message.cache, message.topology_id});
  if (!cache->inbound.empty()) return;
  log_.state_received(*cache->topology);
  core_.confirm({{{message.cache, cache->topology->id}}});
}

void CacheTable::open_index(LocalCache& cache) const {
  if (!cache.topology->config->indexed || cache.index_is_open) return;
  cache.index_is_open = true;
  if (!core_.config.verbose_log || !core_.version.at_least(15)) return;
  log_at(core_.env, spdlog::level::warn,
         "[o.h.s.b.l.i.LuceneBackendFactory] HSEARCH000075: Missing value for configuration "
         "property 'lucene_version': using LATEST (currently '{}'). Context: default backend",
         core_.version.at_least(16) ? "9.12.3" : "9.9.2");
}

void CacheTable::apply(LocalCache& cache, const BackupChange& change) {
  open_index(cache);
  if (!cache.topology->local() && !cache.topology->stores(change.segment, cache.position)) return;
  const auto inbound = cache.inbound.find(change.segment);
  if (inbound != cache.inbound.end())
    inbound->second.touched.insert(change.entry ? change.entry->record.key : change.key);
  if (change.entry)
    cache.store.put(change.segment, change.entry);
  else
    cache.store.remove(change.segment, change.key);
  if (cache.topology->config->name != kConfigCache) return;
  if (change.entry)
    core_.on_definition(change.entry->record);
  else
    core_.on_definition_removed(change.key);
}

void CacheTable::forget(std::string_view name) {
  const auto found = caches_.find(name);
  if (found != caches_.end()) caches_.erase(found);
}

StatusReply CacheTable::status(int64_t view_id) const {
  StatusReply reply{view_id, {}};
  for (const auto& [name, cache] : caches_) reply.topologies.push_back(cache.topology);
  return reply;
}

bool CacheTable::settled() const {
  if (caches_.empty()) return false;
  // A degraded cache takes nobody in until it recovers, and may be started all the same.
  for (const auto& [name, cache] : caches_)
    if (!cache.topology->degraded && (cache.position < 0 || cache.topology->phase != Phase::kNone))
      return false;
  return true;
}

std::map<std::string, std::string> CacheTable::definitions(std::string_view prefix) const {
  std::map<std::string, std::string> out;
  for (auto& [key, text] : texts(kConfigCache))
    if (key.compare(0, prefix.size(), prefix) == 0) out.emplace(key.substr(prefix.size()), text);
  return out;
}

std::map<std::string, std::string> CacheTable::texts(std::string_view name) const {
  std::map<std::string, std::string> out;
  const LocalCache* cache = find(name);
  if (cache == nullptr) return out;
  for (int s = 0; s < cache->store.segments(); ++s)
    for (const EntryPtr& entry : cache->store.segment(s))
      out.emplace(entry->record.key, entry->record.value);
  return out;
}

}  // namespace drydock::fakegrid
