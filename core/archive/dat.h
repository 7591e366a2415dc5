// The framing of .dat entries: repeated { int32 big-endian length, message }. No header, no count,
// no checksum of its own (docs/facts/archive.md).
//
//   DRYDOCK_RETURN_IF_ERROR(read_records(zip, cache_dat_entry("a"), [&](std::string_view message) {
//     DRYDOCK_ASSIGN(CacheRecord record, decode_cache_record(message));
//     return put(std::move(record));
//   }));
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "core/archive/zip_reader.h"
#include "core/base/status.h"

namespace drydock::archive {

// `message` is without its length, and valid only during the call. May suspend.
using VisitRecord = std::function<Status(std::string_view message)>;

// Cuts a stream of chunks into records. One splitter per .dat entry.
class RecordSplitter {
 public:
  // `entry_name` goes into errors.
  explicit RecordSplitter(std::string entry_name) : entry_name_(std::move(entry_name)) {}

  // Visits every record that is complete with this chunk. kDataLoss (entry, record index and byte
  // offset in the text): a length that is zero, negative or above limits::kMaxRecordBytes. A
  // kDataLoss of `visit` gets the same context; its other errors are returned as they are.
  Status feed(std::span<const std::byte> chunk, const VisitRecord& visit);
  // kDataLoss when the stream ended inside a record.
  Status finish() const;

  uint64_t records() const { return records_; }

 private:
  Status visit_one(std::string_view message, const VisitRecord& visit);
  Status data_loss(std::string_view what) const;

  std::string entry_name_;
  std::string partial_;   // length and message of a record cut by the chunk border
  uint64_t records_ = 0;  // visited so far
  uint64_t offset_ = 0;   // of the current record's length in the entry
};

// All records of an entry in their order. May suspend. Errors: RecordSplitter's, ZipReader's,
// `visit`'s. Damage of the zip itself may be found only after records were visited.
Status read_records(ZipReader& zip, std::string_view entry_name, const VisitRecord& visit);

// How many records the entry holds; checks framing and CRC, not the messages. May suspend.
Result<uint64_t> count_records(ZipReader& zip, std::string_view entry_name);

}  // namespace drydock::archive
