// Takes a .dat file apart as real servers do, with their words for what is damaged.
//
//   RecordFrames frames(bytes, /*one_byte_lengths=*/false, heap_bytes);
//   while (!frames.at_end()) DRYDOCK_ASSIGN(std::string_view message, frames.next());
#pragma once

#include <cstdint>
#include <string_view>

#include "core/base/record.h"
#include "core/base/status.h"

namespace drydock::fakegrid {

class RecordFrames {
 public:
  RecordFrames(std::string_view bytes, bool one_byte_lengths, uint64_t heap_bytes)
      : rest_(bytes), one_byte_lengths_(one_byte_lengths), heap_bytes_(heap_bytes) {}

  bool at_end() const { return rest_.empty(); }
  // A failure of backup_failure.h; kNoSpace: the server would have to hold more than its heap.
  Result<std::string_view> next();

 private:
  std::string_view rest_;
  bool one_byte_lengths_;
  uint64_t heap_bytes_;
};

// A message that is no such record, as the failure that the server ends with.
Result<CacheRecord> read_cache_record(std::string_view message);
Result<CounterRecord> read_counter_record(std::string_view message);

}  // namespace drydock::fakegrid
