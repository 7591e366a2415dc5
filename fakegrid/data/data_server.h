// DataServer: what a node does for requests on its entries: its own callers' and other nodes'. Work
// costs CPU time (timings.h) and queues in two lanes, one job after the other in each: short
// requests (reads and writes of keys), and bulk (scans, sending state), which slows the short ones
// down.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "core/base/time.h"
#include "fakegrid/data/cache_table.h"
#include "fakegrid/node/message.h"

namespace drydock::fakegrid {

class NodeCore;

class DataServer {
 public:
  explicit DataServer(NodeCore& core) : core_(core) {}

  void handle(const std::string& from, std::shared_ptr<const DataRequest> request);
  // From a node that this one's view has lost and that does not know it: reads are answered, writes
  // must wait for a topology of both.
  void handle_outsider(const std::string& from, std::shared_ptr<const DataRequest> request);
  void handle(const std::string& from, std::shared_ptr<const BackupWrite> message);
  void handle(const std::string& from, const BackupAck& message);
  void handle(const std::string& from, std::shared_ptr<const StateRequest> message);
  void handle(const std::string& from, const StateAck& message);
  // Requests that came before their topology can go on.
  void on_topologies();
  // Backups that left need not confirm writes; state for them need not be sent.
  void on_view(const View& view);

  uint64_t requests_served() const { return requests_; }
  uint64_t iteration_requests() const { return scans_; }
  uint64_t request_bytes() const { return request_bytes_; }
  uint64_t reply_bytes() const { return reply_bytes_; }
  // Jobs that wait or are being done: now, and the most that ever were.
  size_t queue_depth() const { return short_.depth() + bulk_.depth(); }
  size_t queue_depth_max() const { return queue_depth_max_; }

 private:
  // `begin` says what the work costs and may prepare it; `end` happens when that time has passed.
  struct Job {
    std::function<Duration()> begin;
    std::function<void()> end;
  };
  struct Lane {
    std::deque<Job> jobs;
    bool working = false;

    size_t depth() const { return jobs.size() + (working ? 1 : 0); }
  };
  struct Deferred {
    std::string cache;
    int topology_id = 0;
    std::function<void()> run;
  };
  // A write that waits for its backups.
  struct PendingWrite {
    std::string to;
    DataReply reply;
    std::set<std::string> unconfirmed;  // addresses
    bool outdated = false;
  };
  struct Outbound {
    std::string to;
    std::shared_ptr<const StateRequest> request;
    size_t segment = 0;     // position in request->segments
    std::string after_key;  // last key sent of it, when `within`
    bool within = false;
  };

  void enqueue(Lane& lane, Job job);
  void work(Lane& lane);
  // True when the cache has at least that topology; else `again` runs once it has.
  bool ready(const std::string& cache, int topology_id, std::function<void()> again);
  void reply(const std::string& to, DataReply reply);

  void start(const std::string& from, const std::shared_ptr<const DataRequest>& request);
  void write(const std::string& from, const DataRequest& request);
  DataReply read(const DataRequest& request);
  DataReply scan(const DataRequest& request);
  bool is_primary(const LocalCache& cache, const WriteRequest& write) const;
  // Decides what the write changes; an error or "nothing" in `reply`.
  std::vector<BackupChange> changes_of(LocalCache& cache, const WriteRequest& write,
                                       DataReply& reply);
  std::vector<BackupChange> counter_change(LocalCache& cache, const WriteRequest& write,
                                           DataReply& reply);
  void replicate(const std::string& from, LocalCache& cache, std::vector<BackupChange> changes,
                 DataReply reply);
  void back_up(const std::string& from, const BackupWrite& message);
  void finish_if_confirmed(uint64_t id);
  void send_chunk(uint64_t transfer_id);
  Duration fill_chunk(uint64_t transfer_id, StateChunk& chunk);
  static bool take_segment(const Segment& entries, int segment, Outbound& out, StateChunk& chunk);

  NodeCore& core_;
  Lane short_;
  Lane bulk_;
  std::vector<Deferred> deferred_;
  std::map<uint64_t, PendingWrite> writes_;
  std::map<uint64_t, Outbound> outbound_;
  uint64_t next_id_ = 1;
  uint64_t requests_ = 0, scans_ = 0, request_bytes_ = 0, reply_bytes_ = 0;
  size_t queue_depth_max_ = 0;
};

}  // namespace drydock::fakegrid
