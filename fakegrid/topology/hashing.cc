#include "fakegrid/topology/hashing.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "core/base/check.h"
#include "fakegrid/topology/balance.h"
#include "fakegrid/topology/murmur.h"

namespace drydock::fakegrid {
namespace {

// Cells in the tables that one thread remembers: 64 MiB.
constexpr size_t kMemoCells = size_t{1} << 25;
constexpr int32_t kKeySeed = 9001;

using MemoKey = std::tuple<int, int, HashMembers>;  // owners, segments, members

struct Memo {
  std::map<MemoKey, OwnerTablePtr> tables;
  size_t cells = 0;
};

OwnerTable make_table(const HashMembers& members, int owners, int segments) {
  if (owners != kEveryMember) return deal_segments(members, owners, segments);
  OwnerTable table = deal_segments(members, 1, segments);
  for (size_t m = 0; m < members.size(); ++m)
    if (members[m].capacity > 0) table.everywhere.push_back(static_cast<uint16_t>(m));
  return table;
}

uint16_t renumbered(uint16_t member, const std::vector<int>& mapping) {
  const int moved = member == kNobody ? -1 : mapping[member];
  return moved < 0 ? kNobody : static_cast<uint16_t>(moved);
}

// Members that stay, without holes; the rows of segments that nobody owns any more are empty.
OwnerTable renumbered_table(const OwnerTable& table, const std::vector<int>& mapping) {
  OwnerTable out;
  out.segments = table.segments;
  out.width = table.width;
  out.cells.assign(table.cells.size(), kNobody);
  for (int s = 0; s < table.segments; ++s) {
    size_t to = static_cast<size_t>(s) * static_cast<size_t>(table.width);
    for (const uint16_t member : table.row(s))
      if (const uint16_t moved = renumbered(member, mapping); moved != kNobody)
        out.cells[to++] = moved;
  }
  for (const uint16_t member : table.everywhere)
    if (const uint16_t moved = renumbered(member, mapping); moved != kNobody)
      out.everywhere.push_back(moved);
  std::sort(out.everywhere.begin(), out.everywhere.end());
  return out;
}

void set_width(OwnerTable& table, int width) {
  if (width == table.width) return;
  std::vector<uint16_t> cells(static_cast<size_t>(table.segments) * static_cast<size_t>(width),
                              kNobody);
  for (int s = 0; s < table.segments; ++s) {
    const auto row = table.row(s).first(static_cast<size_t>(std::min(width, table.width)));
    std::copy(row.begin(), row.end(), cells.begin() + static_cast<std::ptrdiff_t>(s) * width);
  }
  table.cells = std::move(cells);
  table.width = width;
}

// Equal owners make equal tables: no column is empty.
void drop_empty_columns(OwnerTable& table) {
  int used = 0;
  for (int s = 0; s < table.segments; ++s) {
    const auto row = table.row(s);
    while (used < table.width && row[static_cast<size_t>(used)] != kNobody) ++used;
  }
  set_width(table, used);
}

// A new primary of a replicated cache is one of those that have its entries: no member to which
// they are only on their way.
HashMembers holders_only(const OwnerTable& table, HashMembers members) {
  if (table.everywhere.empty()) return members;
  for (size_t m = 0; m < members.size(); ++m)
    if (!std::binary_search(table.everywhere.begin(), table.everywhere.end(), m))
      members[m].capacity = 0;
  return members;
}

// Segments without owner get a row of the balanced table.
void fill_empty_rows(OwnerTable& table, const OwnerTable& balanced) {
  set_width(table, std::max(table.width, balanced.width));
  for (int s = 0; s < table.segments; ++s) {
    if (table.primary(s) >= 0) continue;
    const auto row = balanced.row(s);
    std::copy(row.begin(), row.end(),
              table.cells.begin() + static_cast<std::ptrdiff_t>(s) * table.width);
  }
}

}  // namespace

int segment_of(std::string_view key, int segments) {
  const uint64_t hash = (murmur_of_bytes(key, kKeySeed) >> 32) & 0x7fffffffU;
  const auto count = static_cast<uint64_t>(segments);
  const uint64_t size = ((uint64_t{1} << 31) + count - 1) / count;
  return static_cast<int>(hash / size);
}

bool OwnerTable::owns(int segment, int member) const {
  if (member < 0) return false;
  if (!everywhere.empty()) return std::binary_search(everywhere.begin(), everywhere.end(), member);
  const auto cells_of = row(segment);
  return std::find(cells_of.begin(), cells_of.end(), member) != cells_of.end();
}

std::vector<int> OwnerTable::owners(int segment) const {
  std::vector<int> out;
  for (const uint16_t member : row(segment))
    if (member != kNobody) out.push_back(member);
  for (const uint16_t member : everywhere)
    if (member != primary(segment)) out.push_back(member);
  return out;
}

bool any_capable(const HashMembers& members) {
  return std::any_of(members.begin(), members.end(),
                     [](const HashMember& member) { return member.capacity > 0; });
}

OwnerTablePtr balanced_table(const HashMembers& members, int owners, int segments) {
  DRYDOCK_CHECK(members.size() <= static_cast<size_t>(kMaxMembers), "too many members");
  thread_local Memo memo;
  MemoKey key{owners, segments, members};
  if (const auto known = memo.tables.find(key); known != memo.tables.end()) return known->second;
  auto table = std::make_shared<const OwnerTable>(make_table(members, owners, segments));
  if (memo.cells > kMemoCells) memo = {};
  memo.cells += table->cells.size() + table->everywhere.size() + members.size() * 12;
  return memo.tables.emplace(std::move(key), std::move(table)).first->second;
}

PrunedTable pruned_table(const OwnerTablePtr& table, const std::vector<int>& mapping,
                         const HashMembers& members, int owners) {
  OwnerTable out = renumbered_table(*table, mapping);
  PrunedTable result;
  bool incomplete = false;
  for (int s = 0; s < out.segments; ++s) {
    if (out.primary(s) >= 0) continue;
    incomplete = true;
    if (out.everywhere.empty()) result.lost.push_back(s);
  }
  drop_empty_columns(out);
  if (incomplete) {
    const OwnerTablePtr balanced = balanced_table(holders_only(out, members), owners, out.segments);
    fill_empty_rows(out, *balanced);
    if (out.everywhere.empty()) out.everywhere = balanced->everywhere;
  }
  result.table = out == *table ? table : std::make_shared<const OwnerTable>(std::move(out));
  return result;
}

uint64_t changed_segments(const OwnerTable& a, const OwnerTable& b) {
  if (a == b) return 0;
  if (a.everywhere != b.everywhere) return static_cast<uint64_t>(a.segments);
  uint64_t changed = 0;
  for (int s = 0; s < a.segments; ++s) {
    const auto one = a.row(s);
    const auto two = b.row(s);
    if (!std::equal(one.begin(), one.end(), two.begin(), two.end())) ++changed;
  }
  return changed;
}

OwnedSegments owned_by(const OwnerTable& table, int member) {
  OwnedSegments owned;
  for (int s = 0; s < table.segments; ++s) {
    if (table.primary(s) == member)
      ++owned.primary;
    else if (table.owns(s, member))
      ++owned.backup;
  }
  return owned;
}

}  // namespace drydock::fakegrid
