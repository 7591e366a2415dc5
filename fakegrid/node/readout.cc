#include "fakegrid/node/readout.h"

#include <algorithm>
#include <map>
#include <set>

#include "fakegrid/data/registry_keys.h"
#include "fakegrid/node/core.h"

namespace drydock::fakegrid {
namespace {

using Holders = std::vector<std::pair<std::string, const LocalCache*>>;  // node name, its cache

class Reader {
 public:
  Reader(const std::vector<const Node*>& nodes, int64_t now_ms) : nodes_(nodes), now_ms_(now_ms) {}

  ReadOut read() {
    std::set<std::string> names;
    for (const Node* node : nodes_)
      for (const auto& [name, cache] : node->core()->caches.all()) names.insert(name);
    for (const std::string& name : names) read_cache(name);
    return std::move(out_);
  }

 private:
  // The highest topology of the cache, and who holds entries of it.
  TopologyPtr newest(const std::string& name) const {
    TopologyPtr best;
    for (const Node* node : nodes_) {
      const LocalCache* cache = node->core()->caches.find(name);
      if (cache != nullptr && (!best || cache->topology->id > best->id)) best = cache->topology;
    }
    return best;
  }

  Holders owners_of_segment(const CacheTopology& topology, int segment) const {
    Holders holders;
    for (const Node* node : nodes_) {
      const LocalCache* cache = node->core()->caches.find(topology.config->name);
      if (cache == nullptr) continue;
      const int position = position_of(*topology.members, node->address());
      if (topology.local() || topology.readers().owns(segment, position))
        holders.emplace_back(node->config().name, cache);
    }
    return holders;
  }

  void read_cache(const std::string& name) {
    const TopologyPtr topology = newest(name);
    if (topology->has_lost()) out_.lost.push_back(name);
    std::vector<CacheRecord> records;
    for (int s = 0; s < topology->config->segments; ++s) read_segment(*topology, s, records);
    std::sort(records.begin(), records.end(),
              [](const CacheRecord& a, const CacheRecord& b) { return a.key < b.key; });
    keep(*topology->config, std::move(records));
  }

  void read_segment(const CacheTopology& topology, int segment, std::vector<CacheRecord>& records) {
    const Holders holders = owners_of_segment(topology, segment);
    std::map<std::string, EntryPtr> merged;
    for (const auto& [node, cache] : holders)
      for (const EntryPtr& entry : cache->store.segment(segment))
        merged.emplace(entry->record.key, entry);
    for (const auto& [key, entry] : merged) {
      if (!topology.local()) compare(topology, segment, key, *entry, holders);
      if (!entry->expired(now_ms_)) records.push_back(entry->record);
    }
  }

  void compare(const CacheTopology& topology, int segment, const std::string& key,
               const Entry& entry, const Holders& holders) {
    for (const auto& [node, cache] : holders) {
      const EntryPtr other = cache->store.find(segment, key);
      if (other && (other.get() == &entry || other->record == entry.record)) continue;
      out_.differences.push_back("cache " + topology.config->name + ", key " + key + ": " + node +
                                 " differs from " + holders.front().first);
    }
  }

  void keep(const CacheConfig& config, std::vector<CacheRecord> records) {
    Content& content = out_.content;
    if (!config.internal) {
      CacheContent& cache = content.caches[config.name];
      cache.configuration_xml = config.xml;
      cache.records = std::move(records);
      return;
    }
    for (CacheRecord& record : records) {
      if (config.name == kConfigCache) {
        if (record.key.compare(0, kTemplateKeyPrefix.size(), kTemplateKeyPrefix) == 0)
          content.templates[record.key.substr(kTemplateKeyPrefix.size())] = record.value;
      } else if (config.name == kCounterCache) {
        const Result<CounterRecord> counter = decode_counter_record(record.value);
        if (counter.ok()) content.counters[record.key] = *counter;
      } else {
        (config.name == kSchemaCache ? content.schemas : content.tasks)[record.key] = record.value;
      }
    }
  }

  const std::vector<const Node*>& nodes_;
  const int64_t now_ms_;
  ReadOut out_;
};

}  // namespace

ReadOut read_out(const std::vector<const Node*>& nodes, WallTime now) {
  return Reader(nodes, to_epoch_ms(now)).read();
}

}  // namespace drydock::fakegrid
