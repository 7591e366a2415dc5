// Consistent hashing as real servers do it: key -> segment by the hash of its stored bytes, segment
// -> owners by how near members' points lie to the segment's on a ring, with a share for each
// member that follows its capacity. Tables are immutable values, computed once per thread.
//
//   HashMembers members = {{.id_high = 1}, {.id_high = 2}, {.id_high = 3, .capacity = 0}};
//   OwnerTablePtr table = balanced_table(members, 2, 256);   // the third owns nothing
//   int primary = table->primary(segment_of("key", 256));
//
// A table depends on members, owners and segments only, never on the table before: whoever joins
// and leaves again leaves no trace. Facts: Infinispan's SyncConsistentHashFactory and
// SyncReplicatedConsistentHashFactory 12-16; the counts of docs/facts/grid.md come out equal.
// Members are numbers: positions in a topology's member list.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace drydock::fakegrid {

inline constexpr int kMaxMembers = 65'534;
inline constexpr uint16_t kNobody = 65'535;
inline constexpr int kFullCapacity = 1000;  // capacity factor 1
// As `owners`: every member with capacity owns every segment.
inline constexpr int kEveryMember = 0;

struct HashMember {
  // Where its points on the ring come from; a real member's random UUID.
  uint64_t id_high = 0, id_low = 0;
  int capacity = kFullCapacity;  // thousandths; 0 owns nothing

  friend auto operator<=>(const HashMember&, const HashMember&) = default;
};
using HashMembers = std::vector<HashMember>;

int segment_of(std::string_view key, int segments);

struct OwnerTable {
  int segments = 0;
  int width = 0;                // owners per segment at most
  std::vector<uint16_t> cells;  // segments x width, primary first, kNobody at the end
  // Replicated caches: rows hold the primary only, and these members (in order) own all segments.
  std::vector<uint16_t> everywhere;

  std::span<const uint16_t> row(int segment) const {
    return {cells.data() + static_cast<size_t>(segment) * static_cast<size_t>(width),
            static_cast<size_t>(width)};
  }
  // -1: nobody owns it.
  int primary(int segment) const {
    const uint16_t first = width == 0 ? kNobody : row(segment)[0];
    return first == kNobody ? -1 : first;
  }
  bool owns(int segment, int member) const;
  // Primary first; empty: nobody.
  std::vector<int> owners(int segment) const;

  friend bool operator==(const OwnerTable&, const OwnerTable&) = default;
};

using OwnerTablePtr = std::shared_ptr<const OwnerTable>;

bool any_capable(const HashMembers& members);

// The table that a rebalance leads to. `owners`: how many per segment, or kEveryMember. Without any
// member that has capacity nobody owns anything.
OwnerTablePtr balanced_table(const HashMembers& members, int owners, int segments);

struct PrunedTable {
  OwnerTablePtr table;
  std::vector<int>
      lost;  // segments whose last owner is gone: given to whom the balanced table says
};

// `table` after members left or were renumbered: new number = mapping[old number], -1 = gone.
// `members` are the new ones. The same pointer when nothing changes.
PrunedTable pruned_table(const OwnerTablePtr& table, const std::vector<int>& mapping,
                         const HashMembers& members, int owners);

// Segments whose owners differ in any way.
uint64_t changed_segments(const OwnerTable& a, const OwnerTable& b);

struct OwnedSegments {
  int primary = 0, backup = 0;
};
OwnedSegments owned_by(const OwnerTable& table, int member);

}  // namespace drydock::fakegrid
