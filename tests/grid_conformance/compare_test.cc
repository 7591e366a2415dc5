// What the comparison with recordings of real clusters must see, and what it must not mind.
#include "harness/conformance/grid/compare.h"

#include <gtest/gtest.h>

#include "harness/conformance/grid/logs.h"
#include "harness/conformance/grid/record_times.h"
#include "harness/conformance/grid/shares.h"

namespace drydock::harness::conformance::grid {
namespace {

std::string compared(const std::string& recorded, const std::string& ours) {
  return value_difference(json_parse(recorded).value(), json_parse(ours).value());
}

std::string answered(const std::string& recorded, const Answer& ours) {
  return answer_difference(json_parse(recorded).value(), ours);
}

TEST(GridCompare, AnotherStatusIsADifference) {
  EXPECT_EQ(answered(R"({"status":200,"headers":[],"body":{"len":0}})", {.status = 200}), "");
  EXPECT_NE(answered(R"({"status":200,"headers":[],"body":{"len":0}})", {.status = 404}), "");
}

TEST(GridCompare, ARecordedHeaderMustBeThereWithItsValue) {
  const std::string recorded = R"({"status":200,"headers":[["ETag","5"]],"body":{"len":0}})";
  EXPECT_EQ(answered(recorded, {200, {{"etag", "5"}}, ""}), "");
  EXPECT_NE(answered(recorded, {200, {{"etag", "6"}}, ""}), "");
  EXPECT_NE(answered(recorded, {200, {}, ""}), "");
}

TEST(GridCompare, AnotherTextIsADifference) {
  const std::string recorded = R"({"status":400,"headers":[],"body":{"len":2,"text":"no"}})";
  EXPECT_EQ(answered(recorded, {400, {}, "no"}), "");
  EXPECT_NE(answered(recorded, {400, {}, "yes"}), "");
}

TEST(GridCompare, BlanksInJsonAreNoDifference) {
  const std::string recorded = R"({"status":200,"headers":[],"body":{"text":"{\"a\": 1}"}})";
  EXPECT_EQ(answered(recorded, {200, {}, R"({"a":1})"}), "");
  EXPECT_NE(answered(recorded, {200, {}, R"({"a":2})"}), "");
}

TEST(GridCompare, ArraysAreSetsButMembersHaveAnOrder) {
  EXPECT_EQ(compared(R"(["a","b"])", R"(["b","a"])"), "");
  EXPECT_NE(compared(R"(["a","b"])", R"(["a","a"])"), "");
  EXPECT_NE(compared(R"(["a"])", R"(["a","b"])"), "");
  EXPECT_NE(compared(R"({"node_names":["a","b"]})", R"({"node_names":["b","a"]})"), "");
}

TEST(GridCompare, AMissingAndAnAdditionalMemberAreDifferences) {
  EXPECT_NE(compared(R"({"a":1})", R"({})"), "");
  EXPECT_NE(compared(R"({})", R"({"a":1})"), "");
}

TEST(GridCompare, TimesDifferButNoneIsNoTime) {
  EXPECT_EQ(compared(R"({"created":1795412896462})", R"({"created":1795412896999})"), "");
  EXPECT_NE(compared(R"({"created":1795412896462})", R"({"created":-1})"), "");
  EXPECT_NE(compared(R"({"created":-1})", R"({"created":5})"), "");
}

TEST(GridCompare, AnEmptyValueThatIsLeftOutIsOneOnBothSides) {
  const std::string left_out = R"([{"key":"a","value":,"n":1},{"key":"b","value":2,"n":1}])";
  const std::string turned = R"([{"key":"b","value":2,"n":1},{"key":"a","value":,"n":1}])";
  EXPECT_EQ(text_difference(left_out, turned), "");
  EXPECT_NE(text_difference(left_out, R"([{"key":"a","value":,"n":1}])"), "");
  EXPECT_NE(text_difference(R"([{"key":"a","value":,"n":1}])", R"([{"key":"a","value":"","n":1}])"),
            "");
}

TEST(GridCompare, AnArchiveIsAsLongAsItSaysAndNearlyAsLongAsOnRecord) {
  const std::string recorded =
      R"({"status":200,"headers":[["content-length","1000"]],"body":{"len":1000,"sha256":"0"}})";
  EXPECT_EQ(answered(recorded, {200, {{"Content-Length", "1020"}}, std::string(1020, 'x')}), "");
  EXPECT_NE(answered(recorded, {200, {{"Content-Length", "1021"}}, std::string(1021, 'x')}), "");
  EXPECT_NE(answered(recorded, {200, {{"Content-Length", "1000"}}, std::string(1020, 'x')}), "");
}

TEST(GridCompare, ADifferenceIsCutBetweenCharacters) {
  const std::string long_text = "a" + std::string(400, 'x');
  std::string umlauts = "b";
  for (int i = 0; i < 300; ++i) umlauts += "\xc3\xa4";
  const std::string found = text_difference(long_text, umlauts);
  EXPECT_TRUE(found.ends_with("\xc3\xa4...'") || found.ends_with("\xc3\xa4...")) << found;
}

TEST(GridRecordTimes, RecordsThatFollowedEachOtherQuicklyDoSoAgain) {
  const auto record = [](const std::string& line, double ms) {
    json::value out = {{"response", {{"ms", ms}}}, {"logs", json::object()}};
    if (!line.empty()) out.at("logs").get_object()["node0"] = json::array{line};
    return out;
  };
  const std::vector<json::value> records = {
      record("05:00:00,000 INFO  (a) [b] set-up", 1), record("05:00:01,000 INFO  (a) [b] x", 2),
      record("", 4), record("05:00:09,000 INFO  (a) [b] y", 2), record("", 1)};
  const RecordTimes times({.version = "15.0.21.Final"}, records);
  EXPECT_EQ(times.start(2), SteadyTime(milliseconds(9000 - 4)));
  EXPECT_EQ(times.start(3), SteadyTime(milliseconds(1000)));
  EXPECT_EQ(times.start(4), SteadyTime(milliseconds(9000)));
}

TEST(GridCompare, IdentitiesAndAddressesAreNotCompared) {
  EXPECT_EQ(text_difference("a State@1b2c at 127.0.0.1:99", "a State@ffff at 10.0.0.2:7800"), "");
  EXPECT_NE(text_difference("a State@1b2c", "another State@1b2c"), "");
  EXPECT_NE(text_difference("version 1.2", "version 1.3"), "");
}

TEST(GridLogs, ALineIsTakenApart) {
  const auto line = parse_log_line("05:34:22,549 INFO  (jgroups-5,node3) [a.B] ISPN005043: x");
  ASSERT_TRUE(line.has_value());
  EXPECT_EQ(*line, (LogLine{"INFO", "[a.B] ISPN005043: x"}));
  EXPECT_EQ(time_of_log_line("05:34:22,549 INFO"), ((5 * 60 + 34) * 60 + 22) * 1000 + 549);
  EXPECT_FALSE(parse_log_line("\tat org.infinispan.A.b(A.java:1)").has_value());
}

TEST(GridLogs, EqualLinesAFewRecordsApartAreOne) {
  LogComparison logs;
  logs.recorded("node0", 3, {"INFO", "[a] x"});
  logs.ours("node0", 1, {"INFO", "[a] x"});
  EXPECT_TRUE(logs.differences().empty());
}

TEST(GridLogs, MissingAndAdditionalLinesAreDifferencesOfTheirRecords) {
  LogComparison logs;
  logs.recorded("node0", 3, {"INFO", "[a] x"});
  logs.ours("node0", 4, {"WARN", "[a] x"});
  logs.ours("node0", 30, {"INFO", "[a] x"});
  const auto found = logs.differences();
  EXPECT_EQ(found.size(), 3u);
  EXPECT_TRUE(found.contains(3) && found.contains(4) && found.contains(30));
}

TEST(GridShares, ASharesSizeCountsAndNothingIsNotSomething) {
  const auto aligned = [](const std::string& recorded, const std::string& ours) {
    json::value mine = json_parse(ours).value();
    align_shares(json_parse(recorded).value(), mine);
    return value_difference(json_parse(recorded).value(), mine);
  };
  EXPECT_EQ(aligned(R"({"n":"131+125"})", R"({"n":"128+128"})"), "");
  EXPECT_NE(aligned(R"({"n":"131+125"})", R"({"n":"90+166"})"), "");
  EXPECT_NE(aligned(R"({"n":"0+0"})", R"({"n":"1+1"})"), "");
  EXPECT_EQ(aligned(R"({"entries":112})", R"({"entries":95})"), "");
  EXPECT_NE(aligned(R"({"entries":112})", R"({"entries":0})"), "");
  EXPECT_NE(aligned(R"({"entries":200})", R"({"entries":199})"), "");
}

}  // namespace
}  // namespace drydock::harness::conformance::grid
