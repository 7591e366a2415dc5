#include "fakegrid/server/restore_records.h"

#include "fakegrid/server/backup_failure.h"

namespace drydock::fakegrid {
namespace {

constexpr std::string_view kMalformed =
    "org.infinispan.protostream.MalformedProtobufException: IPROTO000003: Input data ended "
    "unexpectedly in the middle of a field. The message is corrupt.";

Status end_of_file() { return java_exception("java.io.EOFException"); }

template <class Record>
Result<Record> read(std::string_view message, Result<Record> decoded) {
  if (message.empty())
    return java_exception(
        "java.lang.NullPointerException: Cannot read the array length because \"buf\" is null");
  if (!decoded.ok()) return java_exception(kMalformed);
  return decoded;
}

}  // namespace

Result<std::string_view> RecordFrames::next() {
  const size_t prefix = one_byte_lengths_ ? 1 : 4;
  if (rest_.size() < prefix) return end_of_file();
  uint32_t value = 0;
  for (size_t i = 0; i < prefix; ++i) value = (value << 8) | static_cast<uint8_t>(rest_[i]);
  const auto length = static_cast<int32_t>(value);
  if (length < 0)
    return java_exception("java.lang.NegativeArraySizeException: " + std::to_string(length));
  if (value >= heap_bytes_) return Status(Code::kNoSpace, "java.lang.OutOfMemoryError");
  if (rest_.size() - prefix < value) return end_of_file();
  const std::string_view message = rest_.substr(prefix, value);
  rest_.remove_prefix(prefix + value);
  return message;
}

Result<CacheRecord> read_cache_record(std::string_view message) {
  return read(message, decode_cache_record(message));
}

Result<CounterRecord> read_counter_record(std::string_view message) {
  return read(message, decode_counter_record(message));
}

}  // namespace drydock::fakegrid
