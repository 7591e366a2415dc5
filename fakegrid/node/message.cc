#include "fakegrid/node/message.h"

namespace drydock::fakegrid {
namespace {

constexpr size_t kHeader = 80;          // JGroups headers and command envelope
constexpr size_t kTopologyBytes = 640;  // two hashes of 256 segments, as measured in order
constexpr size_t kSegmentBytes = 2;

size_t entries_weight(const std::vector<EntryPtr>& entries) {
  size_t bytes = 0;
  for (const EntryPtr& entry : entries) bytes += entry->weight;
  return bytes;
}

struct Weigher {
  size_t operator()(const TopologyUpdate& m) const { return m.topologies.size() * kTopologyBytes; }
  size_t operator()(const StatusReply& m) const { return m.topologies.size() * kTopologyBytes; }
  size_t operator()(const StateRequest& m) const { return m.segments.size() * kSegmentBytes; }
  size_t operator()(const StateChunk& m) const {
    size_t bytes = m.finished.size() * kSegmentBytes;
    for (const auto& [segment, entry] : m.entries) bytes += entry->weight;
    return bytes;
  }
  size_t operator()(const DataRequest& m) const {
    if (const auto* write = std::get_if<WriteRequest>(&m.what))
      return write->key.size() + entries_weight(write->entries);
    if (const auto* scan = std::get_if<ScanRequest>(&m.what))
      return scan->segments.size() * kSegmentBytes;
    return std::get<ReadRequest>(m.what).key.size();
  }
  size_t operator()(const DataReply& m) const { return entries_weight(m.entries); }
  size_t operator()(const BackupWrite& m) const {
    size_t bytes = 0;
    for (const BackupChange& change : m.changes)
      bytes += change.entry ? change.entry->weight : change.key.size();
    return bytes;
  }
  template <class Other>
  size_t operator()(const Other&) const {
    return 0;
  }
};

}  // namespace

size_t weight_of(const Message& message) { return kHeader + std::visit(Weigher(), message.body); }

}  // namespace drydock::fakegrid
