#include "fakegrid/topology/hashing.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "core/base/check.h"

namespace drydock::fakegrid {
namespace {

// Distinct tables that one thread remembers; more than any world has at once.
constexpr size_t kMemoLimit = 4096;

using MemoKey = std::tuple<int, int, int, Capacities, std::vector<uint8_t>>;

std::map<MemoKey, OwnerTablePtr>& memo() {
  thread_local std::map<MemoKey, OwnerTablePtr> tables;
  return tables;
}

OwnerTablePtr remember(MemoKey key, OwnerTablePtr table) {
  if (memo().size() >= kMemoLimit) memo().clear();
  return memo().emplace(std::move(key), std::move(table)).first->second;
}

// Owner and primary counts per member while a table is being balanced.
class Balancer {
 public:
  Balancer(const OwnerTable& from, const Capacities& capacities, int owners)
      : capacities_(capacities) {
    const auto capable = std::count(capacities.begin(), capacities.end(), true);
    out_.segments = from.segments;
    out_.width = static_cast<int>(std::min<int64_t>(owners, capable));
    out_.cells.assign(cell(out_.segments, 0), kNobody);
    owned_.assign(capacities.size(), 0);
    primaries_.assign(capacities.size(), 0);
    for (int s = 0; s < out_.segments; ++s) copy_row(s, from.row(s));
  }

  OwnerTable balance() {
    if (out_.width == 0) return std::move(out_);  // no member has capacity: nobody owns anything
    for (int s = 0; s < out_.segments; ++s) fill_row(s);
    while (move_one_ownership()) {
    }
    for (int s = 0; s < out_.segments; ++s) ++primaries_[at(s, 0)];
    while (move_one_primary()) {
    }
    return std::move(out_);
  }

 private:
  size_t cell(int segment, int column) const {
    return static_cast<size_t>(segment) * static_cast<size_t>(out_.width) +
           static_cast<size_t>(column);
  }
  uint8_t& at(int segment, int column) { return out_.cells[cell(segment, column)]; }

  void copy_row(int segment, std::span<const uint8_t> row) {
    int column = 0;
    for (const uint8_t member : row) {
      if (member == kNobody || !capacities_[member] || column == out_.width) continue;
      at(segment, column++) = member;
      ++owned_[member];
    }
  }

  // The capable member with the fewest (`most` = false) or most counts; the lowest number of
  // equals. `allowed` picks among them. -1: none.
  template <class Allowed>
  int extreme(const std::vector<int>& counts, bool most, Allowed allowed) const {
    int best = -1;
    for (int m = 0; m < static_cast<int>(counts.size()); ++m) {
      if (!capacities_[static_cast<size_t>(m)] || !allowed(m)) continue;
      const int count = counts[static_cast<size_t>(m)];
      const int best_count = best < 0 ? 0 : counts[static_cast<size_t>(best)];
      if (best < 0 || (most ? count > best_count : count < best_count)) best = m;
    }
    return best;
  }

  void fill_row(int segment) {
    for (int column = 0; column < out_.width; ++column) {
      if (at(segment, column) != kNobody) continue;
      const int m = extreme(owned_, false, [&](int x) { return !out_.owns(segment, x); });
      DRYDOCK_CHECK(m >= 0, "fewer members with capacity than owners");
      at(segment, column) = static_cast<uint8_t>(m);
      ++owned_[static_cast<size_t>(m)];
    }
  }

  bool move_one_ownership() {
    const auto any = [](int) { return true; };
    const int from = extreme(owned_, true, any);
    const int to = extreme(owned_, false, any);
    if (from < 0 || owned_[static_cast<size_t>(from)] - owned_[static_cast<size_t>(to)] <= 1)
      return false;
    // Later columns first: backups move before primaries do.
    for (int column = out_.width - 1; column >= 0; --column)
      for (int s = 0; s < out_.segments; ++s)
        if (at(s, column) == from && !out_.owns(s, to)) {
          at(s, column) = static_cast<uint8_t>(to);
          --owned_[static_cast<size_t>(from)];
          ++owned_[static_cast<size_t>(to)];
          return true;
        }
    return false;
  }

  // Swaps a primary with one of its backups that has at least two primaries fewer.
  bool move_one_primary() {
    int best_gain = 1;
    int best_segment = -1;
    int best_column = 0;
    for (int s = 0; s < out_.segments; ++s)
      for (int column = 1; column < out_.width; ++column) {
        const int gain = primaries_[at(s, 0)] - primaries_[at(s, column)];
        if (gain <= best_gain) continue;
        best_gain = gain;
        best_segment = s;
        best_column = column;
      }
    if (best_segment < 0) return false;
    --primaries_[at(best_segment, 0)];
    ++primaries_[at(best_segment, best_column)];
    std::swap(at(best_segment, 0), at(best_segment, best_column));
    return true;
  }

  const Capacities& capacities_;
  OwnerTable out_;
  std::vector<int> owned_;
  std::vector<int> primaries_;
};

}  // namespace

int segment_of(std::string_view key, int segments) {
  uint64_t hash = 0xcbf29ce484222325ULL;
  for (const char c : key) hash = (hash ^ static_cast<uint8_t>(c)) * 0x100000001b3ULL;
  hash ^= hash >> 33;
  hash *= 0xff51afd7ed558ccdULL;
  hash ^= hash >> 33;
  return static_cast<int>(hash % static_cast<uint64_t>(segments));
}

bool OwnerTable::owns(int segment, int member) const {
  if (member < 0) return false;
  const auto cells_of = row(segment);
  return std::find(cells_of.begin(), cells_of.end(), member) != cells_of.end();
}

OwnerTablePtr balanced_table(const Capacities& capacities, int owners, int segments) {
  auto empty = std::make_shared<OwnerTable>();
  empty->segments = segments;
  return rebalanced_table(empty, capacities, owners);
}

OwnerTablePtr rebalanced_table(const OwnerTablePtr& current, const Capacities& capacities,
                               int owners) {
  DRYDOCK_CHECK(capacities.size() <= static_cast<size_t>(kMaxMembers), "too many members");
  MemoKey key{current->segments, current->width, owners, capacities, current->cells};
  if (const auto known = memo().find(key); known != memo().end()) {
    if (*known->second == *current) return current;
    return known->second;
  }
  OwnerTable table = Balancer(*current, capacities, owners).balance();
  if (table == *current) return remember(std::move(key), current);
  return remember(std::move(key), std::make_shared<const OwnerTable>(std::move(table)));
}

OwnerTablePtr renumbered_table(const OwnerTablePtr& table, const std::vector<int>& mapping) {
  OwnerTable out;
  out.segments = table->segments;
  out.width = table->width;
  out.cells.assign(table->cells.size(), kNobody);
  for (int s = 0; s < table->segments; ++s) {
    size_t to = static_cast<size_t>(s) * static_cast<size_t>(table->width);
    for (const uint8_t member : table->row(s)) {
      const int moved = member == kNobody ? -1 : mapping[member];
      if (moved >= 0) out.cells[to++] = static_cast<uint8_t>(moved);
    }
  }
  if (out == *table) return table;
  return std::make_shared<const OwnerTable>(std::move(out));
}

OwnerTablePtr filled_table(const OwnerTablePtr& table, const OwnerTablePtr& fallback) {
  OwnerTable out;
  out.segments = table->segments;
  out.width = std::max(table->width, fallback->width);
  for (int s = 0; s < table->segments; ++s) {
    const auto row = table->primary(s) >= 0 ? table->row(s) : fallback->row(s);
    out.cells.insert(out.cells.end(), row.begin(), row.end());
    out.cells.resize(static_cast<size_t>(s + 1) * static_cast<size_t>(out.width), kNobody);
  }
  return std::make_shared<const OwnerTable>(std::move(out));
}

uint64_t changed_segments(const OwnerTable& a, const OwnerTable& b) {
  if (a == b) return 0;
  uint64_t changed = 0;
  for (int s = 0; s < a.segments; ++s) {
    const auto one = a.row(s);
    const auto two = b.row(s);
    if (!std::equal(one.begin(), one.end(), two.begin(), two.end())) ++changed;
  }
  return changed;
}

}  // namespace drydock::fakegrid
