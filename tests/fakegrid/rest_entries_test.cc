// Entries over REST: media types, stored bytes, times, lists; against what real servers answered.
#include "core/base/text.h"
#include "fakegrid/server/config_render.h"
#include "fakegrid/server/proto_schema.h"
#include "tests/fakegrid/rest_cluster.h"

namespace drydock::fakegrid {
namespace {

constexpr std::string_view kPerson =
    "package peer;\n\nmessage Person {\n   optional string name = 1;\n   optional int32 age = 2;\n"
    "   repeated string tag = 3;\n}\n";

HttpResponse put(RestServer& rest, const std::string& path, const std::string& value,
                 const std::string& type, const std::string& key_type = "") {
  Headers headers = typed(type);
  if (!key_type.empty()) headers.emplace_back("key-content-type", key_type);
  return call(rest, "PUT", "/rest/v2/caches/" + path, value, std::move(headers));
}

std::string hex_of(std::string_view bytes) {
  std::string out;
  for (const char c : bytes) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    out += kDigits[static_cast<uint8_t>(c) >> 4];
    out += kDigits[static_cast<uint8_t>(c) & 15];
  }
  return out;
}

std::string stored_hex(RestServer& rest, const std::string& path, const Headers& headers = {}) {
  return hex_of(call(rest, "GET", "/rest/v2/caches/" + path, "", headers).body.text());
}

TEST(RestEntries, AreGivenWithTypeAndTag) {
  with_server("15.0.21.Final", [](RestServer& rest) {
    create_encoded(rest, "t", "text/plain");
    const HttpResponse stored = put(rest, "t/k", "v", "text/plain");
    EXPECT_EQ(stored.status, 204);
    EXPECT_EQ(stored.headers, (Headers{{"etag", "-810810860"}}));
    const HttpResponse read = call(rest, "GET", "/rest/v2/caches/t/k");
    EXPECT_EQ(
        read.headers,
        (Headers{{"Etag", "-810810860"}, {"Content-Type", "text/plain"}, {"content-length", "1"}}));
    EXPECT_EQ(read.body.text(), "v");
    EXPECT_EQ(
        call(rest, "GET", "/rest/v2/caches/t/k", "", {{"If-None-Match", "-810810860"}}).status,
        304);
    const HttpResponse taken = call(rest, "POST", "/rest/v2/caches/t/k", "w", typed("text/plain"));
    EXPECT_EQ(taken.status, 409);
    EXPECT_EQ(taken.body.text(), "An entry already exists");
  });
}

TEST(RestEntries, AJsonCacheTakesJsonKeysOnlyFrom14On) {
  const std::string text = "ISPN000655: Unable to convert text content to JSON: 'unquoted'";
  const std::string json = "application/json";
  with_server("15.0.21.Final", [&](RestServer& rest) {
    create_encoded(rest, "j", json);
    EXPECT_EQ(put(rest, "j/unquoted", "1", json).status, 400);
    EXPECT_EQ(put(rest, "j/unquoted", "1", json).body.text(), text);
    EXPECT_EQ(put(rest, "j/%7B%22id%22%3A5%7D", "null", json, json).status, 204);
  });
  with_server("14.0.3.Final", [&](RestServer& rest) {
    create_encoded(rest, "j", json);
    EXPECT_EQ(put(rest, "j/unquoted", "1", json).body.text(),
              "org.infinispan.commons.dataconversion.EncodingException: " + text);
  });
  with_server("12.1.11.Final", [&](RestServer& rest) {
    create_encoded(rest, "j", json);
    EXPECT_EQ(put(rest, "j/unquoted", "1", json).status, 204);
    const HttpResponse braces = put(rest, "j/%7B%22id%22%3A5%7D", "null", json, json);
    EXPECT_EQ(braces.status, 400);
    EXPECT_EQ(braces.body.text(), "No key specified");
  });
}

TEST(RestEntries, AProtostreamCacheStoresWrappedMessages) {
  with_server("15.0.21.Final", [](RestServer& rest) {
    const std::string json = "application/json";
    create_encoded(rest, "p", "application/x-protostream");
    call(rest, "POST", "/rest/v2/schemas/person.proto", std::string(kPerson), typed("text/plain"));
    EXPECT_EQ(put(rest, "p/p1",
                  R"({"_type": "peer.Person", "name": "name 1", "age": 0, "tag": ["x"]})", json)
                  .status,
              204);
    EXPECT_EQ(stored_hex(rest, "p/p1"),
              "82010b706565722e506572736f6e8a010d0a066e616d65203110001a0178");
    put(rest, "p/str", "plain string", "text/plain");
    EXPECT_EQ(stored_hex(rest, "p/str"), "4a0c706c61696e20737472696e67");
    put(rest, "p/int", R"({"_type":"int32","_value":-7})", json);
    EXPECT_EQ(stored_hex(rest, "p/int"), "28f9ffffffffffffffff01");
    put(rest, "p/dbl", R"({"_type":"double","_value":1.5})", json);
    EXPECT_EQ(stored_hex(rest, "p/dbl"), "09000000000000f83f");
    put(rest, "p/bytes", R"({"_type":"bytes","_value":"AAEC/w=="})", json);
    EXPECT_EQ(stored_hex(rest, "p/bytes"), "5204000102ff");
    const std::string integer = "application/x-java-object;type=java.lang.Integer";
    put(rest, "p/7", R"({"_type":"int64","_value":7})", json, integer);
    EXPECT_EQ(stored_hex(rest, "p/7", {{"key-content-type", integer}}), "1807");
    EXPECT_EQ(put(rest, "p/bad", R"({"_type":"peer.None"})", json).status, 400);
    EXPECT_EQ(call(rest, "GET", "/rest/v2/caches/p/p1", "", {{"Accept", json}}).body.text(),
              R"({"_type":"peer.Person","name":"name 1","age":0,"tag":["x"]})");
    EXPECT_EQ(
        call(rest, "GET", "/rest/v2/caches/p/str", "", {{"Accept", "text/plain"}}).body.text(),
        "plain string");
  });
}

TEST(RestEntries, OtherEncodingsStoreTheirOwnBytes) {
  with_server("15.0.21.Final", [](RestServer& rest) {
    create_encoded(rest, "x", "application/xml");
    put(rest, "x/x1", "<a><b>1</b></a>", "application/xml");
    EXPECT_EQ(call(rest, "GET", "/rest/v2/caches/x?action=entries").body.text(),
              R"([{"key":"<string>x1</string>","value":"<a><b>1</b></a>"}])");
    create_encoded(rest, "o", "application/x-java-object");
    put(rest, "o/j1", "string", "text/plain");
    EXPECT_EQ(stored_hex(rest, "o/j1"), "4a06737472696e67");
    create_encoded(rest, "n", "");
    put(rest, "n/k1", "v1", "text/plain");
    const HttpResponse raw = call(rest, "GET", "/rest/v2/caches/n/k1");
    EXPECT_EQ(raw.body.text(), "v1");
    EXPECT_EQ(header(raw, "Content-Type"), "application/octet-stream");
  });
}

TEST(RestEntries, TimesAreShownAndKept) {
  with_server("15.0.21.Final", [](RestServer& rest) {
    create_encoded(rest, "t", "text/plain");
    Headers headers = typed("text/plain");
    headers.emplace_back("timeToLiveSeconds", "7200");
    headers.emplace_back("maxIdleTimeSeconds", "900");
    call(rest, "PUT", "/rest/v2/caches/t/both", "both", headers);
    const HttpResponse read = call(rest, "GET", "/rest/v2/caches/t/both");
    EXPECT_EQ(header(read, "timeToLiveSeconds"), "7200");
    EXPECT_EQ(header(read, "maxIdleTimeSeconds"), "900");
    const int64_t created = std::stoll(header(read, "created"));
    const std::string since = std::to_string(created);
    EXPECT_EQ(call(rest, "GET", "/rest/v2/caches/t?action=entries&metadata=true").body.text(),
              R"([{"key":"both","value":"both","timeToLiveSeconds":7200,"maxIdleTimeSeconds":900,)"
              R"("created":)" +
                  since + R"(,"lastUsed":)" + since + R"(,"expireTime":)" +
                  std::to_string(created + 900'000) + "}]");
  });
}

TEST(RestEntries, ListsArePrintedAsEachReleaseDoes) {
  const auto list = [](RestServer& rest) {
    create_encoded(rest, "t", "text/plain");
    put(rest, "t/k", "42", "text/plain");
    return call(rest, "GET", "/rest/v2/caches/t?action=entries&metadata=true").body.text();
  };
  with_server("14.0.3.Final", [&](RestServer& rest) {
    EXPECT_EQ(list(rest), R"([{"key":"k","value":"42","timeToLiveSeconds": -1, )"
                          R"("maxIdleTimeSeconds": -1, "created": -1, "lastUsed": -1, )"
                          R"("expireTime": -1}])");
  });
  with_server("12.1.11.Final", [&](RestServer& rest) {
    EXPECT_TRUE(list(rest).starts_with(R"([{"key":"k","value":42,"timeToLiveSeconds": -1, )"));
    create_encoded(rest, "p", "application/x-protostream");
    put(rest, "p/k", "s", "text/plain");
    EXPECT_TRUE(call(rest, "GET", "/rest/v2/caches/p?action=entries")
                    .body.text()
                    .starts_with("[{\"key\":\n{\n   \"_type\": \"string\",\n   \"_value\": "
                                 "\"k\"\n}\n,\"value\":\n"));
    EXPECT_EQ(call(rest, "GET", "/rest/v2/caches/p?action=keys").body.text(), R"(["k"])");
  });
}

TEST(RestEntries, ArchivedConfigurationsAreDocumentsOfTheRelease) {
  const auto archived = [](const std::string& text) {
    return archived_configuration("owners1", R"(<distributed-cache segments="16" owners="1"/>)",
                                  false, parse_version(text).value())
        .value();
  };
  EXPECT_EQ(archived("15.0.21.Final"),
            "<?xml version=\"1.0\"?><infinispan xmlns=\"urn:infinispan:config:15.0\">"
            "<cache-container><caches><distributed-cache name=\"owners1\" owners=\"1\" "
            "segments=\"16\" mode=\"SYNC\"/></caches></cache-container></infinispan>");
  EXPECT_EQ(archived("12.1.11.Final"),
            "<?xml version=\"1.0\"?>\n<infinispan xmlns=\"urn:infinispan:config:12.1\">\n"
            "    <cache-container>\n        <distributed-cache owners=\"1\" segments=\"16\" "
            "mode=\"SYNC\" name=\"owners1\"/>\n    </cache-container>\n</infinispan>\n");
  EXPECT_EQ(archived("14.0.3.Final"),
            "<?xml version=\"1.0\"?>\n<infinispan xmlns=\"urn:infinispan:config:14.0\">\n"
            "    <cache-container>\n        <caches>\n            <distributed-cache "
            "name=\"owners1\" owners=\"1\" segments=\"16\" mode=\"SYNC\"/>\n        </caches>\n"
            "    </cache-container>\n</infinispan>\n");
  EXPECT_EQ(archived_configuration("c", "<nothing/>", false, {}).status().code(), Code::kNotFound);
}

TEST(ProtoSchema, KnowsMessagesFieldsAndWhereTextsAreWrong) {
  const ProtoFile file = parse_proto(
      "syntax = \"proto3\"; package a;\n/* x */ message M { enum E { A = 0; B = -1; }\n"
      "  message In { string s = 1; } oneof o { In in = 2 [deprecated = true]; E e = 3; } }");
  ASSERT_FALSE(file.error.has_value());
  EXPECT_EQ(file.types.messages.at("a.M").fields.size(), 2u);
  EXPECT_EQ(file.types.enums.at("a.M.E").at("B"), -1);
  const std::string json = R"({"_type":"a.M","in":{"s":"x"},"e":"A"})";
  const Result<std::string> wrapped = json_to_protostream(json, file.types);
  ASSERT_TRUE(wrapped.ok()) << wrapped.status().to_string();
  EXPECT_EQ(protostream_to_json(*wrapped, file.types).value(), json);
  const ProtoFile broken = parse_proto("message A {}\nmassage B {}");
  ASSERT_TRUE(broken.error.has_value());
  EXPECT_EQ(broken.error->line, 2);
  EXPECT_EQ(broken.error->column, 1);
  EXPECT_FALSE(broken.error->at_end);
}

}  // namespace
}  // namespace drydock::fakegrid
