// MemoryMember: a GridMember whose grid is a few maps. Each call takes a little virtual time, so
// that other tasks run between, and asks `fault` first.
//
//   MemoryMember member(env);
//   member.define_cache("a").put("key", "value");
//   member.fault = [](std::string_view call, std::string_view name) { return ok_status(); };
#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/env.h"
#include "core/base/limits.h"
#include "core/engine/grid_member.h"

namespace drydock::engine {

struct MemoryCache {
  std::string configuration_xml;
  std::map<std::string, CacheRecord> entries;

  MemoryCache& put(std::string key, std::string value, const EntryMetadata& life = {}) {
    CacheRecord record{.key = key, .value = std::move(value), .metadata = encode_metadata(life)};
    entries[std::move(key)] = std::move(record);
    return *this;
  }
  friend bool operator==(const MemoryCache&, const MemoryCache&) = default;
};

// What a grid holds; compared as a whole.
struct MemoryGrid {
  std::map<std::string, MemoryCache> caches;
  std::map<std::string, std::string> templates;  // name -> configuration element
  std::map<std::string, CounterRecord> counters;
  std::map<std::string, std::string> schemas;
  std::map<std::string, std::string> tasks;

  friend bool operator==(const MemoryGrid&, const MemoryGrid&) = default;
};

class MemoryMember final : public GridMember {
 public:
  explicit MemoryMember(Env& env) : env_(env) {}

  MemoryCache& define_cache(const std::string& name) {
    MemoryCache& cache = grid.caches[name];
    cache.configuration_xml = element("distributed-cache", name);
    return cache;
  }
  void define_template(const std::string& name) {
    grid.templates[name] = element("distributed-cache-configuration", name);
  }
  void define_counter(const std::string& name, int64_t value) {
    grid.counters[name] = {.name = name, .configuration = {}, .value = value};
  }

  MemberHealth health() override {
    return {.members = members,
            .status = "HEALTHY",
            .coordinator = "node-0",
            .self = "zero",
            .view_id = view_id,
            .merged_views = merged_views};
  }

  Result<std::vector<CacheDefinition>> caches(SteadyTime deadline) override {
    DRYDOCK_RETURN_IF_ERROR(enter("caches", "", deadline));
    std::vector<CacheDefinition> found;
    for (const auto& [name, cache] : grid.caches) found.push_back({name, cache.configuration_xml});
    return found;
  }
  Result<std::vector<CacheDefinition>> templates(SteadyTime deadline) override {
    DRYDOCK_RETURN_IF_ERROR(enter("templates", "", deadline));
    std::vector<CacheDefinition> found;
    for (const auto& [name, xml] : grid.templates) found.push_back({name, xml});
    return found;
  }
  Result<bool> create_cache(const CacheDefinition& definition, SteadyTime deadline) override {
    DRYDOCK_RETURN_IF_ERROR(enter("create_cache", definition.name, deadline));
    return grid.caches.try_emplace(definition.name, MemoryCache{definition.configuration_xml, {}})
        .second;
  }
  Result<bool> create_template(const CacheDefinition& definition, SteadyTime deadline) override {
    DRYDOCK_RETURN_IF_ERROR(enter("create_template", definition.name, deadline));
    return grid.templates.try_emplace(definition.name, definition.configuration_xml).second;
  }

  Status iterate(std::string_view cache,
                 const std::function<Status(std::span<const CacheRecord>)>& visit,
                 Duration idle_deadline) override {
    DRYDOCK_RETURN_IF_ERROR(enter("iterate", cache, env_.now() + idle_deadline));
    const auto found = grid.caches.find(std::string(cache));
    if (found == grid.caches.end()) return Status(Code::kNotFound, "no such cache");
    std::vector<CacheRecord> batch;
    for (const auto& [key, record] : found->second.entries) {
      batch.push_back(record);
      if (batch.size() < batch_size) continue;
      DRYDOCK_RETURN_IF_ERROR(give(cache, batch, visit, idle_deadline));
    }
    return batch.empty() ? ok_status() : give(cache, batch, visit, idle_deadline);
  }

  Status put(std::string_view cache, std::span<const CacheRecord> records,
             SteadyTime deadline) override {
    DRYDOCK_RETURN_IF_ERROR(enter("put", cache, deadline));
    largest_put = std::max(largest_put, records.size());
    for (const CacheRecord& record : records)
      if (is_alive(record)) grid.caches[std::string(cache)].entries[record.key] = record;
    return ok_status();
  }

  Result<std::vector<CounterRecord>> counters(SteadyTime deadline) override {
    DRYDOCK_RETURN_IF_ERROR(enter("counters", "", deadline));
    std::vector<CounterRecord> found;
    for (const auto& [name, counter] : grid.counters) found.push_back(counter);
    return found;
  }
  Status set_counter(const CounterRecord& counter, SteadyTime deadline) override {
    DRYDOCK_RETURN_IF_ERROR(enter("set_counter", counter.name, deadline));
    grid.counters.try_emplace(counter.name, counter).first->second.value = counter.value;
    return ok_status();
  }

  Result<std::map<std::string, std::string>> schemas(SteadyTime deadline) override {
    DRYDOCK_RETURN_IF_ERROR(enter("schemas", "", deadline));
    return grid.schemas;
  }
  Status put_schema(std::string_view name, std::string_view text, SteadyTime deadline) override {
    DRYDOCK_RETURN_IF_ERROR(enter("put_schema", name, deadline));
    grid.schemas[std::string(name)] = text;
    return ok_status();
  }
  Result<std::map<std::string, std::string>> tasks(SteadyTime deadline) override {
    DRYDOCK_RETURN_IF_ERROR(enter("tasks", "", deadline));
    return grid.tasks;
  }
  Status put_task(std::string_view name, std::string_view text, SteadyTime deadline) override {
    DRYDOCK_RETURN_IF_ERROR(enter("put_task", name, deadline));
    grid.tasks[std::string(name)] = text;
    return ok_status();
  }

  std::string version() const override { return "15.0.21.Final"; }
  std::string global_configuration_xml() const override { return "<infinispan/>"; }
  Status leave(SteadyTime deadline) override {
    DRYDOCK_RETURN_IF_ERROR(enter("leave", "", deadline));
    members = {};
    return ok_status();
  }

  MemoryGrid grid;
  std::vector<std::string> members = {"node-0", "node-1", "zero"};
  int64_t view_id = 1;
  uint64_t merged_views = 0;
  std::function<Status(std::string_view call, std::string_view name)> fault;
  std::vector<std::string> calls;  // "put a", in their order
  size_t batch_size = limits::kIterationBatch;
  size_t largest_put = 0;
  Duration latency = microseconds(100);

 private:
  static std::string element(std::string_view kind, const std::string& name) {
    return "<" + std::string(kind) + " name=\"" + name + "\" owners=\"2\"/>";
  }

  Status enter(std::string_view call, std::string_view name, SteadyTime deadline) {
    calls.push_back(std::string(call) + (name.empty() ? "" : " ") + std::string(name));
    if (fault) DRYDOCK_RETURN_IF_ERROR(fault(call, name));
    if (env_.now() + latency > deadline) return Status(Code::kDeadlineExceeded, "too slow");
    return env_.sleep_for(latency);
  }

  Status give(std::string_view cache, std::vector<CacheRecord>& batch,
              const std::function<Status(std::span<const CacheRecord>)>& visit,
              Duration idle_deadline) {
    DRYDOCK_RETURN_IF_ERROR(enter("batch", cache, env_.now() + idle_deadline));
    DRYDOCK_RETURN_IF_ERROR(visit(batch));
    batch.clear();
    return ok_status();
  }

  bool is_alive(const CacheRecord& record) const {
    const Result<EntryMetadata> life = decode_metadata(record.metadata);
    if (!life.ok()) return true;
    const int64_t now_ms = to_epoch_ms(env_.wall_now());
    const bool lived = life->lifespan_ms >= 0 && record.created_ms >= 0 &&
                       record.created_ms + life->lifespan_ms <= now_ms;
    const bool idle = life->max_idle_ms >= 0 && record.last_used_ms >= 0 &&
                      record.last_used_ms + life->max_idle_ms <= now_ms;
    return !lived && !idle;
  }

  Env& env_;
};

}  // namespace drydock::engine
