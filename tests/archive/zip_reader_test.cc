// What is damaged is kDataLoss, whatever the damage is.
#include "core/archive/zip_reader.h"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "core/archive/layout.h"
#include "core/base/limits.h"
#include "tests/support/golden_archives.h"
#include "tests/support/memory_volume.h"

namespace drydock::archive {
namespace {

using tests::GoldenArchive;
using tests::MemoryVolume;
using Call = MemoryVolume::Call;

using Contents = std::map<std::string, std::string>;

Result<Contents> read_all(Volume& volume) {
  DRYDOCK_ASSIGN(auto zip, ZipReader::open(volume, "a.zip"));
  Contents contents;
  for (const ZipEntry& entry : zip->entries()) {
    DRYDOCK_ASSIGN(contents[entry.name], zip->read_text(entry.name));
  }
  return contents;
}

Result<Contents> read_all(std::string zip) {
  MemoryVolume volume;
  volume.put("a.zip", std::move(zip));
  return read_all(volume);
}

std::string write(const Contents& contents, int level = 1) {
  MemoryVolume volume;
  auto zip = ZipWriter::create(volume, "a.zip", {.level = level, .mtime = {}});
  for (const auto& [name, text] : contents) EXPECT_TRUE((*zip)->add_text(name, text).ok());
  EXPECT_TRUE((*zip)->finish().ok());
  return volume.get("a.zip");
}

std::string golden(const std::string& name) { return GoldenArchive{"15.0.21.Final", name}.zip(); }

// Replaces every occurrence, in local headers and directory alike.
std::string rename_all(std::string zip, const std::string& from, const std::string& to) {
  EXPECT_EQ(from.size(), to.size());
  for (size_t at = zip.find(from); at != std::string::npos; at = zip.find(from, at + 1))
    zip.replace(at, from.size(), to);
  return zip;
}

TEST(ZipReader, AMissingFileIsNotFound) {
  MemoryVolume volume;
  EXPECT_EQ(ZipReader::open(volume, "a.zip").code(), Code::kNotFound);
}

TEST(ZipReader, WhatIsNoZipIsDataLoss) {
  for (const std::string& bytes :
       {std::string(), std::string("PK"), std::string("not a zip"), std::string(100'000, '\0')})
    EXPECT_EQ(read_all(bytes).code(), Code::kDataLoss);
}

TEST(ZipReader, EveryCutIsDataLoss) {
  const std::string zip = golden("ttl");
  for (size_t size = 0; size < zip.size(); ++size)
    EXPECT_EQ(read_all(zip.substr(0, size)).code(), Code::kDataLoss) << size;
}

TEST(ZipReader, BytesBeforeOrAfterAreDataLoss) {
  EXPECT_EQ(read_all("x" + golden("ttl")).code(), Code::kDataLoss);
  EXPECT_EQ(read_all(golden("ttl") + "x").code(), Code::kDataLoss);
}

// The promise of the reader: nobody is given other bytes or names than were written.
TEST(ZipReader, AFlippedBitIsDataLossOrChangesNothing) {
  for (const std::string& zip :
       {golden("ttl"), write({{"a", "text"}, {"b", ""}}), write({{"a", "text"}, {"b", ""}}, 0)}) {
    const Contents before = read_all(zip).value();
    size_t unnoticed = 0;
    for (size_t i = 0; i < zip.size(); ++i) {
      for (int bit = 0; bit < 8; ++bit) {
        std::string damaged = zip;
        damaged[i] = static_cast<char>(damaged[i] ^ (1 << bit));
        const auto after = read_all(damaged);
        if (after.ok()) {
          ++unnoticed;
          EXPECT_EQ(*after, before) << i << "." << bit;
        } else {
          EXPECT_EQ(after.code(), Code::kDataLoss) << after.status().to_string();
        }
      }
    }
    EXPECT_LT(unnoticed, zip.size() * 8 / 5);  // times, attributes, flags, data descriptors
  }
}

TEST(ZipReader, TheErrorNamesTheDamagedEntry) {
  std::string zip = write({{"first", "text"}, {"second", "SECOND TEXT"}}, 0);
  zip[zip.find("SECOND TEXT")] = 'X';
  MemoryVolume volume;
  volume.put("a.zip", zip);
  auto reader = ZipReader::open(volume, "a.zip");
  ASSERT_TRUE(reader.ok()) << reader.status().to_string();
  EXPECT_EQ((*reader)->read_text("first").value(), "text");
  const Status status = (*reader)->read_text("second").status();
  EXPECT_EQ(status.code(), Code::kDataLoss);
  EXPECT_NE(status.message().find("\"second\""), std::string::npos) << status.message();
}

TEST(ZipReader, NamesThatEscapeAreRefused) {
  const std::string zip = write({{"aaaaaaaa", "text"}});
  EXPECT_TRUE(read_all(rename_all(zip, "aaaaaaaa", "aa/a..aa")).ok());
  for (const char* name : {"../aaaaa", "aa/../aa", "/aaaaaaa", "aa//aaaa", "aaaaaaa/", "aaaaa/..",
                           "\\aaaaaaa", "a\\..\\aaa", "..\\aaaaa"})
    EXPECT_EQ(read_all(rename_all(zip, "aaaaaaaa", name)).code(), Code::kDataLoss) << name;
}

TEST(ZipReader, ANameThatOccursTwiceIsRefused) {
  const std::string zip = write({{"name1", "text"}, {"name2", "other"}});
  EXPECT_EQ(read_all(rename_all(zip, "name2", "name1")).code(), Code::kDataLoss);
}

TEST(ZipReader, EntriesAreSortedAndFound) {
  MemoryVolume volume;
  volume.put("a.zip", golden("all"));
  auto zip = ZipReader::open(volume, "a.zip").value();
  for (size_t i = 1; i < zip->entries().size(); ++i)
    EXPECT_LT(zip->entries()[i - 1].name, zip->entries()[i].name);
  for (const ZipEntry& entry : zip->entries()) EXPECT_EQ(zip->find(entry.name), &entry);
  EXPECT_FALSE(zip->contains("manifest"));
  EXPECT_FALSE(zip->contains(""));
  EXPECT_EQ(zip->read_text("manifest").code(), Code::kNotFound);
}

TEST(ZipReader, ATextThatIsTooLargeIsDataLoss) {
  MemoryVolume volume;
  auto writer = ZipWriter::create(volume, "a.zip", {.level = 1, .mtime = {}}).value();
  ASSERT_TRUE(writer->add_text("fits", std::string(limits::kMaxTextEntryBytes, 'x')).ok());
  ASSERT_TRUE(writer->add_text("large", std::string(limits::kMaxTextEntryBytes + 1, 'x')).ok());
  ASSERT_TRUE(writer->finish().ok());
  auto zip = ZipReader::open(volume, "a.zip").value();
  EXPECT_EQ(zip->read_text("fits")->size(), limits::kMaxTextEntryBytes);
  EXPECT_EQ(zip->read_text("large").code(), Code::kDataLoss);
}

TEST(ZipReader, ReadsInChunksAndPacesForEach) {
  MemoryVolume volume;
  volume.put("a.zip", write({{"a", std::string(600'000, 'x')}, {"empty", ""}}));
  std::vector<uint64_t> paced;
  volume.on_call = [&paced](const Call& call) {
    if (call.name == "pace read") paced.push_back(call.bytes);
    return ok_status();
  };
  auto zip = ZipReader::open(volume, "a.zip").value();
  std::vector<uint64_t> seen;
  const auto visit = [&seen](std::span<const std::byte> chunk) {
    seen.push_back(chunk.size());
    return ok_status();
  };
  ASSERT_TRUE(zip->read_stream("a", visit).ok());
  ASSERT_TRUE(zip->read_stream("empty", visit).ok());
  EXPECT_EQ(seen, (std::vector<uint64_t>{262'144, 262'144, 75'712}));
  EXPECT_EQ(paced, seen);
}

TEST(ZipReader, AnErrorOfTheVisitorIsReturnedAsItWas) {
  MemoryVolume volume;
  volume.put("a.zip", golden("ttl"));
  auto zip = ZipReader::open(volume, "a.zip").value();
  const Status mine(Code::kCancelled, "mine");
  EXPECT_EQ(zip->read_stream(kManifestEntry, [&mine](auto) { return mine; }), mine);
  EXPECT_TRUE(zip->read_text(kManifestEntry).ok());
}

TEST(ZipReader, TwoEntriesCanBeReadAtOnce) {
  MemoryVolume volume;
  volume.put("a.zip", write({{"a", std::string(300'000, 'a')}, {"b", "text of b"}}, 0));
  auto zip = ZipReader::open(volume, "a.zip").value();
  std::string a;
  ASSERT_TRUE(zip->read_stream("a",
                               [&](auto chunk) {
                                 a.append(reinterpret_cast<const char*>(chunk.data()),
                                          chunk.size());
                                 EXPECT_EQ(zip->read_text("b").value(), "text of b");
                                 return ok_status();
                               })
                  .ok());
  EXPECT_EQ(a, std::string(300'000, 'a'));
}

TEST(ZipReader, AnErrorOfTheVolumeIsReturnedAsItWasWhicheverCallFails) {
  int failing = 0;
  for (bool reached = true; reached; ++failing) {
    MemoryVolume volume;
    volume.put("a.zip", golden("all"));
    int calls = 0;
    reached = false;
    volume.on_call = [&](const Call& call) {
      if (calls++ != failing) return ok_status();
      reached = true;
      return Status(Code::kUnavailable, call.name);
    };
    const Code code = read_all(volume).code();
    EXPECT_EQ(code, reached ? Code::kUnavailable : Code::kOk) << failing;
  }
  EXPECT_GT(failing, 80);
}

TEST(ZipReader, AFileThatShrinksWhileReadIsDataLoss) {
  MemoryVolume volume;
  const std::string zip = golden("all");
  volume.put("a.zip", zip);
  auto reader = ZipReader::open(volume, "a.zip").value();
  auto file = volume.open("a.zip", OpenMode::kReadWrite).value();
  ASSERT_TRUE(file->truncate(10).ok());
  const std::string big = cache_dat_entry("big");
  EXPECT_EQ(reader->read_stream(big, [](auto) { return ok_status(); }).code(), Code::kDataLoss);
}

}  // namespace
}  // namespace drydock::archive
