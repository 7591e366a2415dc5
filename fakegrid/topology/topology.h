// Views and cache topologies: immutable values that the coordinator makes and members install.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "fakegrid/data/cache_config.h"
#include "fakegrid/node/snapshot.h"
#include "fakegrid/topology/hashing.h"

namespace drydock::fakegrid {

using MemberList = std::shared_ptr<const std::vector<Member>>;

// Position of an address; -1: not in the list.
int position_of(const std::vector<Member>& members, std::string_view address);
// "[n0, n1]", as log lines print members.
std::string names_of(const std::vector<Member>& members);
// Members as the cache's owner tables see them. A member's points on the ring follow from its name.
HashMembers hash_members_of(const std::vector<Member>& members, const CacheConfig& config);

struct View {
  int64_t id = 0;
  MemberList members;   // the first one is the coordinator
  bool merged = false;  // made of several views after a split
  std::string parts;    // for the log line of a merged view

  const Member& coordinator() const { return members->front(); }
  bool contains(std::string_view address) const { return position_of(*members, address) >= 0; }
};
using ViewPtr = std::shared_ptr<const View>;

// The phases of a rebalance (Infinispan's names without their _WRITE_ALL).
enum class Phase { kNone, kReadOld, kReadAll, kReadNew };

struct CacheTopology {
  CacheConfigPtr config;
  int id = 0;
  int rebalance_id = 0;  // how many rebalances began so far
  int started_at = 0;    // topology id that began this rebalance: what moves is booked to it
  Phase phase = Phase::kNone;
  MemberList members;
  OwnerTablePtr current;                      // null for caches of mode local
  OwnerTablePtr pending;                      // null unless a rebalance is going on
  std::shared_ptr<const std::set<int>> lost;  // segments that lost their last owner; may be null
  bool degraded = false;
  MemberList actual;  // those of the members that this part of a split reaches; null: all
  // The last one before this that was balanced and available; null: this one is.
  std::shared_ptr<const CacheTopology> stable;

  // Entries live on the node that wrote them, nothing moves; invalidation caches have owner tables
  // all the same, which only look like those of replicated ones.
  bool local() const {
    return config->mode == CacheMode::kLocal || config->mode == CacheMode::kInvalidation;
  }
  const std::vector<Member>& reachable() const { return actual ? *actual : *members; }
  bool has_lost() const { return lost != nullptr && !lost->empty(); }
  // Who answers reads.
  const OwnerTable& readers() const { return phase == Phase::kReadNew ? *pending : *current; }
  // Whether this member must store writes to the segment.
  bool stores(int segment, int member) const {
    return current->owns(segment, member) || (pending && pending->owns(segment, member));
  }
  // Positions of all that store writes to the segment, the writing primary first.
  std::vector<int> writers(int segment) const;
};
using TopologyPtr = std::shared_ptr<const CacheTopology>;

}  // namespace drydock::fakegrid
