// What the comparison must see, and what it must not mind.
#include "harness/conformance/compare.h"

#include <gtest/gtest.h>

#include "harness/conformance/fixtures.h"

namespace drydock::harness::conformance {
namespace {

std::string compared(const std::string& recorded, const std::string& ours) {
  Names names;
  const Record record{.code = 200, .answer = recorded};
  return difference(record, {.code = 200, .text = ours}, names);
}

TEST(Compare, EqualBodiesDoNotDiffer) {
  EXPECT_EQ(compared(R"({"a":1,"b":[true]})", R"({"b":[true],"a":1})"), "");
}

TEST(Compare, AnotherStatusCodeIsADifference) {
  Names names;
  const Record record{.code = 409};
  EXPECT_NE(difference(record, {.code = 422}, names), "");
}

TEST(Compare, AMissingAndAnAdditionalMemberAreDifferences) {
  EXPECT_NE(compared(R"({"a":1})", R"({})"), "");
  EXPECT_NE(compared(R"({})", R"({"a":null})"), "");
}

TEST(Compare, AnotherMessageIsADifference) {
  EXPECT_NE(compared(R"({"message":"no"})", R"({"message":"yes"})"), "");
}

TEST(Compare, ErrorsInBracketsHaveNoOrder) {
  EXPECT_EQ(compared(R"({"message":"x is invalid: [a: one, b: two]"})",
                     R"({"message":"x is invalid: [b: two, a: one]"})"),
            "");
  EXPECT_NE(compared(R"({"message":"x is invalid: [a: one, b: two]"})",
                     R"({"message":"x is invalid: [b: two, a: other]"})"),
            "");
}

TEST(Compare, CausesAreASet) {
  const auto causes = [](const std::string& list) { return R"({"causes":[)" + list + "]}"; };
  const std::string one = R"({"reason":"R","message":"m","field":"f"})";
  const std::string two = R"({"reason":"S","message":"m","field":"f"})";
  EXPECT_EQ(compared(causes(one + "," + two), causes(two + "," + one)), "");
  EXPECT_NE(compared(causes(one + "," + two), causes(one + "," + one)), "");
}

TEST(Compare, AUidStandsForOneOfOursEverywhere) {
  Names names;
  const Record record{.code = 200, .answer = R"({"metadata":{"uid":"a"}})"};
  EXPECT_EQ(difference(record, {.code = 200, .text = R"({"metadata":{"uid":"x"}})"}, names), "");
  EXPECT_NE(difference(record, {.code = 200, .text = R"({"metadata":{"uid":"y"}})"}, names), "");
}

TEST(Compare, ResourceVersionsKeepTheirOrder) {
  Names names;
  EXPECT_EQ(names.same_revision("10", "3", "u"), "");
  EXPECT_EQ(names.same_revision("10", "3", "u"), "");
  EXPECT_NE(names.same_revision("10", "4", "u"), "");
  EXPECT_NE(names.same_revision("11", "2", ""), "");
  EXPECT_NE(names.same_revision("12", "3", "u"), "");
  EXPECT_EQ(names.same_revision("12", "4", "u"), "");
}

TEST(Compare, AFutureRevisionKeepsItsDistance) {
  Names names;
  EXPECT_EQ(names.same_revision("10", "3", ""), "");
  EXPECT_EQ(names.translated("?resourceVersion=1000010&x"), "?resourceVersion=1000003&x");
  EXPECT_EQ(names.translated("?resourceVersion=10"), "?resourceVersion=3");
  EXPECT_EQ(names.translated("?resourceVersion=1"), "?resourceVersion=1");
}

TEST(Compare, TimesDifferButNullIsNoTime) {
  EXPECT_EQ(compared(R"({"t":"2026-11-23T05:28:57Z"})", R"({"t":"2026-01-01T00:00:00Z"})"), "");
  EXPECT_NE(compared(R"({"t":"2026-11-23T05:28:57Z"})", R"({"t":null})"), "");
  EXPECT_NE(compared(R"({"t":"2026-11-23T05:28:57Z"})", R"({"t":"soon"})"), "");
}

TEST(Compare, OnlyCellsMayHoldAnotherAge) {
  EXPECT_EQ(compared(R"({"rows":[{"cells":["p","5s"]}]})", R"({"rows":[{"cells":["p","2m3s"]}]})"),
            "");
  EXPECT_NE(compared(R"({"rows":[{"cells":["p","5s"]}]})", R"({"rows":[{"cells":["q","5s"]}]})"),
            "");
  EXPECT_NE(compared(R"({"age":"5s"})", R"({"age":"6s"})"), "");
}

TEST(Compare, EachLineOfAWatchCounts) {
  Names names;
  Record record{.code = 200, .is_stream = true};
  record.stream = {{{}, R"({"type":"ADDED"})"}, {{}, R"({"type":"DELETED"})"}};
  const auto seen = [&](std::vector<std::string> lines) {
    return difference(record, {.code = 200, .stream = std::move(lines)}, names);
  };
  EXPECT_EQ(seen({R"({"type":"ADDED"})", R"({"type":"DELETED"})"}), "");
  EXPECT_NE(seen({R"({"type":"ADDED"})"}), "");
  EXPECT_NE(seen({R"({"type":"DELETED"})", R"({"type":"ADDED"})"}), "");
  EXPECT_NE(seen({R"({"type":"ADDED"})", R"({"type":"DELETED"})", R"({"type":"ADDED"})"}), "");
}

TEST(Compare, AWarningThatIsMissingIsADifference) {
  Names names;
  const Record record{.code = 200, .answer_headers = {{"Warning", "299 - \"x\""}}};
  EXPECT_NE(difference(record, {.code = 200}, names), "");
}

TEST(Fixtures, WhatIsShownBeforeItIsMadeWasThereBefore) {
  std::vector<Record> records(2);
  records[0] = {.id = "a-1",
                .group = "a",
                .method = "GET",
                .path = "/api/v1/namespaces/ns/configmaps/old",
                .code = 200,
                .answer = R"({"kind":"ConfigMap","metadata":{"name":"old","namespace":"ns",
                              "uid":"u"},"data":{"k":"v"}})"};
  records[1] = {.id = "a-2",
                .group = "a",
                .method = "POST",
                .path = "/api/v1/namespaces/ns/configmaps",
                .code = 201,
                .answer = R"({"kind":"ConfigMap","metadata":{"name":"new","namespace":"ns",
                              "uid":"v"}})"};
  const std::vector<Fixture> fixtures = missing_objects(records);
  ASSERT_EQ(fixtures.size(), 2u);
  EXPECT_EQ(fixtures[0].path.plural, "namespaces");
  EXPECT_EQ(fixtures[1].path.name, "old");
  EXPECT_EQ(json_string(fixtures[1].object, {"data", "k"}), "v");
}

TEST(Fixtures, AMergePatchIsTakenBack) {
  const std::vector<Record> records = {
      {.id = "a-1",
       .group = "a",
       .method = "PATCH",
       .path = "/apis/conf.test/v1/namespaces/ns/widgets/w",
       .headers = {{"Content-Type", "application/merge-patch+json"}},
       .body = R"({"metadata":{"labels":{"gone":null,"set":"1"}}})",
       .code = 200,
       .answer = R"({"kind":"Widget","metadata":{"name":"w","namespace":"ns","uid":"u",
                     "labels":{"set":"1","kept":"2"}}})"}};
  const std::vector<Fixture> fixtures = missing_objects(records);
  const json::value& widget = fixtures.back().object;
  EXPECT_EQ(json_object(widget, {"metadata", "labels"}),
            (json::object{{"set", "before"}, {"kept", "2"}, {"gone", "before"}}));
}

TEST(Recording, ABadLineIsNamed) {
  const Result<std::vector<Record>> records = read_recording(
      "{\"id\":\"a\",\"request\":{\"method\":\"GET\",\"path\":\"/x\"},"
      "\"response\":{\"code\":200}}\nnonsense\n",
      "r.jsonl");
  ASSERT_FALSE(records.ok());
  EXPECT_EQ(records.status().message().substr(0, 10), "r.jsonl:2:");
}

}  // namespace
}  // namespace drydock::harness::conformance
