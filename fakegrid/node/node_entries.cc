// Node's operations on entries and counters.
#include <algorithm>
#include <utility>

#include "fakegrid/data/operations.h"
#include "fakegrid/node/node.h"

namespace drydock::fakegrid {
namespace {

WriteRequest write_of(WriteKind kind, std::string_view key, int64_t number = 0) {
  return {.kind = kind, .entries = {}, .key = std::string(key), .number = number};
}

CacheRecord immortal(std::string_view key, std::string value) {
  CacheRecord record;
  record.key = key;
  record.value = std::move(value);
  record.metadata = encode_metadata({});
  return record;
}

// Stores an immortal text unless the key is taken; false = it was.
Result<bool> put_if_absent(NodeCore& core, std::string_view cache, std::string key,
                           std::string value, SteadyTime deadline) {
  DRYDOCK_ASSIGN(EntryPtr entry, make_entry(immortal(key, std::move(value)), core.now_ms()));
  WriteRequest write{.kind = WriteKind::kPutIfAbsent, .entries = {entry}};
  DRYDOCK_ASSIGN(const DataReply reply,
                 ask_owner(core, std::string(cache), key, std::move(write), deadline));
  return !reply.existed;
}

bool within_bounds(const CounterRecord& counter) {
  const CounterConfiguration& limits = counter.configuration;
  return limits.type != CounterType::kBoundedStrong ||
         (counter.value >= limits.lower_bound && counter.value <= limits.upper_bound);
}

// Quirk F48.
bool sees_nothing(const NodeCore& core, std::string_view name) {
  if (!core.config.zero_capacity || !core.config.quirks.has(Quirk::kReplicatedReadsLocally))
    return false;
  const LocalCache* cache = core.caches.find(name);
  return cache != nullptr && cache->topology->config->mode == CacheMode::kReplicated &&
         !cache->topology->config->copied_to_all;
}

}  // namespace

Status Node::put(std::string_view cache, std::span<const CacheRecord> records,
                 SteadyTime deadline) {
  std::vector<EntryPtr> entries;
  entries.reserve(records.size());
  const int64_t now = core_->now_ms();
  for (const CacheRecord& record : records) {
    DRYDOCK_ASSIGN(EntryPtr entry, make_entry(record, now));
    if (!entry->expired(now)) entries.push_back(std::move(entry));
  }
  return put_entries(*core_, std::string(cache), std::move(entries), deadline);
}

Result<std::optional<CacheRecord>> Node::get(std::string_view cache, std::string_view key,
                                             SteadyTime deadline) {
  const std::string name(cache);
  if (sees_nothing(*core_, cache)) return std::optional<CacheRecord>();
  DRYDOCK_ASSIGN(const DataReply reply, ask_owner(*core_, name, std::string(key),
                                                  ReadRequest{std::string(key)}, deadline));
  if (reply.entries.empty()) return std::optional<CacheRecord>();
  const EntryPtr& entry = reply.entries.front();
  if (entry->metadata.max_idle_ms >= 0)
    DRYDOCK_RETURN_IF_ERROR(
        ask_owner(*core_, name, std::string(key), write_of(WriteKind::kTouch, key), deadline)
            .status());
  return std::optional<CacheRecord>(entry->record);
}

Result<bool> Node::remove(std::string_view cache, std::string_view key, SteadyTime deadline) {
  DRYDOCK_ASSIGN(const DataReply reply, ask_owner(*core_, std::string(cache), std::string(key),
                                                  write_of(WriteKind::kRemove, key), deadline));
  return reply.existed;
}

Result<uint64_t> Node::size(std::string_view cache, SteadyTime deadline) {
  uint64_t count = 0;
  DRYDOCK_RETURN_IF_ERROR(
      scan_cache(*core_, std::string(cache), {}, &count, timings::kRemoteTimeout, deadline));
  return count;
}

Result<std::vector<Holding>> Node::holdings(std::string_view cache, SteadyTime deadline) {
  DRYDOCK_ASSIGN(const LocalCache* local, require_cache(*core_, cache));
  const TopologyPtr topology = local->topology;
  CallSet calls(*core_);
  const std::vector<Member>& members = topology->reachable();
  for (size_t i = 0; i < members.size(); ++i)
    calls.send(members[i].address,
               {.cache = std::string(cache),
                .topology_id = topology->id,
                .what = ScanRequest{.segments = {}, .after_key = {}, .all_held = true}},
               static_cast<int>(i));
  std::map<int, uint64_t> counts;
  while (calls.open() > 0) {
    DRYDOCK_ASSIGN(const Answer answer, calls.next(deadline));
    DRYDOCK_RETURN_IF_ERROR(answer.reply.status);
    if (!answer.peer_lost) counts[answer.tag] = static_cast<uint64_t>(answer.reply.number);
  }
  std::vector<Holding> out;
  for (const auto& [i, entries] : counts) out.push_back({members[static_cast<size_t>(i)], entries});
  return out;
}

Status Node::iterate(std::string_view cache,
                     const std::function<Status(std::span<const CacheRecord>)>& visit,
                     Duration idle_deadline) {
  const VisitEntries visit_entries = [&](const std::vector<EntryPtr>& entries) {
    std::vector<CacheRecord> records;
    records.reserve(entries.size());
    for (const EntryPtr& entry : entries) records.push_back(entry->record);
    return visit(records);
  };
  return scan_cache(*core_, std::string(cache), visit_entries, nullptr, idle_deadline, kForever);
}

Result<bool> Node::create_counter(const CounterRecord& counter, SteadyTime deadline) {
  if (!within_bounds(counter))
    return Status(Code::kFailedPrecondition,
                  "value of counter '" + counter.name + "' is out of its bounds");
  return put_if_absent(*core_, kCounterCache, counter.name, encode(counter), deadline);
}

Result<CounterRecord> Node::counter(std::string_view name, SteadyTime deadline) {
  DRYDOCK_ASSIGN(const auto record, get(kCounterCache, name, deadline));
  if (!record) return Status(Code::kNotFound, "counter '" + std::string(name) + "' does not exist");
  return decode_counter_record(record->value);
}

Result<int64_t> Node::add_to_counter(std::string_view name, int64_t delta, SteadyTime deadline) {
  DRYDOCK_ASSIGN(const DataReply reply,
                 ask_owner(*core_, std::string(kCounterCache), std::string(name),
                           write_of(WriteKind::kCounterAdd, name, delta), deadline));
  return reply.number;
}

Status Node::set_counter(std::string_view name, int64_t value, SteadyTime deadline) {
  return ask_owner(*core_, std::string(kCounterCache), std::string(name),
                   write_of(WriteKind::kCounterSet, name, value), deadline)
      .status();
}

Result<int64_t> Node::swap_counter(std::string_view name, int64_t expected, int64_t value,
                                   SteadyTime deadline) {
  WriteRequest write = write_of(WriteKind::kCounterSwap, name, value);
  write.expected = expected;
  DRYDOCK_ASSIGN(const DataReply reply, ask_owner(*core_, std::string(kCounterCache),
                                                  std::string(name), std::move(write), deadline));
  return reply.number;
}

Result<bool> Node::remove_counter(std::string_view name, SteadyTime deadline) {
  return remove(kCounterCache, name, deadline);
}

Result<std::vector<CounterRecord>> Node::counters(SteadyTime deadline) {
  std::vector<CounterRecord> out;
  const VisitEntries collect = [&](const std::vector<EntryPtr>& entries) {
    for (const EntryPtr& entry : entries) {
      DRYDOCK_ASSIGN(CounterRecord counter, decode_counter_record(entry->record.value));
      out.push_back(std::move(counter));
    }
    return ok_status();
  };
  DRYDOCK_RETURN_IF_ERROR(scan_cache(*core_, std::string(kCounterCache), collect, nullptr,
                                     timings::kRemoteTimeout, deadline));
  std::sort(out.begin(), out.end(),
            [](const CounterRecord& a, const CounterRecord& b) { return a.name < b.name; });
  return out;
}

}  // namespace drydock::fakegrid
