// Random histories against a model: joins, leaves, crashes, pauses, splits, writes and iterations
// on three to six data members and up to three without capacity, in one to three caches.
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "tests/fakegrid/history_play.h"

namespace drydock::fakegrid {
namespace {

RC_GTEST_PROP(Histories, LoseNoEntryThatAnOwnerOutlivedAndEndInOneTopologyAndRepeat, ()) {
  const History history = *some_history();
  const auto seed = *rc::gen::arbitrary<uint64_t>();
  const Outcome outcome = HistoryPlay(seed, history).run();
  RC_ASSERT(outcome.wrong == "");
  RC_ASSERT(HistoryPlay(seed, history).run().hash == outcome.hash);
}

}  // namespace
}  // namespace drydock::fakegrid
