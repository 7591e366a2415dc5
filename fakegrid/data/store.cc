#include "fakegrid/data/store.h"

#include <algorithm>

namespace drydock::fakegrid {
namespace {

Segment::const_iterator position(const Segment& segment, std::string_view key) {
  return std::lower_bound(
      segment.begin(), segment.end(), key,
      [](const EntryPtr& entry, std::string_view wanted) { return entry->record.key < wanted; });
}

}  // namespace

bool Entry::expired(int64_t now_ms) const {
  if (metadata.lifespan_ms >= 0 && now_ms - record.created_ms >= metadata.lifespan_ms) return true;
  return metadata.max_idle_ms >= 0 && now_ms - record.last_used_ms >= metadata.max_idle_ms;
}

Result<EntryPtr> make_entry(CacheRecord record, int64_t now_ms) {
  EntryMetadata metadata;
  if (!record.metadata.empty()) {
    Result<EntryMetadata> decoded = decode_metadata(record.metadata);
    if (!decoded.ok()) return Status(Code::kInvalid, decoded.status().message());
    metadata = *decoded;
  }
  if (metadata.lifespan_ms >= 0 && record.created_ms < 0) record.created_ms = now_ms;
  if (metadata.max_idle_ms >= 0 && record.last_used_ms < 0) record.last_used_ms = now_ms;
  auto entry = std::make_shared<Entry>();
  entry->weight = encoded_size(record);
  entry->record = std::move(record);
  entry->metadata = metadata;
  return EntryPtr(std::move(entry));
}

const Segment& Store::segment(int index) const {
  static const Segment empty;
  const SegmentPtr& segment = segments_[static_cast<size_t>(index)];
  return segment ? *segment : empty;
}

EntryPtr Store::find(int segment_index, std::string_view key) const {
  const Segment& entries = segment(segment_index);
  const auto at = position(entries, key);
  return at != entries.end() && (*at)->record.key == key ? *at : nullptr;
}

Segment& Store::writable(int index) {
  SegmentPtr& segment = segments_[static_cast<size_t>(index)];
  if (!segment)
    segment = std::make_shared<Segment>();
  else if (segment.use_count() > 1)
    segment = std::make_shared<Segment>(*segment);
  return *segment;
}

void Store::put(int segment_index, EntryPtr entry) {
  Segment& entries = writable(segment_index);
  const auto at = position(entries, entry->record.key);
  if (at != entries.end() && (*at)->record.key == entry->record.key)
    entries[static_cast<size_t>(at - entries.begin())] = std::move(entry);
  else
    entries.insert(at, std::move(entry));
}

bool Store::remove(int segment_index, std::string_view key) {
  if (!find(segment_index, key)) return false;
  Segment& entries = writable(segment_index);
  entries.erase(position(entries, key));
  return true;
}

uint64_t Store::entries() const {
  uint64_t count = 0;
  for (const SegmentPtr& segment : segments_)
    if (segment) count += segment->size();
  return count;
}

uint64_t Store::bytes() const {
  uint64_t bytes = 0;
  for (int i = 0; i < segments(); ++i)
    for (const EntryPtr& entry : segment(i)) bytes += entry->weight;
  return bytes;
}

}  // namespace drydock::fakegrid
