// The records of an archive's .dat entries, and of a grid's memory: bytes exactly as real servers
// store them (protobuf; docs/facts/archive.md has the layout with measured examples).
//
//   CacheRecord record{.key = "k2", .value = "val2", .metadata = encode_metadata({})};
//   std::string message = encode(record);            // the message, without its length
//   DRYDOCK_ASSIGN(auto again, decode_cache_record(message));
//
// Unknown fields are refused (kDataLoss), so that decode and encode are exact inverses on every
// record that a real server wrote.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/status.h"

namespace drydock {

struct CacheRecord {
  std::string key;
  std::string value;
  std::string metadata;                         // a WrappedMessage, see metadata below
  std::optional<std::string> private_metadata;  // message bytes; usually absent
  int64_t created_ms = -1;                      // epoch milliseconds, -1 = not kept
  int64_t last_used_ms = -1;

  friend bool operator==(const CacheRecord&, const CacheRecord&) = default;
};

// What `metadata` says. -1 = none (immortal in that respect).
struct EntryMetadata {
  int64_t lifespan_ms = -1;
  int64_t max_idle_ms = -1;

  friend bool operator==(const EntryMetadata&, const EntryMetadata&) = default;
};

// Metadata as a real server writes it: type id 4 immortal, 5 lifespan + max idle, 6 lifespan only,
// 7 max idle only. Versions inside are kept by `metadata` itself and ignored by decode.
std::string encode_metadata(const EntryMetadata& metadata);
Result<EntryMetadata> decode_metadata(std::string_view bytes);

enum class CounterType { kUnboundedStrong = 0, kBoundedStrong = 1, kWeak = 2 };
enum class CounterStorage { kVolatile = 0, kPersistent = 1 };

struct CounterConfiguration {
  CounterType type = CounterType::kUnboundedStrong;
  CounterStorage storage = CounterStorage::kVolatile;
  int64_t initial_value = 0;
  int64_t lower_bound = INT64_MIN;
  int64_t upper_bound = INT64_MAX;
  int32_t concurrency_level = 16;
  std::optional<int64_t> lifespan_ms = -1;  // absent in archives of 12.1; -1 strong, 0 weak later

  friend bool operator==(const CounterConfiguration&, const CounterConfiguration&) = default;
};

struct CounterRecord {
  std::string name;
  CounterConfiguration configuration;
  int64_t value = 0;

  friend bool operator==(const CounterRecord&, const CounterRecord&) = default;
};

std::string encode(const CacheRecord& record);
std::string encode(const CounterRecord& record);
// Length of encode(record) without making it.
size_t encoded_size(const CacheRecord& record);
// kDataLoss: not such a message.
Result<CacheRecord> decode_cache_record(std::string_view message);
Result<CounterRecord> decode_counter_record(std::string_view message);

// Appends the int32 big-endian length and the message, the framing of a .dat entry.
void append_framed(std::string& out, std::string_view message);

}  // namespace drydock
