// The steps of which a cache's way to other members is made. For partition_handling.cc.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "fakegrid/topology/topology_change.h"

namespace drydock::fakegrid {

// Those of `from` that are in `in`, in the order of `from`.
std::vector<Member> retained(const std::vector<Member>& from, const std::vector<Member>& in);
std::vector<Member> missing(const std::vector<Member>& from, const std::vector<Member>& in);
bool any_member_has_capacity(const std::vector<Member>& members, const CacheConfig& config);

// A topology under way to `expected` members, and the steps that it has taken.
class TopologySteps {
 public:
  TopologySteps(CacheTopology from, std::vector<Member> expected);

  const CacheTopology& now() const { return now_; }
  const std::vector<Member>& expected() const { return expected_; }

  void note(NoticeLevel level, std::string text);
  void detail(std::string category, std::string text);
  // The next topology id with these changes, as it is after a merge; a rebalance is given up.
  void recovered(int id, int rebalance_id, MemberList actual);
  // Nothing when neither the mode nor the members that can be reached change.
  void set_mode(std::vector<Member> actual, bool degraded);
  // Tables with those only of the members that `stay`; segments that lose their last owner get new,
  // empty ones. Nothing when all stay and nobody else is expected.
  void drop_leavers(std::vector<Member> stay);
  // Whoever is not expected any more leaves.
  void drop_leavers() { drop_leavers(retained(*now_.members, expected_)); }
  // Begins a rebalance when somebody joins or the tables are not balanced.
  void rebalance();
  TopologyChange take() { return std::move(change_); }

 private:
  void publish();

  CacheTopology now_;
  std::vector<Member> expected_;
  TopologyChange change_;
};

}  // namespace drydock::fakegrid
