#include "fakegrid/node/snapshot.h"

#include <algorithm>

#include "fakegrid/data/registry_keys.h"
#include "fakegrid/node/snapshot_data.h"
#include "fakegrid/topology/topology_change.h"

namespace drydock::fakegrid {
namespace {

Result<Store> full_store(const CacheConfig& config, std::vector<CacheRecord> records) {
  Store store(config.segments);
  for (CacheRecord& record : records) {
    DRYDOCK_ASSIGN(EntryPtr entry, make_entry(std::move(record), 0));
    const int segment = segment_of(entry->record.key, config.segments);
    if (store.find(segment, entry->record.key))
      return Status(Code::kInvalid, "duplicate key in cache '" + config.name + "'");
    store.put(segment, std::move(entry));
  }
  return store;
}

int first_data_member(const std::vector<Member>& members) {
  const auto found = std::find_if(members.begin(), members.end(),
                                  [](const Member& member) { return !member.zero_capacity; });
  return static_cast<int>(found - members.begin());
}

std::vector<Store> stores_of(const CacheTopology& topology, const Store& full) {
  std::vector<Store> stores(topology.members->size(), Store(topology.config->segments));
  if (topology.local()) {
    stores[static_cast<size_t>(first_data_member(*topology.members))] = full;
    return stores;
  }
  for (int s = 0; s < topology.config->segments; ++s) {
    if (!full.shared(s)) continue;
    for (const int member : topology.current->owners(s))
      stores[static_cast<size_t>(member)].share(s, full.shared(s));
  }
  return stores;
}

class Former {
 public:
  Former(const ClusterShape& shape, const Content& content) : shape_(shape), content_(content) {}

  Result<std::shared_ptr<const ClusterSnapshot>> form() {
    auto view = std::make_shared<View>();
    view->id = static_cast<int64_t>(shape_.members.size()) - 1;
    view->members = std::make_shared<const std::vector<Member>>(shape_.members);
    snapshot_->view = view;
    for (const CacheConfigPtr& config : internal_caches(
             {.version = shape_.version,
              .segments = shape_.segments,
              .all = shape_.all_internal_caches,
              .texts_to_zero_capacity = !shape_.quirks.has(Quirk::kInternalCachesUnowned)}))
      DRYDOCK_RETURN_IF_ERROR(add(config, internal_records(config->name)));
    for (const auto& [name, cache] : content_.caches) {
      DRYDOCK_ASSIGN(CacheConfigPtr config,
                     parse_cache_config(name, cache.configuration_xml, shape_.segments));
      DRYDOCK_RETURN_IF_ERROR(add(config, cache.records));
    }
    return std::shared_ptr<const ClusterSnapshot>(snapshot_);
  }

 private:
  static CacheRecord text_record(std::string key, std::string value) {
    return {.key = std::move(key), .value = std::move(value), .metadata = encode_metadata({})};
  }

  std::vector<CacheRecord> internal_records(std::string_view cache) const {
    std::vector<CacheRecord> records;
    if (cache == kConfigCache) {
      for (const auto& [name, one] : content_.caches)
        records.push_back(text_record(cache_key(name), one.configuration_xml));
      for (const auto& [name, xml] : content_.templates)
        records.push_back(text_record(template_key(name), xml));
    } else if (cache == kCounterCache) {
      for (const auto& [name, counter] : content_.counters)
        records.push_back(text_record(name, encode(counter)));
    } else if (cache == kSchemaCache || cache == kTaskCache) {
      for (const auto& [name, text] : cache == kSchemaCache ? content_.schemas : content_.tasks)
        records.push_back(text_record(name, text));
    }
    return records;
  }

  Status add(const CacheConfigPtr& config, std::vector<CacheRecord> records) {
    TopologyPtr topology = grown_topology(config, snapshot_->view->members);
    DRYDOCK_ASSIGN(const Store full, full_store(*config, std::move(records)));
    std::vector<Store> stores = stores_of(*topology, full);
    snapshot_->caches.push_back({std::move(topology), std::move(stores)});
    return ok_status();
  }

  const ClusterShape& shape_;
  const Content& content_;
  std::shared_ptr<ClusterSnapshot> snapshot_ = std::make_shared<ClusterSnapshot>();
};

}  // namespace

Result<std::shared_ptr<const ClusterSnapshot>> form_cluster(const ClusterShape& shape,
                                                            const Content& content) {
  if (first_data_member(shape.members) == static_cast<int>(shape.members.size()))
    return Status(Code::kInvalid, "a formed cluster needs a member with capacity");
  return Former(shape, content).form();
}

}  // namespace drydock::fakegrid
