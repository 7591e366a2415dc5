#include "core/archive/dat.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>
#include <vector>

#include "core/base/limits.h"
#include "core/base/record.h"
#include "tests/support/memory_volume.h"

namespace drydock::archive {
namespace {

using tests::MemoryVolume;

std::span<const std::byte> bytes(std::string_view text) { return std::as_bytes(std::span(text)); }

// Splits `stream` given in chunks of `chunk_size`.
Result<std::vector<std::string>> split(std::string_view stream, size_t chunk_size) {
  RecordSplitter splitter("x.dat");
  std::vector<std::string> messages;
  const VisitRecord visit = [&messages](std::string_view message) {
    messages.emplace_back(message);
    return ok_status();
  };
  for (size_t at = 0; at < stream.size(); at += chunk_size)
    DRYDOCK_RETURN_IF_ERROR(splitter.feed(bytes(stream.substr(at, chunk_size)), visit));
  DRYDOCK_RETURN_IF_ERROR(splitter.finish());
  return messages;
}

std::string framed(const std::vector<std::string>& messages) {
  std::string out;
  for (const std::string& message : messages) append_framed(out, message);
  return out;
}

RC_GTEST_PROP(RecordSplitter, FindsTheRecordsHoweverTheChunksFall, ()) {
  const auto messages = *rc::gen::container<std::vector<std::string>>(
      rc::gen::nonEmpty(rc::gen::arbitrary<std::string>()));
  const auto chunk_size = *rc::gen::inRange<size_t>(1, 40);
  RC_ASSERT(split(framed(messages), chunk_size).value() == messages);
}

TEST(RecordSplitter, AnEmptyStreamHasNoRecords) {
  EXPECT_EQ(split("", 1).value(), std::vector<std::string>{});
}

TEST(RecordSplitter, EveryCutInsideARecordIsDataLoss) {
  const std::string stream = framed({"first", "second"});
  for (size_t size = 0; size < stream.size(); ++size) {
    for (const size_t chunk_size : {1, 3, 100}) {
      const bool whole = size == 0 || size == 9;
      EXPECT_EQ(split(stream.substr(0, size), chunk_size).code(),
                whole ? Code::kOk : Code::kDataLoss);
    }
  }
}

TEST(RecordSplitter, TheErrorTellsEntryRecordAndByte) {
  const Status status = split(framed({"first", "second"}) + "ab", 100).status();
  EXPECT_EQ(status, Status(Code::kDataLoss,
                           "entry \"x.dat\": record 2 at byte 19: the entry ends inside it"));
}

TEST(RecordSplitter, LengthsThatCannotBeAreDataLossBeforeAnyMemoryIsTaken) {
  const auto length = [](uint32_t value) {
    std::string out;
    for (int shift = 24; shift >= 0; shift -= 8) out.push_back(static_cast<char>(value >> shift));
    return out;
  };
  for (const uint32_t value :
       {0u, 0x80000000u, 0xffffffffu, 0x7fffffffu, 0x20000000u, limits::kMaxRecordBytes + 1})
    for (const size_t chunk_size : {1, 100})
      EXPECT_EQ(split(framed({"first"}) + length(value) + "rest", chunk_size).code(),
                Code::kDataLoss)
          << value;
}

TEST(RecordSplitter, ADataLossOfTheVisitorGetsTheContextOthersStay) {
  RecordSplitter splitter("x.dat");
  const std::string stream = framed({"first"});
  EXPECT_EQ(splitter.feed(bytes(stream), [](auto) { return Status(Code::kDataLoss, "bad"); }),
            Status(Code::kDataLoss, "entry \"x.dat\": record 0 at byte 0: bad"));
  RecordSplitter other("x.dat");
  EXPECT_EQ(other.feed(bytes(stream), [](auto) { return Status(Code::kUnavailable, "later"); }),
            Status(Code::kUnavailable, "later"));
}

TEST(ReadRecords, CrossesTheChunksOfTheReader) {
  std::vector<std::string> messages;
  for (size_t i = 0; i < 100; ++i)
    messages.push_back(std::string(i * 200 + 1, static_cast<char>('a' + i % 26)));
  MemoryVolume volume;
  auto writer = ZipWriter::create(volume, "a.zip", {.level = 1, .mtime = {}}).value();
  ASSERT_TRUE(writer->add_text("x.dat", framed(messages)).ok());
  ASSERT_TRUE(writer->add_text("cut.dat", framed(messages) + "abc").ok());
  ASSERT_TRUE(writer->finish().ok());

  auto zip = ZipReader::open(volume, "a.zip").value();
  std::vector<std::string> found;
  ASSERT_TRUE(read_records(*zip, "x.dat", [&found](std::string_view message) {
                found.emplace_back(message);
                return ok_status();
              }).ok());
  EXPECT_EQ(found, messages);
  EXPECT_EQ(count_records(*zip, "x.dat").value(), 100u);
  EXPECT_EQ(count_records(*zip, "cut.dat").code(), Code::kDataLoss);
  EXPECT_EQ(count_records(*zip, "none.dat").code(), Code::kNotFound);
}

}  // namespace
}  // namespace drydock::archive
