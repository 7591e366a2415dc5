#include "fakekube/store/json_patch.h"

#include <gtest/gtest.h>

#include "fakekube/api/status_error.h"
#include "tests/fakekube/api_fixture.h"

namespace drydock::fakekube {
namespace {

// The document after the patch, or "refused".
std::string patched(std::string_view document, std::string_view patch) {
  json::value value = *json_parse(document);
  if (!apply_json_patch(value, json_parse(patch)->as_array())) return "refused";
  return json_text(value);
}

TEST(JsonPatch, AddsReplacesRemovesMembers) {
  EXPECT_EQ(patched(R"({"a":1})", R"([{"op":"add","path":"/b","value":2}])"), R"({"a":1,"b":2})");
  EXPECT_EQ(patched(R"({"a":1})", R"([{"op":"replace","path":"/a","value":[]}])"), R"({"a":[]})");
  EXPECT_EQ(patched(R"({"a":1})", R"([{"op":"remove","path":"/a"}])"), "{}");
}

TEST(JsonPatch, AReplaceOfAnAbsentMemberAdds) {
  EXPECT_EQ(patched("{}", R"([{"op":"replace","path":"/a","value":1}])"), R"({"a":1})");
  EXPECT_EQ(patched("{}", R"([{"op":"replace","path":"/a/b","value":1}])"), "refused");
}

TEST(JsonPatch, AnAbsentPathIsRefused) {
  EXPECT_EQ(patched("{}", R"([{"op":"remove","path":"/a"}])"), "refused");
  EXPECT_EQ(patched("{}", R"([{"op":"add","path":"/a/b","value":1}])"), "refused");
  EXPECT_EQ(patched("{}", R"([{"op":"move","from":"/a","path":"/b"}])"), "refused");
}

// A removal of each of `names` from /data.
json::array removals(const std::vector<std::string>& names) {
  json::array patch;
  for (const std::string& name : names)
    patch.push_back(json::object{{"op", "remove"}, {"path", "/data/" + name}});
  return patch;
}

TEST(JsonPatch, RemovesInARowLeaveTheOthersInTheirOrder) {
  json::object data;
  std::vector<std::string> names;
  for (int i = 0; i < 10'000; ++i) {
    const std::string name = "k" + std::to_string(i);
    data.emplace(name, i);
    if (i % 5'000 != 7) names.push_back(name);
  }
  const json::value document = json::object{{"data", data}};
  json::value target = document;
  EXPECT_TRUE(apply_json_patch(target, removals(names)));
  EXPECT_EQ(json_text(target), R"({"data":{"k7":7,"k5007":5007}})");
  names.push_back("k9");
  target = document;
  EXPECT_FALSE(apply_json_patch(target, removals(names))) << "twice";
  names.back() = "absent";
  target = document;
  EXPECT_FALSE(apply_json_patch(target, removals(names))) << "absent";
}

TEST(JsonPatch, RemovesInARowFromAListCountAnewEachTime) {
  json::value target = json::object{{"data", json::array(40, 1)}};
  EXPECT_TRUE(apply_json_patch(target, removals(std::vector<std::string>(39, "0"))));
  EXPECT_EQ(json_text(target), R"({"data":[1]})");
  EXPECT_FALSE(apply_json_patch(target, removals(std::vector<std::string>(20, "0"))));
}

TEST(JsonPatch, ArraysAreAddressedByIndexFromBothEnds) {
  EXPECT_EQ(patched("[1,2]", R"([{"op":"add","path":"/0","value":0}])"), "[0,1,2]");
  EXPECT_EQ(patched("[1,2]", R"([{"op":"add","path":"/-","value":3}])"), "[1,2,3]");
  EXPECT_EQ(patched("[1,2]", R"([{"op":"add","path":"/-1","value":3}])"), "[1,2,3]");
  EXPECT_EQ(patched("[1,2]", R"([{"op":"remove","path":"/-1"}])"), "[1]");
  EXPECT_EQ(patched("[1,2]", R"([{"op":"replace","path":"/1","value":5}])"), "[1,5]");
  EXPECT_EQ(patched("[1,2]", R"([{"op":"add","path":"/3","value":3}])"), "refused");
  EXPECT_EQ(patched("[1,2]", R"([{"op":"remove","path":"/2"}])"), "refused");
  EXPECT_EQ(patched("[1,2]", R"([{"op":"remove","path":"/-3"}])"), "refused");
  EXPECT_EQ(patched("[1,2]", R"([{"op":"remove","path":"/x"}])"), "refused");
}

TEST(JsonPatch, EscapesStandForSlashAndTilde) {
  EXPECT_EQ(patched(R"({"a/b":1,"c~d":2})",
                    R"([{"op":"remove","path":"/a~1b"},{"op":"remove","path":"/c~0d"}])"),
            "{}");
}

TEST(JsonPatch, ATestComparesAndTakesAbsentForNull) {
  EXPECT_EQ(patched(R"({"a":{"b":1}})", R"([{"op":"test","path":"/a","value":{"b":1}}])"),
            R"({"a":{"b":1}})");
  EXPECT_EQ(patched(R"({"a":1})", R"([{"op":"test","path":"/a","value":2}])"), "refused");
  EXPECT_EQ(patched("{}", R"([{"op":"test","path":"/a","value":null}])"), "{}");
  EXPECT_EQ(patched("{}", R"([{"op":"test","path":"/a/b","value":null}])"), "refused");
}

TEST(JsonPatch, MovesAndCopies) {
  EXPECT_EQ(patched(R"({"a":1})", R"([{"op":"move","from":"/a","path":"/b"}])"), R"({"b":1})");
  EXPECT_EQ(patched(R"({"a":1})", R"([{"op":"copy","from":"/a","path":"/b"}])"),
            R"({"a":1,"b":1})");
}

TEST(JsonPatch, AnAbsentValueIsNull) {
  EXPECT_EQ(patched("{}", R"([{"op":"add","path":"/a"}])"), R"({"a":null})");
}

TEST(JsonPatch, TextBeforeTheFirstSlashIsIgnored) {
  EXPECT_EQ(patched("{}", R"([{"op":"add","path":"x/a","value":1}])"), R"({"a":1})");
  EXPECT_EQ(patched("{}", R"([{"op":"add","path":"a","value":1}])"), "refused");
}

TEST(JsonPatch, TheWholeCanBeReplacedOrTestedOnly) {
  EXPECT_EQ(patched(R"({"a":1})", R"([{"op":"replace","path":"","value":{"b":2}}])"), R"({"b":2})");
  EXPECT_EQ(patched(R"({"a":1})", R"([{"op":"replace","path":"","value":2}])"), "refused");
  EXPECT_EQ(patched(R"({"a":1})", R"([{"op":"add","path":"","value":{}}])"), "refused");
  EXPECT_EQ(patched(R"({"a":1})", R"([{"op":"test","path":"","value":{"a":1}}])"), R"({"a":1})");
}

TEST(JsonPatch, MalformedOperationsAreRefused) {
  EXPECT_EQ(patched("{}", R"([{"op":"frob","path":"/a","value":1}])"), "refused");
  EXPECT_EQ(patched("{}", R"([{"op":"add","value":1}])"), "refused");
  EXPECT_EQ(patched("{}", R"([{"op":"copy","path":"/a"}])"), "refused");
}

TEST(JsonPatch, CopiesAreBounded) {
  json::value document = json::object{{"a", std::string(1024 * 1024, 'x')}};
  json::array patch;
  for (int i = 0; i < 3; ++i)
    patch.push_back(json::object{{"op", "copy"}, {"from", "/a"}, {"path", "/b"}});
  EXPECT_FALSE(apply_json_patch(document, patch));
}

class PatchVerb : public ApiTest {};

TEST_F(PatchVerb, TooManyOperationsAreTooLarge) {
  server_.execute([] {
    ApiCall call;
    call.verb = Verb::kCreate;
    call.type = &kConfigMaps;
    call.namespace_name = "ns";
    call.body = make_json(config_map("c", "1"));
    return call;
  }());
  ApiCall call;
  call.verb = Verb::kPatch;
  call.type = &kConfigMaps;
  call.namespace_name = "ns";
  call.name = "c";
  call.patch_type = PatchType::kJson;
  const json::value test = parse(R"({"op":"test","path":"/data/a","value":"1"})");
  call.body = make_json(json::array(10'000, test));
  EXPECT_EQ(server_.execute(call).code, 200);
  call.body = make_json(json::array(10'001, test));
  const ApiReply reply = server_.execute(call);
  EXPECT_EQ(reply.code, 413);
  EXPECT_EQ(status_message(reply),
            "Request entity too large: The allowed maximum operations in a JSON patch is 10000, "
            "got 10001");
}

TEST_F(PatchVerb, AnOperationThatIsNoObjectIsMalformed) {
  run([&] {
    ask("POST", kMapsPath, R"({"metadata":{"name":"c"}})");
    const Answer answer =
        ask("PATCH", std::string(kMapsPath) + "/c", "[1]", "application/json-patch+json");
    EXPECT_EQ(answer.code, 400);
    EXPECT_EQ(answer.message(),
              "error decoding patch: json: cannot unmarshal number into Go value of type "
              "handlers.jsonPatchOp");
  });
}

}  // namespace
}  // namespace drydock::fakekube
