#include "core/archive/zip_writer.h"

#include <gtest/gtest.h>

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "core/archive/zip_reader.h"
#include "core/base/limits.h"
#include "tests/support/memory_volume.h"

namespace drydock::archive {
namespace {

using tests::MemoryVolume;
using Call = MemoryVolume::Call;

const WallTime kTime = *parse_rfc3339("2026-11-23T05:48:21Z");

// Gives `chunk` `times` times.
PullChunk repeat(std::string chunk, int times) {
  return [chunk = std::move(chunk), times](std::string& out) mutable -> Result<bool> {
    if (times-- <= 0) return false;
    out = chunk;
    return true;
  };
}

// Bytes that don't compress, the same each time.
std::string noise(size_t size) {
  std::string out;
  uint64_t state = 1;
  while (out.size() < size) {
    state = state * 6364136223846793005 + 1442695040888963407;
    out.push_back(static_cast<char>(state >> 56));
  }
  return out;
}

std::unique_ptr<ZipWriter> create(MemoryVolume& volume, int level) {
  auto zip = ZipWriter::create(volume, "a.zip", {.level = level, .mtime = kTime});
  EXPECT_TRUE(zip.ok()) << zip.status().to_string();
  return std::move(*zip);
}

// What `unzip` prints; its exit code must be 0.
std::string unzip(const std::string& options, const std::string& zip) {
  const auto file = std::filesystem::path(testing::TempDir()) /
                    ("drydock_zip_writer_" + std::to_string(::getpid()) + ".zip");
  std::ofstream(file, std::ios::binary) << zip;
  FILE* pipe =
      ::popen(("TZ=UTC LC_ALL=C.UTF-8 unzip " + options + " " + file.string()).c_str(), "r");
  std::string out;
  for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe))
    out.push_back(static_cast<char>(c));
  EXPECT_EQ(::pclose(pipe), 0) << out;
  std::filesystem::remove(file);
  return out;
}

TEST(ZipWriter, UnzipAgreesOnNamesSizesCrcAndTime) {
  for (const int level : {0, 1, 6}) {
    MemoryVolume volume;
    auto zip = create(volume, level);
    ASSERT_TRUE(zip->add_text("manifest.properties", "version=1\n").ok());
    ASSERT_TRUE(zip->add_stream("c/\xc3\xbcn\xc3\xaf/big.dat", repeat(noise(100'000), 11)).ok());
    ASSERT_TRUE(zip->add_stream("c/empty.dat", repeat("", 3)).ok());
    const ZipSummary summary = zip->finish().value();
    EXPECT_EQ(summary.total_bytes, 1'100'010u);

    const std::string listed = unzip("-v", volume.get("a.zip"));
    for (const ZipEntry& entry : summary.entries) {
      char expected[64];
      std::snprintf(expected, sizeof expected, "2026-11-23 05:48 %08x  ", entry.crc32);
      EXPECT_NE(listed.find(expected + entry.name), std::string::npos) << listed;
    }
    unzip("-tq", volume.get("a.zip"));
    auto reader = ZipReader::open(volume, "a.zip");
    ASSERT_TRUE(reader.ok()) << reader.status().to_string();
    EXPECT_EQ((*reader)->read_text("c/\xc3\xbcn\xc3\xaf/big.dat")->size(), 1'100'000u);
    EXPECT_EQ((*reader)->read_text("c/empty.dat").value(), "");
  }
}

std::string write_sample(MemoryVolume& volume, int level) {
  auto zip = create(volume, level);
  EXPECT_TRUE(zip->add_text("a", "text").ok());
  EXPECT_TRUE(zip->add_stream("b", repeat("bytes ", 1000)).ok());
  EXPECT_TRUE(zip->finish().ok());
  return volume.get("a.zip");
}

TEST(ZipWriter, TheBytesDoNotDependOnTheZoneOfTheMachine) {
  MemoryVolume volume;
  const std::string here = write_sample(volume, 1);
  const char* before = std::getenv("TZ");
  const std::string saved = before ? before : "";
  for (const char* zone : {"America/New_York", "Asia/Kolkata", "UTC"}) {
    ::setenv("TZ", zone, 1);
    ::tzset();
    EXPECT_EQ(write_sample(volume, 1), here) << zone;
  }
  before ? ::setenv("TZ", saved.c_str(), 1) : ::unsetenv("TZ");
  ::tzset();
}

TEST(ZipWriter, TimesOutsideTheFormatAreClamped) {
  for (const char* time : {"1970-01-01T00:00:00Z", "2200-01-01T00:00:00Z"}) {
    MemoryVolume volume;
    auto zip = ZipWriter::create(volume, "a.zip", {.level = 0, .mtime = *parse_rfc3339(time)});
    ASSERT_TRUE((*zip)->add_text("a", "text").ok());
    ASSERT_TRUE((*zip)->finish().ok());
    const std::string listed = unzip("-v", volume.get("a.zip"));
    const bool early = time[0] == '1';
    EXPECT_NE(listed.find(early ? "1980-01-01 00:00" : "2107-12-31 23:59"), std::string::npos);
  }
}

// What the volume is asked for, without the sizes of writes: those are compressed bytes.
std::vector<std::string> calls_of(int level, const std::string& chunk) {
  MemoryVolume volume;
  std::vector<std::string> calls;
  volume.on_call = [&calls](const Call& call) {
    calls.push_back(call.name +
                    (call.name.starts_with("pace") ? " " + std::to_string(call.bytes) : ""));
    return ok_status();
  };
  auto zip = create(volume, level);
  EXPECT_TRUE(zip->add_text("a", std::string(10, 'x')).ok());
  EXPECT_TRUE(zip->add_stream("b", repeat(chunk, 7)).ok());
  EXPECT_TRUE(zip->add_text("c", "").ok());
  EXPECT_TRUE(zip->finish().ok());
  return calls;
}

TEST(ZipWriter, VolumeCallsFollowTheUncompressedBytesOnly) {
  const std::vector<std::string> expected = {"open",
                                             "pace write 10",
                                             "write_at",  // a
                                             "pace write 262144",
                                             "write_at",  // b, 700,000 bytes
                                             "pace write 262144",
                                             "write_at",
                                             "write_at",  // b's header, completed
                                             "pace write 175712",
                                             "write_at",
                                             "write_at",  // c and the directory
                                             "sync"};
  EXPECT_EQ(calls_of(0, noise(100'000)), expected);
  EXPECT_EQ(calls_of(1, noise(100'000)), expected);
  EXPECT_EQ(calls_of(9, noise(100'000)), expected);
  EXPECT_EQ(calls_of(9, std::string(100'000, 'z')), expected);
}

TEST(ZipWriter, ManyEntriesWriteTheirDirectoryInPieces) {
  MemoryVolume volume;
  uint64_t largest = 0;
  volume.on_call = [&largest](const Call& call) {
    if (call.name == "write_at") largest = std::max(largest, call.bytes);
    return ok_status();
  };
  auto zip = create(volume, 0);
  for (int i = 0; i < 70'000; ++i) ASSERT_TRUE(zip->add_text(std::to_string(i), "").ok());
  ASSERT_TRUE(zip->finish().ok());
  EXPECT_LT(largest, 3 * limits::kArchiveChunkBytes);
  EXPECT_EQ(ZipReader::open(volume, "a.zip").value()->entries().size(), 70'000u);  // Zip64
}

TEST(ZipWriter, UnsafeNamesAreRefused) {
  MemoryVolume volume;
  auto zip = create(volume, 1);
  for (const std::string name : {"", "/a", "a/", "a//b", ".", "..", "a/../b", "./a", "\\a",
                                 "a\\..\\b", "..\\a", "\xff", "\xc0\xaf", "\xed\xa0\x80"})
    EXPECT_EQ(zip->add_text(name, "").code(), Code::kInvalid) << name;
  EXPECT_EQ(zip->add_text(std::string("a\0b", 3), "").code(), Code::kInvalid);
  EXPECT_EQ(zip->add_text(std::string(65'536, 'x'), "").code(), Code::kInvalid);
  for (const std::string name : {"a", "a/b", "...", "a..b", "back\\slash", " ", "\xf0\x9f\x98\x80"})
    EXPECT_EQ(zip->add_text(name, "").code(), Code::kOk) << name;
}

TEST(ZipWriter, ANameIsTakenOnce) {
  MemoryVolume volume;
  auto zip = create(volume, 1);
  ASSERT_TRUE(zip->add_text("a", "first").ok());
  EXPECT_EQ(zip->add_text("a", "second").code(), Code::kAlreadyExists);
  EXPECT_EQ(zip->add_stream("a", repeat("x", 1)).code(), Code::kAlreadyExists);
  ASSERT_TRUE(zip->finish().ok());
  EXPECT_EQ(ZipReader::open(volume, "a.zip").value()->read_text("a").value(), "first");
}

TEST(ZipWriter, WithoutFinishTheFileIsNoArchive) {
  MemoryVolume volume;
  {
    auto zip = create(volume, 1);
    ASSERT_TRUE(zip->add_text("a", "text").ok());
    ASSERT_TRUE(zip->add_stream("b", repeat("x", 3)).ok());
  }
  EXPECT_EQ(ZipReader::open(volume, "a.zip").code(), Code::kDataLoss);
}

TEST(ZipWriter, AnErrorOfAStreamComesOutAsItWas) {
  for (const Code code : {Code::kCancelled, Code::kDataLoss, Code::kUnavailable}) {
    for (int good_chunks = 0; good_chunks < 4; ++good_chunks) {
      MemoryVolume volume;
      auto zip = create(volume, 1);
      ASSERT_TRUE(zip->add_text("a", "text").ok());
      ASSERT_TRUE(zip->add_stream("b",
                                  [code, left = good_chunks](auto& chunk) mutable -> Result<bool> {
                                    if (left-- == 0) return Status(code, "from the stream");
                                    chunk.assign(200'000, 'x');
                                    return true;
                                  })
                      .ok());
      ASSERT_TRUE(zip->add_text("c", "text").ok());
      EXPECT_EQ(zip->finish().status(), Status(code, "from the stream"));
      EXPECT_EQ(ZipReader::open(volume, "a.zip").code(), Code::kDataLoss);
    }
  }
}

// Runs the same writing with the n-th volume call failing, for every n.
TEST(ZipWriter, AnErrorOfTheVolumeComesOutAsItWasWhicheverCallFails) {
  int failing = 0;
  for (bool reached = true; reached; ++failing) {
    MemoryVolume volume;
    int calls = 0;
    reached = false;
    volume.on_call = [&](const Call& call) {
      if (calls++ != failing) return ok_status();
      reached = true;
      return Status(Code::kNoSpace, call.name);
    };
    auto zip = ZipWriter::create(volume, "a.zip", {.level = 1, .mtime = kTime});
    Status status = zip.status();
    if (zip.ok()) {
      ASSERT_TRUE((*zip)->add_text("a", "text").ok());
      ASSERT_TRUE((*zip)->add_stream("b", repeat(noise(100'000), 7)).ok());
      status = (*zip)->finish().status();
    }
    EXPECT_EQ(status.code(), reached ? Code::kNoSpace : Code::kOk) << failing;
  }
  EXPECT_GT(failing, 8);
}

TEST(ZipWriter, AnExceptionOfAStreamIsAnErrorNotACrash) {
  MemoryVolume volume;
  auto zip = create(volume, 1);
  ASSERT_TRUE(zip->add_stream(
                     "a", [](std::string&) -> Result<bool> { throw std::length_error("too long"); })
                  .ok());
  EXPECT_EQ(zip->finish().status(), Status(Code::kInternal, "too long"));
}

TEST(ZipWriter, ReplacesWhatLiesUnderItsPath) {
  MemoryVolume volume;
  volume.put("a.zip", std::string(1'000'000, 'x'));
  const std::string over_old = write_sample(volume, 1);
  MemoryVolume fresh;
  EXPECT_EQ(write_sample(fresh, 1), over_old);
}

}  // namespace
}  // namespace drydock::archive
