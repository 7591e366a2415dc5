// Each content oracle sees the planted violation, and is quiet without it.
#include "harness/oracles/content_oracles.h"

#include <gtest/gtest.h>

#include "harness/oracles/archive_content.h"

namespace drydock::harness {
namespace {

using fakegrid::Content;

CacheRecord record(std::string key, std::string value, int64_t lifespan_ms = -1) {
  CacheRecord one;
  one.key = std::move(key);
  one.value = std::move(value);
  one.metadata = encode_metadata({lifespan_ms, -1});
  if (lifespan_ms >= 0) one.created_ms = 1000;
  return one;
}

Content sample() {
  Content content;
  content.caches["a"] = {"<distributed-cache name=\"a\"/>",
                         {record("k1", "v1"), record("k2", "v2")}};
  content.caches["b"] = {"<replicated-cache name=\"b\"/>", {record("x", "y")}};
  content.templates["t"] = "<local-cache-configuration name=\"t\"/>";
  content.counters["c"] = {"c", {}, 7};
  content.schemas["s.proto"] = "message A {}";
  content.tasks["j.js"] = "1+1";
  return content;
}

class BackupOracle : public testing::Test {
 protected:
  std::optional<std::string> look() const {
    return check_backup_content(before, after, archive, selection);
  }
  Content before = sample();
  Content after = sample();
  Content archive = sample();
  ResourceSelection selection;
};

TEST_F(BackupOracle, AnEqualArchiveHolds) { EXPECT_EQ(std::nullopt, look()); }

TEST_F(BackupOracle, ALostEntryIsSeen) {
  archive.caches["a"].records.pop_back();
  EXPECT_NE(std::nullopt, look());
}

TEST_F(BackupOracle, AnExtraEntryIsSeen) {
  archive.caches["a"].records.push_back(record("k3", "v3"));
  EXPECT_NE(std::nullopt, look());
}

TEST_F(BackupOracle, AnEntryTwiceIsSeen) {
  archive.caches["a"].records.push_back(record("k1", "v1"));
  EXPECT_NE(std::nullopt, look());
}

TEST_F(BackupOracle, AChangedValueIsSeen) {
  archive.caches["b"].records[0].value = "z";
  EXPECT_NE(std::nullopt, look());
}

TEST_F(BackupOracle, AnEntryThatChangedMeanwhileMayBeOldOrNewButNothingElse) {
  after.caches["b"].records[0].value = "new";
  EXPECT_EQ(std::nullopt, look());
  archive.caches["b"].records[0].value = "new";
  EXPECT_EQ(std::nullopt, look());
  archive.caches["b"].records[0].value = "other";
  EXPECT_NE(std::nullopt, look());
}

TEST_F(BackupOracle, AMissingCacheCounterSchemaTaskOrTemplateIsSeen) {
  for (int kind = 0; kind < 5; ++kind) {
    archive = sample();
    if (kind == 0) archive.caches.erase("b");
    if (kind == 1) archive.counters.clear();
    if (kind == 2) archive.schemas.clear();
    if (kind == 3) archive.tasks.clear();
    if (kind == 4) archive.templates.clear();
    EXPECT_NE(std::nullopt, look()) << kind;
  }
}

TEST_F(BackupOracle, WhatWasNotAskedForMayNotBeInTheArchive) {
  selection.caches = {"a"};
  EXPECT_NE(std::nullopt, look());
  archive = Content();
  archive.caches["a"] = sample().caches["a"];
  EXPECT_EQ(std::nullopt, look());
}

class RestoreOracle : public testing::Test {
 protected:
  std::optional<std::string> look() const {
    return check_restore_content(before, after, archive, selection, from_epoch_ms(100'000), false);
  }
  Content before;
  Content after = sample();
  Content archive = sample();
  ResourceSelection selection;
};

TEST_F(RestoreOracle, AFullRestoreIntoAnEmptyClusterHolds) { EXPECT_EQ(std::nullopt, look()); }

TEST_F(RestoreOracle, AnEntryThatWasNotRestoredIsSeen) {
  after.caches["a"].records.pop_back();
  EXPECT_NE(std::nullopt, look());
}

TEST_F(RestoreOracle, AnExpiredEntryNeedNotBeThere) {
  archive.caches["a"].records.push_back(record("old", "v", 50));
  EXPECT_EQ(std::nullopt, look());
  archive.caches["a"].records.push_back(record("alive", "v", 500'000));
  EXPECT_NE(std::nullopt, look());
}

TEST_F(RestoreOracle, AnExistingConfigurationIsKept) {
  before.caches["a"] = {"<replicated-cache name=\"a\"/>", {}};
  EXPECT_NE(std::nullopt, look());
  after.caches["a"].configuration_xml = "<replicated-cache name=\"a\"/>";
  EXPECT_EQ(std::nullopt, look());
}

TEST_F(RestoreOracle, WhatWasOnlyInTheClusterStays) {
  before.caches["a"] = {sample().caches["a"].configuration_xml, {record("own", "v")}};
  EXPECT_NE(std::nullopt, look());
  after.caches["a"].records.push_back(record("own", "v"));
  EXPECT_EQ(std::nullopt, look());
}

TEST_F(RestoreOracle, ACounterWithAnotherValueIsSeen) {
  after.counters["c"].value = 8;
  EXPECT_NE(std::nullopt, look());
}

TEST_F(RestoreOracle, WhatWasNotAskedForMayNotBeApplied) {
  selection.caches = {"a"};
  EXPECT_NE(std::nullopt, look());
  after = Content();
  after.caches["a"] = sample().caches["a"];
  EXPECT_EQ(std::nullopt, look());
}

TEST(CompareContent, NamesEveryKindOfDifference) {
  Content other = sample();
  EXPECT_TRUE(compare_content(sample(), "l", other, "r").empty());
  other.caches["a"].records[0].value = "w";
  other.counters["c"].value = 9;
  other.tasks["more"] = "";
  const auto lines = compare_content(sample(), "l", other, "r");
  ASSERT_EQ(3u, lines.size());
  EXPECT_EQ("cache 'a': key 'k1' is 'v1' in l, 'w' in r", lines[0]);
  EXPECT_EQ("task 'more' is in r only", lines[1]);
  EXPECT_EQ("counter 'c' is 7 in l, 9 in r", lines[2]);
}

}  // namespace
}  // namespace drydock::harness
