// Caches over REST, by version, against what real servers answered.
#include "tests/fakegrid/rest_cluster.h"

namespace drydock::fakegrid {
namespace {

std::string shown(RestServer& rest, const std::string& cache, const std::string& type) {
  return call(rest, "GET", "/rest/v2/caches/" + cache + "?action=config", "", {{"Accept", type}})
      .body.text();
}

TEST(RestCaches, AreListedWithThoseOfSchemasScriptsAndOtherProtocols) {
  with_server("15.0.21.Final", [](RestServer& rest) {
    create_encoded(rest, "c", "");
    EXPECT_EQ(call(rest, "GET", "/rest/v2/caches").body.text(),
              R"(["___protobuf_metadata","___script_cache","c","memcachedCache","respCache"])");
  });
  with_server("12.1.11.Final", [](RestServer& rest) {
    EXPECT_EQ(call(rest, "GET", "/rest/v2/caches").body.text(),
              R"(["___protobuf_metadata","___script_cache"])");
  });
}

TEST(RestCaches, AreCreatedOnceAndRemovedOnce) {
  with_server("15.0.21.Final", [](RestServer& rest) {
    const std::string body =
        R"({"distributed-cache":{"owners":2,"encoding":{"media-type":"a/b"}}})";
    EXPECT_EQ(call(rest, "POST", "/rest/v2/caches/c", body, typed("application/json")).status, 200);
    const HttpResponse again =
        call(rest, "POST", "/rest/v2/caches/c", "<local-cache/>", typed("application/xml"));
    EXPECT_EQ(again.status, 400);
    EXPECT_EQ(again.body.text(), "ISPN000507: Cache c already exists");
    EXPECT_EQ(call(rest, "HEAD", "/rest/v2/caches/c").status, 204);
    EXPECT_EQ(call(rest, "PUT", "/rest/v2/caches/c/k", "v").status, 204);
    EXPECT_EQ(call(rest, "DELETE", "/rest/v2/caches/c").status, 200);
    EXPECT_EQ(call(rest, "HEAD", "/rest/v2/caches/c").status, 404);
    EXPECT_EQ(call(rest, "DELETE", "/rest/v2/caches/c").status, 404);
    EXPECT_EQ(call(rest, "GET", "/rest/v2/caches/c/k").body.text(),
              "ISPN012010: Cache with name 'c' not found amongst the configured caches");
    create_encoded(rest, "c", "");
    EXPECT_EQ(call(rest, "GET", "/rest/v2/caches/c?action=size").body.text(), "0");
  });
}

TEST(RestCaches, ConfigurationsAreShownAsEachReleaseWritesThem) {
  const auto create = [](RestServer& rest) { create_encoded(rest, "c", "text/plain"); };
  with_server("15.0.21.Final", [&](RestServer& rest) {
    create(rest);
    EXPECT_EQ(shown(rest, "c", "application/xml"),
              "<?xml version=\"1.0\"?><distributed-cache name=\"c\" mode=\"SYNC\">"
              "<encoding media-type=\"text/plain\"/></distributed-cache>");
    EXPECT_EQ(
        shown(rest, "c", "application/json"),
        R"({"c":{"distributed-cache":{"mode":"SYNC","encoding":{"media-type":"text/plain"}}}})");
  });
  with_server("14.0.3.Final", [&](RestServer& rest) {
    create(rest);
    EXPECT_EQ(shown(rest, "c", "application/xml"),
              "<?xml version=\"1.0\"?><distributed-cache name=\"c\" mode=\"SYNC\"><encoding>"
              "<key media-type=\"text/plain\"/><value media-type=\"text/plain\"/></encoding>"
              "</distributed-cache>");
  });
  with_server("12.1.11.Final", [&](RestServer& rest) {
    create(rest);
    EXPECT_EQ(shown(rest, "c", "application/xml"),
              "<?xml version=\"1.0\"?>\n"
              "<infinispan xmlns=\"urn:infinispan:config:12.1\">\n"
              "    <cache-container>\n"
              "        <distributed-cache mode=\"SYNC\" name=\"c\">\n"
              "            <encoding>\n"
              "                <key media-type=\"text/plain\"/>\n"
              "                <value media-type=\"text/plain\"/>\n"
              "            </encoding>\n"
              "        </distributed-cache>\n"
              "    </cache-container>\n"
              "</infinispan>\n");
  });
}

TEST(RestCaches, ATemplateIsCopiedAndAParentIsInherited) {
  with_server("15.0.21.Final", [](RestServer& rest) {
    EXPECT_EQ(call(rest, "POST", "/rest/v2/caches/b?template=org.infinispan.DIST_SYNC").status,
              200);
    EXPECT_EQ(shown(rest, "b", "application/xml"),
              "<?xml version=\"1.0\"?><distributed-cache name=\"b\" "
              "configuration=\"org.infinispan.LOCAL\" mode=\"SYNC\" remote-timeout=\"17500\" "
              "statistics=\"true\"><locking concurrency-level=\"1000\" acquire-timeout=\"15000\" "
              "striping=\"false\"/><state-transfer timeout=\"60000\"/></distributed-cache>");
    call(rest, "POST", "/rest/v2/caches/d",
         R"(<distributed-cache configuration="org.infinispan.DIST_SYNC" owners="1"/>)",
         typed("application/xml"));
    EXPECT_EQ(
        shown(rest, "d", "application/xml").substr(21, 75),
        "<distributed-cache name=\"d\" owners=\"1\" mode=\"SYNC\" remote-timeout=\"17500\" s");
    const HttpResponse none = call(rest, "POST", "/rest/v2/caches/n?template=none");
    EXPECT_EQ(none.status, 400);
    EXPECT_EQ(none.body.text(), "ISPN000374: No such template 'none' when declaring 'n'");
  });
}

TEST(RestCaches, BadNamesAndElementsAreRefusedAsEachReleaseDoes) {
  const std::string dist = "<distributed-cache/>";
  const Headers xml = typed("application/xml");
  with_server("15.0.21.Final", [&](RestServer& rest) {
    const HttpResponse star = call(rest, "POST", "/rest/v2/caches/star%2A", dist, xml);
    EXPECT_EQ(star.status, 400);
    EXPECT_EQ(star.body.text(), "ISPN000484: Wildcards not allowed in cache names: 'star*'");
    EXPECT_EQ(call(rest, "POST", "/rest/v2/caches/tab%09name", dist, xml).status, 500);
    EXPECT_EQ(call(rest, "POST", "/rest/v2/caches/q%22", dist, xml).status, 200);
    EXPECT_EQ(call(rest, "POST", "/rest/v2/caches/i", "<invalidation-cache/>", xml).status, 200);
    EXPECT_EQ(call(rest, "POST", "/rest/v2/caches/t", dist, typed("text/plain")).status, 415);
    EXPECT_EQ(call(rest, "POST", "/rest/v2/caches/j", "{", typed("application/json")).status, 400);
  });
  with_server("14.0.3.Final", [&](RestServer& rest) {
    const HttpResponse inval =
        call(rest, "POST", "/rest/v2/caches/i", "<invalidation-cache/>", xml);
    EXPECT_EQ(inval.status, 400);
    EXPECT_EQ(inval.body.text(),
              "ISPN000327: Cannot find a parser for element 'invalidation-cache' in namespace ''. "
              "Check that your configuration is up-to date for Infinispan '14.0.3.Final' and if "
              "you have the proper dependency in the classpath");
    EXPECT_EQ(call(rest, "POST", "/rest/v2/caches/q%22", dist, xml).status, 400);
  });
  with_server("12.1.11.Final", [&](RestServer& rest) {
    const HttpResponse unnamed = call(rest, "POST", "/rest/v2/caches/u", dist, xml);
    EXPECT_EQ(unnamed.status, 500);
    EXPECT_EQ(unnamed.body.text(), "Cannot invoke \"String.length()\" because \"s\" is null");
  });
}

TEST(RestCaches, ARemovedOneIsGoneOnEveryNodeAndCanBeMadeAnew) {
  TestCluster cluster;
  cluster.form(3, sample_content(20));
  cluster.run([&] {
    const SteadyTime deadline = cluster.now() + seconds(30);
    cluster.on("n1", [&](Node& node) {
      EXPECT_EQ(node.remove_cache("d2", deadline).value(), true);
      EXPECT_EQ(node.remove_cache("d2", deadline).value(), false);
      EXPECT_EQ(node.remove_cache("org.infinispan.CONFIG", deadline).value(), false);
    });
    cluster.wait(seconds(1));
    for (const char* name : {"n0", "n1", "n2"}) EXPECT_FALSE(cluster.node(name).has_cache("d2"));
    cluster.on("n2", [&](Node& node) {
      EXPECT_EQ(node.get("d2", "k1", deadline).status().code(), Code::kNotFound);
      EXPECT_EQ(node.create_cache({"d2", "<distributed-cache/>"}, deadline).value(), true);
      EXPECT_EQ(node.size("d2", deadline).value(), 0u);
      EXPECT_EQ(node.size("d1", deadline).value(), 20u);
    });
  });
}

TEST(RestCaches, AreCreatedFromYaml) {
  with_server("15.0.21.Final", [](RestServer& rest) {
    const std::string yaml =
        "distributedCache:  # as the operator's users write it\n"
        "  mode: \"SYNC\"\n"
        "  owners: 1\n"
        "  indexing:\n"
        "    storage: local-heap\n"
        "    indexedEntities:\n"
        "      - a.Book\n"
        "      - a.Author\n";
    EXPECT_EQ(call(rest, "POST", "/rest/v2/caches/y", yaml, typed("application/yaml")).status, 200);
    EXPECT_EQ(shown(rest, "y", "application/xml"),
              "<?xml version=\"1.0\"?><distributed-cache name=\"y\" owners=\"1\" mode=\"SYNC\">"
              "<indexing enabled=\"true\" storage=\"local-heap\"><indexed-entities>"
              "<indexed-entity>a.Book</indexed-entity><indexed-entity>a.Author</indexed-entity>"
              "</indexed-entities></indexing></distributed-cache>");
  });
}

TEST(RestCaches, ClearRemovesEveryEntry) {
  with_server("15.0.21.Final", [](RestServer& rest) {
    create_encoded(rest, "c", "");
    for (const char* key : {"a", "b", "c"})
      call(rest, "PUT", std::string("/rest/v2/caches/c/") + key, "v");
    EXPECT_EQ(call(rest, "GET", "/rest/v2/caches/c?action=size").body.text(), "3");
    EXPECT_EQ(call(rest, "POST", "/rest/v2/caches/c?action=clear").status, 204);
    EXPECT_EQ(call(rest, "GET", "/rest/v2/caches/c?action=size").body.text(), "0");
    EXPECT_EQ(call(rest, "POST", "/rest/v2/caches/none?action=clear").status, 404);
  });
}

TEST(RestCaches, TheContainerIsUnderTheNewPathFrom15On) {
  with_server("14.0.3.Final", [](RestServer& rest) {
    EXPECT_EQ(call(rest, "GET", "/rest/v2/container").status, 404);
    EXPECT_EQ(call(rest, "GET", "/rest/v2/cluster").body.text(),
              "Invalid 'action' parameter supplied");
    EXPECT_EQ(call(rest, "GET", "/rest/v2/server").body.text(),
              R"({"version":"Infinispan 'Flying Saucer' 14.0.3.Final"})");
  });
  with_server("12.1.11.Final", [](RestServer& rest) {
    EXPECT_EQ(call(rest, "GET", "/rest/v2/cluster").status, 405);
    const std::string templates =
        call(rest, "GET", "/rest/v2/cache-managers/default/cache-configs/templates").body.text();
    EXPECT_TRUE(templates.starts_with(
        R"([{"name":"example.PROTOBUF_DIST","configuration":{"distributed-cache":{"mode":"SYNC",)"
        R"("remote-timeout":17500,"state-transfer":{"timeout":60000},"encoding":{"media-type":)"))
        << templates;
  });
  with_server("16.0.7", [](RestServer& rest) {
    EXPECT_EQ(call(rest, "GET", "/health/live").status, 200);
    EXPECT_EQ(call(rest, "GET", "/rest/v2/container").status, 200);
  });
}

TEST(RestCaches, AShutDownContainerAnswersNothingMoreButAnEmptyStatus) {
  with_server("15.0.21.Final", [](RestServer& rest) {
    EXPECT_EQ(call(rest, "POST", "/rest/v2/container?action=shutdown").status, 204);
    const HttpResponse after = call(rest, "GET", "/rest/v2/container/health");
    EXPECT_EQ(after.status, 503);
    EXPECT_EQ(after.body.text(), "Unable to process REST request when Server is STOPPING");
    const HttpResponse status = call(rest, "GET", "/rest/v2/container/health/status");
    EXPECT_EQ(status.status, 200);
    EXPECT_EQ(status.body.text(), "");
  });
}

}  // namespace
}  // namespace drydock::fakegrid
