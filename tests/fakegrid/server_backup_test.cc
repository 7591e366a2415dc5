#include "fakegrid/server/archive_zip.h"
#include "fakegrid/server/properties.h"
#include "tests/fakegrid/server_cluster.h"

namespace drydock::fakegrid {
namespace {

const std::string kNamed = "/rest/v2/container/backups/";

// The text of an archive's entry; "" when either is missing.
std::string entry_of(ServerCluster& server, const std::string& name, const std::string& entry) {
  const auto bytes = server.disk().get_file(archive_path(name).substr(1));
  if (!bytes.ok()) return "";
  const auto archive = ZipArchive::open(*bytes);
  if (!archive.ok()) return "";
  const auto text = archive->read(entry, true);
  return text.ok() ? *text : "";
}

TEST(ServerBackup, IsAcceptedRunsAndCanBeFetchedOnTheNodeThatTookIt) {
  ServerCluster server(sample_content(5));
  server.run([&] {
    EXPECT_EQ(server.call("HEAD", kNamed + "b").status, 404);
    EXPECT_EQ(server.call("POST", kNamed + "b").status, 202);
    EXPECT_EQ(server.call("HEAD", kNamed + "b").status, 202);
    EXPECT_EQ(server.settled(kNamed + "b"), 200);
    EXPECT_EQ(server.call("HEAD", kNamed + "b", "", "n1").status, 404);
    EXPECT_EQ(server.call("POST", kNamed + "b").status, 409);
    const HttpResponse got = server.call("GET", kNamed + "b");
    EXPECT_EQ(got.status, 200);
    EXPECT_EQ(*find_header(got.headers, "content-disposition"), "attachment; filename=b.zip");
    EXPECT_TRUE(ZipArchive::open(got.body.text()).ok());
    EXPECT_TRUE(server.logged("[o.i.s.c.b.BackupManagerImpl] ISPN005043: Starting backup 'b'"));
    EXPECT_TRUE(server.logged("ISPN005044: Backup file created 'b.zip'"));
    EXPECT_EQ(server.call("DELETE", kNamed + "b").status, 204);
    EXPECT_EQ(server.call("HEAD", kNamed + "b").status, 404);
    EXPECT_TRUE(server.logged("[o.i.s.c.b.BackupWriter] ISPN005050: Deleted backup 'b'"));
  });
}

TEST(ServerBackup, HoldsWhatTheVersionPutsIntoArchives) {
  ServerCluster server(sample_content(5));
  server.run([&] { EXPECT_EQ(server.backup("b"), 200); });
  const PropertyMap manifest = parse_properties(entry_of(server, "b", "manifest.properties"));
  EXPECT_EQ(manifest.at("version"), "15.0.21.Final");
  EXPECT_EQ(manifest.at("containers"), "default");
  const std::string root = "containers/default/";
  const PropertyMap listed = parse_properties(entry_of(server, "b", root + "container.properties"));
  EXPECT_EQ(listed.at("counters"), "c");
  EXPECT_EQ(listed.at("tasks"), "hello.js");
  EXPECT_EQ(listed.at("proto-schemas"), "a.proto");
  EXPECT_NE(listed.at("templates").find("org.infinispan.DIST_SYNC"), std::string::npos);
  EXPECT_NE(entry_of(server, "b", root + "templates/t.xml"), "");
  EXPECT_EQ(entry_of(server, "b", root + "templates/org.infinispan.DIST_SYNC.xml"), "");
  EXPECT_NE(entry_of(server, "b", root + "caches/r/r.dat"), "");
  EXPECT_EQ(entry_of(server, "b", root + "tasks/hello.js"), "// mode=local\n1");
  EXPECT_FALSE(server.has_file("data/backups/b/manifest.properties"));
}

TEST(ServerBackup, BeforeFifteenBuiltInTemplatesHaveFiles) {
  ServerCluster server(sample_content(1), {}, "14.0.3.Final");
  server.run([&] {
    const std::string target = "/rest/v2/cache-managers/default/backups/b";
    EXPECT_EQ(server.call("POST", target).status, 202);
    EXPECT_EQ(server.settled(target), 200);
    EXPECT_EQ(server.call("HEAD", kNamed + "b").status, 404);  // no such path yet
  });
  EXPECT_NE(entry_of(server, "b", "containers/default/templates/org.infinispan.DIST_SYNC.xml"), "");
}

TEST(ServerBackup, RefusesWhatCanBeSeenInTheRequest) {
  ServerCluster server(sample_content(1));
  server.run([&] {
    const auto text = [&](const std::string& body) {
      const HttpResponse response = server.call("POST", kNamed + "x", body);
      return std::to_string(response.status) + " " + response.body.text();
    };
    EXPECT_EQ(text(R"({"resources":{"foo":["*"]}})"), "400 Type with name 'foo' does not exist");
    EXPECT_EQ(text("{oops"), "400 Invalid JSON at [1,3]");
    EXPECT_EQ(text("  "), "400 Reached end of input at [1,3]");
    EXPECT_EQ(text(R"({"directory":"/none"})"), "400 ISPN012038: '/none' must be a directory");
    EXPECT_EQ(text(R"({"resources":{"caches":"a"}})"),
              "500 class java.lang.String cannot be cast to class java.util.List "
              "(java.lang.String and java.util.List are in module java.base of loader "
              "'bootstrap')");
    EXPECT_EQ(text("[1]"), "500 ");
    EXPECT_EQ(server.call("HEAD", kNamed + "x").status, 404);
    EXPECT_EQ(server.call("PUT", kNamed + "x").status, 405);
    EXPECT_EQ(server.call("PATCH", kNamed + "x").status, 403);
  });
}

TEST(ServerBackup, AnEmptyListOfATypeMeansAllOfThatTypeAndNoListMeansEverything) {
  ServerCluster server(sample_content(1));
  server.run([&] {
    EXPECT_EQ(server.backup("b", R"({"resources":{"caches":[]}})"), 200);
    EXPECT_EQ(server.backup("a", R"({"resources":{}})"), 200);
  });
  EXPECT_NE(entry_of(server, "b", "containers/default/caches/r/r.xml"), "");
  EXPECT_EQ(entry_of(server, "b", "containers/default/tasks/hello.js"), "");
  EXPECT_NE(entry_of(server, "a", "containers/default/tasks/hello.js"), "");
}

TEST(ServerBackup, GlobalXmlShowsTheServersOwnConfiguration) {
  ServerOptions options{.version = parse_version("14.0.3.Final").value()};
  options.configuration_head = "    <jgroups/>\n";
  options.configuration_tail = "    <server/>\n";
  ServerCluster server(Content{}, options);
  server.run([&] { EXPECT_EQ(server.backup("b", R"({"resources":{"caches":["*"]}})"), 200); });
  const std::string text = entry_of(server, "b", "containers/default/global.xml");
  EXPECT_NE(text.find("config:14.0\">\n    <jgroups/>\n    <cache-container"), std::string::npos);
  EXPECT_NE(text.find("stack=\"tcp\"/>"), std::string::npos);
  EXPECT_TRUE(text.ends_with("</cache-container>\n    <server/>\n</infinispan>"));
}

TEST(ServerBackup, TheCacheOfSchemasIsArchivedAsServersDefineIt) {
  ServerCluster server(Content{}, Quirks(), "12.1.11.Final");
  server.run([&] {
    EXPECT_EQ(server.backup("b", R"({"resources":{"caches":["___protobuf_metadata"]}})"), 200);
  });
  const std::string text = entry_of(
      server, "b", "containers/default/caches/___protobuf_metadata/___protobuf_metadata.xml");
  EXPECT_NE(text.find("<replicated-cache mode=\"SYNC\" name=\"___protobuf_metadata\" "
                      "statistics=\"false\">"),
            std::string::npos);
  EXPECT_NE(text.find("<file-store fetch-state=\"true\" purge=\"false\" preload=\"true\" "
                      "segmented=\"false\" path=\"/data\"/>"),
            std::string::npos);
}

TEST(ServerBackup, AnUnknownNameFailsAllOfItAfterTheAnswer) {
  ServerCluster server(sample_content(1), with({Quirk::kValidatedAfterAccepted}));
  server.run([&] {
    EXPECT_EQ(server.backup("b", R"({"resources":{"caches":["r","nope"]}})"), 500);
    EXPECT_EQ(server.call("GET", kNamed + "b").body.text(), "ISPN012042: Backup failed");
    EXPECT_TRUE(server.logged("ISPN005039: Cannot create cluster backup:"));
    EXPECT_TRUE(server.logged("CacheException: ISPN005048: caches 'nope' does not exist"));
    EXPECT_EQ(server.backup("t", R"({"resources":{"caches":["t"]}})"), 500);
    EXPECT_TRUE(server.logged("Unable to backup caches 't' as it is a template not a cache"));
  });
}

TEST(ServerBackup, TheSameNameAndDirectoryOnAnotherNodeKeepsTheOldArchive) {
  ServerCluster server(sample_content(1), with({Quirk::kFailureLeavesFiles}));
  server.run([&] {
    EXPECT_EQ(server.backup("b"), 200);
    EXPECT_EQ(server.backup("b", "", "n1"), 500);
    EXPECT_TRUE(server.logged("java.nio.file.FileAlreadyExistsException", "n1"));
  });
  EXPECT_TRUE(server.has_file("data/backups/b/b.zip"));
  EXPECT_TRUE(server.has_file("data/backups/b/manifest.properties"));
}

TEST(ServerBackup, ThatIsRefusedItsNamesLeavesNoManifest) {
  ServerCluster server(Content{},
                       with({Quirk::kValidatedAfterAccepted, Quirk::kFailureLeavesFiles}));
  server.run([&] {
    EXPECT_EQ(server.backup("b", R"({"resources":{"tasks":["x"]}})"), 500);
    EXPECT_TRUE(server.has_directory("data/backups/b/containers/default"));
  });
  EXPECT_FALSE(server.has_file("data/backups/b/manifest.properties"));
}

TEST(ServerBackup, PacksWhatAnEarlierRunLeft) {
  ServerCluster server(sample_content(1));
  EXPECT_TRUE(
      server.disk().put_file("data/backups/b/containers/default/caches/x/x.dat", "old").ok());
  server.run([&] { EXPECT_EQ(server.backup("b", R"({"resources":{"caches":["r"]}})"), 200); });
  EXPECT_EQ(entry_of(server, "b", "containers/default/caches/x/x.dat"), "old");
}

TEST(ServerBackup, TheNameOfTheDirectoryAboveDeletesAllArchives) {
  ServerCluster server(sample_content(1), with({Quirk::kFailureLeavesFiles}));
  server.run([&] {
    EXPECT_EQ(server.backup("b"), 200);
    EXPECT_EQ(server.backup("%2e%2e"), 500);
  });
  EXPECT_FALSE(server.has_file("data/backups/b/b.zip"));
}

TEST(ServerBackup, ADeleteWhileItRunsTakesTheFilesAndLeavesTheName) {
  ServerCluster server(sample_content(1));
  server.run([&] {
    EXPECT_EQ(server.call("POST", kNamed + "b").status, 202);
    EXPECT_EQ(server.call("DELETE", kNamed + "b").status, 202);
    EXPECT_EQ(server.settled(kNamed + "b"), 200);
  });
  EXPECT_FALSE(server.has_file("data/backups/b/b.zip"));
}

TEST(ServerBackup, CacheNamesWithASlashFailIt) {
  Content content = sample_content(1);
  content.caches["a/b"] = cache_with(R"(<local-cache name="a/b"/>)", 1);
  ServerCluster server(content);
  server.run([&] {
    EXPECT_EQ(server.backup("b"), 500);
    EXPECT_TRUE(server.logged("Unable to create backup file 'a/b.xml'"));
  });
}

}  // namespace
}  // namespace drydock::fakegrid
