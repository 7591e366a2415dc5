// What a client learns before it asks for objects: groups, kinds, OpenAPI.
#include "fakekube/http/discovery.h"

#include "tests/fakekube/api_fixture.h"

namespace drydock::fakekube {
namespace {

constexpr const char* kAggregated =
    "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,"
    "application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json";

class Discovery : public ApiTest {
 protected:
  Answer get(const std::string& path, const std::string& accept = "application/json") {
    return ask("GET", path, "", "application/json", accept);
  }
  static std::vector<std::string> names(const json::array& list, std::string_view key) {
    std::vector<std::string> found;
    for (const json::value& item : list) found.push_back(json_string(item, {key}));
    return found;
  }
  static json::value resource(const Answer& answer, const std::string& name) {
    for (const json::value& item : json_array(*answer.body, {"resources"}))
      if (json_string(item, {"name"}) == name) return item;
    return nullptr;
  }
};

TEST_F(Discovery, IsNeverATable) {
  run([&] {
    const std::string table = "application/json;as=Table;v=v1;g=meta.k8s.io";
    for (const char* path : {"/api", "/apis", "/api/v1", "/apis/apps", "/apis/apps/v1"}) {
      EXPECT_EQ(get(path, table).code, 406) << path;
      EXPECT_EQ(get(path, table + ",application/json").code, 200) << path;
    }
    EXPECT_EQ(get("/version", table).code, 200);
  });
}

TEST_F(Discovery, TheCoreGroupListsEachResourceAndItsSubresources) {
  run([&] {
    const Answer core = get("/api/v1");
    EXPECT_EQ(json_text(resource(core, "persistentvolumeclaims")),
              R"({"name":"persistentvolumeclaims","singularName":"persistentvolumeclaim",)"
              R"("namespaced":true,"kind":"PersistentVolumeClaim","verbs":["create","delete",)"
              R"("deletecollection","get","list","patch","update","watch"],"shortNames":["pvc"],)"
              R"("storageVersionHash":"QWTyNDq0dC4="})");
    EXPECT_EQ(json_text(resource(core, "pods/eviction")),
              R"({"name":"pods/eviction","singularName":"","namespaced":true,"group":"policy",)"
              R"("version":"v1","kind":"Eviction","verbs":["create"]})");
    EXPECT_EQ(json_text(*json_find(resource(core, "namespaces"), {"verbs"})),
              R"(["create","delete","get","list","patch","update","watch"])");
    EXPECT_EQ(names(json_array(*core.body, {"resources"}), "name").front(), "bindings");
  });
}

TEST_F(Discovery, GroupsComeInTheServersOrderWithTheNewestVersionPreferred) {
  run([&] {
    const std::vector<std::string> groups =
        names(json_array(*get("/apis").body, {"groups"}), "name");
    ASSERT_EQ(groups.size(), 20U);
    EXPECT_EQ(groups[0], "apiregistration.k8s.io");
    EXPECT_EQ(groups[1], "apps");
    EXPECT_EQ(groups.back(), "infinispan.org");
    const Answer scaling = get("/apis/autoscaling");
    EXPECT_EQ(json_string(*scaling.body, {"preferredVersion", "version"}), "v2");
    EXPECT_EQ(json_string(*get("/apis/infinispan.org").body, {"preferredVersion", "version"}),
              "v1");
  });
}

TEST_F(Discovery, HashesSayWhichVersionIsStored) {
  EXPECT_EQ(storage_version_hash(kEvents), "r2yiGXH7wu8=");
  EXPECT_EQ(storage_version_hash(kEventsV1), "r2yiGXH7wu8=");
  EXPECT_EQ(storage_version_hash(kBackups), "cUp3qpubAp4=");
  EXPECT_EQ(storage_version_hash(kCustomResourceDefinitions), "jfWCUB31mvA=");
}

TEST_F(Discovery, TheAggregatedFormHasATag) {
  run([&] {
    const Answer all = get("/apis", kAggregated);
    EXPECT_EQ(*find_header(all.headers, "Content-Type"),
              "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList");
    EXPECT_EQ(*find_header(all.headers, "Vary"), "Accept");
    const std::string tag = *find_header(all.headers, "Etag");
    HttpRequest again{.method = "GET",
                      .target = "/apis",
                      .headers = {{"Accept", kAggregated}, {"If-None-Match", tag}},
                      .body = {}};
    const HttpReply unchanged = server_.handle(again);
    EXPECT_EQ(unchanged.response.status, 304);
    EXPECT_TRUE(unchanged.response.body.empty());
    const json::value& last = json_array(*all.body, {"items"}).back();
    EXPECT_EQ(json_string(last, {"metadata", "name"}), "infinispan.org");
    EXPECT_EQ(json_text(json_array(json_array(last, {"versions"})[1], {"resources"})[0]),
              R"({"resource":"backups","responseKind":{"group":"infinispan.org",)"
              R"("version":"v2alpha1","kind":"Backup"},"scope":"Namespaced",)"
              R"("singularResource":"backup","verbs":["delete","deletecollection","get","list",)"
              R"("patch","create","update","watch"],"subresources":[{"subresource":"status",)"
              R"("responseKind":{"group":"infinispan.org","version":"v2alpha1","kind":"Backup"},)"
              R"("verbs":["get","patch","update"]}]})");
  });
}

TEST_F(Discovery, AnOldAggregatedFormAloneIsNotAcceptable) {
  run([&] {
    const Answer refused =
        get("/api", "application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList");
    EXPECT_EQ(refused.code, 406);
  });
}

TEST_F(Discovery, UnknownGroupsAndVersionsAreNotFound) {
  run([&] {
    for (const char* path : {"/apis/nope.test", "/apis/infinispan.org/v9", "/nope"})
      EXPECT_EQ(get(path).text, "404 page not found\n") << path;
    EXPECT_EQ(get("/").code, 200);
    EXPECT_EQ(get("/apis/").code, 200);
  });
}

TEST_F(Discovery, AKindThatIsOnlyCreatedCantBeListed) {
  run([&] {
    EXPECT_EQ(get("/apis/authorization.k8s.io/v1/subjectaccessreviews").code, 405);
    EXPECT_EQ(get("/api/v1/namespaces/ns/podtemplates").code, 200);
  });
}

TEST_F(Discovery, OpenApiDescribesTheKindsOfAGroup) {
  run([&] {
    const Answer index = get("/openapi/v3");
    const std::string url =
        json_string(*index.body, {"paths", "apis/infinispan.org/v2alpha1", "serverRelativeURL"});
    const Answer document = get(url);
    ASSERT_EQ(document.code, 200);
    const json::value* backup =
        json_find(*document.body, {"components", "schemas", "org.infinispan.v2alpha1.Backup"});
    ASSERT_NE(backup, nullptr);
    EXPECT_EQ(json_text(*json_find(*backup, {"x-kubernetes-group-version-kind"})),
              R"([{"group":"infinispan.org","kind":"Backup","version":"v2alpha1"}])");
    EXPECT_EQ(json_text(*json_find(*backup, {"properties", "spec", "properties", "cluster"})),
              R"({"type":"string"})");
    const json::value* patch = json_find(
        *document.body,
        {"paths", "/apis/infinispan.org/v2alpha1/namespaces/{namespace}/backups/{name}", "patch"});
    ASSERT_NE(patch, nullptr);
    EXPECT_EQ(json_string(*patch, {"x-kubernetes-action"}), "patch");
    EXPECT_EQ(names(json_array(*patch, {"parameters"}), "name"),
              (std::vector<std::string>{"dryRun", "fieldManager", "fieldValidation", "force"}));
    EXPECT_EQ(get("/openapi/v3/apis/nope.test/v1").code, 404);
  });
}

TEST_F(Discovery, OpenApiKnowsTheFieldsOfBuiltInKinds) {
  run([&] {
    const Answer document = get("/openapi/v3/api/v1");
    EXPECT_EQ(json_string(*document.body, {"components", "schemas", "io.k8s.api.core.v1.PodSpec",
                                           "properties", "nodeName", "type"}),
              "string");
    EXPECT_NE(json_find(*document.body, {"components", "schemas",
                                         "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"}),
              nullptr);
    EXPECT_NE(json_find(*get("/openapi/v2").body, {"definitions", "io.k8s.api.core.v1.Pod"}),
              nullptr);
  });
}

}  // namespace
}  // namespace drydock::fakekube
