// What a backup writes, and what it does when it can't.
#include <gtest/gtest.h>

#include "core/archive/dat.h"
#include "core/archive/layout.h"
#include "core/archive/verify.h"
#include "tests/engine/engine_world.h"

namespace drydock::engine {
namespace {

using Names = std::vector<std::string>;

void fill(MemoryMember& member) {
  member.define_cache("a").put("k1", "v1").put("k2", "v2", {.lifespan_ms = 1000});
  member.define_cache("empty");
  member.define_template("t");
  member.define_counter("n", 7);
  member.grid.schemas["dir/person.proto"] = "message Person {}\r\n";
  member.grid.tasks["hello.js"] = "'hello'";
}

// Names of the archive's entries.
Names entries(EngineWorld& world, const std::string& path = "b/b.zip") {
  Result<std::unique_ptr<archive::ZipReader>> zip = archive::ZipReader::open(*world.volume, path);
  EXPECT_TRUE(zip.ok()) << zip.status().to_string();
  Names names;
  if (zip.ok())
    for (const archive::ZipEntry& entry : (*zip)->entries()) names.push_back(entry.name);
  return names;
}

TEST(Backup, WritesTheServersLayoutUnderItsFinalName) {
  EngineWorld world;
  fill(world.member);
  world.run([&] {
    const Result<BackupReport> report = world.backup();
    ASSERT_TRUE(report.ok()) << report.status().to_string();
    EXPECT_EQ(report->path, "b/b.zip");
    EXPECT_EQ(report->caches, (std::vector<CacheCount>{{"a", 2}, {"empty", 0}}));
    EXPECT_EQ(report->templates + report->counters + report->schemas + report->tasks, 4U);
    EXPECT_EQ(entries(world),
              (Names{"containers/default/caches/a/a.dat", "containers/default/caches/a/a.xml",
                     "containers/default/caches/empty/empty.dat",
                     "containers/default/caches/empty/empty.xml",
                     "containers/default/container.properties",
                     "containers/default/counters/counters.dat", "containers/default/global.xml",
                     "containers/default/proto-schemas/dir/person.proto",
                     "containers/default/tasks/hello.js", "containers/default/templates/t.xml",
                     "manifest.properties"}));
  });
  EXPECT_EQ(world.files(), Names{"b/b.zip"});
}

TEST(Backup, TakesOnlyWhatIsListed) {
  EngineWorld world;
  fill(world.member);
  world.run([&] {
    ASSERT_TRUE(world.backup({.name = "b", .selection = selection(R"({"caches":["a"]})")}).ok());
    EXPECT_EQ(entries(world),
              (Names{"containers/default/caches/a/a.dat", "containers/default/caches/a/a.xml",
                     "containers/default/container.properties", "containers/default/global.xml",
                     "manifest.properties"}));
    auto zip = archive::ZipReader::open(*world.volume, "b/b.zip");
    const Result<archive::ArchiveIndex> index = archive::read_index(**zip);
    ASSERT_TRUE(index.ok());
    EXPECT_EQ(index->listed, (archive::Properties{{"caches", "a"}}));
  });
}

TEST(Backup, GoesIntoTheDirectoryThatWasAskedFor) {
  EngineWorld world;
  fill(world.member);
  world.run([&] {
    ASSERT_TRUE(world.volume->make_directories("x/y").ok());
    const Result<BackupReport> report = world.backup({.name = "b", .directory = "x/y"});
    ASSERT_TRUE(report.ok()) << report.status().to_string();
    EXPECT_EQ(report->path, "x/y/b/b.zip");
    EXPECT_EQ(world.backup({.name = "b", .directory = "absent"}).code(), Code::kNotFound);
  });
  EXPECT_EQ(world.files(), Names{"x/y/b/b.zip"});
}

TEST(Backup, AnAbsentNameFailsNamingTypeAndName) {
  for (const ResourceType type : kResourceTypes) {
    EngineWorld world;
    fill(world.member);
    const std::string key(resource_key(type));
    world.run([&] {
      const Result<BackupReport> report =
          world.backup({.name = "b", .selection = selection(R"({")" + key + R"(":["nope"]})")});
      ASSERT_EQ(report.code(), Code::kNotFound) << key;
      EXPECT_EQ(report.status().message(), "ISPN005048: " + key + " 'nope' does not exist");
    });
    EXPECT_EQ(world.files(), Names{});
  }
}

TEST(Backup, ATemplateIsNoCacheAndTheReverse) {
  EngineWorld world;
  fill(world.member);
  world.run([&] {
    EXPECT_EQ(
        world.backup({.name = "b", .selection = selection(R"({"caches":["t"]})")}).status(),
        Status(Code::kInvalid, "Unable to backup caches 't' as it is a template not a cache"));
    EXPECT_EQ(
        world.backup({.name = "b", .selection = selection(R"({"templates":["a"]})")}).status(),
        Status(Code::kInvalid, "Unable to backup templates 'a' as it is not a template"));
  });
}

TEST(Backup, NamesThatCannotBeArchivedFailNamingThem) {
  EngineWorld world;
  world.member.define_cache("slash/name");
  world.run([&] {
    const Result<BackupReport> report = world.backup();
    ASSERT_EQ(report.code(), Code::kInvalid);
    EXPECT_NE(report.status().message().find("caches 'slash/name'"), std::string::npos);
    world.member.grid = {};
    world.member.grid.schemas["../up.proto"] = "";
    EXPECT_EQ(world.backup().code(), Code::kInvalid);
    world.member.grid = {};
    world.member.grid.tasks["a/../../up.js"] = "";
    EXPECT_EQ(world.backup().code(), Code::kInvalid);
  });
  EXPECT_EQ(world.files(), Names{});
}

TEST(Backup, OddCacheNamesAreKept) {
  EngineWorld world;
  for (const char* name :
       {"odd name", " lead", "a=b", "per%cent", "; : # ' \\x [ ] !", "comma,name", "uml\xC3\xBC"})
    world.member.define_cache(name).put("k", name);
  const MemoryGrid before = world.member.grid;
  world.run([&] {
    const Result<BackupReport> report = world.backup();
    ASSERT_TRUE(report.ok()) << report.status().to_string();
    world.member.grid = {};
    const Result<RestoreReport> restored = world.restore();
    ASSERT_TRUE(restored.ok()) << restored.status().to_string();
  });
  EXPECT_EQ(world.member.grid, before);
}

TEST(Backup, NamesThatLeadElsewhereAreRefused) {
  EngineWorld world;
  world.run([&] {
    for (const std::string name : {"", ".", "..", "a/b", "a\nb"})
      EXPECT_EQ(world.backup({.name = name}).code(), Code::kInvalid) << name;
    EXPECT_EQ(world.backup({.name = std::string(201, 'x')}).code(), Code::kInvalid);
    EXPECT_TRUE(world.backup({.name = std::string(200, 'x')}).ok());
  });
}

TEST(Backup, AnExistingArchiveIsNeverTouched) {
  EngineWorld world;
  ASSERT_TRUE(world.disk.put_file("b/b.zip", "older").ok());
  ASSERT_TRUE(world.disk.put_file("b/.b.zip.0000000000000001.part", "half").ok());
  fill(world.member);
  world.run([&] { EXPECT_EQ(world.backup().code(), Code::kAlreadyExists); });
  EXPECT_EQ(*world.disk.get_file("b/b.zip"), "older");
}

TEST(Backup, LeftOversOfEarlierRunsAreRemovedAndNothingElseIs) {
  EngineWorld world;
  ASSERT_TRUE(world.disk.put_file("b/.b.zip.0000000000000001.part", "half").ok());
  ASSERT_TRUE(world.disk.put_file("b/containers/default/caches/old/old.dat", "stale").ok());
  ASSERT_TRUE(world.disk.put_file("b/.b.zip.keep", "mine").ok());
  fill(world.member);
  world.run([&] {
    ASSERT_TRUE(world.backup().ok());
    for (const std::string& name : entries(world))
      EXPECT_EQ(name.find("old"), std::string::npos) << name;
  });
  EXPECT_EQ(world.files(),
            (Names{"b/.b.zip.keep", "b/b.zip", "b/containers/default/caches/old/old.dat"}));
}

TEST(Backup, WhatTheGridLosesFailsTheBackupNamingTheCache) {
  EngineWorld world;
  fill(world.member);
  world.member.fault = [](std::string_view call, std::string_view name) {
    return call == "batch" && name == "a" ? Status(Code::kDataLoss, "segment 7 has no owner")
                                          : ok_status();
  };
  world.run([&] {
    EXPECT_EQ(world.backup().status(),
              Status(Code::kDataLoss, "caches 'a': segment 7 has no owner"));
  });
  EXPECT_EQ(world.files(), Names{});
}

TEST(Backup, EachFailingCallToTheGridFailsTheBackupAndLeavesNothing) {
  for (size_t failing = 0;; ++failing) {
    EngineWorld world;
    fill(world.member);
    size_t call = 0;
    world.member.fault = [&](std::string_view, std::string_view) {
      return call++ == failing ? Status(Code::kUnavailable, "not now") : ok_status();
    };
    bool succeeded = false;
    world.run([&] {
      const Result<BackupReport> report = world.backup();
      succeeded = report.ok();
      EXPECT_EQ(report.code(), succeeded ? Code::kOk : Code::kUnavailable);
    });
    if (succeeded) {
      EXPECT_GT(failing, 5U);
      break;
    }
    EXPECT_EQ(world.files(), Names{}) << failing;
  }
}

TEST(Backup, AStuckGridFailsByItsDeadline) {
  EngineWorld world;
  fill(world.member);
  world.member.fault = [&](std::string_view call, std::string_view) {
    return call == "batch" ? world.pod.sleep_for(hours(1)) : ok_status();
  };
  world.run([&] {
    const SteadyTime start = world.pod.now();
    EXPECT_EQ(world.backup().code(), Code::kDeadlineExceeded);
    EXPECT_LE(world.pod.now() - start, minutes(3));
  });
  EXPECT_EQ(world.files(), Names{});
}

TEST(Backup, ManyChunksKeepTheirOrderAndNothingIsLost) {
  EngineWorld world;
  MemoryCache& cache = world.member.define_cache("big");
  for (int i = 0; i < 3000; ++i) cache.put("key-" + std::to_string(i), std::string(1024, 'x'));
  world.run([&] {
    const Result<BackupReport> report = world.backup({.name = "b", .zip_level = 0});
    ASSERT_TRUE(report.ok()) << report.status().to_string();
    EXPECT_EQ(report->caches, (std::vector<CacheCount>{{"big", 3000}}));
    auto zip = archive::ZipReader::open(*world.volume, "b/b.zip");
    EXPECT_EQ(*archive::count_records(**zip, archive::cache_dat_entry("big")), 3000U);
  });
}

TEST(Backup, AnEntryChangedMeanwhileIsOldOrNewAndOthersAreExact) {
  EngineWorld world;
  MemoryCache& cache = world.member.define_cache("a");
  for (int i = 0; i < 100; ++i) cache.put("k" + std::to_string(i), "old");
  world.member.batch_size = 10;
  int batches = 0;
  world.member.fault = [&](std::string_view call, std::string_view) {
    if (call == "batch" && ++batches == 5) {
      cache.put("k0", "new");
      cache.put("k99", "new");
    }
    return ok_status();
  };
  world.run([&] {
    ASSERT_TRUE(world.backup().ok());
    world.member.fault = nullptr;
    world.member.grid = {};
    ASSERT_TRUE(world.restore().ok());
  });
  const auto& entries_after = world.member.grid.caches.at("a").entries;
  ASSERT_EQ(entries_after.size(), 100U);
  EXPECT_EQ(entries_after.at("k0").value, "old");
  EXPECT_EQ(entries_after.at("k99").value, "new");
  EXPECT_EQ(entries_after.at("k50").value, "old");
}

}  // namespace
}  // namespace drydock::engine
