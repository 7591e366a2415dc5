// What a restore changes, and what it leaves alone.
#include <gtest/gtest.h>

#include "core/archive/layout.h"
#include "core/archive/zip_writer.h"
#include "tests/engine/engine_world.h"

namespace drydock::engine {
namespace {

using Names = std::vector<std::string>;

void fill(MemoryMember& member) {
  member.define_cache("a").put("k1", "v1").put("k2", "v2");
  member.define_cache("b").put("x", "y");
  member.define_template("t");
  member.define_counter("n", 7);
  member.define_counter("o", 8);
  member.grid.schemas["dir/person.proto"] = "message Person {}\r\n";
  member.grid.tasks["hello.js"] = "'hello'";
}

TEST(Restore, IntoAnEmptyGridGivesTheGridOfTheBackup) {
  EngineWorld world;
  fill(world.member);
  const MemoryGrid before = world.member.grid;
  world.run([&] {
    ASSERT_TRUE(world.backup().ok());
    world.member.grid = {};
    const Result<RestoreReport> report = world.restore();
    ASSERT_TRUE(report.ok()) << report.status().to_string();
    EXPECT_EQ(report->caches, (std::vector<CacheCount>{{"a", 2}, {"b", 1}}));
    EXPECT_EQ(report->counters, 2U);
  });
  EXPECT_EQ(world.member.grid, before);
}

TEST(Restore, OverwritesDataAndKeepsWhatTheArchiveDoesNotHave) {
  EngineWorld world;
  fill(world.member);
  world.run([&] {
    ASSERT_TRUE(world.backup().ok());
    MemoryCache& cache = world.member.grid.caches["a"];
    cache.configuration_xml = "<replicated-cache name=\"a\"/>";
    cache.put("k1", "changed").put("k3", "added");
    world.member.grid.counters["n"].value = 100;
    world.member.grid.counters["n"].configuration.initial_value = 50;
    world.member.grid.schemas["dir/person.proto"] = "changed";
    ASSERT_TRUE(world.restore().ok());
  });
  const MemoryGrid& grid = world.member.grid;
  EXPECT_EQ(grid.caches.at("a").configuration_xml, "<replicated-cache name=\"a\"/>");
  EXPECT_EQ(grid.caches.at("a").entries.at("k1").value, "v1");
  EXPECT_EQ(grid.caches.at("a").entries.at("k3").value, "added");
  EXPECT_EQ(grid.counters.at("n").value, 7);
  EXPECT_EQ(grid.counters.at("n").configuration.initial_value, 50);
  EXPECT_EQ(grid.schemas.at("dir/person.proto"), "message Person {}\r\n");
}

TEST(Restore, TwiceIsOnce) {
  EngineWorld world;
  fill(world.member);
  const MemoryGrid before = world.member.grid;
  world.run([&] {
    ASSERT_TRUE(world.backup().ok());
    world.member.grid = {};
    ASSERT_TRUE(world.restore().ok());
    ASSERT_TRUE(world.restore().ok());
  });
  EXPECT_EQ(world.member.grid, before);
}

TEST(Restore, TakesOnlyWhatIsListed) {
  EngineWorld world;
  fill(world.member);
  world.run([&] {
    ASSERT_TRUE(world.backup().ok());
    world.member.grid = {};
    ASSERT_TRUE(world
                    .restore({.archive = "b/b.zip",
                              .selection = selection(R"({"caches":["b"],"counters":["o"]})")})
                    .ok());
  });
  const MemoryGrid& grid = world.member.grid;
  EXPECT_EQ(grid.caches.size(), 1U);
  EXPECT_TRUE(grid.caches.contains("b"));
  EXPECT_EQ(grid.counters.size(), 1U);
  EXPECT_EQ(grid.templates.size() + grid.schemas.size() + grid.tasks.size(), 0U);
}

TEST(Restore, AppliesInAnOrderInWhichThingsFindWhatTheyNeed) {
  EngineWorld world;
  fill(world.member);
  world.run([&] {
    ASSERT_TRUE(world.backup().ok());
    world.member.calls.clear();
    ASSERT_TRUE(world.restore().ok());
  });
  EXPECT_EQ(world.member.calls, (Names{"put_schema dir/person.proto", "create_template t",
                                       "create_cache a", "put a", "create_cache b", "put b",
                                       "set_counter n", "set_counter o", "put_task hello.js"}));
}

TEST(Restore, AnAbsentNameFailsNamingTypeAndNamesAndAppliesNothing) {
  for (const ResourceType type : kResourceTypes) {
    EngineWorld world;
    fill(world.member);
    const std::string key(resource_key(type));
    world.run([&] {
      ASSERT_TRUE(world.backup().ok());
      world.member.grid = {};
      const Result<RestoreReport> report = world.restore(
          {.archive = "b/b.zip",
           .selection = selection(R"({"caches":["a"],")" + key + R"(":["nope","neither"]})")});
      ASSERT_EQ(report.code(), Code::kNotFound) << key;
      EXPECT_EQ(report.status().message(),
                "ISPN005047: " + key + " '[nope, neither]' not found in the backup archive");
    });
    EXPECT_EQ(world.member.grid, MemoryGrid{});
  }
}

TEST(Restore, OneAbsentNameAmongPresentOnesFailsToo) {
  EngineWorld world;
  fill(world.member);
  world.run([&] {
    ASSERT_TRUE(world.backup().ok());
    world.member.grid = {};
    EXPECT_EQ(
        world
            .restore({.archive = "b/b.zip", .selection = selection(R"({"counters":["n","nope"]})")})
            .code(),
        Code::kNotFound);
  });
  EXPECT_EQ(world.member.grid, MemoryGrid{});
}

TEST(Restore, OfAnAbsentArchiveIsNotFound) {
  EngineWorld world;
  world.run([&] { EXPECT_EQ(world.restore().code(), Code::kNotFound); });
}

TEST(Restore, EntriesComeInBoundedBatches) {
  EngineWorld world;
  MemoryCache& cache = world.member.define_cache("a");
  for (int i = 0; i < 2000; ++i) cache.put(std::to_string(i), "v");
  world.run([&] {
    ASSERT_TRUE(world.backup().ok());
    ASSERT_TRUE(world.restore().ok());
  });
  EXPECT_EQ(world.member.largest_put, limits::kIterationBatch);
}

TEST(Restore, KeepsTheLifeThatEntriesHadAndDropsWhatIsOver) {
  EngineWorld world;
  MemoryCache& cache = world.member.define_cache("a");
  const int64_t now_ms = to_epoch_ms(world.pod.wall_now());
  cache.put("lives", "v", {.lifespan_ms = 3'600'000}).entries["lives"].created_ms = now_ms;
  cache.put("over", "v", {.lifespan_ms = 1000}).entries["over"].created_ms = now_ms - 999;
  const CacheRecord lives = cache.entries["lives"];
  world.run([&] {
    ASSERT_TRUE(world.backup().ok());
    ASSERT_TRUE(world.pod.sleep_for(seconds(10)).ok());
    world.member.grid = {};
    ASSERT_TRUE(world.restore().ok());
  });
  const auto& entries = world.member.grid.caches.at("a").entries;
  ASSERT_EQ(entries.size(), 1U);
  EXPECT_EQ(entries.at("lives"), lives);
}

TEST(Restore, TheGridsOwnResourcesAreAppliedOnlyByName) {
  EngineWorld world;
  world.member.define_template("org.infinispan.DIST_SYNC");
  world.member.define_template("example.PROTOBUF_DIST");
  world.member.define_template("mine");
  world.run([&] {
    ASSERT_TRUE(world.backup().ok());
    world.member.grid = {};
    ASSERT_TRUE(world.restore().ok());
    EXPECT_EQ(world.member.grid.templates.size(), 1U);
    ASSERT_TRUE(world
                    .restore({.archive = "b/b.zip",
                              .selection = selection(R"({"templates":["example.PROTOBUF_DIST"]})")})
                    .ok());
    EXPECT_EQ(world.member.grid.templates.size(), 2U);
  });
}

TEST(Restore, AFailureNamesTheResourceAndWhatWasAppliedBefore) {
  EngineWorld world;
  fill(world.member);
  world.run([&] {
    ASSERT_TRUE(world.backup().ok());
    world.member.grid = {};
    world.member.fault = [](std::string_view call, std::string_view name) {
      return call == "put" && name == "b" ? Status(Code::kFailedPrecondition, "degraded")
                                          : ok_status();
    };
    EXPECT_EQ(world.restore().status(),
              Status(Code::kFailedPrecondition,
                     "caches 'b': degraded; applied before and not undone: proto-schemas 1, "
                     "templates 1, caches 2 (the last 'b' with 0 entries), counters 0, tasks 0"));
  });
}

// An archive made by hand: entries by name.
using HandMade = std::map<std::string, std::string>;

HandMade whole() {
  std::string dat;
  const CacheRecord record{.key = "k", .value = "v", .metadata = encode_metadata({})};
  append_framed(dat, encode(record));
  std::string counters;
  append_framed(counters, encode(CounterRecord{.name = "n", .configuration = {}, .value = 1}));
  return {{"manifest.properties", "containers=default\nversion=15.0.21.Final\n"},
          {"containers/default/container.properties", "caches=a\ncounters=n\ntasks=t.js\n"},
          {archive::cache_xml_entry("a"),
           "<infinispan xmlns=\"urn:infinispan:config:15.0\"><cache-container><caches>"
           "<distributed-cache name=\"a\"/></caches></cache-container></infinispan>"},
          {archive::cache_dat_entry("a"), dat},
          {std::string(archive::kCountersEntry), counters},
          {archive::task_entry("t.js"), "1"}};
}

Status restore_hand_made(EngineWorld& world, const HandMade& files) {
  auto zip = archive::ZipWriter::create(*world.volume, "b.zip", {});
  EXPECT_TRUE(zip.ok());
  for (const auto& [name, text] : files) EXPECT_TRUE((*zip)->add_text(name, text).ok());
  EXPECT_TRUE((*zip)->finish().ok());
  return world.restore({.archive = "b.zip"}).status();
}

TEST(Restore, DamageOfAnyKindAppliesNothing) {
  struct Damage {
    const char* name;
    std::function<void(HandMade&)> apply;
    Code code;
  };
  const std::string dat = archive::cache_dat_entry("a");
  const std::string xml = archive::cache_xml_entry("a");
  const std::string counters(archive::kCountersEntry);
  const Damage kDamages[] = {
      {"none", [](HandMade&) {}, Code::kOk},
      {"no manifest", [](HandMade& f) { f.erase("manifest.properties"); }, Code::kInvalid},
      {"no version", [](HandMade& f) { f["manifest.properties"] = "containers=default\n"; },
       Code::kInvalid},
      {"old version",
       [](HandMade& f) { f["manifest.properties"] = "containers=default\nversion=11.0.9\n"; },
       Code::kInvalid},
      {"record cut", [&](HandMade& f) { f[dat].pop_back(); }, Code::kDataLoss},
      {"stray bytes", [&](HandMade& f) { f[dat] += "xx"; }, Code::kDataLoss},
      {"negative length", [&](HandMade& f) { f[dat][0] = '\xFF'; }, Code::kDataLoss},
      {"huge length", [&](HandMade& f) { f[dat][0] = '\x7F'; }, Code::kDataLoss},
      {"bad record", [&](HandMade& f) { f[dat][4] = '\x55'; }, Code::kDataLoss},
      {"no dat", [&](HandMade& f) { f.erase(dat); }, Code::kDataLoss},
      {"no xml", [&](HandMade& f) { f.erase(xml); }, Code::kDataLoss},
      {"bad xml", [&](HandMade& f) { f[xml] = "<a"; }, Code::kDataLoss},
      {"neither",
       [&](HandMade& f) {
         f.erase(xml);
         f.erase(dat);
       },
       Code::kDataLoss},
      {"counters cut", [&](HandMade& f) { f[counters].pop_back(); }, Code::kDataLoss},
      {"counters gone", [&](HandMade& f) { f.erase(counters); }, Code::kDataLoss},
      {"task gone", [](HandMade& f) { f.erase(archive::task_entry("t.js")); }, Code::kDataLoss},
  };
  for (const Damage& damage : kDamages) {
    EngineWorld world;
    world.run([&] {
      HandMade files = whole();
      damage.apply(files);
      const Status status = restore_hand_made(world, files);
      EXPECT_EQ(status.code(), damage.code) << damage.name << ": " << status.to_string();
    });
    const bool nothing = world.member.grid == MemoryGrid{};
    EXPECT_EQ(nothing, damage.code != Code::kOk) << damage.name;
  }
}

TEST(Restore, AnArchiveCutAnywhereAppliesNothing) {
  EngineWorld source;
  fill(source.member);
  source.run([&] { ASSERT_TRUE(source.backup().ok()); });
  const std::string zip = *source.disk.get_file("b/b.zip");
  for (size_t length = 1; length < zip.size(); length += 7) {
    EngineWorld world;
    ASSERT_TRUE(world.disk.put_file("b/b.zip", zip.substr(0, length)).ok());
    world.run([&] { EXPECT_EQ(world.restore().code(), Code::kDataLoss) << length; });
    EXPECT_EQ(world.member.grid, MemoryGrid{}) << length;
  }
}

TEST(Restore, AFlippedByteIsFoundOrHarmless) {
  EngineWorld source;
  fill(source.member);
  source.run([&] { ASSERT_TRUE(source.backup({.name = "b", .zip_level = 0}).ok()); });
  const MemoryGrid before = source.member.grid;
  const std::string zip = *source.disk.get_file("b/b.zip");
  size_t found = 0;
  for (size_t at = 0; at < zip.size(); at += 5) {
    EngineWorld world;
    std::string damaged = zip;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x10);
    ASSERT_TRUE(world.disk.put_file("b/b.zip", damaged).ok());
    bool ok = false;
    world.run([&] { ok = world.restore().ok(); });
    EXPECT_EQ(world.member.grid, ok ? before : MemoryGrid{}) << at;
    found += ok ? 0 : 1;
  }
  EXPECT_GT(found, 0U);
}

// The view changes while the last resource is applied, and `lose` is what got lost by that.
struct ViewChange {
  EngineWorld world;

  Result<RestoreReport> restore(std::vector<std::string> members,
                                const std::function<void(MemoryGrid&)>& lose) {
    fill(world.member);
    Result<RestoreReport> report = Status(Code::kInternal, "did not run");
    world.run([&] {
      ASSERT_TRUE(world.backup().ok());
      world.member.grid = {};
      world.member.fault = [&](std::string_view call, std::string_view) {
        if (call != "put_task") return ok_status();
        ++world.member.view_id;
        world.member.members = members;
        lose(world.member.grid);
        return ok_status();
      };
      report = world.restore();
    });
    return report;
  }
};

TEST(ViewChange, ARestoreThatLostNothingByItSucceeds) {
  ViewChange change;
  const auto report = change.restore(change.world.member.members, [](MemoryGrid&) {});
  EXPECT_TRUE(report.ok()) << report.status().to_string();
}

// Copies of what is replicated may differ between members for ever afterwards, and this member
// reads only one of them.
TEST(ViewChange, PartsThatMetAgainFailTheRestoreWhateverThisMemberStillHas) {
  ViewChange change;
  const auto report = change.restore(change.world.member.members,
                                     [&](MemoryGrid&) { ++change.world.member.merged_views; });
  EXPECT_EQ(report.code(), Code::kDataLoss);
  EXPECT_NE(report.status().message().find("the cluster was split during the restore"),
            std::string::npos)
      << report.status().to_string();
}

TEST(ViewChange, WhatGotLostByItFailsTheRestoreByName) {
  const std::pair<const char*, std::function<void(MemoryGrid&)>> kLosses[] = {
      {"template 't'", [](MemoryGrid& grid) { grid.templates.clear(); }},
      {"cache 'b'", [](MemoryGrid& grid) { grid.caches.erase("b"); }},
      {"an entry of cache 'a'", [](MemoryGrid& grid) { grid.caches["a"].entries.erase("k2"); }},
      {"an entry of cache 'b'", [](MemoryGrid& grid) { grid.caches["b"].put("x", "older"); }},
      {"counter 'n'", [](MemoryGrid& grid) { grid.counters["n"].value = 1; }},
      {"proto-schema 'dir/person.proto'", [](MemoryGrid& grid) { grid.schemas.clear(); }},
  };
  for (const auto& [what, lose] : kLosses) {
    ViewChange change;
    const auto report = change.restore(change.world.member.members, lose);
    EXPECT_EQ(report.code(), Code::kDataLoss) << what;
    EXPECT_NE(report.status().message().find(what), std::string::npos)
        << report.status().to_string();
  }
}

TEST(ViewChange, AMemberThatIsLeftWithAMinorityDoesNotClaimSuccess) {
  ViewChange change;
  const auto report = change.restore({"zero"}, [](MemoryGrid&) {});
  EXPECT_EQ(report.code(), Code::kUnavailable);
}

}  // namespace
}  // namespace drydock::engine
