#include "fakegrid/data/data_server.h"

#include <algorithm>
#include <utility>

#include "fakegrid/node/core.h"

namespace drydock::fakegrid {
namespace {

Duration write_cost(size_t entries, size_t bytes) {
  return timings::kWriteCostPerEntry * static_cast<int64_t>(entries) +
         nanoseconds(timings::kWriteCostPerByteNs * static_cast<int64_t>(bytes));
}

Duration read_cost(size_t entries, size_t bytes) {
  return timings::kRequestCost + timings::kReadCostPerEntry * static_cast<int64_t>(entries) +
         nanoseconds(timings::kReadCostPerByteNs * static_cast<int64_t>(bytes));
}

size_t bytes_of(const std::vector<EntryPtr>& entries) {
  size_t bytes = 0;
  for (const EntryPtr& entry : entries) bytes += entry->weight;
  return bytes;
}

}  // namespace

void DataServer::enqueue(Lane& lane, Job job) {
  lane.jobs.push_back(std::move(job));
  queue_depth_max_ = std::max(queue_depth_max_, queue_depth());
  if (lane.working) return;
  lane.working = true;
  core_.spawn(&lane == &bulk_ ? "grid-bulk" : "grid-server", [this, &lane] { work(lane); });
}

void DataServer::work(Lane& lane) {
  while (!lane.jobs.empty()) {
    const Job job = std::move(lane.jobs.front());
    lane.jobs.pop_front();
    Duration cost = job.begin();
    if (&lane == &short_ && bulk_.working) cost *= timings::kSharedCpuFactor;
    if (cost > Duration::zero() && !core_.env.sleep_for(cost).ok()) return;
    if (!core_.running()) break;
    job.end();
  }
  lane.jobs.clear();
  lane.working = false;
}

bool DataServer::ready(const std::string& cache, int topology_id, std::function<void()> again) {
  const LocalCache* found = core_.caches.find(cache);
  if (found != nullptr && found->topology->id >= topology_id) return true;
  deferred_.push_back({cache, topology_id, std::move(again)});
  return false;
}

void DataServer::on_topologies() {
  for (Deferred& waiting : std::exchange(deferred_, {})) {
    const LocalCache* found = core_.caches.find(waiting.cache);
    if (found != nullptr && found->topology->id >= waiting.topology_id)
      waiting.run();
    else
      deferred_.push_back(std::move(waiting));
  }
}

void DataServer::reply(const std::string& to, DataReply reply) {
  reply_bytes_ += bytes_of(reply.entries);
  if (to == core_.self)
    core_.calls.reply(reply);
  else
    core_.send(to, std::move(reply));
}

void DataServer::handle(const std::string& from, std::shared_ptr<const DataRequest> request) {
  if (!ready(request->cache, request->topology_id, [=, this] { start(from, request); })) return;
  start(from, request);
}

void DataServer::handle_outsider(const std::string& from,
                                 std::shared_ptr<const DataRequest> request) {
  const LocalCache* cache = core_.caches.find(request->cache);
  if (cache == nullptr) return;
  if (std::holds_alternative<ReadRequest>(request->what))
    start(from, request);
  else if (std::holds_alternative<WriteRequest>(request->what))
    reply(from, {.id = request->id, .retry = true, .topology_id = cache->topology->id + 1});
}

void DataServer::start(const std::string& from, const std::shared_ptr<const DataRequest>& request) {
  ++requests_;
  if (const auto* write_request = std::get_if<WriteRequest>(&request->what)) {
    const size_t bytes = bytes_of(write_request->entries);
    request_bytes_ += bytes;
    const size_t entries = std::max<size_t>(write_request->entries.size(), 1);
    const Duration cost = timings::kRequestCost + write_cost(entries, bytes);
    enqueue(short_, {[cost] { return cost; }, [=, this] { write(from, *request); }});
    return;
  }
  auto answer = std::make_shared<DataReply>();
  const bool scans = std::holds_alternative<ScanRequest>(request->what);
  scans_ += scans ? 1 : 0;
  enqueue(scans ? bulk_ : short_, {[=, this] {
                                     *answer = scans ? scan(*request) : read(*request);
                                     return read_cost(answer->entries.size(),
                                                      bytes_of(answer->entries));
                                   },
                                   [=, this] { reply(from, std::move(*answer)); }});
}

// --- state transfer ---

void DataServer::handle(const std::string& from, std::shared_ptr<const StateRequest> message) {
  if (!ready(message->cache, message->topology_id, [=, this] { handle(from, message); })) return;
  if (core_.caches.find(message->cache)->topology->started_at != message->topology_id) return;
  const uint64_t id = next_id_++;
  outbound_[id] = {from, std::move(message), 0, "", false};
  send_chunk(id);
}

void DataServer::handle(const std::string& from, const StateAck& message) {
  for (const auto& [id, transfer] : outbound_)
    if (transfer.to == from && transfer.request->cache == message.cache &&
        transfer.request->topology_id == message.topology_id) {
      send_chunk(id);
      return;
    }
}

void DataServer::send_chunk(uint64_t transfer_id) {
  auto chunk = std::make_shared<StateChunk>();
  const auto send = [=, this] {
    const auto found = outbound_.find(transfer_id);
    if (found == outbound_.end()) return;
    const std::string to = found->second.to;
    if (found->second.segment == found->second.request->segments.size()) outbound_.erase(found);
    core_.send(to, std::move(*chunk));
  };
  enqueue(bulk_, {[=, this] { return fill_chunk(transfer_id, *chunk); }, send});
}

// Takes the next entries of a transfer; ends one whose rebalance is over.
Duration DataServer::fill_chunk(uint64_t transfer_id, StateChunk& chunk) {
  const auto found = outbound_.find(transfer_id);
  if (found == outbound_.end()) return Duration::zero();
  Outbound& out = found->second;
  LocalCache* there = core_.caches.find(out.request->cache);
  if (there == nullptr || there->topology->started_at != out.request->topology_id) {
    outbound_.erase(found);
    return Duration::zero();
  }
  LocalCache& cache = *there;
  chunk.cache = out.request->cache;
  chunk.topology_id = out.request->topology_id;
  while (out.segment < out.request->segments.size()) {
    const int segment = out.request->segments[out.segment];
    if (!take_segment(cache.store.segment(segment), segment, out, chunk)) break;
    chunk.finished.push_back(segment);
    ++out.segment;
    out.within = false;
  }
  size_t bytes = 0;
  for (const auto& [segment, entry] : chunk.entries) bytes += entry->weight;
  for (Moved* moved : {&cache.moved, &cache.booked()}) {
    moved->entries_out += chunk.entries.size();
    moved->bytes_out += bytes;
    moved->segments_out += chunk.finished.size();
  }
  return read_cost(chunk.entries.size(), bytes);
}

// False when the chunk is full before the segment's end.
bool DataServer::take_segment(const Segment& entries, int segment, Outbound& out,
                              StateChunk& chunk) {
  for (const EntryPtr& entry : entries) {
    if (out.within && entry->record.key <= out.after_key) continue;
    if (chunk.entries.size() == timings::kChunkEntries) return false;
    chunk.entries.emplace_back(segment, entry);
    out.after_key = entry->record.key;
    out.within = true;
  }
  return true;
}

void DataServer::on_view(const View& view) {
  std::erase_if(outbound_, [&](const auto& out) { return !view.contains(out.second.to); });
  std::vector<uint64_t> ids;
  for (auto& [id, pending] : writes_) {
    std::erase_if(pending.unconfirmed,
                  [&](const std::string& address) { return !view.contains(address); });
    ids.push_back(id);
  }
  for (const uint64_t id : ids) finish_if_confirmed(id);
}

}  // namespace drydock::fakegrid
