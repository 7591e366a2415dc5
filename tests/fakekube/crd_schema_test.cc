// Structural schemas: pruning, defaults, limits, choices, lists, rules; each with a real server's
// words.
#include <gtest/gtest.h>

#include "fakekube/schema/crd_schema.h"
#include "fakekube/schema/custom_validation.h"
#include "fakekube/schema/formats.h"
#include "fakekube/schema/pattern.h"

namespace drydock::fakekube {
namespace {

json::value parse(std::string_view text) {
  Result<json::value> value = json_parse(text);
  EXPECT_TRUE(value.ok()) << value.status().message() << " in " << text;
  return value.ok() ? *value : json::value();
}

// A schema whose spec has one field, "f".
class Schema {
 public:
  explicit Schema(std::string_view field, std::string_view spec_extra = "") {
    schema_ = StructuralSchema::parse(
        parse(R"({"type":"object","properties":{"spec":{"type":"object",)" +
              std::string(spec_extra) + R"("properties":{"f":)" + std::string(field) + "}}}}"));
    type_.own_schema = schema_.get();
    type_.custom = true;
  }

  std::string pruned(std::string_view field) {
    json::value object = object_of(field);
    std::vector<std::string> unknown;
    schema_->prune(object, unknown);
    schema_->set_defaults(object);
    std::string text = json_text(*json_find(object, {"spec"}));
    for (const std::string& path : unknown) text += " -" + path;
    return text;
  }

  // What is wrong: "field: message" joined by " | ".
  std::string wrong(std::string_view field, std::string_view old_field = "") {
    const json::value object = object_of(field);
    const json::value old_object = old_field.empty() ? json::value() : object_of(old_field);
    FieldErrors errors;
    validate_custom(type_, object, old_field.empty() ? nullptr : &old_object, false, errors);
    std::string text;
    for (const FieldError& error : errors)
      text += (text.empty() ? "" : " | ") + error.field + ": " + error.message;
    return text;
  }

 private:
  static json::value object_of(std::string_view field) {
    return parse(R"({"spec":{"f":)" + std::string(field) + "}}");
  }

  std::unique_ptr<StructuralSchema> schema_;
  ResourceType type_;
};

constexpr const char* kNotChecked =
    " | <nil>: Invalid value: \"null\": some validation rules were not checked because the object "
    "was invalid; correct the existing errors to complete validation";

TEST(SchemaPruning, UnknownFieldsGoUnlessTheyArePreserved) {
  Schema strict(R"({"type":"object","properties":{"a":{"type":"string"}}})");
  EXPECT_EQ(strict.pruned(R"({"b":1,"a":"x"})"), R"({"f":{"a":"x"}} -spec.f.b)");
  Schema open(R"({"type":"object","x-kubernetes-preserve-unknown-fields":true,
                  "properties":{"a":{"type":"object","properties":{}}}})");
  EXPECT_EQ(open.pruned(R"({"b":1,"a":{"c":1}})"), R"({"f":{"a":{},"b":1}} -spec.f.a.c)");
}

TEST(SchemaPruning, AnEmbeddedObjectKeepsItsHeader) {
  Schema schema(R"({"type":"object","x-kubernetes-embedded-resource":true,"properties":{}})");
  EXPECT_EQ(schema.pruned(R"({"apiVersion":"v1","kind":"A","metadata":{"name":"n"},"x":1})"),
            R"({"f":{"apiVersion":"v1","kind":"A","metadata":{"name":"n"}}} -spec.f.x)");
  EXPECT_EQ(schema.wrong("{}"),
            "spec.f.apiVersion: Required value: must not be empty | spec.f.kind: Required value: "
            "must not be empty");
}

TEST(SchemaDefaults, ANullThatMayNotBeTakesTheDefault) {
  EXPECT_EQ(Schema(R"({"type":"integer","default":3})").pruned("null"), R"({"f":3})");
  EXPECT_EQ(Schema(R"({"type":"integer","default":3,"nullable":true})").pruned("null"),
            R"({"f":null})");
  EXPECT_EQ(Schema(R"({"type":"object","additionalProperties":{"type":"object",
                       "properties":{"n":{"type":"integer","default":1}}}})")
                .pruned(R"({"a":{}})"),
            R"({"f":{"a":{"n":1}}})");
}

TEST(SchemaLimits, NumbersAreComparedAsTheyAreWritten) {
  Schema schema(R"({"type":"number","minimum":0.1,"exclusiveMinimum":true,"maximum":1000000})");
  EXPECT_EQ(schema.wrong("0.1"),
            "spec.f: Invalid value: 0.1: spec.f in body should be greater than 0.1");
  EXPECT_EQ(schema.wrong("0.10000000000000002"), "");
  EXPECT_EQ(schema.wrong("1000000.5"),
            "spec.f: Invalid value: 1.0000005e+06: spec.f in body should be less than or equal to "
            "1e+06");
  EXPECT_EQ(schema.wrong("1000001"),
            "spec.f: Invalid value: 1000001: spec.f in body should be less than or equal to "
            "1000000");
  EXPECT_EQ(Schema(R"({"type":"number","multipleOf":0.1})").wrong("0.3"), "");
  EXPECT_EQ(Schema(R"({"type":"integer","multipleOf":5})").wrong("12"),
            "spec.f: Invalid value: 12: spec.f in body should be a multiple of 5");
}

TEST(SchemaTypes, AWholeNumberIsAnIntegerHoweverItIsWritten) {
  Schema schema(R"({"type":"integer"})");
  EXPECT_EQ(schema.wrong("1.0"), "");
  EXPECT_EQ(schema.wrong("1.5"),
            "spec.f: Invalid value: \"number\": spec.f in body must be of type integer: "
            "\"number\"");
  EXPECT_EQ(Schema(R"({"x-kubernetes-int-or-string":true})").wrong("true"),
            "spec.f: Invalid value: \"boolean\": spec.f in body must be of type integer,string: "
            "\"boolean\"");
}

TEST(SchemaLimits, StringsCountCharactersAndAnswerTheFirstComplaint) {
  Schema schema(R"({"type":"string","minLength":2,"maxLength":3,"pattern":"^[a-zé]+$"})");
  EXPECT_EQ(schema.wrong("\"ééé\""), "");
  EXPECT_EQ(schema.wrong("\"abcd\""), "spec.f: Too long: may not be more than 3 bytes");
  EXPECT_EQ(schema.wrong("\"A\""),
            "spec.f: Invalid value: \"A\": spec.f in body should be at least 2 chars long");
  EXPECT_EQ(schema.wrong("\"AB\""),
            "spec.f: Invalid value: \"AB\": spec.f in body should match '^[a-zé]+$'");
}

TEST(SchemaLimits, ListsAndMapsHaveSizes) {
  Schema list(R"({"type":"array","minItems":1,"maxItems":2,"items":{"type":"string"}})");
  EXPECT_EQ(list.wrong("[]"),
            "spec.f: Invalid value: 0: spec.f in body should have at least 1 items");
  EXPECT_EQ(list.wrong(R"(["a","b","c"])"), "spec.f: Too many: 3: must have at most 2 items");
  Schema map(R"({"type":"object","minProperties":1,"maxProperties":1,
                 "additionalProperties":{"type":"integer"}})");
  EXPECT_EQ(map.wrong("{}"),
            "spec.f: Invalid value: 0: spec.f in body should have at least 1 properties");
  EXPECT_EQ(map.wrong(R"({"a":1,"b":2})"), "spec.f: Too many: 2: must have at most 1 items");
}

TEST(SchemaLists, SetsAndMapsHaveNoDuplicates) {
  Schema set(R"({"type":"array","x-kubernetes-list-type":"set","items":{"type":"string"}})");
  EXPECT_EQ(set.wrong(R"(["a","b","a"])"), "spec.f[2]: Duplicate value: \"a\"");
  Schema map(R"({"type":"array","x-kubernetes-list-type":"map","x-kubernetes-list-map-keys":
      ["p","n"],"items":{"type":"object","properties":{"n":{"type":"string"},
      "p":{"type":"integer"}}}})");
  EXPECT_EQ(map.wrong(R"([{"n":"a","p":1},{"n":"a","p":2},{"n":"a","p":1}])"),
            "spec.f[2]: Duplicate value: map[string]interface {}{\"n\":\"a\",\"p\":1}");
}

TEST(SchemaChoices, SchemasCombine) {
  Schema any(R"({"type":"string","anyOf":[{"pattern":"^a"},{"pattern":"^b"}]})");
  EXPECT_EQ(any.wrong("\"b\""), "");
  EXPECT_EQ(any.wrong("\"c\""),
            "<nil>: Invalid value: \"\": \"spec.f\" must validate at least one schema (anyOf) | "
            "spec.f: Invalid value: \"c\": spec.f in body should match '^a'");
  Schema one(R"({"type":"object","properties":{"a":{"type":"integer"},"b":{"type":"integer"}},
                 "oneOf":[{"required":["a"]},{"required":["b"]}]})");
  EXPECT_EQ(one.wrong(R"({"a":1})"), "");
  EXPECT_EQ(one.wrong(R"({"a":1,"b":1})"),
            "<nil>: Invalid value: \"\": \"spec.f\" must validate one and only one schema (oneOf). "
            "Found 2 valid alternatives");
  Schema none(R"({"type":"string","not":{"enum":["x"]}})");
  EXPECT_EQ(none.wrong("\"x\""),
            "<nil>: Invalid value: \"\": \"spec.f\" must not validate the schema (not)");
}

TEST(SchemaFormats, WhatAServerChecks) {
  EXPECT_EQ(Schema(R"({"type":"string","format":"date-time"})").wrong("\"yesterday\""),
            "spec.f: Invalid value: \"yesterday\": spec.f in body must be of type date-time: "
            "\"yesterday\"");
  EXPECT_TRUE(fits_format("date-time", "2024-02-29T23:59:59.5+01:00"));
  EXPECT_FALSE(fits_format("date-time", "2023-02-29T00:00:00Z"));
  EXPECT_TRUE(fits_format("ipv4", "10.0.0.1"));
  EXPECT_FALSE(fits_format("ipv4", "10.0.0.256"));
  EXPECT_TRUE(fits_format("ipv6", "fe80::1"));
  EXPECT_TRUE(fits_format("cidr", "10.0.0.0/8"));
  EXPECT_FALSE(fits_format("cidr", "10.0.0.0/33"));
  EXPECT_TRUE(fits_format("uuid", "6E487e65-3e35-4942-8551-945ac0850464"));
  EXPECT_FALSE(fits_format("byte", "a b!"));
  EXPECT_TRUE(fits_format("int32", "anything"));
}

TEST(SchemaRules, ARuleSaysWhatItsMessageSays) {
  Schema schema(R"({"type":"integer"})",
                R"("x-kubernetes-validations":[{"rule":"!has(self.f) || self.f != 9",
         "message":"nine is not allowed","reason":"FieldValueForbidden","fieldPath":".f"}],)");
  EXPECT_EQ(schema.wrong("8"), "");
  EXPECT_EQ(schema.wrong("9"), "spec.f: Forbidden: nine is not allowed");
  EXPECT_EQ(schema.wrong("1.0"),
            "spec: Invalid value: \"object\": invalid data, expected int, got float64 evaluating "
            "rule: nine is not allowed");
  EXPECT_EQ(schema.wrong("\"x\""),
            std::string("spec.f: Invalid value: \"string\": spec.f in body must be of type "
                        "integer: \"string\"") +
                kNotChecked);
}

TEST(SchemaRules, ARuleAboutChangesNeedsAChange) {
  Schema schema(R"({"type":"string","x-kubernetes-validations":[{"rule":"self == oldSelf"}]})");
  EXPECT_EQ(schema.wrong("\"a\""), "");
  EXPECT_EQ(schema.wrong("\"a\"", "\"a\""), "");
  EXPECT_EQ(schema.wrong("\"b\"", "\"a\""),
            "spec.f: Invalid value: \"string\": failed rule: self == oldSelf");
}

TEST(SchemaRatcheting, WhatWasWrongAlreadyMayStay) {
  Schema schema(R"({"type":"object","properties":{"a":{"type":"integer","maximum":1},
                    "b":{"type":"integer"}}})");
  EXPECT_EQ(schema.wrong(R"({"a":5,"b":1})", R"({"a":5,"b":2})"), "");
  EXPECT_EQ(schema.wrong(R"({"a":6})", R"({"a":5})"),
            "spec.f.a: Invalid value: 6: spec.f.a in body should be less than or equal to 1");
}

bool rule_holds(std::string_view rule, std::string_view self) {
  const std::optional<CelProgram> program =
      CelProgram::parse(rule, [](const std::vector<std::string>&) { return false; });
  EXPECT_TRUE(program.has_value()) << rule;
  return program && program->evaluate(parse(self), nullptr).holds;
}

TEST(Cel, ExpressionsEvaluate) {
  EXPECT_TRUE(rule_holds("self.a in ['x', 'y'] && size(self.l) == 2", R"({"a":"y","l":[1,2]})"));
  EXPECT_TRUE(rule_holds("self.l.all(i, i > 0) ? true : false", R"({"l":[1,2]})"));
  EXPECT_FALSE(rule_holds("self.l.exists_one(i, i > 0)", R"({"l":[1,2]})"));
  EXPECT_TRUE(rule_holds("self.s.startsWith(\"ab\") && !self.s.endsWith('b')", R"({"s":"abc"})"));
  EXPECT_TRUE(rule_holds("self.s.matches('^[a-c]+$') && self.s.contains('b')", R"({"s":"abc"})"));
  EXPECT_TRUE(rule_holds("self.n * 2 - 1 == 5 && self.n % 2 == 1 && -self.n < 0", R"({"n":3})"));
  EXPECT_TRUE(rule_holds("self['a-b'] == 1.5", R"({"a-b":1.5})"));
  EXPECT_TRUE(rule_holds("self.missing == 1 || true", "{}"));
  EXPECT_TRUE(rule_holds("self.a__dash__b == null", R"({"a-b":null})"));
}

TEST(Cel, WhatIsNotUnderstoodIsNoProgram) {
  const auto parsed = [](std::string_view rule) {
    return CelProgram::parse(rule, [](const std::vector<std::string>&) { return false; })
        .has_value();
  };
  EXPECT_FALSE(parsed("quantity(self.a).isGreaterThan(quantity('1'))"));
  EXPECT_FALSE(parsed("self.a =="));
  EXPECT_FALSE(parsed("other.a == 1"));
  EXPECT_FALSE(parsed(std::string(1000, '(')));
}

bool found(std::string_view pattern, std::string_view text) {
  const std::optional<Pattern> parsed = Pattern::parse(pattern);
  EXPECT_TRUE(parsed.has_value()) << pattern;
  return parsed && parsed->found_in(text);
}

TEST(Patterns, MatchAsRe2Does) {
  EXPECT_TRUE(found("b+c?", "abbd"));
  EXPECT_FALSE(found("^b", "ab"));
  EXPECT_TRUE(found("^(a|bc){2,3}$", "abca"));
  EXPECT_FALSE(found("^(a|bc){2,3}$", "a"));
  EXPECT_TRUE(found("^[^0-9\\s]{2,}$", "é-"));
  EXPECT_FALSE(found("^[^0-9\\s]{2,}$", "a 1"));
  EXPECT_TRUE(found("(?i)^abc\\.\\d$", "aBC.7"));
  EXPECT_FALSE(found("^abc\\.\\d$", "aBC.7"));
  EXPECT_TRUE(found("^(|a)*$", "aaa"));
  EXPECT_TRUE(found("", ""));
  EXPECT_FALSE(found("a$b", "ab"));
}

TEST(Patterns, NeverTakeLong) { EXPECT_FALSE(found("^(a+)+$", std::string(20'000, 'a') + "b")); }

TEST(Patterns, WhatIsNotUnderstoodIsNoPattern) {
  for (const char* text : {"(a", "a)", "[a", "*a", "a{3,2}", "\\1", "(?=a)", "a{2000}", "[b-a]"})
    EXPECT_FALSE(Pattern::parse(text).has_value()) << text;
}

}  // namespace
}  // namespace drydock::fakekube
