// Consistent hashing: key -> segment -> owners. Tables are immutable values, computed once per
// (members' capacities, owners, segments, table before) and shared by all nodes of a world.
//
//   OwnerTablePtr table = balanced_table({true, true, false}, 2, 256);   // the third owns nothing
//   int primary = table->primary(segment_of("key", 256));
//
// Members are numbers: positions in a topology's member list.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace drydock::fakegrid {

// At most this many members: a table's cell is a byte, 255 = nobody.
inline constexpr int kMaxMembers = 250;
inline constexpr uint8_t kNobody = 255;

// Stable for ever: FNV-1a and a finaliser. Real servers use MurmurHash3; nothing observable depends
// on it.
int segment_of(std::string_view key, int segments);

struct OwnerTable {
  int segments = 0;
  int width = 0;               // owners per segment at most
  std::vector<uint8_t> cells;  // segments x width, primary first, kNobody at the end

  std::span<const uint8_t> row(int segment) const {
    return {cells.data() + static_cast<size_t>(segment) * static_cast<size_t>(width),
            static_cast<size_t>(width)};
  }
  // -1: nobody owns it.
  int primary(int segment) const {
    const uint8_t first = width == 0 ? kNobody : row(segment)[0];
    return first == kNobody ? -1 : first;
  }
  bool owns(int segment, int member) const;

  friend bool operator==(const OwnerTable&, const OwnerTable&) = default;
};

using OwnerTablePtr = std::shared_ptr<const OwnerTable>;
using Capacities = std::vector<bool>;  // per member: may own segments

// A fresh table; every member within one segment of the mean, as owner and as primary.
OwnerTablePtr balanced_table(const Capacities& capacities, int owners, int segments);

// `current` with as few changes as give a balanced table: `current` itself when it is balanced.
OwnerTablePtr rebalanced_table(const OwnerTablePtr& current, const Capacities& capacities,
                               int owners);

// `table` with members renumbered: new number = mapping[old number], -1 = gone. The same pointer
// when nothing changes. Rows may come out short or empty.
OwnerTablePtr renumbered_table(const OwnerTablePtr& table, const std::vector<int>& mapping);

// Rows without any owner get the owners that `fallback` names for them.
OwnerTablePtr filled_table(const OwnerTablePtr& table, const OwnerTablePtr& fallback);

// Segments whose rows differ in any way.
uint64_t changed_segments(const OwnerTable& a, const OwnerTable& b);

}  // namespace drydock::fakegrid
