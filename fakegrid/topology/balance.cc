#include "fakegrid/topology/balance.h"

#include <algorithm>
#include <map>
#include <memory>
#include <tuple>
#include <utility>

#include "fakegrid/topology/murmur.h"

namespace drydock::fakegrid {
namespace {

// The ring is 0..2^63-1.
constexpr uint64_t kRing = uint64_t{1} << 63;
constexpr int64_t kMillion = 1'000'000;
// Members whose distances one thread remembers; each weighs eight bytes a segment.
constexpr size_t kMemoLimit = 4096;

using Distances = std::shared_ptr<const std::vector<int64_t>>;  // by segment

int64_t distance_between(uint64_t a, uint64_t b) {
  const uint64_t way = a < b ? b - a : a - b;
  return static_cast<int64_t>(std::min(way, kRing - way));
}

std::vector<uint64_t> points_of(const HashMember& member, int segments) {
  std::vector<uint64_t> points;
  for (int32_t point = 0; (segments >> point) != 0; ++point)
    points.push_back(murmur_of_words(member.id_low, member.id_high, point) % kRing);
  std::sort(points.begin(), points.end());
  return points;
}

Distances measure(const HashMember& member, int segments) {
  const std::vector<uint64_t> points = points_of(member, segments);
  const uint64_t step = (kRing - 1) / static_cast<uint64_t>(segments);
  uint64_t segment = step / 2;
  std::vector<int64_t> distances;
  for (int s = 0; s < segments; ++s, segment += step) {
    const auto after = std::lower_bound(points.begin(), points.end(), segment);
    const uint64_t next = after == points.end() ? points.front() : *after;
    const uint64_t last = after == points.begin() ? points.back() : *(after - 1);
    distances.push_back(std::min(distance_between(last, segment), distance_between(next, segment)));
  }
  return std::make_shared<const std::vector<int64_t>>(std::move(distances));
}

Distances distances_of(const HashMember& member, int segments) {
  using Key = std::tuple<uint64_t, uint64_t, int>;
  thread_local std::map<Key, Distances> memo;
  const Key key{member.id_high, member.id_low, segments};
  if (const auto known = memo.find(key); known != memo.end()) return known->second;
  if (memo.size() >= kMemoLimit) memo.clear();
  return memo.emplace(key, measure(member, segments)).first->second;
}

// A segment and one of its possible owners.
struct Candidate {
  int64_t distance = 0;
  int segment = 0;
  size_t dealer = 0;  // position among the members with capacity

  friend auto operator<=>(const Candidate&, const Candidate&) = default;
};

class Dealer {
 public:
  Dealer(const HashMembers& members, int owners, int segments) : segments_(segments) {
    for (size_t m = 0; m < members.size(); ++m)
      if (members[m].capacity > 0) capable_.push_back({static_cast<uint16_t>(m), members[m]});
    std::stable_sort(capable_.begin(), capable_.end(), [](const Capable& a, const Capable& b) {
      return a.member.capacity > b.member.capacity;
    });
    for (const Capable& one : capable_) {
      total_capacity_ += one.member.capacity;
      distances_.push_back(distances_of(one.member, segments));
    }
    owned_.resize(capable_.size());
    filled_.resize(static_cast<size_t>(segments));
    out_.segments = segments;
    out_.width = static_cast<int>(std::min<size_t>(static_cast<size_t>(owners), capable_.size()));
    out_.cells.assign(filled_.size() * static_cast<size_t>(out_.width), kNobody);
  }

  OwnerTable deal() {
    if (capable_.empty()) return std::move(out_);
    deal_until(1, 1);
    if (out_.width > 1) deal_until(out_.width, out_.width - 1);
    // So far rows hold positions among those with capacity.
    for (uint16_t& cell : out_.cells) cell = capable_[cell].position;
    return std::move(out_);
  }

 private:
  struct Capable {
    uint16_t position;
    HashMember member;
  };

  size_t cell(int segment, int column) const {
    return static_cast<size_t>(segment) * static_cast<size_t>(out_.width) +
           static_cast<size_t>(column);
  }

  // Gives every segment `owners` owners, the nearest ones that have not had their share yet; shares
  // begin low and grow, so that far members get theirs. `ranks`: how many of a segment's nearest
  // members are looked at in one round.
  void deal_until(int owners, int ranks) {
    const int copies = owners * segments_;
    for (int round = 0; dealt_ < copies; ++round) {
      std::vector<int> wanted = shares(owners, round);
      int goal = 0;
      for (size_t d = 0; d < wanted.size(); ++d) {
        goal += wanted[d];
        wanted[d] -= owned_[d];
      }
      goal = std::max(goal, copies);
      for (size_t pass = 0; pass < capable_.size() && dealt_ < goal; ++pass)
        if (!deal_queues(candidates(owners, ranks, wanted), owners, goal, wanted)) break;
    }
  }

  // How many segments each may own in this round.
  std::vector<int> shares(int owners, int round) const {
    int64_t capacity = total_capacity_;
    int64_t copies = int64_t{owners} * segments_;
    const int64_t average = copies * kMillion / static_cast<int64_t>(capable_.size());
    std::vector<int> out;
    for (const Capable& one : capable_) {
      const int64_t ideal = copies * one.member.capacity * kMillion / capacity;
      if (ideal > segments_ * kMillion) {
        capacity -= one.member.capacity;
        copies -= segments_;
        out.push_back(segments_);
        continue;
      }
      const int64_t step = std::max(std::min(average / 20, ideal * 3 / 20), kMillion);
      out.push_back(
          static_cast<int>(std::max<int64_t>(ideal + (2 * round - 5) * step / 2, 0) / kMillion));
    }
    return out;
  }

  bool holds(int segment, size_t dealer) const {
    const auto begin = out_.cells.begin() + static_cast<std::ptrdiff_t>(cell(segment, 0));
    const auto end = begin + filled_[static_cast<size_t>(segment)];
    return std::find(begin, end, static_cast<uint16_t>(dealer)) != end;
  }

  int64_t distance(size_t dealer, int segment) const {
    const int64_t plain = (*distances_[dealer])[static_cast<size_t>(segment)];
    const int64_t least = capable_.back().member.capacity;
    const int64_t own = capable_[dealer].member.capacity;
    return plain / own * least + plain % own * least / own;
  }

  // Per rank, the candidates of all segments that still need owners.
  std::vector<std::vector<Candidate>> candidates(int owners, int ranks,
                                                 const std::vector<int>& wanted) const {
    std::vector<std::vector<Candidate>> queues(static_cast<size_t>(ranks));
    std::vector<Candidate> nearest;
    for (int s = 0; s < segments_; ++s) {
      if (filled_[static_cast<size_t>(s)] >= owners) continue;
      nearest.clear();
      for (size_t d = 0; d < capable_.size(); ++d)
        if (wanted[d] > 0 && !holds(s, d)) keep_nearest(nearest, {distance(d, s), s, d}, queues);
      for (size_t rank = 0; rank < nearest.size(); ++rank) queues[rank].push_back(nearest[rank]);
    }
    for (std::vector<Candidate>& queue : queues) std::sort(queue.begin(), queue.end());
    return queues;
  }

  static void keep_nearest(std::vector<Candidate>& nearest, const Candidate& one,
                           const std::vector<std::vector<Candidate>>& queues) {
    if (nearest.size() == queues.size()) {
      if (!(one < nearest.back())) return;
      nearest.pop_back();
    }
    nearest.insert(std::upper_bound(nearest.begin(), nearest.end(), one), one);
  }

  bool deal_queues(const std::vector<std::vector<Candidate>>& queues, int owners, int goal,
                   std::vector<int>& wanted) {
    bool any = false;
    for (const std::vector<Candidate>& queue : queues)
      for (const Candidate& one : queue) {
        if (wanted[one.dealer] <= 0) continue;
        if (filled_[static_cast<size_t>(one.segment)] >= owners || holds(one.segment, one.dealer))
          continue;
        assign(one, wanted);
        any = true;
        if (dealt_ >= goal) return true;
      }
    return any;
  }

  void assign(const Candidate& one, std::vector<int>& wanted) {
    int& filled = filled_[static_cast<size_t>(one.segment)];
    out_.cells[cell(one.segment, filled++)] = static_cast<uint16_t>(one.dealer);
    --wanted[one.dealer];
    ++owned_[one.dealer];
    ++dealt_;
  }

  const int segments_;
  std::vector<Capable> capable_;  // the largest capacity first
  int64_t total_capacity_ = 0;
  std::vector<Distances> distances_;
  std::vector<int> owned_;
  std::vector<int> filled_;  // owners so far, by segment
  int dealt_ = 0;
  OwnerTable out_;
};

}  // namespace

OwnerTable deal_segments(const HashMembers& members, int owners, int segments) {
  return Dealer(members, owners, segments).deal();
}

}  // namespace drydock::fakegrid
