#include "core/archive/properties.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace drydock::archive {
namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;

TEST(Properties, ReadsEverySeparatorAndEscape) {
  const Properties properties = parse_properties(
                                    "# comment = no\n"
                                    "! neither\n"
                                    "\n"
                                    "  a=1\n"
                                    "b : 2\r\n"
                                    "c 3\r"
                                    "d\t=\f 4 \n"
                                    "empty\n"
                                    "empty2=\n"
                                    "two==\n"
                                    "sp\\ ace\\=\\:key=x\\ty\\\\z\\q\n"
                                    "caches=\\u00FCn\\u00efcode-\\u540D\n"
                                    "latin=\xfc\n"
                                    "pair=\\uD83D\\uDE00\n"
                                    "half=\\uD83Dx\n")
                                    .value();
  const Properties expected = {{"a", "1"},
                               {"b", "2"},
                               {"c", "3"},
                               {"d", "4 "},
                               {"empty", ""},
                               {"empty2", ""},
                               {"two", "="},
                               {"sp ace=:key", "x\ty\\zq"},
                               {"caches",
                                "\xc3\xbcn\xc3\xaf"
                                "code-\xe5\x90\x8d"},
                               {"latin", "\xc3\xbc"},
                               {"pair", "\xf0\x9f\x98\x80"},
                               {"half", "\xef\xbf\xbdx"}};
  EXPECT_EQ(properties, expected);
}

TEST(Properties, AnOddNumberOfBackslashesContinuesTheLine) {
  const Properties properties =
      parse_properties("a=1,\\\n   2,\\\r\n\t3\nb=x\\\\\nc=y\\\\\\\n  z\nd=last\\").value();
  const Properties expected = {{"a", "1,2,3"}, {"b", "x\\"}, {"c", "y\\z"}, {"d", "last"}};
  EXPECT_EQ(properties, expected);
}

TEST(Properties, ACommentIsNotContinued) {
  EXPECT_EQ(parse_properties("# a\\\nb=1\n").value(), (Properties{{"b", "1"}}));
}

TEST(Properties, OfAKeyGivenTwiceTheLastCounts) {
  EXPECT_EQ(parse_properties("a=1\na=2\n").value(), (Properties{{"a", "2"}}));
}

TEST(Properties, AMalformedEscapeIsInvalid) {
  for (const char* text : {"a=\\u12", "a=\\u12g4", "\\u=1", "a=\\uuuuu"})
    EXPECT_EQ(parse_properties(text).code(), Code::kInvalid) << text;
}

TEST(Properties, AreWrittenAsJavaStoresThem) {
  const WallTime date = *parse_rfc3339("2026-11-03T05:08:01Z");
  const Pairs pairs = {{"containers", "default"},
                       {"k e:y", " a  b"},
                       {"caches",
                        "\xc3\xbcn\xc3\xaf"
                        "code-\xe5\x90\x8d,a=b,#x!,back\\slash\t\xf0\x9f\x98\x80"}};
  EXPECT_EQ(format_properties("Backup Manifest", date, pairs),
            "#Backup Manifest\n"
            "#Tue Nov 03 05:08:01 UTC 2026\n"
            "containers=default\n"
            "k\\ e\\:y=\\ a  b\n"
            "caches=\\u00FCn\\u00EFcode-\\u540D,a\\=b,\\#x\\!,back\\\\slash\\t\\uD83D\\uDE00\n");
}

RC_GTEST_PROP(Properties, WhatIsWrittenReadsTheSame, ()) {
  const auto text = rc::gen::container<std::string>(rc::gen::oneOf(
      rc::gen::elementOf(std::string("=:#! \t\n\r\f\\u0a,")), rc::gen::inRange<char>(1, 127)));
  const std::string key = *text;
  const std::string value = *text;
  const Pairs pairs = {{key, value}};
  RC_ASSERT(parse_properties(format_properties("c", WallTime(), pairs)).value() ==
            (Properties{{key, value}}));
}

RC_GTEST_PROP(Properties, NoBytesCrashTheParser, (const std::string& text)) {
  (void)parse_properties(text);
  (void)format_properties("", WallTime(), Pairs{{text, text}});
}

}  // namespace
}  // namespace drydock::archive
