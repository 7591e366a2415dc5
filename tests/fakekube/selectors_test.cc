// Label and field selectors: what they match, and the words of their refusals.
#include "fakekube/store/selectors.h"

#include <gtest/gtest.h>

#include "fakekube/store/continue_token.h"

namespace drydock::fakekube {
namespace {

std::string label_error(std::string_view text) {
  return parse_label_selector(text).status().message();
}
std::string field_error(const ResourceType& type, std::string_view text) {
  return parse_field_selector(type, text).status().message();
}

bool labels_match(std::string_view selector, std::string_view labels) {
  Selector parsed;
  parsed.labels = *parse_label_selector(selector);
  json::value object = json::object();
  json_at(object, {"metadata", "labels"}) = *json_parse(labels);
  return parsed.matches(object);
}

TEST(LabelSelector, MatchesSetsPresenceAndOrder) {
  EXPECT_TRUE(labels_match("a=1,b!=2", R"({"a":"1"})"));
  EXPECT_TRUE(labels_match("a in (1,2),!c", R"({"a":"2"})"));
  EXPECT_FALSE(labels_match("a notin (1,2)", R"({"a":"2"})"));
  EXPECT_TRUE(labels_match("a notin (1,2)", "{}"));
  EXPECT_TRUE(labels_match("a>5", R"({"a":"6"})"));
  EXPECT_FALSE(labels_match("a<5", R"({"a":"x"})"));
  EXPECT_TRUE(labels_match("a in ()", R"({"a":""})"));
  EXPECT_TRUE(labels_match("in=notin", R"({"in":"notin"})"));
}

TEST(LabelSelector, RefusesInTheWordsOfKubernetes) {
  EXPECT_EQ(label_error("="), "found '=', expected: !, identifier, or 'end of string'");
  EXPECT_EQ(label_error("a=b,,"), "found ',', expected: identifier after ','");
  EXPECT_EQ(label_error("a=b c"), "found 'c', expected: ',' or 'end of string'");
  EXPECT_EQ(label_error("a b=c"),
            "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt");
  EXPECT_EQ(label_error("a in (b"), "unable to parse requirement: found '', expected: ',' or ')'");
  EXPECT_EQ(label_error("a in b"), "unable to parse requirement: found 'b' expected: '('");
  EXPECT_EQ(label_error("a=("), "unable to parse requirement: found '(', expected: identifier");
  EXPECT_EQ(label_error("!,"), "unable to parse requirement: found ',', expected: identifier");
  EXPECT_EQ(label_error("a>x"),
            "unable to parse requirement: values[0]: Invalid value: \"x\": for 'Gt', 'Lt' "
            "operators, the value must be an integer");
  EXPECT_TRUE(label_error("a=b/c").starts_with(
      "unable to parse requirement: values[0][a]: Invalid value: \"b/c\": a valid label must be"));
  EXPECT_TRUE(label_error("-a=b").starts_with(
      "unable to parse requirement: <nil>: Invalid value: \"-a\": name part must consist of"));
}

TEST(FieldSelector, SplitsTermsAndUnescapesValues) {
  const auto terms = parse_field_selector(kPods, R"(spec.nodeName!=n\,1,metadata.name==a)");
  ASSERT_TRUE(terms.ok());
  ASSERT_EQ(terms->size(), 2U);
  EXPECT_EQ((*terms)[0].field->label, "metadata.name");  // terms are sorted
  EXPECT_EQ((*terms)[1].value, "n,1");
  EXPECT_FALSE((*terms)[1].equal);
}

TEST(FieldSelector, RefusesInTheWordsOfKubernetes) {
  EXPECT_EQ(field_error(kPods, "metadata.name"),
            "invalid selector: 'metadata.name'; can't understand 'metadata.name'");
  EXPECT_EQ(field_error(kPods, "metadata.name=a=b"),
            "invalid field selector: unescaped character in value: 61");
  EXPECT_EQ(field_error(kPods, R"(metadata.name=a\b)"),
            R"(invalid field selector: invalid escape sequence: \b)");
  EXPECT_EQ(field_error(kPods, "=x"), "field label not supported: ");
  EXPECT_EQ(field_error(kConfigMaps, "data.a=1"),
            "\"data.a\" is not a known field selector: only \"metadata.name\", "
            "\"metadata.namespace\"");
  EXPECT_EQ(field_error(kBackups, "status.phase=x"), "field label not supported: status.phase");
}

TEST(FieldSelector, ComparesNumbersAsText) {
  const SelectableField field{"status.replicas", {"status", "replicas"}};
  const FieldRequirement requirement{.field = &field, .equal = true, .value = "2"};
  EXPECT_TRUE(requirement.matches(*json_parse(R"({"status":{"replicas":2}})")));
  EXPECT_FALSE(requirement.matches(*json_parse(R"({"status":{"replicas":3}})")));
}

TEST(ContinueToken, ComesBackAsItWasOrIsRefused) {
  const std::string token = encode_continue({.revision = 7, .namespace_name = "ns", .name = "a"});
  const Result<ContinueToken> back = decode_continue(token);
  ASSERT_TRUE(back.ok());
  EXPECT_EQ(back->revision, 7);
  EXPECT_EQ(back->namespace_name, "ns");
  EXPECT_EQ(back->name, "a");
  EXPECT_EQ(decode_continue("abc").status().message(),
            "invalid continue token: continue key is not valid: invalid character 'i' looking for "
            "beginning of value");
  EXPECT_EQ(decode_continue("a b").status().message(),
            "invalid continue token: continue key is not valid: illegal base64 data at input byte "
            "1");
  EXPECT_EQ(decode_continue("e30").status().message(),
            "invalid continue token: continue key is not valid: server does not recognize this "
            "encoded version \"\"");
}

}  // namespace
}  // namespace drydock::fakekube
