#include "core/base/record.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cstdint>
#include <string>

#include "tests/support/golden_archives.h"

namespace drydock {
namespace {

using tests::from_hex;
using tests::to_hex;

// As 15.2.6 wrote it: key k2, value val2, immortal.
const std::string kImmortalRecord =
    from_hex("0a026b32120476616c321a069801048a010028ffffffffffffffffff0130ffffffffffffffffff01");
// As 15.0.21 wrote it: a strong counter, initial value 5, value 12.
const std::string kStrongCounter = from_hex(
    "0a037363311228080510808080808080808080"
    "0118ffffffffffffffff7f20102800300038ffffffffffffff"
    "ffff01180c");

TEST(CacheRecord, DecodesWhatARealServerWrote) {
  const auto record = decode_cache_record(kImmortalRecord);
  ASSERT_TRUE(record.ok()) << record.status().to_string();
  EXPECT_EQ(record->key, "k2");
  EXPECT_EQ(record->value, "val2");
  EXPECT_EQ(record->metadata, encode_metadata({}));
  EXPECT_EQ(record->private_metadata, std::nullopt);
  EXPECT_EQ(record->created_ms, -1);
  EXPECT_EQ(record->last_used_ms, -1);
  EXPECT_EQ(to_hex(encode(*record)), to_hex(kImmortalRecord));
}

TEST(CacheRecord, KeepsAnEmptyValueAndPrivateMetadata) {
  CacheRecord record{.key = "k",
                     .value = "",
                     .metadata = encode_metadata({}),
                     .private_metadata = "p",
                     .created_ms = 0,
                     .last_used_ms = 1795412896466};
  EXPECT_EQ(decode_cache_record(encode(record)).value(), record);
  record.private_metadata = "";
  EXPECT_EQ(decode_cache_record(encode(record)).value(), record);
}

RC_GTEST_PROP(CacheRecord, AnyRecordSurvivesEncodeAndDecode,
              (const std::string& key, const std::string& value, const std::string& metadata,
               int64_t created_ms, int64_t last_used_ms, bool has_private)) {
  CacheRecord record{key, value, metadata, std::nullopt, created_ms, last_used_ms};
  if (has_private) record.private_metadata = value;
  const std::string message = encode(record);
  RC_ASSERT(encoded_size(record) == message.size());
  RC_ASSERT(decode_cache_record(message).value() == record);
}

TEST(CacheRecord, EveryCutIsDataLoss) {
  for (size_t size = 0; size < kImmortalRecord.size(); ++size)
    EXPECT_EQ(decode_cache_record(kImmortalRecord.substr(0, size)).code(), Code::kDataLoss) << size;
}

TEST(CacheRecord, BytesAfterTheLastFieldAreDataLoss) {
  EXPECT_EQ(decode_cache_record(kImmortalRecord + '\0').code(), Code::kDataLoss);
  EXPECT_EQ(decode_cache_record(kImmortalRecord + from_hex("3a0161")).code(), Code::kDataLoss);
}

// A damaged record may decode, but never to the record that it was before.
TEST(CacheRecord, AcceptsOnlyWhatEncodeWouldWrite) {
  for (size_t i = 0; i < kImmortalRecord.size(); ++i) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string damaged = kImmortalRecord;
      damaged[i] = static_cast<char>(damaged[i] ^ (1 << bit));
      const auto record = decode_cache_record(damaged);
      if (record.ok()) {
        EXPECT_EQ(to_hex(encode(*record)), to_hex(damaged)) << i << "." << bit;
      } else {
        EXPECT_EQ(record.code(), Code::kDataLoss);
      }
    }
  }
}

RC_GTEST_PROP(CacheRecord, NoBytesCrashTheDecoders, (const std::string& bytes)) {
  const auto record = decode_cache_record(bytes);
  if (record.ok()) RC_ASSERT(encode(*record) == bytes);
  const auto counter = decode_counter_record(bytes);
  if (counter.ok()) RC_ASSERT(encode(*counter) == bytes);
  (void)decode_metadata(bytes);
}

TEST(CacheRecord, NumbersThatAreTooLongOrPaddedAreDataLoss) {
  const std::string head = from_hex("0a016b1201761a00");
  const std::string last_used = from_hex("3000");
  EXPECT_TRUE(decode_cache_record(head + from_hex("2800") + last_used).ok());
  EXPECT_EQ(decode_cache_record(head + from_hex("288000") + last_used).code(), Code::kDataLoss);
  EXPECT_EQ(decode_cache_record(head + from_hex("28ffffffffffffffffff02") + last_used).code(),
            Code::kDataLoss);
  EXPECT_EQ(decode_cache_record(head + from_hex("28ffffffffffffffffffff01") + last_used).code(),
            Code::kDataLoss);
}

TEST(CacheRecord, ALengthBeyondTheMessageIsDataLoss) {
  EXPECT_EQ(decode_cache_record(from_hex("0affffffff0f6b")).code(), Code::kDataLoss);
  EXPECT_EQ(decode_cache_record(from_hex("0affffffffffffffffff016b")).code(), Code::kDataLoss);
}

struct MetadataCase {
  EntryMetadata metadata;
  std::string hex;  // as 15.0.21 wrote it
};

TEST(EntryMetadata, IsEncodedAsRealServersDo) {
  const MetadataCase cases[] = {
      {{-1, -1}, "9801048a0100"},
      {{7'200'000, 900'000}, "9801058a01091880bab70320a0f736"},
      {{3'600'000, -1}, "9801068a01051880dddb01"},
      {{-1, 1'800'000}, "9801078a010418c0ee6d"},
  };
  for (const MetadataCase& one : cases) {
    EXPECT_EQ(to_hex(encode_metadata(one.metadata)), one.hex);
    EXPECT_EQ(decode_metadata(from_hex(one.hex)).value(), one.metadata);
  }
}

TEST(EntryMetadata, AVersionInsideIsIgnored) {
  EXPECT_EQ(decode_metadata(from_hex("9801048a01040a020807")).value(), EntryMetadata{});
  EXPECT_EQ(decode_metadata(from_hex("9801068a01081204080110021805")).value(),
            (EntryMetadata{5, -1}));
}

TEST(EntryMetadata, AnythingElseIsDataLoss) {
  EXPECT_EQ(decode_metadata("").code(), Code::kDataLoss);
  EXPECT_EQ(decode_metadata(from_hex("9801048a01")).code(), Code::kDataLoss);
  EXPECT_EQ(decode_metadata(from_hex("9801038a0100")).code(), Code::kDataLoss);
  EXPECT_EQ(decode_metadata(from_hex("9801088a0100")).code(), Code::kDataLoss);
  EXPECT_EQ(decode_metadata(from_hex("9801068a0100")).code(), Code::kDataLoss);
  EXPECT_EQ(decode_metadata(from_hex("9801048a01021805")).code(), Code::kDataLoss);
}

TEST(CounterRecord, DecodesWhatARealServerWrote) {
  const auto counter = decode_counter_record(kStrongCounter);
  ASSERT_TRUE(counter.ok()) << counter.status().to_string();
  CounterRecord expected{.name = "sc1", .configuration = {.initial_value = 5}, .value = 12};
  EXPECT_EQ(*counter, expected);
  EXPECT_EQ(to_hex(encode(*counter)), to_hex(kStrongCounter));
}

TEST(CounterRecord, TheLifespanIsAbsentInArchivesOf121) {
  CounterRecord counter{.name = "c", .configuration = {.lifespan_ms = std::nullopt}};
  const std::string without = encode(counter);
  EXPECT_EQ(decode_counter_record(without).value(), counter);
  counter.configuration.lifespan_ms = 0;  // weak counters of later versions
  EXPECT_EQ(encode(counter).size(), without.size() + 2);
  EXPECT_EQ(decode_counter_record(encode(counter)).value(), counter);
}

TEST(CounterRecord, KeepsTheExtremes) {
  CounterRecord counter{.name = "",
                        .configuration = {.type = CounterType::kBoundedStrong,
                                          .storage = CounterStorage::kPersistent,
                                          .initial_value = INT64_MIN,
                                          .lower_bound = INT64_MIN,
                                          .upper_bound = INT64_MAX,
                                          .concurrency_level = INT32_MIN,
                                          .lifespan_ms = INT64_MAX},
                        .value = INT64_MAX};
  EXPECT_EQ(decode_counter_record(encode(counter)).value(), counter);
}

TEST(CounterRecord, UnknownTypesAndStoragesAreDataLoss) {
  const size_t type_at = kStrongCounter.find(from_hex("2800")) + 1;
  std::string damaged = kStrongCounter;
  damaged[type_at] = 3;
  EXPECT_EQ(decode_counter_record(damaged).code(), Code::kDataLoss);
  damaged[type_at] = 2;
  EXPECT_EQ(decode_counter_record(damaged)->configuration.type, CounterType::kWeak);
  damaged[type_at + 2] = 2;
  EXPECT_EQ(decode_counter_record(damaged).code(), Code::kDataLoss);
}

TEST(CounterRecord, EveryCutIsDataLoss) {
  for (size_t size = 0; size < kStrongCounter.size(); ++size)
    EXPECT_EQ(decode_counter_record(kStrongCounter.substr(0, size)).code(), Code::kDataLoss);
}

TEST(Framing, IsABigEndianLengthAndTheMessage) {
  std::string out = "x";
  append_framed(out, "ab");
  append_framed(out, std::string(0x10203, 'z'));
  EXPECT_EQ(to_hex(out.substr(0, 12)),
            "7800000002616200010203"
            "7a");
  EXPECT_EQ(out.size(), 1u + 6 + 4 + 0x10203);
}

}  // namespace
}  // namespace drydock
