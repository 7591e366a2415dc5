// Membership: which nodes form the cluster. Discovery, joins, views and their coordinator, leaving,
// failure detection, merging after a split. What JGroups does for a real node.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "core/base/env.h"
#include "fakegrid/node/message.h"

namespace drydock::fakegrid {

class NodeCore;

class Membership {
 public:
  explicit Membership(NodeCore& core) : core_(core) {}

  // Joins or forms a cluster; returns with the first view. May suspend.
  Status join(SteadyTime deadline);
  // Leaves in order; kDeadlineExceeded when nobody confirmed. May suspend.
  Status leave(SteadyTime deadline);
  // A member from birth.
  void adopt(ViewPtr view);

  const ViewPtr& view() const { return view_; }
  bool is_member(const std::string& address) const { return view_ && view_->contains(address); }
  bool is_coordinator() const;
  // How many views this node has installed, and how many of them were merged ones.
  uint64_t views() const { return views_; }
  uint64_t merged_views() const { return merged_views_; }
  // Addresses that were taken out of a view without having asked for it.
  const std::set<std::string>& expelled() const { return expelled_; }

  void handle(const std::string&, const Greeting&) {}
  void handle(const std::string& from, const DiscoveryRequest& message);
  void handle(const std::string& from, const DiscoveryReply& message);
  void handle(const std::string& from, const JoinRequest& message);
  void handle(const std::string& from, const LeaveRequest& message);
  void handle(const std::string& from, const LeaveDone& message);
  void handle(const std::string& from, const ViewUpdate& message);
  void handle(const std::string& from, const MergeProbe& message);
  void on_closed(const std::string& address);
  void on_silent(const std::string& address);
  void on_heard(const std::string& address);

 private:
  Status look_for_cluster(SteadyTime deadline);
  bool may_form_alone() const;
  void form_alone();
  void install(ViewPtr view);
  void greet(const View* before) const;
  void publish(std::vector<Member> members);
  void announce(std::shared_ptr<View> next);
  void probe(const std::string& address) const;
  bool yields_to(const View& other) const;
  void react_to_suspects();
  bool suspected(const std::string& address) const;
  void watch_silence();
  SteadyTime suspicion_time(SteadyTime silent_since) const;
  void schedule_merge(const View& other, bool disputed);
  void merge_now();

  NodeCore& core_;
  ViewPtr view_;
  std::string found_coordinator_;         // while joining
  std::set<std::string> starting_peers_;  // while joining: others that have no cluster either
  bool leave_done_ = false;
  std::set<std::string> closed_;
  std::map<std::string, SteadyTime> silent_;  // since when
  std::set<std::string> timed_out_;           // silent for too long
  bool watching_ = false;
  std::set<std::string> expelled_;
  std::set<std::string> leaving_;  // those that asked to leave
  std::set<std::string> apart_;    // live in other views: former members, and who said so
  std::vector<Member> to_merge_;
  std::string merge_parts_;
  bool disputed_ = false;  // somebody is a member of both
  int64_t merge_id_ = 0;   // the newest view of those that are to be merged
  uint64_t merges_ = 0;
  uint64_t views_ = 0, merged_views_ = 0;
};

}  // namespace drydock::fakegrid
