// The calling side of data requests: a fan-out whose replies come to one task.
//
//   CallSet calls(core);
//   calls.send(address, request, tag);
//   while (calls.open() > 0) { DRYDOCK_ASSIGN(Answer a, calls.next(deadline)); ... }
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <set>
#include <string>

#include "core/base/env.h"
#include "fakegrid/node/message.h"

namespace drydock::fakegrid {

class NodeCore;

struct Answer {
  int tag = 0;
  bool peer_lost = false;  // it left the view (or a merge made the call void): no answer will come
  DataReply reply;
};

// Calls of one operation. Used by the task that made it.
class CallSet {
 public:
  explicit CallSet(NodeCore& core);
  ~CallSet();
  CallSet(const CallSet&) = delete;
  CallSet& operator=(const CallSet&) = delete;

  // Sends to another node, or hands to this node's own server. Never suspends.
  void send(const std::string& to, DataRequest request, int tag);
  // How many were sent and not yet given out by next().
  size_t open() const { return calls_.size() + answers_.size(); }
  // May suspend. kDeadlineExceeded (ISPN000476: whom it asked, and for how long), kCancelled.
  Result<Answer> next(SteadyTime deadline);

 private:
  friend class Calls;
  struct Call {
    std::string to;
    int tag = 0;
    SteadyTime sent{};
  };
  std::string timed_out() const;

  NodeCore& core_;
  std::unique_ptr<Gate> gate_;
  std::map<uint64_t, Call> calls_;
  std::deque<Answer> answers_;
};

// All call sets of a node: finds the one that a reply belongs to.
class Calls {
 public:
  void reply(const DataReply& reply);
  // Ends calls to members that are gone; a merged view ends all.
  void on_view(const View& view);

 private:
  friend class CallSet;
  static void end(CallSet& set, uint64_t id, Answer answer);

  uint64_t next_id_ = 1;
  std::map<uint64_t, CallSet*> open_;
};

}  // namespace drydock::fakegrid
