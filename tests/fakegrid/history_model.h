// What the cluster of a random history may hold: for each key the values that are allowed. One
// Holdings for the whole cluster, and during a split one for each side, because the side that loses
// the merge loses what was written on it.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "fakegrid/topology/hashing.h"

namespace drydock::fakegrid {

using Value = std::optional<std::string>;  // none: absent
using Values = std::set<Value>;
using CacheKey = std::pair<std::string, std::string>;

class Holdings {
 public:
  // Each cache holds k0.. with v0.. at first, in as many segments as caches have by default.
  explicit Holdings(int entries) : entries_(entries) {}

  Values allowed(const CacheKey& where) const {
    if (const auto found = written_.find(where); found != written_.end()) return found->second;
    Values values{initial(where.second)};
    if (is_lost(where)) values.insert(std::nullopt);
    return values;
  }
  void set(const CacheKey& where, Values values) { written_[where] = std::move(values); }
  void allow(const CacheKey& where, const Values& more) {
    Values values = allowed(where);
    values.insert(more.begin(), more.end());
    set(where, std::move(values));
  }
  // Nobody has the segment any more: what was in it is gone, what is written later isn't.
  void lose(const std::string& cache, int segment) {
    ++lost_[{cache, segment}];
    for (auto& [where, values] : written_)
      if (where.first == cache && segment_of(where.second, kSegments) == segment)
        values.insert(std::nullopt);
  }
  void allow_all_of(const Holdings& other) {
    for (const auto& [where, times] : other.lost_) lose(where.first, where.second);
    for (const auto& [where, values] : other.written_) allow(where, values);
    for (const auto& [where, values] : written_) allow(where, other.allowed(where));
  }
  bool is_lost(const CacheKey& where) const { return times_lost(where) > 0; }
  int times_lost(const CacheKey& where) const {
    const auto found = lost_.find({where.first, segment_of(where.second, kSegments)});
    return found == lost_.end() ? 0 : found->second;
  }
  bool lost_any_of(const std::string& cache) const {
    const auto first = lost_.lower_bound({cache, 0});
    return first != lost_.end() && first->first.first == cache;
  }
  const std::map<CacheKey, Values>& written() const { return written_; }

  static constexpr int kSegments = 256;

 private:
  Value initial(const std::string& key) const {
    const int number = std::stoi(key.substr(1));
    return number < entries_ ? Value("v" + key.substr(1)) : std::nullopt;
  }

  int entries_;
  std::map<CacheKey, Values> written_;
  std::map<std::pair<std::string, int>, int> lost_;  // how often
};

}  // namespace drydock::fakegrid
