// What may differ in recordings of joins and leaves by chance, and what may not.
#include "harness/conformance/grid/shares.h"

#include <gtest/gtest.h>

#include "harness/conformance/grid/zero_lines.h"

namespace drydock::harness::conformance::grid {
namespace {

bool aligned(const std::string& recorded, const std::string& ours,
             int segments_apart = kBalancedSegments) {
  const json::value theirs = json_parse(recorded).value();
  json::value mine = json_parse(ours).value();
  align_shares(theirs, mine, segments_apart);
  return theirs == mine;
}

TEST(GridShares, ABalancedTableIsNearAnotherOne) {
  EXPECT_TRUE(aligned(R"({"n0":"125+131"})", R"({"n0":"131+125"})"));
  EXPECT_FALSE(aligned(R"({"n0":"142+114"})", R"({"n0":"121+135"})"));
  EXPECT_FALSE(aligned(R"({"n0":"0+0"})", R"({"n0":"1+1"})"));
  EXPECT_FALSE(aligned(R"({"n0":"256+0"})", R"({"n0":"250+6"})"));
}

TEST(GridShares, WhatALeaveLeftBehindMayBeFurtherApart) {
  EXPECT_TRUE(aligned(R"({"n0":"142+114"})", R"({"n0":"121+135"})", kInheritedSegments));
  EXPECT_FALSE(aligned(R"({"n0":"142+114"})", R"({"n0":"100+156"})", kInheritedSegments));
}

TEST(GridShares, IdsAreNoShares) {
  EXPECT_FALSE(aligned(R"({"id":1})", R"({"id":2})"));
  EXPECT_FALSE(aligned(R"({"cluster_size":3})", R"({"cluster_size":4})"));
}

TEST(GridShares, EntriesOfANodeAreItsShareUnlessTheyAreNoneOrAll) {
  EXPECT_TRUE(aligned(R"({"approximate_entries":112})", R"({"approximate_entries":95})"));
  EXPECT_FALSE(aligned(R"({"approximate_entries":112})", R"({"approximate_entries":50})"));
  EXPECT_FALSE(aligned(R"({"approximate_entries":0})", R"({"approximate_entries":5})"));
  EXPECT_FALSE(aligned(R"({"approximate_entries":200})", R"({"approximate_entries":190})"));
  EXPECT_TRUE(
      aligned(R"({"d1_number_of_entries{}":"103.0"})", R"({"d1_number_of_entries{}":"97.0"})"));
}

TEST(GridShares, AFewStoresMoreAreChance) {
  EXPECT_TRUE(aligned(R"({"total_number_of_entries":200})", R"({"total_number_of_entries":207})"));
  EXPECT_FALSE(aligned(R"({"total_number_of_entries":0})", R"({"total_number_of_entries":66})"));
}

LogLine debug(const std::string& text) {
  return {"DEBUG", "[o.i.t.LocalTopologyManagerImpl] " + text};
}

TEST(GridZeroLines, OnlyLinesOfTopologiesAndViewsWereKept) {
  EXPECT_TRUE(is_kept_line({"INFO", "[o.i.CLUSTER] ISPN000094: Received new cluster view"}));
  EXPECT_TRUE(is_kept_line({"INFO", "[o.i.CLUSTER] [Context=a]ISPN100002: Starting rebalance"}));
  EXPECT_TRUE(is_kept_line(debug("Updating local topology for cache a: CacheTopology{id=1")));
  EXPECT_FALSE(is_kept_line({"INFO", "[o.i.SERVER] ISPN080001: Infinispan Server 15 started"}));
  EXPECT_FALSE(is_kept_line({"FATAL", "[o.i.CLUSTER] [Context=a]ISPN000313: Lost data"}));
}

TEST(GridZeroLines, AreCountedByCache) {
  const json::value recorded =
      json_parse(R"({"a":{"ISPN100002":1},"-":{"\tat org.infinispan.topology.X":3}})").value();
  const LogLine starts{"INFO", "[o.i.CLUSTER] [Context=a]ISPN100002: Starting rebalance"};
  EXPECT_EQ(line_counts_difference(recorded, {starts}, "n0"), "");
  EXPECT_NE(line_counts_difference(recorded, {}, "n0"), "");
  EXPECT_NE(line_counts_difference(recorded, {starts, starts}, "n0"), "");
}

TEST(GridZeroLines, InstallationsDoNotCountWhereMessagesOvertookOneAnother) {
  const std::string installed = R"("Updating local topology for cache a: CacheTopology":2)";
  const std::string late = R"("Ignoring late consistent hash update for cache a, current":1)";
  const std::vector<LogLine> ours = {debug("Updating local topology for cache a: CacheTopology{")};
  const auto counts = [](const std::string& lines) {
    return json_parse(R"({"a":{)" + lines + "}}").value();
  };
  EXPECT_NE(line_counts_difference(counts(installed), ours, "n0"), "");
  EXPECT_EQ(line_counts_difference(counts(installed + "," + late), ours, "n0"), "");
}

TEST(GridZeroLines, MembersOfACacheHaveNoOrderButThoseOfAViewDo) {
  EXPECT_EQ(with_sorted_members("Starting rebalance with members [n1, n0], phase"),
            "Starting rebalance with members [n0, n1], phase");
  EXPECT_EQ(with_sorted_members("Updating cache members list [n1, n0], topology id 3"),
            "Updating cache members list [n0, n1], topology id 3");
  const std::string view = "Received new cluster view for channel peer: [n1|3] (2) [n1, n0]";
  EXPECT_EQ(with_sorted_members(view), view);
}

}  // namespace
}  // namespace drydock::harness::conformance::grid
