// Archive and grid as models of each other, on random content and on what a real server wrote.
#include <gtest/gtest.h>

#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <fstream>
#include <sstream>

#include "core/archive/dat.h"
#include "core/archive/layout.h"
#include "tests/engine/engine_world.h"

namespace drydock::engine {
namespace {

// Around every border that a length encoding has.
std::string random_bytes() {
  const auto size = *rc::gen::element<size_t>(0, 1, 2, 126, 127, 128, 129, 255, 256, 257, 16383,
                                              16384, 65535, 65536);
  const auto first = *rc::gen::arbitrary<uint8_t>();
  std::string bytes(size, '\0');
  for (size_t i = 0; i < size; ++i)
    bytes[i] = static_cast<char>((first + i * 31 + i / 251) & 0xFFU);
  return bytes;
}

CacheRecord random_record() {
  // Long enough that no life is over when the archive is restored.
  const auto lifespan_ms = *rc::gen::element<int64_t>(-1, 10'000'000'000'000);
  const auto max_idle_ms = *rc::gen::element<int64_t>(-1, 20'000'000'000'000);
  CacheRecord record{
      .key = random_bytes(),
      .value = random_bytes(),
      .metadata = encode_metadata({.lifespan_ms = lifespan_ms, .max_idle_ms = max_idle_ms})};
  if (lifespan_ms >= 0) record.created_ms = *rc::gen::inRange<int64_t>(0, 1'767'225'600'000);
  if (max_idle_ms >= 0) record.last_used_ms = *rc::gen::inRange<int64_t>(0, 1'767'225'600'000);
  if (*rc::gen::inRange(0, 4) == 0) record.private_metadata = std::string("\x0a\x00", 2);
  return record;
}

std::string random_name(std::string_view suffix = "") {
  return *rc::gen::element<std::string>("a", "b", "c d", "e=f", "g,h", "\xC3\xBC", "x.y") +
         std::string(suffix);
}

MemoryGrid random_grid(Env& env) {
  MemoryMember member(env);
  for (int i = *rc::gen::inRange(0, 4); i > 0; --i) {
    MemoryCache& cache = member.define_cache(random_name());
    for (int j = *rc::gen::inRange(0, 20); j > 0; --j) {
      CacheRecord record = random_record();
      cache.entries[record.key] = record;
    }
  }
  for (int i = *rc::gen::inRange(0, 3); i > 0; --i) member.define_template(random_name("-t"));
  for (int i = *rc::gen::inRange(0, 4); i > 0; --i)
    member.define_counter(random_name("-n"), *rc::gen::arbitrary<int64_t>());
  for (int i = *rc::gen::inRange(0, 3); i > 0; --i)
    member.grid.schemas["dir/" + random_name(".proto")] = random_bytes();
  for (int i = *rc::gen::inRange(0, 3); i > 0; --i)
    member.grid.tasks[random_name(".js")] = random_bytes();
  return member.grid;
}

// What a grid must hold after an archive of `archive` was restored into it.
MemoryGrid over(MemoryGrid grid, const MemoryGrid& archive) {
  for (const auto& [name, cache] : archive.caches) {
    MemoryCache& target = grid.caches.try_emplace(name, cache).first->second;
    for (const auto& [key, record] : cache.entries) target.entries[key] = record;
  }
  for (const auto& [name, xml] : archive.templates) grid.templates.try_emplace(name, xml);
  for (const auto& [name, counter] : archive.counters)
    grid.counters.try_emplace(name, counter).first->second.value = counter.value;
  for (const auto& [name, text] : archive.schemas) grid.schemas[name] = text;
  for (const auto& [name, text] : archive.tasks) grid.tasks[name] = text;
  return grid;
}

RC_GTEST_PROP(RoundTrip, ARestoreOntoAnythingIsTheArchiveOverIt, ()) {
  EngineWorld world;
  const MemoryGrid archived = random_grid(world.pod);
  const MemoryGrid target = *rc::gen::arbitrary<bool>() ? random_grid(world.pod) : MemoryGrid{};
  const int level = *rc::gen::inRange(0, 3);
  world.member.batch_size = *rc::gen::element<size_t>(1, 3, 512);
  std::string failure;
  world.run([&] {
    world.member.grid = archived;
    failure += world.backup({.name = "b", .zip_level = level}).status().message();
    world.member.grid = target;
    failure += world.restore().status().message();
  });
  RC_ASSERT(failure == "");
  RC_ASSERT(world.member.grid == over(target, archived));
}

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(file.good()) << path;
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

struct ServerArchive : testing::TestWithParam<const char*> {};

// Every record of the server's archive must be in the grid, byte for byte, and nothing else.
TEST_P(ServerArchive, IsRestoredByteForByte) {
  EngineWorld world;
  const std::string path =
      std::string(DRYDOCK_TEST_DATA) + "/infinispan/" + GetParam() + "/all.zip";
  ASSERT_TRUE(world.disk.put_file("b/b.zip", read_file(path)).ok());
  std::map<std::string, std::map<std::string, CacheRecord>> expected;
  archive::ArchiveIndex index;
  world.run([&] {
    const Result<RestoreReport> report = world.restore();
    ASSERT_TRUE(report.ok()) << report.status().to_string();
    auto zip = archive::ZipReader::open(*world.volume, "b/b.zip");
    index = *archive::read_index(**zip);
    for (const std::string& cache : index.caches) {
      expected[cache];
      ASSERT_TRUE(archive::read_records(**zip, archive::cache_dat_entry(cache),
                                        [&](std::string_view message) -> Status {
                                          DRYDOCK_ASSIGN(CacheRecord record,
                                                         decode_cache_record(message));
                                          EXPECT_EQ(encode(record), message);
                                          expected[cache][record.key] = record;
                                          return ok_status();
                                        })
                      .ok());
    }
  });
  ASSERT_FALSE(expected.empty());
  std::map<std::string, std::map<std::string, CacheRecord>> found;
  for (const auto& [name, cache] : world.member.grid.caches) found[name] = cache.entries;
  // The lives of entries in the recordings are over by now or not: compare what can still live.
  for (const auto& [name, records] : found)
    for (const auto& [key, record] : records) EXPECT_EQ(expected.at(name).at(key), record);
  for (const auto& [name, records] : expected) {
    for (const auto& [key, record] : records) {
      if (*decode_metadata(record.metadata) == EntryMetadata{}) {
        EXPECT_TRUE(found[name].contains(key)) << name;
      }
    }
  }
  EXPECT_EQ(world.member.grid.schemas.size(), index.schemas.size());
  EXPECT_EQ(world.member.grid.tasks.size(), index.tasks.size());
  EXPECT_EQ(world.member.grid.counters.empty(), false);
}

INSTANTIATE_TEST_SUITE_P(Versions, ServerArchive, testing::Values("15.0.21.Final"));

}  // namespace
}  // namespace drydock::engine
