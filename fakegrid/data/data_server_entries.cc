// The part of DataServer that reads, scans and writes entries.
#include <algorithm>
#include <utility>

#include "fakegrid/data/data_server.h"
#include "fakegrid/data/key_access.h"
#include "fakegrid/node/core.h"

namespace drydock::fakegrid {
namespace {

// The first key of the write that this part of a split may not change says why.
Status check_write(const CacheTopology& topology, const WriteRequest& write) {
  if (!topology.degraded) return ok_status();
  if (write.entries.empty()) return check_key(topology, write.key, true);
  for (const EntryPtr& entry : write.entries)
    DRYDOCK_RETURN_IF_ERROR(check_key(topology, entry->record.key, true));
  return ok_status();
}

// The cache was there when the request came.
DataReply removed_meanwhile(const DataRequest& request) {
  DataReply reply{.id = request.id};
  reply.status = Status(Code::kNotFound, "ISPN012010: Cache with name '" + request.cache +
                                             "' not found amongst the configured caches");
  return reply;
}

using ChangesByMember = std::map<int, std::vector<BackupChange>>;

ChangesByMember backup_writes(const LocalCache& cache, const std::vector<BackupChange>& changes) {
  ChangesByMember out;
  for (const BackupChange& change : changes)
    for (const int member : cache.topology->writers(change.segment))
      if (member != cache.position) out[member].push_back(change);
  return out;
}

// Of an invalidation cache only the writer keeps the entry: everybody else forgets the key.
ChangesByMember invalidations(const LocalCache& cache, const std::vector<BackupChange>& changes) {
  std::vector<BackupChange> removals;
  for (const BackupChange& change : changes)
    removals.push_back(
        {change.segment, nullptr, change.entry ? change.entry->record.key : change.key});
  ChangesByMember out;
  for (int member = 0; member < static_cast<int>(cache.topology->members->size()); ++member)
    if (member != cache.position) out[member] = removals;
  return out;
}

}  // namespace

DataReply DataServer::read(const DataRequest& request) {
  const auto& wanted = std::get<ReadRequest>(request.what);
  LocalCache* found = core_.caches.find(request.cache);
  if (found == nullptr) return removed_meanwhile(request);
  LocalCache& cache = *found;
  DataReply reply{.id = request.id, .topology_id = cache.topology->id};
  const int segment = segment_of(wanted.key, cache.topology->config->segments);
  reply.status = check_key(*cache.topology, wanted.key, false);
  if (!reply.status.ok()) return reply;
  if (!cache.topology->local() && !cache.topology->readers().owns(segment, cache.position)) {
    reply.retry = true;
    return reply;
  }
  const EntryPtr entry = cache.store.find(segment, wanted.key);
  if (entry && !entry->expired(core_.now_ms())) reply.entries.push_back(entry);
  return reply;
}

DataReply DataServer::scan(const DataRequest& request) {
  const auto& wanted = std::get<ScanRequest>(request.what);
  LocalCache* found = core_.caches.find(request.cache);
  if (found == nullptr) return removed_meanwhile(request);
  LocalCache& cache = *found;
  DataReply reply{.id = request.id, .topology_id = cache.topology->id};
  if (wanted.all_held) reply.number = static_cast<int64_t>(cache.store.entries());
  const int64_t now = core_.now_ms();
  for (size_t i = 0; i < wanted.segments.size(); ++i) {
    const int segment = wanted.segments[i];
    if (!cache.topology->local() && !cache.topology->readers().owns(segment, cache.position)) {
      reply.retry = true;
      return reply;
    }
    for (const EntryPtr& entry : cache.store.segment(segment)) {
      if (i == 0 && wanted.after_key && entry->record.key <= *wanted.after_key) continue;
      if (entry->expired(now)) continue;
      ++reply.number;
      if (wanted.count_only) continue;
      if (reply.entries.size() == timings::kChunkEntries) return reply;
      reply.entries.push_back(entry);
    }
    ++reply.finished;
  }
  return reply;
}

bool DataServer::is_primary(const LocalCache& cache, const WriteRequest& write) const {
  if (cache.topology->local()) return true;
  const int segments = cache.topology->config->segments;
  const auto mine = [&](std::string_view key) {
    return cache.topology->current->primary(segment_of(key, segments)) == cache.position;
  };
  if (cache.position < 0) return false;
  if (write.entries.empty()) return mine(write.key);
  return std::all_of(write.entries.begin(), write.entries.end(),
                     [&](const EntryPtr& entry) { return mine(entry->record.key); });
}

void DataServer::write(const std::string& from, const DataRequest& request) {
  const auto& wanted = std::get<WriteRequest>(request.what);
  LocalCache* found = core_.caches.find(request.cache);
  if (found == nullptr) return reply(from, removed_meanwhile(request));
  LocalCache& cache = *found;
  DataReply answer{.id = request.id, .topology_id = cache.topology->id};
  answer.status = check_write(*cache.topology, wanted);
  if (!answer.status.ok()) return reply(from, std::move(answer));
  if (!is_primary(cache, wanted)) {
    answer.retry = true;
    return reply(from, std::move(answer));
  }
  std::vector<BackupChange> changes = changes_of(cache, wanted, answer);
  if (changes.empty()) return reply(from, std::move(answer));
  for (const BackupChange& change : changes) core_.caches.apply(cache, change);
  replicate(from, cache, std::move(changes), std::move(answer));
}

std::vector<BackupChange> DataServer::changes_of(LocalCache& cache, const WriteRequest& write,
                                                 DataReply& answer) {
  const int64_t now = core_.now_ms();
  const int segments = cache.topology->config->segments;
  std::vector<BackupChange> changes;
  if (write.kind == WriteKind::kPut || write.kind == WriteKind::kPutIfAbsent) {
    for (const EntryPtr& entry : write.entries) {
      const int segment = segment_of(entry->record.key, segments);
      const EntryPtr there = cache.store.find(segment, entry->record.key);
      answer.existed = there && !there->expired(now);
      if (write.kind == WriteKind::kPutIfAbsent && answer.existed) {
        if (!write.again || there->record.value != entry->record.value) continue;
        answer.existed = false;  // its own earlier attempt
      }
      changes.push_back({segment, entry, ""});
    }
    return changes;
  }
  if (write.kind != WriteKind::kRemove && write.kind != WriteKind::kTouch)
    return counter_change(cache, write, answer);
  const int segment = segment_of(write.key, segments);
  const EntryPtr there = cache.store.find(segment, write.key);
  answer.existed = there && !there->expired(now);
  const bool invalidates = cache.topology->config->mode == CacheMode::kInvalidation;
  if (write.kind == WriteKind::kRemove && (there || invalidates || write.again))
    return {{segment, nullptr, write.key}};
  if (!answer.existed) return changes;
  CacheRecord touched = there->record;
  touched.last_used_ms = now;
  return {{segment, make_entry(std::move(touched), now).value(), ""}};
}

std::vector<BackupChange> DataServer::counter_change(LocalCache& cache, const WriteRequest& write,
                                                     DataReply& answer) {
  const int segment = segment_of(write.key, cache.topology->config->segments);
  const EntryPtr there = cache.store.find(segment, write.key);
  if (!there) {
    answer.status = Status(Code::kNotFound, "counter '" + write.key + "' does not exist");
    return {};
  }
  Result<CounterRecord> counter = decode_counter_record(there->record.value);
  if (!counter.ok()) {
    answer.status = counter.status();
    return {};
  }
  const CounterConfiguration& limits = counter->configuration;
  int64_t value = write.number;
  const bool overflows = write.kind == WriteKind::kCounterAdd &&
                         __builtin_add_overflow(counter->value, write.number, &value);
  const bool bounded = limits.type == CounterType::kBoundedStrong;
  if (overflows || (bounded && (value < limits.lower_bound || value > limits.upper_bound))) {
    const bool above = overflows ? write.number > 0 : value > limits.upper_bound;
    answer.status = Status(Code::kFailedPrecondition, above ? "ISPN029501: Upper bound reached."
                                                            : "ISPN029502: Lower bound reached.");
    return {};
  }
  if (write.kind == WriteKind::kCounterSwap && counter->value != write.expected) {
    answer.number = counter->value;
    answer.existed = true;
    return {};
  }
  answer.number = write.kind == WriteKind::kCounterSwap ? counter->value : value;
  counter->value = value;
  answer.existed = true;
  CacheRecord record = there->record;
  record.value = encode(*counter);
  return {{segment, make_entry(std::move(record), core_.now_ms()).value(), ""}};
}

void DataServer::replicate(const std::string& from, LocalCache& cache,
                           std::vector<BackupChange> changes, DataReply answer) {
  const CacheTopology& topology = *cache.topology;
  if (topology.config->mode == CacheMode::kLocal) return reply(from, std::move(answer));
  ChangesByMember by_backup =
      topology.local() ? invalidations(cache, changes) : backup_writes(cache, changes);
  const uint64_t id = next_id_++;
  PendingWrite& pending = writes_[id];
  pending.to = from;
  pending.reply = std::move(answer);
  for (auto& [member, part] : by_backup) {
    const std::string& address = (*topology.members)[static_cast<size_t>(member)].address;
    if (!core_.membership.is_member(address)) continue;
    pending.unconfirmed.insert(address);
    core_.send(address, BackupWrite{id, topology.config->name, topology.id, std::move(part)});
  }
  finish_if_confirmed(id);
}

void DataServer::handle(const std::string& from, std::shared_ptr<const BackupWrite> message) {
  size_t bytes = 0;
  for (const BackupChange& change : message->changes)
    bytes += change.entry ? change.entry->weight : change.key.size();
  const Duration cost = nanoseconds(timings::kWriteCostPerByteNs * static_cast<int64_t>(bytes)) /
                        timings::kBackupWriteShare;
  enqueue(short_, {[cost] { return cost; }, [=, this] { back_up(from, *message); }});
}

void DataServer::back_up(const std::string& from, const BackupWrite& message) {
  BackupAck ack{message.id, false};
  // Before this node knows the cache it owns nothing of it: state transfer brings it.
  if (LocalCache* cache = core_.caches.find(message.cache)) {
    const CacheTopology& topology = *cache->topology;
    const int sender = position_of(*topology.members, from);
    if (!topology.local() && topology.id > message.topology_id)
      for (const BackupChange& change : message.changes)
        if (topology.current->primary(change.segment) != sender) ack.outdated = true;
    if (!ack.outdated)
      for (const BackupChange& change : message.changes) core_.caches.apply(*cache, change);
  }
  core_.send(from, ack);
}

void DataServer::handle(const std::string& from, const BackupAck& message) {
  const auto found = writes_.find(message.id);
  if (found == writes_.end()) return;
  found->second.outdated |= message.outdated;
  found->second.unconfirmed.erase(from);
  finish_if_confirmed(message.id);
}

void DataServer::finish_if_confirmed(uint64_t id) {
  const auto found = writes_.find(id);
  if (found == writes_.end() || !found->second.unconfirmed.empty()) return;
  PendingWrite done = std::move(found->second);
  writes_.erase(found);
  if (done.outdated) {
    done.reply.retry = true;
    // Not before the topology that the backup has: this node's own is older.
    ++done.reply.topology_id;
  }
  reply(done.to, std::move(done.reply));
}

}  // namespace drydock::fakegrid
