// The HTTP front: what clients accept, paths and methods, options, headers of complete answers.
#include "fakekube/http/negotiation.h"

#include "fakekube/http/yaml_text.h"
#include "tests/fakekube/api_fixture.h"

namespace drydock::fakekube {
namespace {

std::optional<AcceptedForm> accepts(std::string accept,
                                    Transforms transforms = Transforms::kTableAndMetadata) {
  HttpRequest request{.method = "GET", .target = "/", .headers = {}, .body = {}};
  request.headers.emplace_back("Accept", std::move(accept));
  return negotiate(request, transforms);
}

TEST(Negotiation, TakesTheBestClauseThatCanBeMade) {
  EXPECT_FALSE(accepts("text/html").has_value());
  EXPECT_FALSE(accepts("application/vnd.kubernetes.protobuf").has_value());
  EXPECT_FALSE(accepts("application/vnd.kubernetes.protobuf, application/json")->yaml);
  EXPECT_TRUE(accepts("application/json;q=0.5, application/yaml")->yaml);
  EXPECT_FALSE(accepts("application/yaml;q=0.5, */*;q=0.6")->yaml);
  EXPECT_TRUE(accepts("*/*, application/yaml")->yaml);  // the more specific one
  EXPECT_TRUE(accepts("application/json;pretty=1")->pretty);
}

TEST(Negotiation, TransformsOnlyWhatItKnows) {
  const std::string table = "application/json;as=Table;v=v1;g=meta.k8s.io";
  EXPECT_EQ(accepts(table)->rendering, Rendering::kTable);
  EXPECT_EQ(accepts("application/json;as=Table;v=v1beta1;g=meta.k8s.io")->version, "v1beta1");
  EXPECT_FALSE(accepts(table, Transforms::kNone).has_value());
  EXPECT_EQ(accepts(table + ",application/json", Transforms::kNone)->rendering, Rendering::kObject);
  EXPECT_FALSE(accepts("application/json;as=Nope;v=v1;g=meta.k8s.io").has_value());
  EXPECT_FALSE(accepts("application/json;as=Table;v=v2;g=meta.k8s.io").has_value());
  EXPECT_FALSE(accepts("application/json;v=v1;g=meta.k8s.io").has_value());
  EXPECT_FALSE(accepts(table, Transforms::kMetadata).has_value());
  EXPECT_TRUE(
      accepts("application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io", Transforms::kMetadata)
          .has_value());
}

TEST(YamlText, QuotesOnlyWhatWouldBeReadAsSomethingElse) {
  const json::value value =
      *json_parse(R"({"z":"plain","a":{"b":[],"c":{},"n":null},"list":["1","true","*","x: y",)"
                  R"({"k":"v","l":[1]}],)"
                  R"("time":"2026-01-01T00:00:00Z","text":"a\nb\n","empty":""})");
  EXPECT_EQ(yaml_text(value), R"(a:
  b: []
  c: {}
  "n": null
empty: ""
list:
- "1"
- "true"
- '*'
- 'x: y'
- k: v
  l:
  - 1
text: |
  a
  b
time: "2026-01-01T00:00:00Z"
z: plain
)");
}

class FrontTest : public ApiTest {
 protected:
  explicit FrontTest(ApiServerOptions options = {}) : ApiTest(options) {}
};

class CompleteFrontTest : public FrontTest {
 protected:
  static ApiServerOptions complete() {
    ApiServerOptions options;
    options.complete_answers = true;
    return options;
  }
  CompleteFrontTest() : FrontTest(complete()) {}
  static std::string header(const Answer& answer, std::string_view name) {
    const std::string* found = find_header(answer.headers, name);
    return found == nullptr ? "" : *found;
  }
};

TEST_F(FrontTest, BuiltInGroupsAndCrdsSayNoInOtherWords) {
  run([&] {
    EXPECT_EQ(ask("GET", "/api/v1/namespaces/ns/nopes").message(),
              "the server could not find the requested resource");
    EXPECT_EQ(ask("GET", "/apis/apps/v1/namespaces/ns/nopes").message(),
              "the server could not find the requested resource");
    EXPECT_EQ(ask("GET", "/apis/infinispan.org/v2alpha1/namespaces/ns/nopes").text,
              "404 page not found\n");
    EXPECT_EQ(ask("GET", std::string(kPodsPath) + "/p/nope").code, 404);
    EXPECT_EQ(ask("GET", std::string(kBackupsPath) + "/b/nope").message(),
              "backups.infinispan.org \"b\" not found");
    const Answer core = ask("PUT", kPodsPath, "{}");
    EXPECT_EQ(core.code, 405);
    EXPECT_EQ(core.message(), "the server does not allow this method on the requested resource");
    EXPECT_EQ(ask("PUT", kBackupsPath, "{}").message(), "name must be provided");
    EXPECT_EQ(ask("OPTIONS", std::string(kBackupsPath) + "/b").message(),
              " is not supported on resources of kind \"backups.infinispan.org\"");
    EXPECT_EQ(ask("GET", "//api/v1/pods").text, "404 page not found\n");
    EXPECT_EQ(ask("GET", std::string(kPodsPath) + "/").code, 200);
  });
}

TEST_F(FrontTest, OptionsAreCheckedAllAtOnceForTheVerb) {
  run([&] {
    EXPECT_EQ(ask("GET", std::string(kMapsPath) + "?limit=abc").message(),
              "strconv.ParseInt: parsing \"abc\": invalid syntax");
    EXPECT_EQ(ask("GET", std::string(kMapsPath) + "?limit=99999999999999999999").message(),
              "strconv.ParseInt: parsing \"99999999999999999999\": value out of range");
    EXPECT_EQ(ask("GET", std::string(kMapsPath) + "/none?limit=abc").code, 404);
    const std::string map = json_text(config_map("m", "x"));
    EXPECT_EQ(
        ask("POST", std::string(kMapsPath) + "?dryRun=Some&fieldValidation=Odd", map).message(),
        "CreateOptions.meta.k8s.io \"\" is invalid: [dryRun: Unsupported value: "
        "[]string{\"Some\"}: supported values: \"All\", fieldValidation: Unsupported value: "
        "\"Odd\": supported values: \"\", \"Ignore\", \"Strict\", \"Warn\"]");
    EXPECT_EQ(ask("POST", std::string(kMapsPath) + "?fieldManager=a%0Ab", map).message(),
              "CreateOptions.meta.k8s.io \"\" is invalid: fieldManager: Invalid value: \"a\\nb\": "
              "should only contain printable characters");
    EXPECT_EQ(merge(std::string(kMapsPath) + "/m?force=true", "{}").message(),
              "PatchOptions.meta.k8s.io \"\" is invalid: force: Forbidden: may not be specified "
              "for non-apply patch");
  });
}

TEST_F(CompleteFrontTest, AnswersCarryTheHeadersOfARealServer) {
  run([&] {
    const Answer list = ask("GET", kMapsPath, "", "application/json", "application/json");
    EXPECT_EQ(list.text.back(), '\n');
    EXPECT_EQ(header(list, "Content-Type"), "application/json");
    EXPECT_EQ(header(list, "Audit-Id").size(), 36U);
    EXPECT_EQ(header(list, "Date").substr(header(list, "Date").size() - 4), " GMT");
    const Answer again = ask("GET", kMapsPath);
    EXPECT_NE(header(list, "Audit-Id"), header(again, "Audit-Id"));
    EXPECT_EQ(header(list, "X-Kubernetes-Pf-Flowschema-Uid"),
              header(again, "X-Kubernetes-Pf-Flowschema-Uid"));
    const Answer lost = ask("GET", "/nope");
    EXPECT_EQ(header(lost, "Content-Type"), "text/plain; charset=utf-8");
    EXPECT_EQ(header(lost, "X-Content-Type-Options"), "nosniff");
  });
}

TEST_F(CompleteFrontTest, HeadHasTheLengthOfTheBodyThatIsLeftOut) {
  run([&] {
    const Answer whole = ask("GET", kBackupsPath);
    const Answer head = ask("HEAD", kBackupsPath);
    EXPECT_EQ(ask("HEAD", kMapsPath).code, 405);
    EXPECT_EQ(head.code, 200);
    EXPECT_EQ(head.text, "");
    EXPECT_EQ(header(head, "Content-Length"), std::to_string(whole.text.size()));
  });
}

TEST_F(CompleteFrontTest, PrettyIsIndentedWithoutNewline) {
  run([&] {
    const Answer pretty = ask("GET", std::string(kMapsPath) + "?pretty=true");
    EXPECT_TRUE(pretty.text.starts_with("{\n  \"kind\": \"ConfigMapList\""));
    EXPECT_EQ(pretty.text.back(), '}');
    const Answer yaml = ask("GET", kMapsPath, "", "application/json", "application/yaml");
    EXPECT_TRUE(yaml.text.starts_with("apiVersion: v1\nitems: []\nkind: ConfigMapList\n"));
    EXPECT_EQ(header(yaml, "Content-Type"), "application/yaml");
  });
}

TEST_F(FrontTest, HealthTellsItsChecksWhenAskedTo) {
  run([&] {
    EXPECT_EQ(ask("GET", "/readyz").text, "ok");
    EXPECT_EQ(ask("GET", "/livez/ping").text, "ok");
    EXPECT_EQ(ask("GET", "/livez/nope").code, 404);
    const Answer verbose = ask("GET", "/readyz?verbose&exclude=etcd");
    EXPECT_TRUE(verbose.text.starts_with("[+]ping ok\n[+]log ok\n[+]etcd excluded: ok\n"));
    EXPECT_TRUE(verbose.text.ends_with("readyz check passed\n"));
  });
}

}  // namespace
}  // namespace drydock::fakekube
