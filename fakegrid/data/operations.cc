#include "fakegrid/data/operations.h"

#include <algorithm>
#include <map>
#include <utility>

#include "core/base/log.h"
#include "fakegrid/data/key_access.h"

namespace drydock::fakegrid {
namespace {

Status not_running() {
  return Status(Code::kFailedPrecondition, "ISPN000323: the cache container is not running");
}

using Request = std::variant<WriteRequest, ReadRequest, ScanRequest>;

// As servers log what a caller is told.
void log_failure(const NodeCore& core, const std::string& cache, const std::string& key,
                 bool writes) {
  const bool counter = cache == kCounterCache;
  const std::string shown = counter ? "CounterKey{counterName=" + key + "}" : shown_key(key);
  log_error(core.env,
            "[o.i.i.i.InvocationContextInterceptor] ISPN000136: Error executing command {} on "
            "Cache '{}', writing keys [{}]",
            counter ? (writes ? "ReadWriteKeyCommand" : "ReadOnlyKeyCommand")
                    : (writes ? "PutKeyValueCommand" : "GetCacheEntryCommand"),
            cache, writes ? shown : "");
}

// A bound that a counter has reached is what its command answers, not how it fails.
bool is_reached_bound(const Status& status) { return status.message().starts_with("ISPN0295"); }

// Waits until the cache has a topology of at least this id here.
Status wait_for_topology(NodeCore& core, const std::string& cache, int id, SteadyTime deadline) {
  return core.wait_until(
      [&] {
        const LocalCache* found = core.caches.find(cache);
        return found != nullptr && found->topology->id >= id;
      },
      deadline);
}

// Address of the owner that takes writes, as this node sees it; empty: nobody in the view, wait.
std::string writing_owner(const NodeCore& core, const LocalCache& cache, int segment) {
  const CacheTopology& topology = *cache.topology;
  if (topology.local()) return core.home_of_local_caches();
  const int owner = topology.current->primary(segment);
  if (owner < 0) return "";
  const std::string& address = (*topology.members)[static_cast<size_t>(owner)].address;
  return core.membership.is_member(address) ? address : "";
}

// Who is asked for a key, one after the other; empty: nobody in the view, wait.
std::vector<std::string> reading_owners(const NodeCore& core, const LocalCache& cache,
                                        int segment) {
  const CacheTopology& topology = *cache.topology;
  if (topology.local()) {
    const std::string home = core.home_of_local_caches();
    return home.empty() ? std::vector<std::string>() : std::vector<std::string>{home};
  }
  if (topology.readers().owns(segment, cache.position)) return {core.self};
  std::vector<std::string> out;
  for (const int owner : topology.readers().owners(segment)) {
    const std::string& address = (*topology.members)[static_cast<size_t>(owner)].address;
    if (core.membership.is_member(address)) out.push_back(address);
  }
  return out;
}

// Asks the owners one after the other until one answers.
Result<Answer> first_answer(NodeCore& core, const std::vector<std::string>& owners,
                            const DataRequest& request, SteadyTime deadline) {
  const Duration stagger = timings::kStaggeredReads / static_cast<int64_t>(owners.size());
  CallSet calls(core);
  Answer lost{.tag = 0, .peer_lost = true, .reply = {}};
  for (size_t i = 0; i < owners.size() || calls.open() > 0; ++i) {
    if (i < owners.size()) calls.send(owners[i], request, static_cast<int>(i));
    const bool last = i + 1 >= owners.size();
    const SteadyTime until = last ? deadline : std::min(deadline, core.env.now() + stagger);
    Result<Answer> answer = calls.next(until);
    if (answer.ok() ? !answer->peer_lost
                    : answer.code() != Code::kDeadlineExceeded || until == deadline)
      return answer;
  }
  return lost;
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
    DRYDOCK_RETURN_IF_ERROR(check_key(*cache->topology, entry->record.key, true));
    const std::string owner = writing_owner(core, *cache, segment);
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
  const size_t count = entries.size();
  while (!entries.empty()) {
    int wanted = 0;
    const std::string first_key = entries.front()->record.key;
    const Status put = put_round(core, cache, entries, wanted, deadline);
    if (put.code() == Code::kDeadlineExceeded && core.config.verbose_log)
      log_failure(core, cache, first_key, true);
    DRYDOCK_RETURN_IF_ERROR(put);
    if (!entries.empty()) DRYDOCK_RETURN_IF_ERROR(wait_for_topology(core, cache, wanted, deadline));
  }
  DRYDOCK_RETURN_IF_ERROR(require_cache(core, cache).status());
  LocalCache& written = *core.caches.find(cache);
  written.written += count;
  core.caches.open_index(written);
  return ok_status();
}

namespace {

Result<DataReply> ask(NodeCore& core, const std::string& name, const std::string& key, Request what,
                      SteadyTime deadline) {
  auto* write = std::get_if<WriteRequest>(&what);
  bool existed = false;  // what the first attempt removed
  for (;;) {
    DRYDOCK_ASSIGN(const LocalCache* cache, require_cache(core, name));
    const int topology_id = cache->topology->id;
    const int segment = segment_of(key, cache->topology->config->segments);
    DRYDOCK_RETURN_IF_ERROR(check_key(*cache->topology, key, write != nullptr));
    std::vector<std::string> owners;
    if (write == nullptr)
      owners = reading_owners(core, *cache, segment);
    else if (std::string owner = writing_owner(core, *cache, segment); !owner.empty())
      owners.push_back(std::move(owner));
    int wanted = topology_id + 1;
    if (!owners.empty()) {
      DRYDOCK_ASSIGN(
          Answer answer,
          first_answer(core, owners, {.cache = name, .topology_id = topology_id, .what = what},
                       deadline));
      if (answer.peer_lost && write != nullptr && write->kind == WriteKind::kCounterAdd)
        return Status(Code::kConnectionReset, "the counter's owner left before it answered");
      if (!answer.peer_lost && !answer.reply.retry) {
        if (!answer.reply.status.ok()) return answer.reply.status;
        answer.reply.existed |= existed;
        return std::move(answer.reply);
      }
      if (write != nullptr) write->again = true;
      if (write != nullptr && write->kind == WriteKind::kRemove) existed |= answer.reply.existed;
      wanted = answer.peer_lost ? topology_id : answer.reply.topology_id;
    }
    DRYDOCK_RETURN_IF_ERROR(wait_for_topology(core, name, wanted, deadline));
  }
}

}  // namespace

Result<DataReply> ask_owner(NodeCore& core, const std::string& name, const std::string& key,
                            std::variant<WriteRequest, ReadRequest, ScanRequest> what,
                            SteadyTime deadline) {
  const bool writes = std::holds_alternative<WriteRequest>(what);
  Result<DataReply> reply = ask(core, name, key, std::move(what), deadline);
  const bool refused = reply.code() == Code::kFailedPrecondition && core.running() &&
                       !is_reached_bound(reply.status());
  const bool failed = reply.code() == Code::kDeadlineExceeded || refused;
  if (failed && core.config.verbose_log) log_failure(core, name, key, writes);
  return reply;
}

}  // namespace drydock::fakegrid
