#include "core/base/record.h"

#include <algorithm>
#include <bit>
#include <limits>

namespace drydock {
namespace {

// Tags as on the wire: field number << 3 | type (0 = varint, 2 = length-delimited).
constexpr uint32_t varint_tag(uint32_t field) { return field << 3; }
constexpr uint32_t bytes_tag(uint32_t field) { return field << 3 | 2; }

constexpr uint32_t kWrappedTypeId = varint_tag(19);
constexpr uint32_t kWrappedMessage = bytes_tag(17);

// Type ids of the metadata classes in a WrappedMessage (measured).
constexpr uint64_t kImmortal = 4;
constexpr uint64_t kLifespanAndMaxIdle = 5;
constexpr uint64_t kLifespan = 6;
constexpr uint64_t kMaxIdle = 7;

size_t varint_size(uint64_t value) {
  return (static_cast<size_t>(std::bit_width(value | 1)) + 6) / 7;
}

void append_varint(std::string& out, uint64_t value) {
  while (value >= 0x80) {
    out.push_back(static_cast<char>(value | 0x80));
    value >>= 7;
  }
  out.push_back(static_cast<char>(value));
}

void append_varint_field(std::string& out, uint32_t field, int64_t value) {
  append_varint(out, varint_tag(field));
  append_varint(out, static_cast<uint64_t>(value));  // negative: ten bytes
}

void append_bytes_field(std::string& out, uint32_t field, std::string_view value) {
  append_varint(out, bytes_tag(field));
  append_varint(out, value.size());
  out.append(value);
}

size_t bytes_field_size(std::string_view value) {
  return 1 + varint_size(value.size()) + value.size();
}

size_t varint_field_size(int64_t value) { return 1 + varint_size(static_cast<uint64_t>(value)); }

// Reads one message front to back. Errors stick: after the first, everything reads as empty or
// zero, and finish() tells. Strict (order, minimal varints), so that an accepted message is exactly
// what encode would write.
class MessageReader {
 public:
  MessageReader(std::string_view what, std::string_view message) : what_(what), rest_(message) {}

  std::string_view bytes_field(uint32_t field) {
    expect_tag(bytes_tag(field));
    return bytes();
  }
  int64_t varint_field(uint32_t field) {
    expect_tag(varint_tag(field));
    return static_cast<int64_t>(varint());
  }
  int64_t varint_field_in(uint32_t field, int64_t low, int64_t high) {
    const int64_t value = varint_field(field);
    if (value < low || value > high) fail("a value out of range");
    return std::clamp(value, low, high);
  }
  bool next_is(uint32_t tag) const {
    MessageReader copy = *this;
    return !copy.rest_.empty() && copy.varint() == tag && copy.error_.empty();
  }
  void expect_tag(uint32_t tag) {
    if (varint() != tag) fail("not the expected field");
  }
  std::string_view bytes() {
    const uint64_t size = varint();
    if (size > rest_.size()) {
      fail("a field longer than the message");
      return {};
    }
    const std::string_view value = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return value;
  }
  uint64_t varint() {
    uint64_t value = 0;
    for (int shift = 0; shift < 70; shift += 7) {
      if (rest_.empty()) return failed_varint("a number cut off");
      const auto byte = static_cast<uint8_t>(rest_.front());
      rest_.remove_prefix(1);
      if (shift == 63 && byte > 1) return failed_varint("a number of more than 64 bits");
      if (shift > 0 && byte == 0) return failed_varint("a number with leading zeros");
      value |= static_cast<uint64_t>(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    return failed_varint("a number of more than 64 bits");
  }
  Status finish() {
    if (error_.empty() && !rest_.empty()) fail("bytes after the last field");
    if (error_.empty()) return ok_status();
    return Status(Code::kDataLoss, std::string(what_) + ": " + std::string(error_));
  }

 private:
  void fail(std::string_view error) {
    if (error_.empty()) error_ = error;
    rest_ = {};
  }
  uint64_t failed_varint(std::string_view error) {
    fail(error);
    return 0;
  }

  std::string_view what_;
  std::string_view rest_;
  std::string_view error_;
};

std::string wrap(uint64_t type_id, std::string_view message) {
  std::string out;
  out.reserve(6 + message.size());
  append_varint(out, kWrappedTypeId);
  append_varint(out, type_id);
  append_varint(out, kWrappedMessage);
  append_varint(out, message.size());
  out.append(message);
  return out;
}

std::string encode_configuration(const CounterConfiguration& configuration) {
  std::string out;
  append_varint_field(out, 1, configuration.initial_value);
  append_varint_field(out, 2, configuration.lower_bound);
  append_varint_field(out, 3, configuration.upper_bound);
  append_varint_field(out, 4, configuration.concurrency_level);
  append_varint_field(out, 5, static_cast<int64_t>(configuration.type));
  append_varint_field(out, 6, static_cast<int64_t>(configuration.storage));
  if (configuration.lifespan_ms) append_varint_field(out, 7, *configuration.lifespan_ms);
  return out;
}

Result<CounterConfiguration> decode_configuration(std::string_view message) {
  MessageReader reader("counter configuration", message);
  CounterConfiguration configuration;
  configuration.initial_value = reader.varint_field(1);
  configuration.lower_bound = reader.varint_field(2);
  configuration.upper_bound = reader.varint_field(3);
  configuration.concurrency_level = static_cast<int32_t>(reader.varint_field_in(
      4, std::numeric_limits<int32_t>::min(), std::numeric_limits<int32_t>::max()));
  configuration.type = static_cast<CounterType>(reader.varint_field_in(5, 0, 2));
  configuration.storage = static_cast<CounterStorage>(reader.varint_field_in(6, 0, 1));
  configuration.lifespan_ms.reset();
  if (reader.next_is(varint_tag(7))) configuration.lifespan_ms = reader.varint_field(7);
  DRYDOCK_RETURN_IF_ERROR(reader.finish());
  return configuration;
}

// The version of an entry (field 1 numeric, field 2 of a cluster), kept by the metadata's bytes.
void skip_version(MessageReader& reader) {
  if (reader.next_is(bytes_tag(1))) reader.bytes_field(1);
  if (reader.next_is(bytes_tag(2))) reader.bytes_field(2);
}

}  // namespace

std::string encode_metadata(const EntryMetadata& metadata) {
  const bool lifespan = metadata.lifespan_ms >= 0;
  const bool max_idle = metadata.max_idle_ms >= 0;
  std::string message;
  if (lifespan) append_varint_field(message, 3, metadata.lifespan_ms);
  if (max_idle) append_varint_field(message, lifespan ? 4 : 3, metadata.max_idle_ms);
  if (lifespan && max_idle) return wrap(kLifespanAndMaxIdle, message);
  if (lifespan) return wrap(kLifespan, message);
  return wrap(max_idle ? kMaxIdle : kImmortal, message);
}

Result<EntryMetadata> decode_metadata(std::string_view bytes) {
  MessageReader outer("metadata", bytes);
  outer.expect_tag(kWrappedTypeId);
  const uint64_t type_id = outer.varint();
  outer.expect_tag(kWrappedMessage);
  const std::string_view message = outer.bytes();
  DRYDOCK_RETURN_IF_ERROR(outer.finish());
  if (type_id < kImmortal || type_id > kMaxIdle)
    return Status(Code::kDataLoss, "metadata: unknown type id " + std::to_string(type_id));

  MessageReader reader("metadata", message);
  EntryMetadata metadata;
  skip_version(reader);
  if (type_id == kLifespan || type_id == kLifespanAndMaxIdle)
    metadata.lifespan_ms = reader.varint_field(3);
  if (type_id == kLifespanAndMaxIdle) metadata.max_idle_ms = reader.varint_field(4);
  if (type_id == kMaxIdle) metadata.max_idle_ms = reader.varint_field(3);
  DRYDOCK_RETURN_IF_ERROR(reader.finish());
  return metadata;
}

std::string encode(const CacheRecord& record) {
  std::string out;
  out.reserve(encoded_size(record));
  append_bytes_field(out, 1, record.key);
  append_bytes_field(out, 2, record.value);
  append_bytes_field(out, 3, record.metadata);
  if (record.private_metadata) append_bytes_field(out, 4, *record.private_metadata);
  append_varint_field(out, 5, record.created_ms);
  append_varint_field(out, 6, record.last_used_ms);
  return out;
}

size_t encoded_size(const CacheRecord& record) {
  size_t size = bytes_field_size(record.key) + bytes_field_size(record.value) +
                bytes_field_size(record.metadata) + varint_field_size(record.created_ms) +
                varint_field_size(record.last_used_ms);
  if (record.private_metadata) size += bytes_field_size(*record.private_metadata);
  return size;
}

std::string encode(const CounterRecord& record) {
  std::string out;
  append_bytes_field(out, 1, record.name);
  append_bytes_field(out, 2, encode_configuration(record.configuration));
  append_varint_field(out, 3, record.value);
  return out;
}

Result<CacheRecord> decode_cache_record(std::string_view message) {
  MessageReader reader("cache record", message);
  CacheRecord record;
  record.key = reader.bytes_field(1);
  record.value = reader.bytes_field(2);
  record.metadata = reader.bytes_field(3);
  if (reader.next_is(bytes_tag(4))) record.private_metadata = reader.bytes_field(4);
  record.created_ms = reader.varint_field(5);
  record.last_used_ms = reader.varint_field(6);
  DRYDOCK_RETURN_IF_ERROR(reader.finish());
  return record;
}

Result<CounterRecord> decode_counter_record(std::string_view message) {
  MessageReader reader("counter record", message);
  CounterRecord record;
  record.name = reader.bytes_field(1);
  const std::string_view configuration = reader.bytes_field(2);
  record.value = reader.varint_field(3);
  DRYDOCK_RETURN_IF_ERROR(reader.finish());
  DRYDOCK_ASSIGN(record.configuration, decode_configuration(configuration));
  return record;
}

void append_framed(std::string& out, std::string_view message) {
  DRYDOCK_CHECK(message.size() <= static_cast<size_t>(std::numeric_limits<int32_t>::max()),
                "a record's length is an int32");
  const auto size = static_cast<uint32_t>(message.size());
  for (int shift = 24; shift >= 0; shift -= 8) out.push_back(static_cast<char>(size >> shift));
  out.append(message);
}

}  // namespace drydock
