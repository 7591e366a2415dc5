// What clients send, against the rules of decoding: fields unknown, twice, or of a wrong type.
#include <gtest/gtest.h>

#include <string>

#include "core/base/json.h"
#include "tests/fakekube/api_fixture.h"

namespace drydock::fakekube {
namespace {

class Decode : public ApiTest {
 protected:
  static std::vector<std::string> warnings(const Answer& answer) {
    std::vector<std::string> found;
    for (const auto& [name, value] : answer.headers)
      if (name == "Warning") found.push_back(value);
    return found;
  }
};

constexpr const char* kMap = "/api/v1/namespaces/ns/configmaps";

TEST_F(Decode, UnknownAndRepeatedFieldsOfABuiltInKindAreWarnedAbout) {
  run([&] {
    const Answer answer = ask(
        "POST", kMap, R"({"metadata":{"name":"m","foo":1},"data":{"a":"1","a":"2"},"Data":{}})");
    EXPECT_EQ(answer.code, 201);
    EXPECT_EQ(warnings(answer),
              (std::vector<std::string>{R"(299 - "duplicate field \"data.a\"")",
                                        R"(299 - "unknown field \"metadata.foo\"")",
                                        R"(299 - "unknown field \"Data\"")"}));
    EXPECT_EQ(json_string(*answer.body, {"data", "a"}), "2");
  });
}

TEST_F(Decode, StrictValidationRefusesThemAllAtOnce) {
  run([&] {
    const Answer answer = ask("POST", std::string(kMap) + "?fieldValidation=Strict",
                              R"({"metadata":{"name":"m"},"data":{"a":"1","a":"2"},"x":{}})");
    EXPECT_EQ(answer.code, 400);
    EXPECT_EQ(answer.message(),
              R"(ConfigMap in version "v1" cannot be handled as a ConfigMap: strict decoding )"
              R"(error: duplicate field "data.a", unknown field "x")");
  });
}

TEST_F(Decode, AWrongTypeIsRefusedWithTheNameOfItsField) {
  run([&] {
    const Answer answer = ask("POST", kPodsPath, R"({"spec":{"containers":{}}})");
    EXPECT_EQ(answer.code, 400);
    EXPECT_EQ(answer.message(),
              R"(Pod in version "v1" cannot be handled as a Pod: json: cannot unmarshal object )"
              "into Go struct field PodSpec.spec.containers of type []v1.Container");
  });
}

TEST_F(Decode, ABodyThatIsNoObjectShowsItsFirstBytes) {
  run([&] {
    const std::string begin =
        "the object provided is unrecognized (must be of type ConfigMap): "
        "couldn't get version/kind; json parse error: ";
    EXPECT_EQ(ask("POST", kMap, R"({"a": )").message(),
              begin + R"(unexpected end of JSON input ({"a": ))");
    EXPECT_EQ(ask("POST", kMap).message(), begin + "unexpected end of JSON input (<empty>)");
    EXPECT_EQ(ask("POST", kMap, "oops").message(),
              begin + "invalid character 'o' looking for beginning of value (6f6f7073)");
    EXPECT_EQ(ask("POST", kMap, R"({"kind":5})").message(),
              begin + R"(json: cannot unmarshal number into Go struct field .kind of type string )"
                      R"(({"kind":5}))");
  });
}

TEST_F(Decode, AnotherKindIsRefusedAfterItWasRead) {
  run([&] {
    EXPECT_EQ(ask("POST", kMap, R"({"apiVersion":"v1","kind":"Secret"})").message(),
              R"(Secret in version "v1" cannot be handled as a ConfigMap: converting (v1.Secret) )"
              "to (core.ConfigMap): unknown conversion");
    EXPECT_EQ(ask("POST", kMap, R"({"apiVersion":"v1","kind":"Secretary"})").message(),
              R"(Secretary in version "v1" cannot be handled as a ConfigMap: no kind "Secretary" )"
              R"(is registered for version "v1" in scheme "pkg/api/legacyscheme/scheme.go:30")");
  });
}

TEST_F(Decode, AYamlBodyIsReadAsYaml) {
  run([&] {
    const Answer answer =
        ask("POST", kMap, "metadata: {name: m}\ndata: {a: 'on', b: |-\n  x\n}", "application/yaml");
    EXPECT_EQ(answer.code, 400);  // a block scalar has no place in a flow map
    const Answer good = ask("POST", kMap, "metadata: {name: m}\ndata: {y: 'on'}\n",
                            "application/yaml; charset=utf-8");
    EXPECT_EQ(good.code, 201);
    EXPECT_EQ(json_string(*good.body, {"data", "true"}), "on");
  });
}

TEST_F(Decode, AnObjectTooLargeForTheStoreIsRefused) {
  run([&] {
    const std::string data(1'700'000, 'x');
    const Answer answer =
        ask("POST", kPodsPath,
            R"({"metadata":{"name":"p"},"spec":{"containers":[{"name":"c","image":"i","args":[")" +
                data + R"("]}]}})");
    EXPECT_EQ(answer.code, 500);
    EXPECT_EQ(answer.message(), "etcdserver: request is too large");
  });
}

TEST_F(Decode, AMalformedPatchIsRefusedOnlyWhenTheObjectExists) {
  run([&] {
    const std::string path = std::string(kMap) + "/m";
    EXPECT_EQ(merge(path, "[").code, 404);
    EXPECT_EQ(ask("POST", kMap, R"({"metadata":{"name":"m"}})").code, 201);
    EXPECT_EQ(merge(path, R"({"a":)").message(),
              "error decoding patch: unexpected end of JSON input");
    EXPECT_EQ(merge(path, "[]").message(),
              "error decoding patch: json: cannot unmarshal array into Go value of type "
              "map[string]interface {}");
    EXPECT_EQ(ask("PATCH", path, "[{\"op\":5}]", "application/json-patch+json").message(),
              "error decoding patch: json: cannot unmarshal number into Go struct field "
              "jsonPatchOp.op of type string");
    EXPECT_EQ(ask("PATCH", path, "[]", "application/strategic-merge-patch+json").message(),
              "json: cannot unmarshal array into Go value of type map[string]interface {}");
  });
}

}  // namespace
}  // namespace drydock::fakekube
