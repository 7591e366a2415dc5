// Iteration over a cache: by segment, each asked of one owner at a time, exactly once. Segments
// that are done are marked; of a segment that is half done the last key delivered is remembered,
// and since every owner keeps its entries in key order, another owner can go on exactly there.
#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "fakegrid/data/operations.h"

namespace drydock::fakegrid {
namespace {

class Scan {
 public:
  Scan(NodeCore& core, std::string cache, const VisitEntries& visit, uint64_t* counted)
      : core_(core), cache_(std::move(cache)), visit_(visit), counted_(counted), calls_(core) {}

  Status run(Duration idle_deadline, SteadyTime deadline) {
    DRYDOCK_ASSIGN(const LocalCache* cache, require_cache(core_, cache_));
    for (int s = 0; s < cache->topology->config->segments; ++s) pending_.insert(s);
    while (!pending_.empty()) {
      DRYDOCK_RETURN_IF_ERROR(ask_all());
      const SteadyTime until = std::min(deadline, core_.env.now() + idle_deadline);
      DRYDOCK_RETURN_IF_ERROR(calls_.open() > 0 ? take_answer(until) : wait_for_owners(until));
    }
    DRYDOCK_ASSIGN(cache, require_cache(core_, cache_));
    return usable(*cache);
  }

 private:
  Status usable(const LocalCache& cache) const {
    if (cache.topology->degraded)
      return Status(Code::kFailedPrecondition,
                    "ISPN000305: cache '" + cache_ +
                        "': Cluster is operating in degraded mode because of node failures.");
    if (cache.topology->has_lost() && !core_.config.quirks.has(Quirk::kLostSegmentsAreSilent))
      return Status(Code::kDataLoss, "cache '" + cache_ + "' lost " +
                                         std::to_string(cache.topology->lost->size()) +
                                         " segments with their last owner");
    return ok_status();
  }

  // Asks every owner of pending segments that has no request of this scan yet.
  Status ask_all() {
    DRYDOCK_ASSIGN(const LocalCache* cache, require_cache(core_, cache_));
    DRYDOCK_RETURN_IF_ERROR(usable(*cache));
    const CacheTopology& topology = *cache->topology;
    if (topology.id < wanted_topology_) return ok_status();
    std::map<std::string, std::vector<int>> by_owner;
    for (const int segment : pending_) {
      if (in_flight_.count(segment) > 0) continue;
      std::string owner = reader_of(*cache, segment);
      if (!owner.empty() && asked_.count(owner) == 0) by_owner[std::move(owner)].push_back(segment);
    }
    for (auto& [owner, segments] : by_owner) ask(owner, topology.id, std::move(segments));
    return ok_status();
  }

  std::string reader_of(const LocalCache& cache, int segment) const {
    if (cache.topology->local()) return core_.home_of_local_caches();
    const OwnerTable& readers = cache.topology->readers();
    if (readers.owns(segment, cache.position)) return core_.self;
    const int owner = readers.primary(segment);
    if (owner < 0) return "";
    const std::string& address = (*cache.topology->members)[static_cast<size_t>(owner)].address;
    return core_.membership.is_member(address) ? address : "";
  }

  void ask(const std::string& owner, int topology_id, std::vector<int> segments) {
    // Half-done segments go first, one per request: only the first can carry its position.
    const auto half_done = std::find_if(segments.begin(), segments.end(),
                                        [&](int s) { return last_key_.count(s) > 0; });
    ScanRequest request{.segments = {}, .after_key = {}, .count_only = counted_ != nullptr};
    if (half_done != segments.end()) {
      request.after_key = last_key_.at(*half_done);
      std::iter_swap(segments.begin(), half_done);
    }
    for (const int segment : segments)
      if (request.segments.empty() || last_key_.count(segment) == 0)
        request.segments.push_back(segment);
    const int tag = next_tag_++;
    in_flight_.insert(request.segments.begin(), request.segments.end());
    asked_.insert(owner);
    open_[tag] = {owner, request.segments};
    calls_.send(owner, {.cache = cache_, .topology_id = topology_id, .what = std::move(request)},
                tag);
  }

  Status take_answer(SteadyTime until) {
    DRYDOCK_ASSIGN(const Answer answer, calls_.next(until));
    const Request request = std::move(open_.at(answer.tag));
    open_.erase(answer.tag);
    asked_.erase(request.owner);
    for (const int segment : request.segments) in_flight_.erase(segment);
    if (answer.peer_lost) return ok_status();
    DRYDOCK_RETURN_IF_ERROR(answer.reply.status);
    if (answer.reply.retry) wanted_topology_ = std::max(wanted_topology_, answer.reply.topology_id);
    note_progress(request, answer.reply);
    DRYDOCK_RETURN_IF_ERROR(ask_all());  // the owner works while the caller does
    if (counted_ != nullptr) *counted_ += static_cast<uint64_t>(answer.reply.number);
    if (answer.reply.entries.empty()) return ok_status();
    return visit(answer.reply.entries);
  }

  Status visit(const std::vector<EntryPtr>& entries) {
    const SteadyTime began = core_.env.now();
    DRYDOCK_RETURN_IF_ERROR(visit_(entries));
    // F56: a store whose reader does not ask is taken for a store that does not answer.
    if (core_.config.quirks.has(Quirk::kSlowReaderTimesOut) && has_store() && calls_.open() > 0 &&
        core_.env.now() - began > timings::kRemoteTimeout)
      return Status(Code::kDeadlineExceeded, "Store publisher didn't publish a value in 15000 ms");
    return ok_status();
  }

  bool has_store() const {
    const LocalCache* cache = core_.caches.find(cache_);
    return cache != nullptr &&
           cache->topology->config->xml.find("<persistence") != std::string::npos;
  }

  struct Request {
    std::string owner;
    std::vector<int> segments;
  };

  void note_progress(const Request& request, const DataReply& reply) {
    for (size_t i = 0; i < reply.finished; ++i) {
      pending_.erase(request.segments[i]);
      last_key_.erase(request.segments[i]);
    }
    if (reply.finished == request.segments.size() || reply.entries.empty()) return;
    const std::string& last = reply.entries.back()->record.key;
    const int segment = request.segments[reply.finished];
    const LocalCache* cache = core_.caches.find(cache_);
    if (cache == nullptr) return;
    if (segment_of(last, cache->topology->config->segments) == segment) last_key_[segment] = last;
  }

  // Nobody can be asked now: the next topology says whom.
  Status wait_for_owners(SteadyTime until) {
    DRYDOCK_ASSIGN(const LocalCache* cache, require_cache(core_, cache_));
    const int seen = cache->topology->id;
    const int64_t view_seen = core_.membership.view()->id;
    return core_.wait_until(
        [&] {
          const LocalCache* now = core_.caches.find(cache_);
          return now == nullptr || now->topology->id != seen ||
                 core_.membership.view()->id != view_seen;
        },
        until);
  }

  NodeCore& core_;
  const std::string cache_;
  const VisitEntries& visit_;
  uint64_t* counted_;
  CallSet calls_;
  std::set<int> pending_;
  std::set<int> in_flight_;
  std::map<int, std::string> last_key_;  // of half-done segments
  std::set<std::string> asked_;          // owners with a request open
  std::map<int, Request> open_;          // by tag
  int next_tag_ = 0;
  int wanted_topology_ = 0;
};

}  // namespace

Status scan_cache(NodeCore& core, const std::string& cache, const VisitEntries& visit,
                  uint64_t* counted, Duration idle_deadline, SteadyTime deadline) {
  DRYDOCK_ASSIGN(const LocalCache* known, require_cache(core, cache));
  const CacheConfig& config = *known->topology->config;
  // F41: looks into its own memory, where a member without capacity has nothing.
  if (core.config.quirks.has(Quirk::kReplicatedLooksEmpty) && core.config.zero_capacity &&
      config.mode == CacheMode::kReplicated && !config.copied_to_all)
    return ok_status();
  return Scan(core, cache, visit, counted).run(idle_deadline, deadline);
}

}  // namespace drydock::fakegrid
