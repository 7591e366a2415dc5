// Random histories of a cluster: what happens to it, step by step, as values that rapidcheck draws,
// shrinks and prints.
#pragma once

#include <rapidcheck.h>

#include <ostream>
#include <string>
#include <vector>

namespace drydock::fakegrid {

enum class StepKind {
  kWait,
  kPut,
  kRemove,
  kIterate,
  kJoin,
  kJoinZero,
  kLeave,
  kCrash,
  kPause,
  kSplit,
  kHeal,  // of a split or a pause
};

struct Step {
  StepKind kind = StepKind::kWait;
  int wait_ms = 0;  // before it
  int pick = 0;     // which node, key, cache or side
};

struct History {
  int data_nodes = 3;
  bool zero_node = true;
  int caches = 7;  // bit 0: d1 (one owner), 1: d2 (two owners), 2: r (replicated)
  int entries = 40;
  std::vector<Step> steps;
};

inline std::ostream& operator<<(std::ostream& out, const Step& step) {
  static const char* const kNames[] = {"wait",  "put",   "remove", "iterate", "join", "join-zero",
                                       "leave", "crash", "pause",  "split",   "heal"};
  return out << kNames[static_cast<int>(step.kind)] << "(" << step.wait_ms << " ms, " << step.pick
             << ")";
}

inline std::ostream& operator<<(std::ostream& out, const History& history) {
  out << history.data_nodes << " nodes, " << (history.zero_node ? "a zero node, " : "") << "caches "
      << history.caches << ", " << history.entries << " entries:";
  for (const Step& step : history.steps) out << " " << step;
  return out;
}

// Mostly close together, so that steps meet rebalances; some beyond the failure detection's time.
inline rc::Gen<int> some_wait_ms() {
  return rc::gen::weightedOneOf<int>({{6, rc::gen::inRange(0, 20)},
                                      {3, rc::gen::inRange(0, 3000)},
                                      {1, rc::gen::inRange(0, 50'000)},
                                      {1, rc::gen::just(70'000)}});
}

inline rc::Gen<Step> some_step() {
  const auto kind = rc::gen::weightedElement<StepKind>({{1, StepKind::kWait},
                                                        {5, StepKind::kPut},
                                                        {2, StepKind::kRemove},
                                                        {3, StepKind::kIterate},
                                                        {3, StepKind::kJoin},
                                                        {1, StepKind::kJoinZero},
                                                        {2, StepKind::kLeave},
                                                        {3, StepKind::kCrash},
                                                        {1, StepKind::kPause},
                                                        {2, StepKind::kSplit},
                                                        {2, StepKind::kHeal}});
  return rc::gen::build<Step>(rc::gen::set(&Step::kind, kind),
                              rc::gen::set(&Step::wait_ms, some_wait_ms()),
                              rc::gen::set(&Step::pick, rc::gen::inRange(0, 1 << 20)));
}

inline rc::Gen<History> some_history() {
  // With 1,800 entries each of three nodes has more than one batch of them.
  const auto entries = rc::gen::weightedElement<int>({{12, 40}, {3, 300}, {1, 1800}});
  const auto steps = rc::gen::mapcat(rc::gen::inRange(1, 11), [](int count) {
    return rc::gen::container<std::vector<Step>>(static_cast<size_t>(count), some_step());
  });
  // Ranges would be narrow in the first cases.
  return rc::gen::resize(
      rc::kNominalSize,
      rc::gen::build<History>(
          rc::gen::set(&History::data_nodes, rc::gen::inRange(3, 7)),
          rc::gen::set(&History::zero_node), rc::gen::set(&History::caches, rc::gen::inRange(1, 8)),
          rc::gen::set(&History::entries, entries), rc::gen::set(&History::steps, steps)));
}

}  // namespace drydock::fakegrid
