// Random small histories against a model: whatever joins, leaves or crashes (with two owners), an
// iteration gives each entry that stays untouched exactly once, and the cluster ends as the model.
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <set>

#include "tests/fakegrid/test_cluster.h"

namespace drydock::fakegrid {
namespace {

constexpr int kEntries = 1800;  // of each of three owners more than one batch

enum class Step { kJoin, kJoinZero, kLeave, kCrash, kPut, kRemove, kFreeze };

struct History {
  std::vector<Step> steps;
  std::vector<int> pauses_ms;
  std::vector<int> keys;
};

History some_history() {
  History history;
  const auto count = static_cast<size_t>(*rc::gen::inRange(1, 6));
  for (size_t i = 0; i < count; ++i) {
    history.steps.push_back(*rc::gen::element(Step::kJoin, Step::kJoinZero, Step::kLeave,
                                              Step::kCrash, Step::kPut, Step::kRemove,
                                              Step::kFreeze));
    history.pauses_ms.push_back(*rc::gen::inRange(0, 40));
    history.keys.push_back(*rc::gen::inRange(0, kEntries));
  }
  return history;
}

class Play {
 public:
  Play(uint64_t seed, const std::string& cache) : cluster_(seed), cache_(cache) {
    static const Content content = sample_content(kEntries);
    static const auto snapshot = TestCluster::make_snapshot(3, content);
    cluster_.form(3, *snapshot);
    cluster_.add("zero", true);
    for (const CacheRecord& record : content.caches.at(cache).records)
      model_[record.key] = record.value;
  }

  // What was wrong; empty: nothing.
  std::string run(const History& history) {
    wrong_ = "the story did not end";
    cluster_.run([&] {
      wrong_.clear();
      cluster_.start("zero");
      Iterated seen;
      const auto iterated =
          cluster_.begin("zero", [&](Node& zero) { seen = iterate_all(zero, cache_); });
      for (size_t i = 0; i < history.steps.size(); ++i) {
        cluster_.wait(milliseconds(history.pauses_ms[i]));
        step(history.steps[i], history.keys[i]);
      }
      expect(iterated->wait(kForever).ok(), "the iteration ends");
      cluster_.wait(seconds(10));
      check(seen);
    });
    return wrong_;
  }

 private:
  void step(Step step, int key) {
    const std::string name = "k" + std::to_string(key);
    switch (step) {
      case Step::kJoin:
      case Step::kJoinZero: {
        const std::string joiner = "x" + std::to_string(++joiners_);
        cluster_.add(joiner, step == Step::kJoinZero);
        cluster_.start(joiner);
        if (step == Step::kJoin) data_.push_back(joiner);
        break;
      }
      case Step::kLeave:
      case Step::kCrash:
        if (data_.size() <= 2) break;
        if (step == Step::kLeave)
          cluster_.leave(data_.front());
        else
          cluster_.kill(data_.front());
        data_.erase(data_.begin());
        cluster_.wait(seconds(4));  // two owners bear one loss at a time
        break;
      case Step::kPut:
        touched_.insert(name);
        model_[name] = "new";
        cluster_.on(data_.back(), [&](Node& node) {
          const CacheRecord record = record_of(name, "new");
          expect(node.put(cache_, {&record, 1}, cluster_.now() + seconds(30)).ok(), "put");
        });
        break;
      case Step::kRemove:
        touched_.insert(name);
        model_.erase(name);
        cluster_.on(data_.back(), [&](Node& node) {
          expect(node.remove(cache_, name, cluster_.now() + seconds(30)).ok(), "remove");
        });
        break;
      case Step::kFreeze:
        cluster_.pause(data_.back());
        cluster_.wait(seconds(3));
        cluster_.resume(data_.back());
        break;
    }
  }

  void check(const Iterated& seen) {
    expect(seen.status.ok(), seen.status.to_string());
    expect(seen.each_once(), "each once");
    for (const auto& [key, value] : model_)
      expect(touched_.count(key) > 0 || seen.times.count(key) == 1, "iterated " + key);
    const ReadOut after = cluster_.content();
    for (const std::string& difference : after.differences) expect(false, difference);
    std::map<std::string, std::string> held;
    for (const CacheRecord& record : after.content.caches.at(cache_).records)
      held[record.key] = record.value;
    expect(held == model_, "the cluster holds what the model holds");
  }

  // Tasks can't throw as RC_ASSERT does: the first thing that is wrong is kept.
  void expect(bool good, const std::string& what) {
    if (!good && wrong_.empty()) wrong_ = what;
  }

  std::string wrong_;
  TestCluster cluster_;
  std::string cache_;
  std::vector<std::string> data_{"n0", "n1", "n2"};
  int joiners_ = 0;
  std::map<std::string, std::string> model_;
  std::set<std::string> touched_;
};

RC_GTEST_PROP(Histories, AnIterationGivesEachEntryOnceAndNothingIsLost, ()) {
  const History history = some_history();
  const auto seed = *rc::gen::arbitrary<uint64_t>();
  const std::string cache = *rc::gen::element<std::string>("d2", "r");
  RC_ASSERT(Play(seed, cache).run(history) == "");
}

}  // namespace
}  // namespace drydock::fakegrid
