#include "fakegrid/data/cache_table.h"

#include <utility>

#include "fakegrid/node/core.h"

namespace drydock::fakegrid {

void CacheTable::adopt(const ClusterSnapshot& snapshot, int position) {
  installed_under_ = snapshot.view;
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
  installed_under_ = core_.membership.view();
  PhaseConfirm confirm;
  for (const TopologyPtr& topology : topologies)
    if (install_one(topology)) confirm.done.emplace_back(topology->config->name, topology->id);
  core_.server.on_topologies();
  core_.notify();
  return confirm;
}

// True when the topology is a phase that this node has already done its part of.
bool CacheTable::install_one(const TopologyPtr& topology) {
  LocalCache& cache = caches_[topology->config->name];
  const TopologyPtr before = cache.topology;
  if (before && topology->id <= before->id) return false;
  if (!before) cache.store = Store(topology->config->segments);
  cache.topology = topology;
  cache.position = position_of(*topology->members, core_.self);
  ++cache.topology_updates;
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
  return cache.inbound.empty();
}

// Entries of segments that this node need not store, or that it is about to receive afresh.
void CacheTable::drop_foreign_segments(LocalCache& cache) {
  const CacheTopology& topology = *cache.topology;
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
  if (cache->inbound.empty()) core_.confirm({{{message.cache, cache->topology->id}}});
}

void CacheTable::apply(LocalCache& cache, const BackupChange& change) {
  if (!cache.topology->local() && !cache.topology->stores(change.segment, cache.position)) return;
  const auto inbound = cache.inbound.find(change.segment);
  if (inbound != cache.inbound.end())
    inbound->second.touched.insert(change.entry ? change.entry->record.key : change.key);
  if (change.entry)
    cache.store.put(change.segment, change.entry);
  else
    cache.store.remove(change.segment, change.key);
  if (change.entry && cache.topology->config->name == kConfigCache)
    core_.on_definition(change.entry->record);
}

StatusReply CacheTable::status(int64_t view_id) const {
  StatusReply reply{view_id, installed_under_, {}};
  for (const auto& [name, cache] : caches_) reply.topologies.push_back(cache.topology);
  return reply;
}

bool CacheTable::settled() const {
  if (caches_.empty()) return false;
  for (const auto& [name, cache] : caches_)
    if (cache.position < 0 || cache.topology->phase != Phase::kNone) return false;
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
