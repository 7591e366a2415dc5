#include "fakekube/schema/strategic_merge.h"

#include <gtest/gtest.h>

#include <string>

#include "core/base/json.h"
#include "fakekube/api/status_error.h"

namespace drydock::fakekube {
namespace {

// The merged object, or the refusal's code and message.
std::string merged(std::string_view target, std::string_view patch) {
  json::value object = *json_parse(target);
  const std::optional<ApiReply> refused = apply_strategic_merge(kPods, object, *json_parse(patch));
  if (refused) return std::to_string(refused->code) + " " + status_message(*refused);
  return json_text(object);
}

// As above within a spec.
std::string merged_spec(const std::string& target, const std::string& patch) {
  const std::string text = merged("{\"spec\":" + target + "}", "{\"spec\":" + patch + "}");
  return text.starts_with("{\"spec\":") ? text.substr(8, text.size() - 9) : text;
}

TEST(StrategicMerge, MergesListsByTheirKey) {
  EXPECT_EQ(
      merged_spec(R"({"containers":[{"name":"a","image":"a:1"},{"name":"b","image":"b:1"}]})",
                  R"({"containers":[{"name":"b","image":"b:2"},{"name":"c"}]})"),
      R"({"containers":[{"name":"a","image":"a:1"},{"name":"b","image":"b:2"},{"name":"c"}]})");
}

TEST(StrategicMerge, ReplacesAtomicLists) {
  EXPECT_EQ(merged_spec(R"({"tolerations":[{"key":"a"},{"key":"b"}]})",
                        R"({"tolerations":[{"key":"c"}]})"),
            R"({"tolerations":[{"key":"c"}]})");
}

TEST(StrategicMerge, RemovesWhatIsNull) {
  EXPECT_EQ(merged_spec(R"({"nodeName":"n","hostname":"h"})", R"({"nodeName":null,"os":null})"),
            R"({"hostname":"h"})");
  EXPECT_EQ(merged("{}", R"({"metadata":{"labels":{"a":null,"b":"c"}}})"),
            R"({"metadata":{"labels":{"b":"c"}}})");
}

TEST(StrategicMerge, DeletesAndReplacesByDirective) {
  EXPECT_EQ(merged_spec(R"({"containers":[{"name":"a"},{"name":"b"}]})",
                        R"({"containers":[{"name":"a","$patch":"delete"}]})"),
            R"({"containers":[{"name":"b"}]})");
  EXPECT_EQ(merged_spec(R"({"containers":[{"name":"a"},{"name":"b"}]})",
                        R"({"containers":[{"$patch":"replace"},{"name":"z"},{"name":"y"}]})"),
            R"({"containers":[{"name":"z"},{"name":"y"}]})");
  EXPECT_EQ(merged(R"({"metadata":{"labels":{"a":"b"}}})",
                   R"({"metadata":{"labels":{"$patch":"replace","only":"me"}}})"),
            R"({"metadata":{"labels":{"only":"me"}}})");
  EXPECT_EQ(merged_spec(R"({"securityContext":{"runAsUser":1}})",
                        R"({"securityContext":{"$patch":"delete"}})"),
            R"({"securityContext":{}})");
}

TEST(StrategicMerge, TreatsListsOfScalarsAsSets) {
  EXPECT_EQ(merged(R"({"metadata":{"finalizers":["a/b","c/d"]}})",
                   R"({"metadata":{"finalizers":["c/d","e/f"]}})"),
            R"({"metadata":{"finalizers":["a/b","c/d","e/f"]}})");
  EXPECT_EQ(merged(R"({"metadata":{"finalizers":["a/b","c/d"]}})",
                   R"({"metadata":{"$deleteFromPrimitiveList/finalizers":["a/b"]}})"),
            R"({"metadata":{"finalizers":["c/d"]}})");
}

TEST(StrategicMerge, PutsItemsIntoTheOrderThatIsSet) {
  EXPECT_EQ(merged_spec(R"({"containers":[{"name":"a"},{"name":"b"},{"name":"c"}]})",
                        R"({"$setElementOrder/containers":[{"name":"c"},{"name":"a"}],)"
                        R"("containers":[{"name":"c","image":"i"}]})"),
            R"({"containers":[{"name":"b"},{"name":"c","image":"i"},{"name":"a"}]})");
}

TEST(StrategicMerge, KeepsOnlyTheKeysToRetain) {
  EXPECT_EQ(merged_spec(R"({"volumes":[{"name":"v","emptyDir":{}}]})",
                        R"({"volumes":[{"name":"v","$retainKeys":["name","hostPath"],)"
                        R"("hostPath":{"path":"/x"}}]})"),
            R"({"volumes":[{"name":"v","hostPath":{"path":"/x"}}]})");
  EXPECT_EQ(merged_spec(R"({"volumes":[{"name":"v"}]})",
                        R"({"volumes":[{"name":"v","$retainKeys":["name"],"hostPath":{}}]})"),
            "400 invalid patch format of retainKeys");
}

TEST(StrategicMerge, IsRefusedInGosWords) {
  EXPECT_EQ(merged_spec(R"({"containers":[{"name":"a"}]})", R"({"containers":[{"image":"x"}]})"),
            "500 map: map[image:x] does not contain declared merge key: name");
  EXPECT_EQ(merged_spec(R"({"containers":[{"name":"a"}]})",
                        R"({"containers":[{"name":"a","$patch":"mix"}]})"),
            "500 unknown patch type: mix in map: map[$patch:mix name:a]");
  EXPECT_EQ(merged_spec(R"({"containers":[{"name":"a"}]})", R"({"$setElementOrder":[]})"),
            "400 invalid patch format of setElementOrder list");
  EXPECT_EQ(merged(R"({"metadata":{"finalizers":["a"]}})",
                   R"({"metadata":{"$deleteFromPrimitiveList":["a"]}})"),
            "400 invalid patch format of primitive list");
  EXPECT_EQ(
      merged(R"({"metadata":{"finalizers":["a"]}})", R"({"metadata":{"finalizers":[["b"]]}})"),
      "500 list element types are not identical: [[a] [[b]]]");
}

}  // namespace
}  // namespace drydock::fakekube
