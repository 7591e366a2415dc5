#include "fakegrid/data/operations.h"

#include <algorithm>
#include <map>
#include <utility>

namespace drydock::fakegrid {
namespace {

Status not_running() {
  return Status(Code::kFailedPrecondition, "ISPN000323: the cache container is not running");
}

// Waits until the cache has a topology of at least this id here.
Status wait_for_topology(NodeCore& core, const std::string& cache, int id, SteadyTime deadline) {
  return core.wait_until(
      [&] {
        const LocalCache* found = core.caches.find(cache);
        return found != nullptr && found->topology->id >= id;
      },
      deadline);
}

// Address of the segment's owner, as this node sees it; empty: nobody in the view, wait.
std::string owner_address(const NodeCore& core, const LocalCache& cache, int segment, bool write) {
  const CacheTopology& topology = *cache.topology;
  if (topology.local()) return core.home_of_local_caches();
  if (!write && topology.readers().owns(segment, cache.position)) return core.self;
  const int owner =
      write ? topology.current->primary(segment) : topology.readers().primary(segment);
  if (owner < 0) return "";
  const std::string& address = (*topology.members)[static_cast<size_t>(owner)].address;
  return core.membership.is_member(address) ? address : "";
}

using EntriesByOwner = std::map<std::string, std::vector<EntryPtr>>;

// One round of puts; what has to be sent again is left in `entries`, with the topology to wait for.
Status put_round(NodeCore& core, const std::string& name, std::vector<EntryPtr>& entries,
                 int& wanted_topology, SteadyTime deadline) {
  DRYDOCK_ASSIGN(const LocalCache* cache, require_cache(core, name));
  const int topology_id = cache->topology->id;
  wanted_topology = topology_id;
  EntriesByOwner groups;
  std::vector<EntryPtr> again;
  for (EntryPtr& entry : entries) {
    const int segment = segment_of(entry->record.key, cache->topology->config->segments);
    const std::string owner = owner_address(core, *cache, segment, true);
    if (owner.empty()) {
      wanted_topology = topology_id + 1;
      again.push_back(std::move(entry));
    } else {
      groups[owner].push_back(std::move(entry));
    }
  }
  CallSet calls(core);
  std::vector<const std::vector<EntryPtr>*> sent;
  for (const auto& [owner, group] : groups) {
    sent.push_back(&group);
    calls.send(owner,
               {.cache = name,
                .topology_id = topology_id,
                .what = WriteRequest{.kind = WriteKind::kPut, .entries = group}},
               static_cast<int>(sent.size()) - 1);
  }
  while (calls.open() > 0) {
    DRYDOCK_ASSIGN(const Answer answer, calls.next(deadline));
    DRYDOCK_RETURN_IF_ERROR(answer.reply.status);
    if (!answer.peer_lost && !answer.reply.retry) continue;
    if (answer.reply.retry) wanted_topology = std::max(wanted_topology, answer.reply.topology_id);
    const std::vector<EntryPtr>& group = *sent[static_cast<size_t>(answer.tag)];
    again.insert(again.end(), group.begin(), group.end());
  }
  entries = std::move(again);
  return ok_status();
}

}  // namespace

Result<const LocalCache*> require_cache(NodeCore& core, std::string_view name) {
  if (core.state != NodeState::kRunning && core.state != NodeState::kStopping) return not_running();
  const LocalCache* cache = core.caches.find(name);
  if (cache == nullptr)
    return Status(Code::kNotFound, "ISPN012010: Cache with name '" + std::string(name) +
                                       "' not found amongst the configured caches");
  return cache;
}

Status put_entries(NodeCore& core, const std::string& cache, std::vector<EntryPtr> entries,
                   SteadyTime deadline) {
  while (!entries.empty()) {
    int wanted = 0;
    DRYDOCK_RETURN_IF_ERROR(put_round(core, cache, entries, wanted, deadline));
    if (!entries.empty()) DRYDOCK_RETURN_IF_ERROR(wait_for_topology(core, cache, wanted, deadline));
  }
  return require_cache(core, cache).status();
}

Result<DataReply> ask_owner(NodeCore& core, const std::string& name, const std::string& key,
                            std::variant<WriteRequest, ReadRequest, ScanRequest> what,
                            SteadyTime deadline) {
  const auto* write = std::get_if<WriteRequest>(&what);
  for (;;) {
    DRYDOCK_ASSIGN(const LocalCache* cache, require_cache(core, name));
    const int topology_id = cache->topology->id;
    const int segment = segment_of(key, cache->topology->config->segments);
    const std::string owner = owner_address(core, *cache, segment, write != nullptr);
    int wanted = topology_id + 1;
    if (!owner.empty()) {
      CallSet calls(core);
      calls.send(owner, {.cache = name, .topology_id = topology_id, .what = what}, 0);
      DRYDOCK_ASSIGN(Answer answer, calls.next(deadline));
      if (answer.peer_lost && write != nullptr && write->kind == WriteKind::kCounterAdd)
        return Status(Code::kConnectionReset, "the counter's owner left before it answered");
      if (!answer.peer_lost && !answer.reply.retry) {
        if (!answer.reply.status.ok()) return answer.reply.status;
        return std::move(answer.reply);
      }
      wanted = answer.peer_lost ? topology_id : answer.reply.topology_id;
    }
    DRYDOCK_RETURN_IF_ERROR(wait_for_topology(core, name, wanted, deadline));
  }
}

}  // namespace drydock::fakegrid
