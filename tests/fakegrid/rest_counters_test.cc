// Counters, schemas and tasks over REST, against what real servers answered.
#include "tests/fakegrid/rest_cluster.h"

namespace drydock::fakegrid {
namespace {

void create(RestServer& rest, const std::string& name, const std::string& body) {
  EXPECT_EQ(call(rest, "POST", "/rest/v2/counters/" + name, body, typed("application/json")).status,
            200);
}

TEST(RestCounters, ConfigurationsAreShownAsEachReleaseWritesThem) {
  const std::string bounded =
      R"({"strong-counter": {"initial-value": 2, "storage": "PERSISTENT", "lower-bound": 0,)"
      R"( "upper-bound": 10}})";
  const std::string weak = R"({"weak-counter": {"initial-value": 7, "concurrency-level": 4}})";
  const auto config = [&](RestServer& rest, const std::string& name) {
    return call(rest, "GET", "/rest/v2/counters/" + name + "/config").body.text();
  };
  with_server("15.0.21.Final", [&](RestServer& rest) {
    create(rest, "s", bounded);
    create(rest, "w", weak);
    EXPECT_EQ(config(rest, "s"),
              R"({"strong-counter":{"initial-value":"2","storage":"PERSISTENT","lower-bound":"0",)"
              R"("upper-bound":"10","lifespan":"-1"}})");
    EXPECT_EQ(
        config(rest, "w"),
        R"({"weak-counter":{"initial-value":"7","storage":"VOLATILE","concurrency-level":"4"}})");
    EXPECT_EQ(call(rest, "GET", "/rest/v2/counters").body.text(), R"(["s","w"])");
    EXPECT_EQ(call(rest, "GET", "/rest/v2/counters/none/config").status, 404);
  });
  with_server("14.0.3.Final", [&](RestServer& rest) {
    create(rest, "w", weak);
    EXPECT_EQ(config(rest, "w"),
              "{\n  \"weak-counter\" : {\n    \"initial-value\" : \"7\",\n    \"storage\" : "
              "\"VOLATILE\",\n    \"concurrency-level\" : \"4\"\n  }\n}");
  });
  with_server("12.1.11.Final", [&](RestServer& rest) {
    create(rest, "s", bounded);
    EXPECT_EQ(config(rest, "s"),
              R"({"strong-counter":{"name":"s","initial-value":2,"storage":"PERSISTENT",)"
              R"("lower-bound":0,"upper-bound":10}})");
  });
}

TEST(RestCounters, BoundsHoldAndSwapsCompare) {
  with_server("15.0.21.Final", [](RestServer& rest) {
    const std::string base = "/rest/v2/counters/u";
    create(rest, "u", R"({"strong-counter": {"initial-value": 3, "upper-bound": 4}})");
    EXPECT_EQ(call(rest, "POST", base + "?action=increment").body.text(), "4");
    const HttpResponse above = call(rest, "POST", base + "?action=increment");
    EXPECT_EQ(above.status, 500);
    EXPECT_EQ(above.body.text(), "ISPN029501: Upper bound reached.");
    EXPECT_EQ(call(rest, "POST", base + "?action=compareAndSet&expect=3&update=1").body.text(),
              "false");
    EXPECT_EQ(call(rest, "POST", base + "?action=compareAndSet&expect=4&update=1").body.text(),
              "true");
    EXPECT_EQ(call(rest, "POST", base + "?action=compareAndSwap&expect=9&update=2").body.text(),
              "1");
    EXPECT_EQ(call(rest, "POST", base + "?action=add&delta=x").body.text(),
              "Param 'delta' must be a number");
    EXPECT_EQ(call(rest, "POST", base + "?action=reset").status, 204);
    EXPECT_EQ(call(rest, "GET", base).body.text(), "3");
    EXPECT_EQ(call(rest, "DELETE", base).status, 204);
    EXPECT_EQ(call(rest, "GET", base).status, 404);
    EXPECT_EQ(call(rest, "POST", base).body.text(), "Configuration not provided");
  });
}

TEST(RestCounters, AWeakCounterTellsNoValueWhenItIsChanged) {
  with_server("15.0.21.Final", [](RestServer& rest) {
    create(rest, "w", R"({"weak-counter": {"initial-value": 7}})");
    const HttpResponse added = call(rest, "POST", "/rest/v2/counters/w?action=add&delta=5");
    EXPECT_EQ(added.status, 204);
    EXPECT_TRUE(added.body.empty());
    EXPECT_EQ(call(rest, "GET", "/rest/v2/counters/w").body.text(), "12");
  });
}

TEST(RestSchemas, ABadOneIsKeptAndItsErrorIsTold) {
  const auto post = [](RestServer& rest) {
    return call(rest, "POST", "/rest/v2/schemas/broken.proto", "message {", typed("text/plain"))
        .body.text();
  };
  with_server("15.0.21.Final", [&](RestServer& rest) {
    EXPECT_EQ(
        post(rest),
        R"({"name":"broken.proto","error":{"message":"Schema broken.proto has errors",)"
        R"("cause":"IPROTO000013: Error while parsing 'broken.proto': Lexical error at line 1,)"
        R"( column 10.  Encountered: <EOF>"}})");
    EXPECT_EQ(call(rest, "POST", "/rest/v2/schemas/broken", "message A {}").status, 409);
    EXPECT_EQ(call(rest, "PUT", "/rest/v2/schemas/broken", "message A {}").body.text(),
              R"({"name":"broken.proto","error":null})");
    EXPECT_EQ(call(rest, "GET", "/rest/v2/schemas").body.text(),
              R"([{"name":"broken.proto","error":null}])");
    EXPECT_EQ(call(rest, "GET", "/rest/v2/schemas/broken.proto").body.text(), "message A {}");
    EXPECT_EQ(call(rest, "DELETE", "/rest/v2/schemas/broken.proto").status, 204);
    EXPECT_EQ(call(rest, "GET", "/rest/v2/schemas/broken.proto").status, 404);
  });
  with_server("14.0.3.Final", [&](RestServer& rest) {
    EXPECT_EQ(post(rest),
              R"({"name":"broken.proto","error":{"message":"Schema broken.proto has errors",)"
              R"("cause":"java.lang.IllegalStateException: Syntax error in broken.proto at 1:9: )"
              R"(expected a word"}})");
  });
}

TEST(RestTasks, OneExpressionRunsAndAnythingElseHasNoEngine) {
  with_server("15.0.21.Final", [](RestServer& rest) {
    const std::string tasks = "/rest/v2/tasks/";
    const HttpResponse stored =
        call(rest, "POST", tasks + "hello.js", "// mode=local,language=javascript\n'hello'");
    EXPECT_EQ(stored.status, 200);
    EXPECT_EQ(call(rest, "POST", tasks + "hello.js?action=exec").body.text(), "\"hello\"");
    call(rest, "PUT", tasks + "two", "// mode=local,language=javascript,parameters=[a]\na + 1");
    EXPECT_EQ(call(rest, "POST", tasks + "two?action=exec&param.a=x").body.text(), "\"x1\"");
    call(rest, "PUT", tasks + "loop", "for (;;) {}");
    EXPECT_EQ(call(rest, "POST", tasks + "loop?action=exec").status, 400);
    EXPECT_EQ(call(rest, "POST", tasks + "none?action=exec").status, 400);
    EXPECT_EQ(call(rest, "POST", tasks + "@@template@create?action=exec").status, 400);
    EXPECT_EQ(
        call(rest, "GET", "/rest/v2/tasks?type=user").body.text(),
        R"([{"name":"hello.js","type":"Script","parameters":[],"execution_mode":"ONE_NODE",)"
        R"("instantiation_mode":"SHARED","allowed_role":null},{"name":"loop","type":"Script",)"
        R"("parameters":[],"execution_mode":"ONE_NODE","instantiation_mode":"SHARED",)"
        R"("allowed_role":null},{"name":"two","type":"Script","parameters":["a"],)"
        R"("execution_mode":"ONE_NODE","instantiation_mode":"SHARED","allowed_role":null}])");
  });
}

}  // namespace
}  // namespace drydock::fakegrid
