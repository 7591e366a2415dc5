#include "fakegrid/server/archive_zip.h"
#include "fakegrid/server/properties.h"
#include "tests/fakegrid/server_cluster.h"

namespace drydock::fakegrid {
namespace {

const std::string kRoot = "containers/default/";

using Entries = std::map<std::string, std::string>;

// An archive of cache "a" with two entries, and of a counter.
Entries sample_archive() {
  std::string records;
  append_framed(records, encode(record_of("k0", "new")));
  append_framed(records, encode(record_of("k1", "new")));
  std::string counters;
  append_framed(counters, encode(CounterRecord{.name = "c", .configuration = {}, .value = 3}));
  return {{"manifest.properties", "containers=default\nversion=15.0.21.Final\n"},
          {kRoot + "container.properties", "caches=a\ncounters=c\n"},
          {kRoot + "caches/a/a.xml",
           "<infinispan xmlns=\"urn:infinispan:config:15.0\"><cache-container><caches>"
           "<replicated-cache name=\"a\"/></caches></cache-container></infinispan>"},
          {kRoot + "caches/a/a.dat", records},
          {kRoot + "counters/counters.dat", counters}};
}

void put_archive(ServerCluster& server, const Entries& entries) {
  const std::string zip =
      zip_archive({entries.begin(), entries.end()}, server.cluster().sim().wall_now());
  EXPECT_TRUE(server.disk().put_file("in.zip", zip).ok());
}

std::optional<std::string> value_of(ServerCluster& server, const std::string& key) {
  std::optional<std::string> out;
  server.cluster().on("n1", [&](Node& node) {
    const auto record = node.get("a", key, server.cluster().now() + seconds(5));
    if (record.ok() && *record) out = (*record)->value;
  });
  return out;
}

// Restores the archive into an empty cluster; the last status of HEAD.
int restored(ServerCluster& server, const Entries& entries, const std::string& resources = "null") {
  int status = 0;
  put_archive(server, entries);
  server.run([&] { status = server.restore("r", "/in.zip", resources); });
  return status;
}

TEST(ServerRestore, BringsBackWhatItsOwnBackupHolds) {
  ServerCluster server(sample_content(700));
  server.run([&] {
    EXPECT_EQ(server.backup("b"), 200);
    server.cluster().on("n0", [&](Node& node) {
      const SteadyTime deadline = server.cluster().now() + seconds(5);
      EXPECT_TRUE(node.remove("d2", "k1", deadline).ok());
      CacheRecord changed = record_of("k2", "changed");
      EXPECT_TRUE(node.put("d2", {&changed, 1}, deadline).ok());
    });
    EXPECT_EQ(server.restore("r", archive_path("b")), 201);
    EXPECT_TRUE(server.logged("ISPN005046: Restore 'r' complete"));
  });
  EXPECT_EQ(server.cluster().content().content.caches.at("d2").records,
            sample_content(700).caches.at("d2").records);
}

TEST(ServerRestore, EveryReleaseReadsItsOwnArchives) {
  for (const std::string version : {"12.1.11.Final", "14.0.3.Final", "15.0.21.Final", "16.0.7"}) {
    ServerCluster server(sample_content(3), quirks_of(parse_version(version).value()), version);
    server.run([&] {
      EXPECT_EQ(server.backup("b", "{}"), 200) << version;
      server.cluster().on("n0", [&](Node& node) {
        EXPECT_TRUE(node.remove_cache("d2", server.cluster().now() + seconds(5)).ok());
      });
      EXPECT_EQ(server.restore("r", archive_path("b")), 201) << version;
    });
    EXPECT_EQ(server.cluster().content().content.caches["d2"].records,
              sample_content(3).caches["d2"].records)
        << version;
  }
}

TEST(ServerRestore, AFileThatIsNotThereIsAcceptedAndNeverKnown) {
  ServerCluster server(Content{});
  server.run([&] {
    EXPECT_EQ(server.restore("r", "/none.zip"), 404);
    EXPECT_TRUE(server.logged("ISPN005040: Cannot restore cluster backup '/none.zip':"));
  });
}

TEST(ServerRestore, RefusesWhatCanBeSeenInTheRequest) {
  ServerCluster server(Content{});
  server.run([&] {
    const std::string target = "/rest/v2/container/restores/r";
    EXPECT_EQ(server.call("POST", target, "{}").body.text(),
              "ISPN012040: Missing required argument 'backup-location'");
    HttpRequest request{.method = "POST", .target = target, .headers = {}, .body = {}};
    EXPECT_EQ(server.send(request).status, 500);
    request.headers = {{"Content-Type", "text/plain"}};
    EXPECT_EQ(server.send(request).status, 415);
    EXPECT_EQ(server.call("GET", target).status, 405);
  });
}

TEST(ServerRestore, TakesAnUploadedArchive) {
  ServerCluster server(Content{});
  const Entries entries = sample_archive();
  const std::string zip =
      zip_archive({entries.begin(), entries.end()}, server.cluster().sim().wall_now());
  server.run([&] {
    const std::string target = "/rest/v2/container/restores/r";
    HttpRequest request{.method = "POST", .target = target, .headers = {}, .body = {}};
    request.headers = {{"Content-Type", "multipart/form-data; boundary=xx"}};
    request.body = Body(
        "--xx\r\nContent-Disposition: form-data; name=\"backup\"; "
        "filename=\"b.zip\"\r\n\r\n" +
        zip + "\r\n--xx--\r\n");
    EXPECT_EQ(server.send(request).status, 202);
    EXPECT_EQ(server.settled(target), 201);
    EXPECT_EQ(value_of(server, "k0"), "new");
  });
}

TEST(ServerRestore, ADatCutInARecordKeepsWhatCameBefore) {
  ServerCluster server(Content{});
  Entries entries = sample_archive();
  entries[kRoot + "caches/a/a.dat"].resize(entries[kRoot + "caches/a/a.dat"].size() - 1);
  put_archive(server, entries);
  server.run([&] {
    EXPECT_EQ(server.restore("r", "/in.zip"), 500);
    EXPECT_EQ(value_of(server, "k0"), "new");
    EXPECT_EQ(value_of(server, "k1"), std::nullopt);
    EXPECT_TRUE(server.logged("Failed reading entry to recover a"));
    EXPECT_EQ(server.call("DELETE", "/rest/v2/container/restores/r").status, 500);
    EXPECT_EQ(server.call("HEAD", "/rest/v2/container/restores/r").status, 404);
  });
}

TEST(ServerRestore, AMissingDatIsAnEmptyCache) {
  ServerCluster server(Content{});
  Entries entries = sample_archive();
  entries.erase(kRoot + "caches/a/a.dat");
  EXPECT_EQ(restored(server, entries), 201);
}

TEST(ServerRestore, ArchivesBeforeTwelveAreRefused) {
  ServerCluster server(Content{});
  Entries entries = sample_archive();
  entries["manifest.properties"] = "containers=default\nversion=11.0.9.Final\n";
  EXPECT_EQ(restored(server, entries), 500);
  EXPECT_TRUE(
      server.logged("Unable to restore from a backup as '11.0.9.Final' is no longer "
                    "supported in 'Infinispan 15.0.21.Final'"));
}

TEST(ServerRestore, ConfigurationsOfALaterReleaseAreUnknown) {
  ServerCluster server(Content{});
  Entries entries = sample_archive();
  std::string& xml = entries[kRoot + "caches/a/a.xml"];
  xml.replace(xml.find("15.0"), 4, "16.0");
  EXPECT_EQ(restored(server, entries), 500);
  EXPECT_TRUE(
      server.logged("ISPN000327: Cannot find a parser for element 'infinispan' in "
                    "namespace 'urn:infinispan:config:16.0'"));
}

TEST(ServerRestore, NamesOfWhichTheArchiveHasNoneAreAnError) {
  ServerCluster server(Content{});
  EXPECT_EQ(restored(server, sample_archive(), R"({"caches":["nope"]})"), 500);
  EXPECT_TRUE(server.logged("ISPN005047: caches '[nope]' not found in the backup archive"));
}

TEST(ServerRestore, ARecordLongerThanTheHeapNeverEndsAndKeepsTheLock) {
  ServerCluster server(Content{}, with({Quirk::kRefusedAfterAccepted}));
  Entries entries = sample_archive();
  entries[kRoot + "caches/a/a.dat"] = std::string("\x7f\xff\xff\xff", 4);
  put_archive(server, entries);
  server.run([&] {
    EXPECT_EQ(server.restore("r", "/in.zip"), 202);
    EXPECT_EQ(server.restore("s", "/in.zip"), 500);
    EXPECT_TRUE(server.logged("ISPN005042"));
  });
}

TEST(ServerRestore, BeforeRestoresWereStreamsARecordLongerThanTheHeapOnlyFailed) {
  ServerCluster server(Content{}, Quirks(), "14.0.3.Final");
  Entries entries = sample_archive();
  entries[kRoot + "caches/a/a.dat"] += std::string("\x20\0\0\0", 4);
  put_archive(server, entries);
  server.run([&] { EXPECT_EQ(server.restore("r", "/in.zip"), 500); });
}

TEST(ServerRestore, WhatIsNoZipFileCannotBeRead) {
  ServerCluster server(Content{});
  EXPECT_TRUE(server.disk().put_file("in.zip", "nothing").ok());
  server.run([&] { EXPECT_EQ(server.restore("r", "/in.zip"), 500); });
  EXPECT_TRUE(server.logged("ISPN028028: Unable to read backup '/in.zip'"));
}

}  // namespace
}  // namespace drydock::fakegrid
