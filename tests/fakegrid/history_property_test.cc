// Random histories against a model: joins, leaves, crashes, pauses, splits, writes and iterations
// on three to six data members and up to three without capacity, in one to three caches.
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "tests/fakegrid/history_play.h"

namespace drydock::fakegrid {
namespace {

// A backup with a newer topology refuses the primary's write; whoever is primary there finds that
// the entry is gone already, and must tell the others all the same.
TEST(Histories, ARemovalWhileANodeJoinsReachesEveryReplica) {
  const History history{.data_nodes = 5,
                        .zero_node = false,
                        .caches = 6,
                        .entries = 40,
                        .steps = {{StepKind::kJoin, 11, 944'137}, {StepKind::kRemove, 3, 370'984}}};
  EXPECT_EQ(HistoryPlay(24'429'620'848, history).run().wrong, "");
}

RC_GTEST_PROP(Histories, LoseNoEntryThatAnOwnerOutlivedAndEndInOneTopologyAndRepeat, ()) {
  const History history = *some_history();
  const auto seed = *rc::gen::arbitrary<uint64_t>();
  const Outcome outcome = HistoryPlay(seed, history).run();
  RC_ASSERT(outcome.wrong == "");
  RC_ASSERT(HistoryPlay(seed, history).run().hash == outcome.hash);
}

}  // namespace
}  // namespace drydock::fakegrid
