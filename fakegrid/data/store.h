// A node's memory of one cache: segments of entries in key order. Segments are immutable values
// that are copied when they change, so that the owners of a formed cluster share one copy.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/record.h"
#include "core/base/status.h"

namespace drydock::fakegrid {

struct Entry {
  CacheRecord record;
  EntryMetadata metadata;  // decoded record.metadata
  size_t weight = 0;       // encoded_size(record)

  bool expired(int64_t now_ms) const;
};
using EntryPtr = std::shared_ptr<const Entry>;

// kInvalid: metadata that can't be decoded. Times of -1 on a mortal record become `now_ms`.
Result<EntryPtr> make_entry(CacheRecord record, int64_t now_ms);

using Segment = std::vector<EntryPtr>;  // sorted by key
using SegmentPtr = std::shared_ptr<Segment>;

class Store {
 public:
  Store() = default;
  explicit Store(int segments) : segments_(static_cast<size_t>(segments)) {}

  int segments() const { return static_cast<int>(segments_.size()); }
  // Never null entries; an empty segment for one that was never written.
  const Segment& segment(int index) const;
  // nullptr: absent. Expired entries are given: callers look at the clock.
  EntryPtr find(int segment, std::string_view key) const;
  void put(int segment, EntryPtr entry);
  bool remove(int segment, std::string_view key);
  // Forgets a segment.
  void drop(int segment) { segments_[static_cast<size_t>(segment)].reset(); }
  void share(int segment, SegmentPtr entries) {
    segments_[static_cast<size_t>(segment)] = std::move(entries);
  }
  const SegmentPtr& shared(int segment) const { return segments_[static_cast<size_t>(segment)]; }
  uint64_t entries() const;
  uint64_t bytes() const;  // as encoded

 private:
  Segment& writable(int segment);

  std::vector<SegmentPtr> segments_;
};

}  // namespace drydock::fakegrid
