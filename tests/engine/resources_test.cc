#include "core/engine/resources.h"

#include <gtest/gtest.h>

namespace drydock::engine {
namespace {

using Names = std::vector<std::string>;

Result<ResourceSelection> parse(std::string_view text) {
  const Result<json::value> value = json_parse(text);
  EXPECT_TRUE(value.ok()) << text;
  return ResourceSelection::parse(&*value);
}

struct Row {
  const char* resources;
  Names caches;    // of a, b, c
  Names counters;  // of n, o

  friend void PrintTo(const Row& row, std::ostream* out) { *out << row.resources; }
};

class SelectionTable : public testing::TestWithParam<Row> {};

TEST_P(SelectionTable, ChoosesAsMeasured) {
  const Result<ResourceSelection> parsed = parse(GetParam().resources);
  ASSERT_TRUE(parsed.ok()) << parsed.status().to_string();
  EXPECT_EQ(parsed->choose(ResourceType::kCaches, Names{"a", "b", "c"}), GetParam().caches);
  EXPECT_EQ(parsed->choose(ResourceType::kCounters, Names{"n", "o"}), GetParam().counters);
}

INSTANTIATE_TEST_SUITE_P(
    Resources, SelectionTable,
    testing::Values(Row{"null", {"a", "b", "c"}, {"n", "o"}},
                    Row{"{}", {"a", "b", "c"}, {"n", "o"}},
                    Row{R"({"caches":[]})", {"a", "b", "c"}, {"n", "o"}},
                    Row{R"({"caches":["*"]})", {"a", "b", "c"}, {}},
                    Row{R"({"caches":["c","a"]})", {"a", "c"}, {}},
                    Row{R"({"caches":["a","a"]})", {"a"}, {}},
                    Row{R"({"caches":[],"counters":["n"]})", {}, {"n"}},
                    Row{R"({"caches":["b"],"counters":["*"]})", {"b"}, {"n", "o"}},
                    Row{R"({"templates":["*"]})", {}, {}},
                    Row{R"({"proto-schemas":["x"],"tasks":["y"]})", {}, {}}));

TEST(ResourceSelection, AnAbsentMemberMeansEverything) {
  const Result<ResourceSelection> parsed = ResourceSelection::parse(nullptr);
  ASSERT_TRUE(parsed.ok());
  for (const ResourceType type : kResourceTypes) EXPECT_TRUE(parsed->wants_all(type));
}

TEST(ResourceSelection, AStarBesideANameIsAName) {
  const Result<ResourceSelection> parsed = parse(R"({"caches":["*","a"]})");
  ASSERT_TRUE(parsed.ok());
  EXPECT_FALSE(parsed->wants_all(ResourceType::kCaches));
  EXPECT_EQ(parsed->missing(ResourceType::kCaches, Names{"a"}), Names{"*"});
}

TEST(ResourceSelection, NamesWhatIsMissingOfEveryType) {
  for (const ResourceType type : kResourceTypes) {
    const std::string key(resource_key(type));
    const Result<ResourceSelection> parsed = parse(R"({")" + key + R"(":["x","a","y"]})");
    ASSERT_TRUE(parsed.ok());
    EXPECT_EQ(parsed->missing(type, Names{"a"}), (Names{"x", "y"})) << key;
  }
}

TEST(ResourceSelection, NothingIsMissingFromAll) {
  const Result<ResourceSelection> parsed = parse(R"({"caches":["*"]})");
  ASSERT_TRUE(parsed.ok());
  EXPECT_EQ(parsed->missing(ResourceType::kCaches, Names{}), Names{});
}

TEST(ResourceSelection, AnUnknownTypeIsRefusedWithTheServersText) {
  const Result<ResourceSelection> parsed = parse(R"({"foo":["*"]})");
  ASSERT_EQ(parsed.code(), Code::kInvalid);
  EXPECT_EQ(parsed.status().message(), "Type with name 'foo' does not exist");
}

TEST(ResourceSelection, DeprecatedTypeNamesAreUnknown) {
  EXPECT_EQ(parse(R"({"cache-configs":["*"]})").code(), Code::kInvalid);
  EXPECT_EQ(parse(R"({"scripts":["*"]})").code(), Code::kInvalid);
  EXPECT_EQ(parse(R"({"protoSchemas":["*"]})").code(), Code::kInvalid);
}

TEST(ResourceSelection, OtherShapesThanListsOfNamesAreRefused) {
  for (const char* text : {R"(["caches"])", R"("caches")", "5", R"({"caches":"a"})",
                           R"({"caches":[1]})", R"({"caches":null})", R"({"caches":{}})"})
    EXPECT_EQ(parse(text).code(), Code::kInvalid) << text;
}

}  // namespace
}  // namespace drydock::engine
