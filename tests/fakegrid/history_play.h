// Plays a random history on a simulated cluster, keeps the model beside it and says what was wrong.
//
//   const Outcome outcome = HistoryPlay(seed, history).run();
//   outcome.wrong: empty when every promise was kept; outcome.hash: of the trace
//
// The promises: an entry that an owner outlived is there with its last value; an iteration that
// ends well gave each untouched entry once, none twice; what is lost makes iterations fail; all
// members end in one view and one settled topology a cache.
#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "fakegrid/node/core.h"
#include "tests/fakegrid/history.h"
#include "tests/fakegrid/history_model.h"
#include "tests/fakegrid/test_cluster.h"

namespace drydock::fakegrid {

struct Outcome {
  std::string wrong;
  uint64_t hash = 0;
};

class HistoryPlay {
 public:
  HistoryPlay(uint64_t seed, const History& history)
      : history_(history), whole_(history.entries), cluster_(seed) {
    const char* const names[] = {"d1", "d2", "r"};
    for (int i = 0; i < 3; ++i)
      if ((history.caches >> i & 1) != 0) caches_.emplace_back(names[i]);
    lossy_.insert(lossy_.end(), caches_.begin(), caches_.end());
    cluster_.form(history.data_nodes, *snapshot());
    for (int i = 0; i < history.data_nodes; ++i) add_member("n" + std::to_string(i), false, true);
  }

  Outcome run() {
    wrong_ = "the history did not end";
    cluster_.run([&] {
      wrong_.clear();
      if (history_.zero_node) {
        join(true);
        finish_joins();
      }
      for (const Step& one : history_.steps) {
        if (one.wait_ms > 0) cluster_.wait(milliseconds(one.wait_ms));
        if (wrong_.empty()) step(one);
      }
      if (wrong_.empty()) finish();
    });
    return {wrong_, cluster_.sim().trace().hash()};
  }

 private:
  struct MemberState {
    bool zero = false;
    bool running = false;  // false: starts
    int side = 0;          // during a split
  };
  struct Split {
    Holdings sides[2];
    std::set<CacheKey> touched;  // on any side
    std::string paused;          // the process that makes it; else links are cut
    std::vector<sim::CutId> cuts;
    SteadyTime began{};
    std::optional<SteadyTime> healed;
    bool noticed = false;  // somebody's view lost somebody
    bool shrank = false;   // a member of one side is gone
  };

  // --- set-up ---

  std::shared_ptr<const ClusterSnapshot> snapshot() const {
    static std::map<std::vector<int>, std::shared_ptr<const ClusterSnapshot>> made;
    auto& known = made[{history_.data_nodes, history_.caches, history_.entries}];
    if (known) return known;
    Content content = sample_content(history_.entries);
    std::erase_if(content.caches, [&](const auto& one) {
      return std::find(caches_.begin(), caches_.end(), one.first) == caches_.end();
    });
    known = TestCluster::make_snapshot(history_.data_nodes, content);
    return known;
  }

  void add_member(const std::string& name, bool zero, bool running) {
    members_[name] = {zero, running, 0};
  }

  // --- what happens ---

  void step(const Step& one) {
    const auto pick = static_cast<size_t>(one.pick);
    switch (one.kind) {
      case StepKind::kWait: return;
      case StepKind::kPut: return write(pick, "w" + std::to_string(++writes_));
      case StepKind::kRemove: return write(pick, std::nullopt);
      case StepKind::kIterate: return iterate(pick);
      case StepKind::kJoin: return join_whole(false);
      case StepKind::kJoinZero: return join_whole(true);
      case StepKind::kLeave: return lose_member(pick, true);
      case StepKind::kCrash: return lose_member(pick, false);
      case StepKind::kPause: return split_off(pick, true);
      case StepKind::kSplit: return split_off(pick, false);
      case StepKind::kHeal: return heal();
    }
  }

  // Members that do something when asked.
  std::vector<std::string> able() const {
    std::vector<std::string> names;
    for (const auto& [name, member] : members_)
      if (member.running && !(split_ && !split_->healed && split_->paused == name))
        names.push_back(name);
    return names;
  }

  void write(size_t pick, const Value& value) {
    const std::vector<std::string> nodes = able();
    const std::string on = nodes[pick % nodes.size()];
    const CacheKey where = some_key(pick);
    begin_write(where, value);
    const std::vector<Holdings*> there = holdings_of(on);
    const uint64_t splits = splits_;
    const int losses = ever_lost_.times_lost(where);
    cluster_.begin(on, [=, this](Node& node) {
      const SteadyTime deadline = cluster_.now() + seconds(20);
      const CacheRecord record = record_of(where.second, value.value_or(""));
      const Status status = value ? node.put(where.first, {&record, 1}, deadline)
                                  : node.remove(where.first, where.second, deadline).status();
      const bool undisturbed =
          there == holdings_of(on) && splits == splits_ && losses == ever_lost_.times_lost(where);
      end_write(on, where, value, status.ok() && undisturbed);
    });
  }

  CacheKey some_key(size_t pick) const {
    const size_t keys = static_cast<size_t>(history_.entries) + 8;
    return {caches_[pick / 7 % caches_.size()], "k" + std::to_string(pick / 21 % keys)};
  }

  void iterate(size_t pick) {
    const std::vector<std::string> nodes = able();
    iterate(nodes[pick % nodes.size()], caches_[pick / 7 % caches_.size()]);
  }

  std::shared_ptr<Event> iterate(const std::string& on, const std::string& cache) {
    const uint64_t began = ++clock_;
    const uint64_t splits = split_ ? 0 : splits_;
    return cluster_.begin(on, [=, this](Node& node) {
      const Iterated seen = iterate_all(node, cache);
      if (members_.count(on) > 0) check_iteration(on, cache, seen, began, splits == splits_);
    });
  }

  void join_whole(bool zero) {
    reunite();
    size_t data = 0;
    for (const auto& [name, member] : members_) data += member.zero ? 0 : 1;
    if (zero ? members_.size() - data < 3 : data < 6) join(zero);
  }

  void join(bool zero) {
    const std::string name = (zero ? "z" : "x") + std::to_string(++joins_);
    cluster_.add(name, zero);
    add_member(name, zero, false);
    joining_[name] = cluster_.begin(name, [=, this](Node& node) {
      const Status status = node.start(cluster_.now() + seconds(60));
      expect(status.ok(), name + " joins: " + status.to_string());
      members_.at(name).running = true;
    });
  }

  void finish_joins() {
    for (const auto& [name, done] : std::exchange(joining_, {}))
      expect(done->wait(cluster_.now() + minutes(2)).ok(), name + " has joined");
  }

  // Two data members stay.
  void lose_member(size_t pick, bool orderly) {
    const std::vector<std::string> nodes = able();
    const std::string name = nodes[pick % nodes.size()];
    const MemberState& member = members_.at(name);
    if (!member.zero && data_members(-1) <= 2) return;
    if (split_) {
      look_for_views();
      split_->shrank = true;
    }
    if (orderly) {
      note_losses(name);
      const auto left = cluster_.begin(
          name, [this](Node& node) { (void)node.leave(cluster_.now() + seconds(10)); });
      expect(left->wait(cluster_.now() + seconds(20)).ok(), name + " leaves");
    }
    members_.erase(name);
    cluster_.kill(name);
    note_losses("");
  }

  int data_members(int side) const {
    int count = 0;
    for (const auto& [name, member] : members_)
      count += !member.zero && member.running && (side < 0 || member.side == side) ? 1 : 0;
    return count;
  }

  // --- splits, of which a pause is one ---

  void split_off(size_t pick, bool pause) {
    reunite();
    finish_joins();
    ++splits_;
    const std::vector<std::string> nodes = able();
    for (size_t i = 0; i < nodes.size(); ++i)
      members_.at(nodes[i]).side =
          pause ? (i == pick % nodes.size() ? 1 : 0) : static_cast<int>(pick >> i & 1);
    if (data_members(0) == 0 || data_members(1) == 0) {
      if (!pause) return;
    }
    split_.emplace(Split{{whole_, whole_}, {}, "", {}, cluster_.now(), std::nullopt, false, false});
    for (const std::string& a : nodes) {
      if (pause && members_.at(a).side == 1) cluster_.pause(split_->paused = a);
      for (const std::string& b : nodes)
        if (!pause && members_.at(a).side == 0 && members_.at(b).side == 1)
          split_->cuts.push_back(cluster_.sim().network().cut("host-" + a, "host-" + b, true));
    }
    note_losses("");
  }

  void heal() {
    if (!split_ || split_->healed) return;
    look_for_views();
    split_->healed = cluster_.now();
    for (const sim::CutId cut : split_->cuts) cluster_.sim().network().heal(cut);
    if (!split_->paused.empty()) cluster_.resume(split_->paused);
  }

  // Whether the view of any member lacks another one.
  void look_for_views() {
    for (const auto& [name, member] : members_)
      if (!sees_all(name)) split_->noticed = true;
  }
  bool sees_all(const std::string& name) const {
    const std::vector<Member> view = cluster_node(name).members();
    return std::all_of(members_.begin(), members_.end(), [&](const auto& other) {
      return !other.second.running || position_of(view, cluster_node(other.first).address()) >= 0;
    });
  }
  Node& cluster_node(const std::string& name) const {
    return const_cast<TestCluster&>(cluster_).node(name);
  }

  // Heals, waits for the merge and lets the winner's holdings be those of the whole cluster.
  void reunite() {
    if (!split_) return;
    heal();
    for (int i = 0; i < 300 && !settled(); ++i) {
      look_for_views();
      cluster_.wait(seconds(1));
    }
    expect(settled(), "settles after a split: " + unsettled());
    if (split_->noticed) merge();
    split_.reset();
    for (auto& [name, member] : members_) member.side = 0;
  }

  void merge() {
    int sizes[2] = {0, 0};
    for (const auto& [name, member] : members_) ++sizes[member.side];
    const Duration lasted = *split_->healed - split_->began;
    // Less than this, and only some may have noticed.
    const bool clear = sizes[0] == 0 || sizes[1] == 0 ||
                       (sizes[0] != sizes[1] && lasted > seconds(50) && !split_->shrank);
    const Holdings& winner = split_->sides[sizes[0] > sizes[1] ? 0 : 1];
    const Holdings& loser = split_->sides[sizes[0] > sizes[1] ? 1 : 0];
    if (!clear) {
      whole_.allow_all_of(winner);
      whole_.allow_all_of(loser);
    } else {
      whole_ = winner;
      for (const CacheKey& where : split_->touched)
        if (where.first == "r") whole_.allow(where, loser.allowed(where));
    }
    for (const CacheKey& where : split_->touched)
      if (where.first == "r" || !clear) may_differ_.insert(where);
  }

  // --- the model ---

  // Where a write through this member shows.
  std::vector<Holdings*> holdings_of(const std::string& name) {
    if (!split_) return {&whole_};
    const auto member = members_.find(name);
    if (member == members_.end()) return {};
    if (split_->healed && sees_all(name)) return {&whole_, &split_->sides[0], &split_->sides[1]};
    return {&whole_, &split_->sides[member->second.side]};
  }
  std::vector<Holdings*> all_holdings() {
    if (!split_) return {&whole_};
    return {&whole_, &split_->sides[0], &split_->sides[1]};
  }

  void begin_write(const CacheKey& where, const Value& value) {
    for (Holdings* holdings : all_holdings()) holdings->allow(where, {value});
    ++open_writes_[where];
    overlapped_[where] = open_writes_[where] > 1;
    touch(where);
  }

  void end_write(const std::string& on, const CacheKey& where, const Value& value, bool sure) {
    touch(where);
    // A primary that lacks the entry leaves the replicas alone that have it.
    const bool finds_all = value || may_differ_.count(where) == 0;
    sure = sure && !overlapped_[where] && finds_all;
    if (--open_writes_[where] == 0) overlapped_[where] = false;
    if (!sure) {
      late_[where].insert(value);
      may_differ_.insert(where);
      return;
    }
    Values values = late_[where];
    values.insert(value);
    for (Holdings* holdings : holdings_of(on)) holdings->set(where, values);
  }

  void touch(const CacheKey& where) {
    touched_at_[where] = ++clock_;
    if (split_) split_->touched.insert(where);
  }

  // After somebody is gone, or (named) before he goes.
  void note_losses(const std::string& leaver) {
    note_losses(whole_, leaver, -1);
    if (!split_) return;
    for (const int side : {0, 1})
      if (std::any_of(members_.begin(), members_.end(),
                      [&](const auto& one) { return one.second.side == side; }))
        note_losses(split_->sides[side], leaver, side);
  }

  void note_losses(Holdings& holdings, const std::string& leaver, int side) {
    for (const std::string& cache : lossy_) {
      TopologyPtr newest;
      std::set<std::string> here;
      for (const auto& [name, member] : members_) {
        if (name == leaver || (side >= 0 && member.side != side)) continue;
        const LocalCache* local = cluster_.node(name).core()->caches.find(cache);
        if (local != nullptr && (!newest || newest->id < local->topology->id))
          newest = local->topology;
        here.insert(cluster_.node(name).address());
      }
      for (int s = 0; s < Holdings::kSegments; ++s)
        if (!newest || !held(*newest, newest->readers(), s, here) ||
            (newest->pending && !held(*newest, *newest->pending, s, here))) {
          holdings.lose(cache, s);
          ever_lost_.lose(cache, s);
        }
    }
  }

  static bool held(const CacheTopology& topology, const OwnerTable& table, int segment,
                   const std::set<std::string>& here) {
    const std::vector<int> owners = table.owners(segment);
    return std::any_of(owners.begin(), owners.end(), [&](int owner) {
      return here.count((*topology.members)[static_cast<size_t>(owner)].address) > 0;
    });
  }

  // --- verdicts ---

  void check_iteration(const std::string& on, const std::string& cache, const Iterated& seen,
                       uint64_t began, bool undivided) {
    expect(seen.each_once(), "an iteration of " + cache + " on " + on + " gives each key once");
    if (!seen.status.ok()) {
      return expect(
          !undivided || ever_lost_.lost_any_of(cache),
          "an iteration of " + cache + " on " + on + " ends well: " + seen.status.to_string());
    }
    for (int i = 0; i < history_.entries; ++i) {
      const CacheKey where{cache, "k" + std::to_string(i)};
      const auto touched = touched_at_.find(where);
      if (touched != touched_at_.end() &&
          (touched->second >= began || may_differ_.count(where) > 0))
        continue;
      if (ever_lost_.is_lost(where) || whole_.allowed(where).count(std::nullopt) > 0) continue;
      expect(seen.times.count(where.second) > 0,
             "an iteration of " + cache + " on " + on + " gives " + where.second);
    }
  }

  void finish() {
    reunite();
    finish_joins();
    for (int i = 0; i < 300 && !settled(); ++i) cluster_.wait(seconds(1));
    if (!settled()) return expect(false, "no stable end: " + unsettled());
    cluster_.wait(seconds(25));  // writes end
    const ReadOut after = cluster_.content();
    for (const std::string& cache : caches_) check_content(cache, after);
    for (const std::string& difference : after.differences)
      expect(is_excused(difference), difference);
    const std::vector<std::string> nodes = able();
    for (const std::string& cache : caches_)
      cluster_.on(nodes[clock_ % nodes.size()],
                  [&](Node& node) { iterate_last(node, cache, after); });
  }

  // What is gone is never gone silently.
  void iterate_last(Node& node, const std::string& cache, const ReadOut& after) {
    const Iterated seen = iterate_all(node, cache);
    check_iteration(node.config().name, cache, seen, ++clock_, true);
    if (!seen.status.ok())
      return expect(seen.status.code() == Code::kDataLoss, "data loss, no more");
    if (!differ_in(cache))
      expect(seen.times.size() == after.content.caches.at(cache).records.size(),
             "the last iteration of " + cache + " gives all");
    for (int i = 0; i < history_.entries; ++i) {
      const CacheKey where{cache, "k" + std::to_string(i)};
      if (touched_at_.count(where) == 0)
        expect(seen.times.count(where.second) > 0, cache + " lost " + where.second + " silently");
    }
  }

  // Of the form "cache C, key K: ...": a write without an answer, or a segment that was lost.
  bool is_excused(const std::string& difference) const {
    const size_t comma = difference.find(", key ");
    const size_t colon = difference.find(": ", comma);
    const CacheKey where{difference.substr(6, comma - 6),
                         difference.substr(comma + 6, colon - comma - 6)};
    return may_differ_.count(where) > 0 || ever_lost_.is_lost(where);
  }

  bool differ_in(const std::string& cache) const {
    const auto first = may_differ_.lower_bound({cache, ""});
    return first != may_differ_.end() && first->first == cache;
  }

  void check_content(const std::string& cache, const ReadOut& after) {
    const auto held = after.content.caches.find(cache);
    if (held == after.content.caches.end()) return expect(false, cache + " is there");
    std::map<std::string, std::string> values;
    for (const CacheRecord& record : held->second.records) values[record.key] = record.value;
    for (int i = 0; i < history_.entries + 8; ++i) {
      const CacheKey where{cache, "k" + std::to_string(i)};
      const auto there = values.find(where.second);
      const Value value = there == values.end() ? Value() : Value(there->second);
      expect(whole_.allowed(where).count(value) > 0,
             cache + " " + where.second + " ends as " + value.value_or("absent"));
    }
  }

  bool settled() const { return unsettled().empty(); }

  // Why the members are not in one view and one settled topology a cache.
  std::string unsettled() const {
    std::map<std::string, int> ids;
    int64_t view = -1;
    for (const auto& [name, member] : members_) {
      const NodeCore& core = *cluster_node(name).core();
      if (!member.running) return name + " starts";
      const ViewPtr own = core.membership.view();
      if (view >= 0 && own->id != view) return name + " has another view";
      view = own->id;
      if (own->members->size() != members_.size() || !sees_all(name))
        return name + " sees " + names_of(*own->members);
      for (const std::string& cache : caches_) {
        const LocalCache* local = core.caches.find(cache);
        if (local == nullptr) return name + " lacks " + cache;
        const CacheTopology& topology = *local->topology;
        const int id = ids.emplace(cache, topology.id).first->second;
        if (topology.phase != Phase::kNone || topology.degraded || topology.id != id ||
            topology.members->size() != members_.size())
          return name + " has " + cache + " in topology " + std::to_string(topology.id) + " of " +
                 names_of(*topology.members);
      }
    }
    return "";
  }

  // Tasks can't throw as RC_ASSERT does: the first thing that is wrong is kept.
  void expect(bool good, const std::string& what) {
    if (!good && wrong_.empty()) wrong_ = what;
  }

  const History& history_;
  std::vector<std::string> caches_;
  std::vector<std::string> lossy_{"org.infinispan.COUNTER"};  // and those
  std::map<std::string, MemberState> members_;
  std::map<std::string, std::shared_ptr<Event>> joining_;
  Holdings whole_;
  Holdings ever_lost_{0};
  std::optional<Split> split_;
  std::map<CacheKey, int> open_writes_;
  std::map<CacheKey, bool> overlapped_;
  std::map<CacheKey, Values> late_;  // of writes without an answer: they may still come
  std::map<CacheKey, uint64_t> touched_at_;
  std::set<CacheKey> may_differ_;  // between replicas
  uint64_t clock_ = 0;
  uint64_t splits_ = 1;
  int writes_ = 0, joins_ = 0;
  std::string wrong_;
  TestCluster cluster_;  // last: its tasks refer to all of the above
};

}  // namespace drydock::fakegrid
