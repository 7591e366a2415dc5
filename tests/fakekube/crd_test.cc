// CustomResourceDefinitions at run time: accepted, established, served, changed and removed.
#include "fakekube/schema/crd_types.h"
#include "tests/fakekube/api_fixture.h"

namespace drydock::fakekube {
namespace {

constexpr const char* kCrds = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
constexpr const char* kThings = "/apis/tmp.test/v1/namespaces/ns/things";
constexpr const char* kThing =
    R"({"apiVersion":"tmp.test/v1","kind":"Thing","metadata":{"name":"t"},"spec":{"size":2}})";

// `versions`: text of the CRD's list of versions.
std::string crd(const std::string& versions, const std::string& name = "things.tmp.test") {
  return R"({"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition",
    "metadata":{"name":")" +
         name + R"("},"spec":{"group":"tmp.test","scope":"Namespaced",
    "names":{"plural":"things","kind":"Thing"},"versions":)" +
         versions + "}}";
}

constexpr const char* kOneVersion = R"([{"name":"v1","served":true,"storage":true,
  "schema":{"openAPIV3Schema":{"type":"object","properties":{"spec":{"type":"object",
    "properties":{"size":{"type":"integer","maximum":9},
                  "mode":{"type":"string","default":"slow"}}}}}}}])";

constexpr const char* kTwoVersions = R"([
  {"name":"v1","served":true,"storage":true,"schema":{"openAPIV3Schema":{"type":"object",
    "x-kubernetes-preserve-unknown-fields":true}}},
  {"name":"v1beta1","served":true,"storage":false,"deprecated":true,
   "schema":{"openAPIV3Schema":{"type":"object","x-kubernetes-preserve-unknown-fields":true}}}])";

class Crds : public ApiTest {
 protected:
  void settle() { (void)simulation_.harness().sleep_for(milliseconds(200)); }
  Answer define(const std::string& versions) { return ask("POST", kCrds, crd(versions)); }
  std::string message_of(const std::string& body) { return ask("POST", kCrds, body).message(); }
};

TEST_F(Crds, AKindIsServedAMomentAfterItsDefinition) {
  run([&] {
    const Answer created = define(kOneVersion);
    EXPECT_EQ(created.code, 201);
    EXPECT_EQ(json_string(*created.body, {"spec", "names", "listKind"}), "ThingList");
    EXPECT_EQ(json_string(*created.body, {"spec", "conversion", "strategy"}), "None");
    EXPECT_EQ(json_text(*json_find(*created.body, {"status"})),
              R"({"conditions":null,"acceptedNames":{"plural":"","kind":""},)"
              R"("storedVersions":["v1"]})");
    EXPECT_EQ(ask("GET", kThings).code, 404);
    settle();
    EXPECT_EQ(ask("GET", kThings).code, 200);
    const Answer shown = ask("GET", std::string(kCrds) + "/things.tmp.test");
    const json::array& conditions = json_array(*shown.body, {"status", "conditions"});
    ASSERT_EQ(conditions.size(), 2U);
    EXPECT_EQ(json_string(conditions[0], {"type"}), "NamesAccepted");
    EXPECT_EQ(json_string(conditions[1], {"reason"}), "InitialNamesAccepted");
    EXPECT_EQ(json_string(*shown.body, {"status", "acceptedNames", "kind"}), "Thing");
  });
}

TEST_F(Crds, ObjectsFollowTheSchema) {
  run([&] {
    (void)define(kOneVersion);
    settle();
    const Answer created = ask("POST", kThings, kThing);
    EXPECT_EQ(created.code, 201);
    EXPECT_EQ(json_string(*created.body, {"spec", "mode"}), "slow");
    const Answer refused = merge(std::string(kThings) + "/t", R"({"spec":{"size":10}})");
    EXPECT_EQ(refused.code, 422);
    EXPECT_EQ(refused.message(),
              "Thing.tmp.test \"t\" is invalid: spec.size: Invalid value: 10: spec.size in body "
              "should be less than or equal to 9");
  });
}

TEST_F(Crds, DeletingADefinitionDeletesItsObjects) {
  run([&] {
    (void)define(kOneVersion);
    settle();
    (void)ask("POST", kThings, kThing);
    const Answer deleted = ask("DELETE", std::string(kCrds) + "/things.tmp.test");
    EXPECT_EQ(deleted.code, 200);
    EXPECT_EQ(json_text(*json_find(*deleted.body, {"metadata", "finalizers"})),
              R"(["customresourcecleanup.apiextensions.k8s.io"])");
    EXPECT_EQ(json_string(json_array(*deleted.body, {"status", "conditions"})[2], {"reason"}),
              "InstanceDeletionPending");
    settle();
    EXPECT_EQ(ask("GET", kThings).text, "404 page not found\n");
    EXPECT_EQ(ask("GET", std::string(kCrds) + "/things.tmp.test").code, 404);
    (void)define(kOneVersion);
    settle();
    EXPECT_TRUE(json_array(*ask("GET", kThings).body, {"items"}).empty());
  });
}

TEST_F(Crds, AnObjectHeldByAFinalizerHoldsItsDefinition) {
  run([&] {
    (void)define(kOneVersion);
    settle();
    (void)ask("POST", kThings, kThing);
    const std::string path = std::string(kThings) + "/t";
    (void)merge(path, R"({"metadata":{"finalizers":["tmp.test/hold"]}})");
    (void)ask("DELETE", std::string(kCrds) + "/things.tmp.test");
    settle();
    EXPECT_EQ(ask("GET", path).code, 200);
    (void)merge(path, R"({"metadata":{"finalizers":null}})");
    (void)simulation_.harness().sleep_for(seconds(6));
    EXPECT_EQ(ask("GET", path).code, 404);
    EXPECT_EQ(ask("GET", std::string(kCrds) + "/things.tmp.test").code, 404);
  });
}

TEST_F(Crds, AVersionShowsTheSameObjectsUnderItsName) {
  run([&] {
    (void)define(kTwoVersions);
    settle();
    (void)ask("POST", kThings, kThing);
    const Answer old = ask("GET", "/apis/tmp.test/v1beta1/namespaces/ns/things/t");
    EXPECT_EQ(json_string(*old.body, {"apiVersion"}), "tmp.test/v1beta1");
    EXPECT_EQ(json_int(*old.body, {"spec", "size"}), 2);
    const std::string* warning = find_header(old.headers, "Warning");
    ASSERT_NE(warning, nullptr);
    EXPECT_EQ(*warning, "299 - \"tmp.test/v1beta1 Thing is deprecated\"");
    const Answer list = ask("GET", "/apis/tmp.test/v1beta1/namespaces/ns/things");
    EXPECT_EQ(json_string(json_array(*list.body, {"items"})[0], {"apiVersion"}),
              "tmp.test/v1beta1");
  });
}

TEST_F(Crds, AWriteThroughAnotherVersionIsStoredInTheStorageVersion) {
  run([&] {
    (void)define(kTwoVersions);
    settle();
    const Answer created = ask("POST", "/apis/tmp.test/v1beta1/namespaces/ns/things",
                               R"({"apiVersion":"tmp.test/v1beta1","kind":"Thing",
                                   "metadata":{"name":"t"},"spec":{"size":2}})");
    EXPECT_EQ(json_string(*created.body, {"apiVersion"}), "tmp.test/v1beta1");
    EXPECT_EQ(json_string(*ask("GET", std::string(kThings) + "/t").body, {"apiVersion"}),
              "tmp.test/v1");
  });
}

TEST_F(Crds, AChangedSchemaHoldsForWhatIsStoredAlready) {
  run([&] {
    (void)define(kOneVersion);
    settle();
    (void)ask("POST", kThings, kThing);
    const std::string path = std::string(kCrds) + "/things.tmp.test";
    const Answer changed =
        ask("PATCH", path,
            R"([{"op":"add","path":"/spec/versions/0/schema/openAPIV3Schema/properties/spec/)"
            R"(properties/color","value":{"type":"string","default":"red"}}])",
            "application/json-patch+json");
    EXPECT_EQ(changed.code, 200) << changed.message();
    EXPECT_EQ(changed.generation(), 2);
    settle();
    const Answer thing = ask("GET", std::string(kThings) + "/t");
    EXPECT_EQ(json_string(*thing.body, {"spec", "color"}), "red");
  });
}

TEST_F(Crds, ADefinitionIsRefusedWithTheFieldThatIsWrong) {
  run([&] {
    EXPECT_EQ(message_of(crd(kOneVersion, "wrong.tmp.test")),
              "CustomResourceDefinition.apiextensions.k8s.io \"wrong.tmp.test\" is invalid: "
              "metadata.name: Invalid value: \"wrong.tmp.test\": must be "
              "spec.names.plural+\".\"+spec.group");
    EXPECT_EQ(message_of(crd(R"([{"name":"v1","served":true,"storage":true}])")),
              "CustomResourceDefinition.apiextensions.k8s.io \"things.tmp.test\" is invalid: "
              "spec.versions[0].schema.openAPIV3Schema: Required value: schemas are required");
    EXPECT_EQ(message_of(crd(R"([{"name":"v1","served":true,"storage":true,"schema":
                {"openAPIV3Schema":{"type":"object","properties":{"spec":{"properties":
                {"a":{"type":"string"}}}}}}}])")),
              "CustomResourceDefinition.apiextensions.k8s.io \"things.tmp.test\" is invalid: "
              "spec.validation.openAPIV3Schema.properties[spec].type: Required value: must not be "
              "empty for specified object fields");
  });
}

TEST_F(Crds, TwoDefinitionsOfAGroupDontShareAKind) {
  run([&] {
    (void)define(kOneVersion);
    settle();
    std::string second = crd(kOneVersion, "items.tmp.test");
    second.replace(second.find("\"things\""), 8, "\"items\"");
    EXPECT_EQ(ask("POST", kCrds, second).code, 201);
    settle();
    EXPECT_EQ(ask("GET", "/apis/tmp.test/v1/namespaces/ns/items").code, 404);
    const Answer shown = ask("GET", std::string(kCrds) + "/items.tmp.test");
    const json::array& conditions = json_array(*shown.body, {"status", "conditions"});
    ASSERT_FALSE(conditions.empty());
    EXPECT_EQ(json_string(conditions[0], {"status"}), "False");
  });
}

TEST_F(Crds, TheProductsKindsHaveDefinitionsToo) {
  run([&] {
    const Answer shown = ask("GET", std::string(kCrds) + "/backups.infinispan.org");
    ASSERT_EQ(shown.code, 200);
    const json::value& version = json_array(*shown.body, {"spec", "versions"})[0];
    EXPECT_EQ(json_string(json_array(version, {"additionalPrinterColumns"})[0], {"jsonPath"}),
              ".status.phase");
    EXPECT_EQ(json_array(*ask("GET", kCrds).body, {"items"}).size(), 3U);
    EXPECT_EQ(ask("GET", kBackupsPath).code, 200);
  });
}

TEST_F(Crds, AProductsKindThatIsDefinedAgainIsTheSameAndAnotherOneIsNot) {
  run([&] {
    const std::string path = std::string(kCrds) + "/backups.infinispan.org";
    const auto row = [&] { return server_.find_type("infinispan.org", "v2alpha1", "backups"); };
    (void)ask("DELETE", path);
    settle();
    EXPECT_EQ(row(), nullptr);
    json::value crd = product_crd(kBackups);
    EXPECT_EQ(ask("POST", kCrds, json_text(crd)).code, 201);
    settle();
    EXPECT_EQ(row(), &kBackups);
    EXPECT_EQ(ask("GET", kBackupsPath).code, 200);
    (void)ask("DELETE", path);
    settle();
    json_at(crd, {"spec", "names", "shortNames"}) = json::array{"bu"};
    EXPECT_EQ(ask("POST", kCrds, json_text(crd)).code, 201);
    settle();
    ASSERT_NE(row(), nullptr);
    EXPECT_NE(row(), &kBackups);
  });
}

TEST(CrdsWithoutProduct, TheProductsKindsAreServedOnceTheyAreDefined) {
  sim::Simulation simulation;
  ApiServer server(simulation.harness(), {.product_crds = false});
  server.create_namespace("ns");
  const auto get = [&](const char* path) {
    return server.handle({.method = "GET", .target = path, .headers = {}, .body = {}})
        .response.status;
  };
  const auto body = [&] {
    EXPECT_EQ(get("/apis/infinispan.org/v2alpha1/namespaces/ns/backups"), 404);
    EXPECT_EQ(get("/apis/infinispan.org/v2alpha1"), 404);
    EXPECT_EQ(get("/apis/apiextensions.k8s.io/v1/customresourcedefinitions/backups.infinispan.org"),
              404);
  };
  EXPECT_EQ(simulation.run(body, hours(1)), sim::RunEnd::kDone);
}

}  // namespace
}  // namespace drydock::fakekube
