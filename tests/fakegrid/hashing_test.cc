#include "fakegrid/topology/hashing.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <set>

#include "fakegrid/topology/topology_change.h"

namespace drydock::fakegrid {
namespace {

std::pair<std::vector<int>, std::vector<int>> counts(const OwnerTable& table, size_t members) {
  std::vector<int> owned(members);
  std::vector<int> primaries(members);
  for (int s = 0; s < table.segments; ++s) {
    for (const uint8_t m : table.row(s)) ++owned[m];
    ++primaries[static_cast<size_t>(table.primary(s))];
  }
  return {owned, primaries};
}

int spread(const std::vector<int>& values, const Capacities& capacities) {
  int low = 1 << 30;
  int high = 0;
  for (size_t m = 0; m < values.size(); ++m) {
    if (!capacities[m]) continue;
    low = std::min(low, values[m]);
    high = std::max(high, values[m]);
  }
  return high - low;
}

Capacities some_capacities() {
  Capacities capacities =
      *rc::gen::container<Capacities>(*rc::gen::inRange(0, 6), rc::gen::arbitrary<bool>());
  capacities.push_back(true);
  return capacities;
}

RC_GTEST_PROP(Hashing, EveryTableIsBalancedAndZeroCapacityOwnsNothing, ()) {
  const Capacities capacities = some_capacities();
  const int owners = *rc::gen::inRange(1, 5);
  const auto table = balanced_table(capacities, owners, 256);
  const auto [owned, primaries] = counts(*table, capacities.size());
  for (size_t m = 0; m < capacities.size(); ++m)
    if (!capacities[m]) RC_ASSERT(owned[m] == 0);
  RC_ASSERT(spread(owned, capacities) <= 1);
  RC_ASSERT(spread(primaries, capacities) <= 12);
  for (int s = 0; s < 256; ++s) {
    const auto row = table->row(s);
    RC_ASSERT(std::set<int>(row.begin(), row.end()).size() == row.size());
  }
  RC_ASSERT(rebalanced_table(table, capacities, owners) == table);
}

RC_GTEST_PROP(Hashing, AJoinerWithoutCapacityChangesNothing, ()) {
  Capacities capacities = some_capacities();
  const int owners = *rc::gen::inRange(1, 5);
  const auto table = balanced_table(capacities, owners, 256);
  capacities.push_back(false);
  RC_ASSERT(rebalanced_table(table, capacities, owners) == table);
}

TEST(Hashing, AJoinMovesOnlyTheJoinersShare) {
  const auto two = balanced_table({true, true}, 2, 256);
  const auto three = rebalanced_table(two, {true, true, true}, 2);
  int moved = 0;
  for (int s = 0; s < 256; ++s)
    for (int m = 0; m < 3; ++m)
      if (three->owns(s, m) && !two->owns(s, m)) {
        ++moved;
        EXPECT_EQ(m, 2);
      }
  EXPECT_NEAR(moved, 256 * 2 / 3, 1);
}

TEST(Hashing, OfANamedKeyTheSegmentNeverChanges) {
  EXPECT_EQ(segment_of("", 256), 82);
  EXPECT_EQ(segment_of("key", 256), 43);
}

TEST(TopologyChange, ASecondOwnerTakesOverAndASingleOwnersSegmentsAreLost) {
  const auto members = std::make_shared<const std::vector<Member>>(
      std::vector<Member>{{"a", "1"}, {"b", "2"}, {"z", "3", true}});
  const auto rest = std::make_shared<const std::vector<Member>>(
      std::vector<Member>{{"b", "2"}, {"z", "3", true}});
  for (const int owners : {1, 2}) {
    auto config = std::make_shared<CacheConfig>();
    config->mode = CacheMode::kDistributed;
    config->owners = owners;
    const auto first = first_topology(config, members);
    const TopologyChange change = follow_members(*first, rest, {"1"});
    ASSERT_FALSE(change.steps.empty());
    EXPECT_EQ(change.newly_lost, owners == 1 ? 128u : 0u);
    for (int s = 0; s < 256; ++s) EXPECT_EQ(change.steps.front()->current->primary(s), 0);
  }
}

TEST(TopologyChange, WithoutCapacityNothingChanges) {
  const auto members = std::make_shared<const std::vector<Member>>(
      std::vector<Member>{{"a", "1"}, {"z", "3", true}});
  const auto rest =
      std::make_shared<const std::vector<Member>>(std::vector<Member>{{"z", "3", true}});
  auto config = std::make_shared<CacheConfig>();
  config->mode = CacheMode::kReplicated;
  EXPECT_TRUE(follow_members(*first_topology(config, members), rest, {"1"}).steps.empty());
}

}  // namespace
}  // namespace drydock::fakegrid
