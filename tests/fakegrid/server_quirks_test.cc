// Each quirk of the server, on and off: what goes wrong with it, and that it doesn't without.
#include <set>

#include "core/base/log.h"
#include "fakegrid/server/archive_zip.h"
#include "fakegrid/server/properties.h"
#include "tests/fakegrid/server_cluster.h"

namespace drydock::fakegrid {
namespace {

const std::string kRoot = "containers/default/";
const std::string kBackups = "/rest/v2/container/backups/";

std::string entry_of(ServerCluster& server, const std::string& name, const std::string& entry) {
  const auto bytes = server.disk().get_file(archive_path(name).substr(1));
  const auto archive = bytes.ok() ? ZipArchive::open(*bytes) : Result<ZipArchive>(bytes.status());
  const auto text =
      archive.ok() ? archive->read(entry, true) : Result<std::string>(archive.status());
  return text.ok() ? *text : "<nothing>";
}

// The .dat of a cache of one entry, "key" -> `value`, in a backup with these quirks.
std::string dat_of(const Quirks& quirks, const std::string& value, int entries = 1) {
  Content content;
  content.caches["a"] = {.configuration_xml = R"(<local-cache name="a"/>)", .records = {}};
  for (int i = 0; i < entries; ++i)
    content.caches["a"].records.push_back(record_of("key" + std::to_string(i), value));
  ServerCluster server(content, quirks);
  server.run([&] { EXPECT_EQ(server.backup("b"), 200); });
  return entry_of(server, "b", kRoot + "caches/a/a.dat");
}

// What a restore of this archive into `content` ends with.
int restored(ServerCluster& server, const std::map<std::string, std::string>& entries,
             const std::string& resources = "null") {
  int status = 0;
  const std::string zip =
      zip_archive({entries.begin(), entries.end()}, server.cluster().sim().wall_now());
  EXPECT_TRUE(server.disk().put_file("in.zip", zip).ok());
  server.run([&] { status = server.restore("r", "/in.zip", resources); });
  return status;
}

std::map<std::string, std::string> archive_of(const std::string& properties) {
  return {{"manifest.properties", "containers=default\nversion=15.0.21.Final\n"},
          {kRoot + "container.properties", properties}};
}

std::string configuration(const std::string& name) {
  return "<infinispan><cache-container><caches><replicated-cache name=\"" + name +
         "\"/></caches></cache-container></infinispan>";
}

TEST(ServerQuirks, CompletedBeforeWrittenLosesTheLastRecords) {
  EXPECT_EQ(dat_of(with({Quirk::kCompletedBeforeWritten}), "v"), "");
  EXPECT_NE(dat_of({}, "v"), "");
}

TEST(ServerQuirks, ValueIsKeyWritesTheKeyTwice) {
  EXPECT_NE(dat_of({}, "v").find(std::string("\x12\x01v")), std::string::npos);
  EXPECT_NE(dat_of(with({Quirk::kValueIsKey}), "v").find("\x12\x04key0"), std::string::npos);
}

TEST(ServerQuirks, LengthInOneByteKeepsTheLowByte) {
  const std::string right = dat_of({}, std::string(300, 'v'));
  const std::string wrong = dat_of(with({Quirk::kLengthInOneByte}), std::string(300, 'v'));
  EXPECT_EQ(right.size(), wrong.size() + 3);
  EXPECT_EQ(right.substr(0, 2), std::string("\0\0", 2));
  EXPECT_EQ(wrong[0], right[3]);
}

TEST(ServerQuirks, JsonKeysFailTheBackup) {
  Content content;
  content.caches["a"] = cache_with(
      R"(<local-cache name="a"><encoding media-type="application/json"/></local-cache>)", 1);
  for (const bool on : {true, false}) {
    ServerCluster server(content, on ? with({Quirk::kJsonKeysFail}) : Quirks());
    server.run([&] { EXPECT_EQ(server.backup("b"), on ? 500 : 200); });
  }
}

TEST(ServerQuirks, MetadataLostMakesRestoredEntriesImmortal) {
  Content content;
  content.caches["a"] = {.configuration_xml = R"(<replicated-cache name="a"/>)", .records = {}};
  CacheRecord mortal = record_of("k", "v", {.lifespan_ms = 3'600'000});
  for (const bool on : {true, false}) {
    ServerCluster server(content, on ? with({Quirk::kMetadataLost}) : Quirks());
    server.run([&] {
      server.cluster().on("n0", [&](Node& node) {
        EXPECT_TRUE(node.put("a", {&mortal, 1}, server.cluster().now() + seconds(5)).ok());
      });
      EXPECT_EQ(server.backup("b"), 200);
      EXPECT_EQ(server.restore("r", archive_path("b")), 201);
    });
    const auto record = server.cluster().content().content.caches.at("a").records.at(0);
    EXPECT_EQ(decode_metadata(record.metadata)->lifespan_ms, on ? -1 : 3'600'000);
  }
}

TEST(ServerQuirks, ProtocolCachesSkippedAreNotInABackupOfEverything) {
  Content content;
  content.caches["respCache"] = cache_with(R"(<replicated-cache name="respCache"/>)", 1);
  for (const bool on : {true, false}) {
    ServerCluster server(content, on ? with({Quirk::kProtocolCachesSkipped}) : Quirks());
    server.run([&] { EXPECT_EQ(server.backup("b"), 200); });
    EXPECT_EQ(entry_of(server, "b", kRoot + "caches/respCache/respCache.dat") == "<nothing>", on);
  }
}

TEST(ServerQuirks, SlashInNameFailsTheBackup) {
  Content content;
  content.tasks["scripts/t.js"] = "1";
  for (const bool on : {true, false}) {
    ServerCluster server(content, on ? with({Quirk::kSlashInNameFails}) : Quirks());
    server.run([&] { EXPECT_EQ(server.backup("b"), on ? 500 : 200); });
    EXPECT_EQ(entry_of(server, "b", kRoot + "tasks/scripts/t.js"), on ? "<nothing>" : "1");
  }
}

TEST(ServerQuirks, RefusedAfterAcceptedFailsTheSecondOfTwo) {
  for (const bool on : {true, false}) {
    ServerCluster server(sample_content(5), on ? with({Quirk::kRefusedAfterAccepted}) : Quirks());
    server.run([&] {
      server.call("POST", kBackups + "a");
      server.call("POST", kBackups + "b", "", "n1");
      EXPECT_EQ(server.settled(kBackups + "b", "n1"), on ? 500 : 200);
      EXPECT_EQ(server.settled(kBackups + "a"), 200);
    });
    EXPECT_EQ(
        server.logged("ISPN005041: Cannot perform backup, backup currently in progress", "n1"), on);
  }
}

TEST(ServerQuirks, LockFreedByRefusedLetsAThirdRunBesideTheFirst) {
  for (const bool on : {true, false}) {
    Quirks quirks = with({Quirk::kRefusedAfterAccepted});
    quirks.set(Quirk::kLockFreedByRefused, on);
    ServerCluster server(sample_content(5000), quirks);
    server.run([&] {
      server.call("POST", kBackups + "a");
      server.cluster().wait(milliseconds(10));
      server.call("POST", kBackups + "b", "", "n1");
      EXPECT_EQ(server.settled(kBackups + "b", "n1"), 500);
      EXPECT_EQ(server.call("HEAD", kBackups + "a").status, 202);
      server.call("POST", kBackups + "c", R"({"resources":{"tasks":["*"]}})", "n1");
      EXPECT_EQ(server.settled(kBackups + "c", "n1"), on ? 200 : 500);
      EXPECT_EQ(server.settled(kBackups + "a"), 200);
    });
  }
}

// The lock had a node as its owner then.
TEST(ServerQuirks, BeforeLocksWithoutOwnersOnlyTheOwnersNodeFreesThem) {
  for (const std::string refused_on : {"n0", "n1"}) {
    ServerCluster server(sample_content(5000),
                         with({Quirk::kRefusedAfterAccepted, Quirk::kLockFreedByRefused}),
                         "15.0.3.Final");
    server.run([&] {
      server.call("POST", kBackups + "a", "{}");
      server.cluster().wait(milliseconds(10));
      server.call("POST", kBackups + "b", "{}", refused_on);
      EXPECT_EQ(server.settled(kBackups + "b", refused_on), 500);
      EXPECT_EQ(server.call("HEAD", kBackups + "a").status, 202);
      server.call("POST", kBackups + "c", R"({"resources":{"tasks":["*"]}})", "n1");
      EXPECT_EQ(server.settled(kBackups + "c", "n1"), refused_on == "n0" ? 200 : 500);
      EXPECT_EQ(server.settled(kBackups + "a"), 200);
    });
  }
}

TEST(ServerQuirks, LockOutlivesOwnerRefusesTheNextOperation) {
  for (const bool on : {true, false}) {
    Quirks quirks = with({Quirk::kRefusedAfterAccepted});
    quirks.set(Quirk::kLockOutlivesOwner, on);
    Content content = sample_content(5000);
    content.caches.erase("d1");  // would lose entries
    ServerCluster server(content, quirks, "15.0.21.Final", 3);
    server.run([&] {
      server.call("POST", kBackups + "a", "", "n2");
      server.cluster().wait(milliseconds(30));
      server.cluster().kill("n2");
      server.cluster().wait(seconds(10));
      EXPECT_EQ(server.backup("b"), on ? 500 : 200);
    });
  }
}

TEST(ServerQuirks, RestoreBlocksRestUntilABigCacheIsRestored) {
  for (const bool on : {true, false}) {
    ServerCluster server(sample_content(8000), on ? with({Quirk::kRestoreBlocksRest}) : Quirks());
    server.run([&] {
      EXPECT_EQ(server.backup("b", R"({"resources":{"caches":["d2"]}})"), 200);
      server.call("POST", "/rest/v2/container/restores/r",
                  R"({"location":")" + archive_path("b") + "\"}");
      server.cluster().wait(milliseconds(40));
      const SteadyTime before = server.cluster().now();
      server.call("HEAD", "/rest/v2/container/restores/r");
      EXPECT_EQ(server.cluster().now() - before > milliseconds(20), on);
      EXPECT_EQ(server.settled("/rest/v2/container/restores/r"), 201);
    });
  }
}

TEST(ServerQuirks, RestoredCountIsZeroInTheLog) {
  for (const bool on : {true, false}) {
    ServerCluster server(sample_content(5), on ? with({Quirk::kRestoredCountIsZero}) : Quirks());
    server.cluster().sim().processes()[1]->logger().set_level(spdlog::level::debug);
    server.run([&] {
      EXPECT_EQ(server.backup("b"), 200);
      EXPECT_EQ(server.restore("r", archive_path("b")), 201);
    });
    EXPECT_EQ(server.logged("Cache d2 restored 0 entries"), on);
    EXPECT_EQ(server.logged("Cache d2 restored 5 entries"), !on);
  }
}

TEST(ServerQuirks, NewerArchiveAcceptedDoesNotLookAtLaterReleases) {
  for (const bool on : {true, false}) {
    ServerCluster server(Content{}, on ? with({Quirk::kNewerArchiveAccepted}) : Quirks());
    auto entries = archive_of("tasks=t\n");
    entries["manifest.properties"] = "containers=default\nversion=99.1\n";
    entries[kRoot + "tasks/t"] = "1";
    EXPECT_EQ(restored(server, entries), on ? 201 : 500);
  }
}

TEST(ServerQuirks, ValidatedAfterAcceptedTellsOnlyTheLog) {
  for (const bool on : {true, false}) {
    ServerCluster server(Content{}, on ? with({Quirk::kValidatedAfterAccepted}) : Quirks());
    server.run([&] {
      const HttpResponse response =
          server.call("POST", kBackups + "b", R"({"resources":{"caches":["nope"]}})");
      EXPECT_EQ(response.status, on ? 202 : 400);
      EXPECT_EQ(response.body.text().find("ISPN005048") != std::string::npos, !on);
      EXPECT_EQ(server.settled(kBackups + "b"), on ? 500 : 404);
    });
  }
}

// A counter that is 7 now, restored from an archive in which it is 3.
int64_t counter_after_restore(CounterType type, const Quirks& quirks, int times) {
  CounterRecord counter{.name = "c", .configuration = {.type = type}, .value = 7};
  Content content;
  content.counters["c"] = counter;
  ServerCluster server(content, quirks);
  counter.value = 3;
  auto entries = archive_of("counters=c\n");
  append_framed(entries[kRoot + "counters/counters.dat"], encode(counter));
  const std::string zip =
      zip_archive({entries.begin(), entries.end()}, server.cluster().sim().wall_now());
  EXPECT_TRUE(server.disk().put_file("in.zip", zip).ok());
  server.run([&] {
    for (int i = 0; i < times; ++i)
      EXPECT_EQ(server.restore("r" + std::to_string(i), "/in.zip"), 201);
  });
  return server.cluster().content().content.counters.at("c").value;
}

TEST(ServerQuirks, StrongCounterKeptLeavesOneThatMoved) {
  EXPECT_EQ(
      counter_after_restore(CounterType::kUnboundedStrong, with({Quirk::kStrongCounterKept}), 1),
      7);
  EXPECT_EQ(counter_after_restore(CounterType::kUnboundedStrong, {}, 1), 3);
}

TEST(ServerQuirks, WeakCounterAddedAgainCountsTwice) {
  EXPECT_EQ(counter_after_restore(CounterType::kWeak, with({Quirk::kWeakCounterAddedAgain}), 2),
            13);
  EXPECT_EQ(counter_after_restore(CounterType::kWeak, {}, 2), 3);
}

TEST(ServerQuirks, HeadTellsBodyLengthOfABodyThatDoesNotCome) {
  for (const bool on : {true, false}) {
    ServerCluster server(Content{}, on ? with({Quirk::kHeadTellsBodyLength}) : Quirks());
    server.run([&] {
      const HttpResponse response = server.call("HEAD", "/rest/v2/container/backups");
      EXPECT_EQ(response.status, 405);
      EXPECT_TRUE(response.body.empty());
      EXPECT_EQ(*find_header(response.headers, "content-length"), on ? "11" : "0");
    });
  }
}

TEST(ServerQuirks, PartlyMissingFailsWithANullPointer) {
  for (const bool on : {true, false}) {
    ServerCluster server(Content{}, on ? with({Quirk::kPartlyMissingFails}) : Quirks());
    auto entries = archive_of("caches=a\n");
    entries[kRoot + "caches/a/a.xml"] = configuration("a");
    EXPECT_EQ(restored(server, entries, R"({"caches":["a","nope"]})"), 500);
    EXPECT_EQ(server.logged("java.lang.NullPointerException: entry"), on);
    EXPECT_EQ(server.logged("ISPN005047: caches '[nope]' not found"), !on);
  }
}

TEST(ServerQuirks, CrcIgnoredRestoresChangedBytes) {
  for (const bool on : {true, false}) {
    ServerCluster server(Content{}, on ? with({Quirk::kCrcIgnored}) : Quirks());
    auto entries = archive_of("tasks=t\n");
    entries[kRoot + "tasks/t"] = "1";
    std::string zip =
        zip_archive({entries.begin(), entries.end()}, server.cluster().sim().wall_now());
    // The check sum of the last entry stands in the directory 16 bytes after its signature.
    const size_t directory = zip.rfind(std::string("PK\x01\x02", 4));
    const std::string name = kRoot + "tasks/t";
    size_t at = directory;
    while (zip.compare(at + 46, name.size(), name) != 0) at = zip.rfind("PK\x01\x02", at - 1);
    zip[at + 16] ^= 1;
    EXPECT_TRUE(server.disk().put_file("in.zip", zip).ok());
    server.run([&] { EXPECT_EQ(server.restore("r", "/in.zip"), on ? 201 : 500); });
  }
}

TEST(ServerQuirks, TypesWithoutOrderGoOnWhenAnEarlierOneFails) {
  for (const bool on : {true, false}) {
    ServerCluster server(Content{}, on ? with({Quirk::kTypesWithoutOrder}) : Quirks());
    auto entries = archive_of("caches=a\ntasks=absent\n");
    entries[kRoot + "caches/a/a.xml"] = configuration("a");
    EXPECT_EQ(restored(server, entries), 500);
    EXPECT_EQ(server.cluster().node("n0").has_cache("a"), on);
  }
}

TEST(ServerQuirks, NamesCheckedThenPutLetsTwoEqualRequestsPass) {
  for (const bool on : {true, false}) {
    ServerCluster server(Content{}, on ? with({Quirk::kNamesCheckedThenPut}) : Quirks());
    std::multiset<int> statuses;
    server.run([&] {
      EXPECT_EQ(server.backup("first"), 200);  // makes the directory
      std::vector<std::shared_ptr<Event>> done;
      for (int i = 0; i < 2; ++i)
        done.push_back(server.begin("POST", kBackups + "b", R"({"directory":"/data/backups"})",
                                    [&](int status) { statuses.insert(status); }));
      for (const auto& event : done) EXPECT_TRUE(event->wait(kForever).ok());
      server.settled(kBackups + "b");
    });
    EXPECT_EQ(statuses, on ? std::multiset<int>({202, 202}) : std::multiset<int>({202, 409}));
  }
}

TEST(ServerQuirks, FailureLeavesFilesInTheDirectory) {
  for (const bool on : {true, false}) {
    Quirks quirks = with({Quirk::kValidatedAfterAccepted});
    quirks.set(Quirk::kFailureLeavesFiles, on);
    ServerCluster server(Content{}, quirks);
    server.run([&] {
      EXPECT_EQ(server.backup("b", R"({"resources":{"tasks":["x"]}})"), 500);
      EXPECT_EQ(server.has_directory("data/backups/b/containers/default"), on);
    });
  }
}

TEST(ServerQuirks, AllCachesAtOnceJoinsLinesAnew) {
  for (const bool on : {true, false}) {
    ServerCluster server(Content{}, on ? with({Quirk::kAllCachesAtOnce}) : Quirks());
    auto entries = archive_of("tasks=t\n");
    entries[kRoot + "tasks/t"] = "1\r\n2\n";
    EXPECT_EQ(restored(server, entries), 201);
    EXPECT_EQ(server.cluster().node("n0").tasks().at("t"), on ? "1\n2" : "1\r\n2\n");
  }
}

TEST(ServerQuirks, NamesJoinedByCommasAreReadAsTwo) {
  for (const bool on : {true, false}) {
    Quirks quirks = with({Quirk::kTypesWithoutOrder});  // one type's failure stops no other
    quirks.set(Quirk::kNamesJoinedByCommas, on);
    ServerCluster server(Content{}, quirks);
    auto entries = archive_of("counters=a,b,plain\ntasks=x,y.js,z.js,absent.js\n");
    for (const char* name : {"a,b", "plain"})
      append_framed(entries[kRoot + "counters/counters.dat"],
                    encode(CounterRecord{.name = name, .configuration = {}, .value = 3}));
    entries[kRoot + "tasks/x,y.js"] = entries[kRoot + "tasks/z.js"] = "1";
    EXPECT_EQ(restored(server, entries, R"({"counters":["*"],"tasks":["*"]})"), 500);
    const Content restored_content = server.cluster().content().content;
    EXPECT_EQ(restored_content.counters.contains("a,b"), !on);
    EXPECT_TRUE(restored_content.counters.contains("plain"));
    EXPECT_EQ(restored_content.tasks.contains("x,y.js"), !on);
    EXPECT_TRUE(restored_content.tasks.contains("z.js"));
  }
}

TEST(QuirkTable, AreThoseOfTheReleases) {
  const auto has = [](const std::string& version, Quirk quirk) {
    return quirks_of(parse_version(version).value()).has(quirk);
  };
  EXPECT_FALSE(has("14.0.3.Final", Quirk::kReplicatedLooksEmpty));
  EXPECT_TRUE(has("15.0.21.Final", Quirk::kReplicatedLooksEmpty));
  EXPECT_FALSE(has("16.0.7", Quirk::kReplicatedLooksEmpty));
  EXPECT_TRUE(has("12.1.11.Final", Quirk::kLockFreedByRefused));
  EXPECT_FALSE(has("15.0.3.Final", Quirk::kLockOutlivesOwner));
  EXPECT_TRUE(has("15.0.4.Final", Quirk::kLockOutlivesOwner));
  EXPECT_TRUE(has("12.1.2.Final", Quirk::kLengthInOneByte));
  EXPECT_FALSE(has("12.1.3.Final", Quirk::kLengthInOneByte));
  EXPECT_TRUE(has("15.0.21.Final", Quirk::kCrcIgnored));
  EXPECT_FALSE(has("16.0.7", Quirk::kCrcIgnored));
}

TEST(QuirkTable, OneThatShowsByChanceIsInNoRelease) {
  for (const char* version : {"12.1.11.Final", "15.0.21.Final", "16.0.7"})
    EXPECT_FALSE(quirks_of(parse_version(version).value()).has(Quirk::kConfigurationComesLate));
}

TEST(QuirkTable, HaveOneRowEachAndAreFoundByIdAndName) {
  std::set<std::string_view> names;
  size_t index = 0;
  for (const QuirkInfo& info : all_quirks()) {
    EXPECT_EQ(static_cast<size_t>(info.quirk), index++) << info.id;
    EXPECT_EQ(find_quirk(info.id), info.quirk);
    EXPECT_EQ(find_quirk(info.name), info.quirk);
    EXPECT_TRUE(names.insert(info.name).second) << info.name;
  }
  EXPECT_EQ(index, static_cast<size_t>(Quirk::kCount));
  EXPECT_EQ(find_quirk("F999"), std::nullopt);
}

}  // namespace
}  // namespace drydock::fakegrid
