// Bytes to JSON: go_json.h, body_decode_yaml.h, protobuf.h.
#include <gtest/gtest.h>

#include <string>

#include "core/base/json.h"
#include "core/base/limits.h"
#include "fakekube/http/body_decode_yaml.h"
#include "fakekube/schema/go_json.h"
#include "fakekube/schema/protobuf.h"

namespace drydock::fakekube {
namespace {

std::string error_of(std::string_view text) { return decode_json(text).error; }

TEST(JsonBody, IsRefusedInGosWords) {
  EXPECT_EQ(error_of(""), "unexpected end of JSON input");
  EXPECT_EQ(error_of(R"({"a":)"), "unexpected end of JSON input");
  EXPECT_EQ(error_of("x"), "invalid character 'x' looking for beginning of value");
  EXPECT_EQ(error_of("{} x"), "invalid character 'x' after top-level value");
  EXPECT_EQ(error_of("{a:1}"), "invalid character 'a' looking for beginning of object key string");
  EXPECT_EQ(error_of(R"({"a":1,})"),
            "invalid character '}' looking for beginning of object key string");
  EXPECT_EQ(error_of(R"({"a" 1})"), "invalid character '1' after object key");
  EXPECT_EQ(error_of(R"({"a":1 "b"})"), "invalid character '\"' after object key:value pair");
  EXPECT_EQ(error_of("[1 2]"), "invalid character '2' after array element");
  EXPECT_EQ(error_of("[1,]"), "invalid character ']' looking for beginning of value");
  EXPECT_EQ(error_of("trux"), "invalid character 'x' in literal true (expecting 'e')");
  EXPECT_EQ(error_of("-x"), "invalid character 'x' in numeric literal");
  EXPECT_EQ(error_of("1.x"), "invalid character 'x' after decimal point in numeric literal");
  EXPECT_EQ(error_of("1ex"), "invalid character 'x' in exponent of numeric literal");
  EXPECT_EQ(error_of("01"), "invalid character '1' after top-level value");
  EXPECT_EQ(error_of("\"a\n\""), "invalid character '\\n' in string literal");
  EXPECT_EQ(error_of(R"("\x")"), "invalid character 'x' in string escape code");
  EXPECT_EQ(error_of(R"("\u12g4")"), "invalid character 'g' in \\u hexadecimal character escape");
  EXPECT_EQ(error_of("'"), R"(invalid character '\'' looking for beginning of value)");
}

TEST(JsonBody, OfAnyDepthIsRefusedBelowTheLimit) {
  const auto nested = [](size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
  };
  EXPECT_EQ(error_of(nested(limits::kMaxJsonDepth)), "");
  EXPECT_EQ(error_of(nested(limits::kMaxJsonDepth + 1)), "exceeded max depth");
  EXPECT_EQ(error_of(std::string(1'000'000, '[')), "exceeded max depth");
}

TEST(JsonBody, NamesMembersThatAreGivenTwiceAndKeepsTheLast) {
  const DecodedJson decoded =
      decode_json(R"({"spec":{"a":1,"a":2,"list":[{"b":{}},{"b":1,"b":2,"b":3}]}})");
  EXPECT_EQ(decoded.duplicates, (std::vector<std::string>{R"(duplicate field "spec.a")",
                                                          R"(duplicate field "spec.list[1].b")"}));
  EXPECT_EQ(json_text(decoded.value), R"({"spec":{"a":2,"list":[{"b":{}},{"b":3}]}})");
}

TEST(JsonBody, RepairsWhatIsNoUtf8) {
  EXPECT_EQ(decode_json("\"a\xff\xc3z\"").value, "a\xEF\xBF\xBD\xEF\xBF\xBDz");
  EXPECT_EQ(decode_json(R"("\ud83d\ude00\ud800\u0041")").value,
            "\xF0\x9F\x98\x80\xEF\xBF\xBD"
            "A");
}

TEST(JsonBody, KeepsIntegersThatFit) {
  EXPECT_EQ(json_text(decode_json("[-9223372036854775808,1.0,1.5e3,1e-400]").value),
            json_text(json::array{INT64_MIN, 1.0, 1500.0, 0.0}));
  EXPECT_TRUE(decode_json("18446744073709551616").value.is_double());
  EXPECT_EQ(error_of("1e400"), "json: cannot unmarshal number 1e400 into Go value of type float64");
}

std::string yaml(std::string_view text) {
  const DecodedYaml decoded = decode_yaml(text);
  return decoded.error.empty() ? json_text(decoded.value) : decoded.error;
}

TEST(YamlBody, HasTheWordsOfVersionOneOne) {
  EXPECT_EQ(yaml("y: on\nno: ~\nOFF: 'on'\n"), R"({"true":true,"false":"on"})");
  EXPECT_EQ(yaml("[0777, 0x10, 0b11, 1_000, 08, 1.0, 1.5, .5, 1:30, 2026-01-01, +5]"),
            R"([511,16,3,1000,8,1,1.5,0.5,"1:30","2026-01-01",5])");
  EXPECT_EQ(yaml("1: a\n1.5: b\ntrue: c\n"), R"({"1":"a","1.5":"b","true":"c"})");
  EXPECT_EQ(yaml("a: !!str 5\nb: !!binary aGVsbG8=\nc: |\n  x\n  y\n"),
            R"({"a":"5","b":"hello","c":"x\ny\n"})");
}

TEST(YamlBody, MergesWhatAKeyOfTwoAnglesNames) {
  EXPECT_EQ(yaml("base: &b {x: 1, z: 2}\nother:\n  <<: *b\n  x: 3\n"),
            R"({"base":{"x":1,"z":2},"other":{"x":3,"z":2}})");
}

TEST(YamlBody, ReportsKeysThatAreGivenTwice) {
  const DecodedYaml decoded = decode_yaml("a: 1\nb: 2\na: 3\n");
  EXPECT_EQ(json_text(decoded.value), R"({"a":3,"b":2})");
  EXPECT_EQ(decoded.strict_error,
            "error converting YAML to JSON: yaml: unmarshal errors:\n"
            "  line 3: key \"a\" already set in map");
}

TEST(YamlBody, MayNotGrowByAliases) {
  std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 9; ++i) {
    const std::string before = "*a" + std::to_string(i - 1);
    bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + before;
    for (int k = 0; k < 8; ++k) bomb += ", " + before;
    bomb += "]\n";
  }
  EXPECT_EQ(yaml(bomb),
            "error converting YAML to JSON: yaml: document contains excessive aliasing");
}

TEST(YamlBody, IsRefusedWhereItIsMalformed) {
  EXPECT_TRUE(yaml("a: [1, {b: 2\n").starts_with("error converting YAML to JSON: yaml: "));
  EXPECT_EQ(yaml("a: \x01"),
            "error converting YAML to JSON: yaml: control characters are not allowed");
  EXPECT_EQ(yaml("a: \xff"), "error converting YAML to JSON: yaml: invalid leading UTF-8 octet");
  EXPECT_EQ(yaml("a: &a [*a]\n"), "error converting YAML to JSON: yaml: anchor contains itself");
}

// Protobuf by hand: a field of bytes, a field of a number.
std::string number(uint64_t value) {
  std::string text;
  for (; value >= 0x80; value >>= 7) text += static_cast<char>(value | 0x80);
  return text + static_cast<char>(value);
}
std::string bytes_field(uint64_t field, const std::string& bytes) {
  return number(field << 3 | 2) + number(bytes.size()) + bytes;
}
std::string number_field(uint64_t field, uint64_t value) {
  return number(field << 3) + number(value);
}
std::string envelope(const std::string& object, const std::string& kind = "Pod") {
  return std::string("k8s\0", 4) + bytes_field(1, bytes_field(1, "v1") + bytes_field(2, kind)) +
         bytes_field(2, object);
}

std::string pod_message() {
  const std::string metadata = bytes_field(1, "p") +
                               bytes_field(8, number_field(1, 1'700'000'000)) +
                               bytes_field(11, bytes_field(1, "a") + bytes_field(2, "b"));
  const std::string limits =
      bytes_field(1, bytes_field(1, "cpu") + bytes_field(2, bytes_field(1, "500m")));
  const std::string probe =
      bytes_field(1, bytes_field(2, bytes_field(2, number_field(1, 1) + bytes_field(3, "http"))));
  const std::string container =
      bytes_field(1, "c") + bytes_field(8, limits) + bytes_field(10, probe) + number_field(18, 1);
  return bytes_field(1, metadata) + bytes_field(2, bytes_field(2, container) + number_field(4, 30));
}

std::string protobuf(const std::string& bytes) {
  const DecodedProtobuf decoded = decode_protobuf(bytes, find_api_type("Pod"));
  return decoded.error.empty() ? json_text(decoded.value) : decoded.error;
}

TEST(ProtobufBody, IsReadByTheTable) {
  EXPECT_EQ(protobuf(envelope(pod_message())),
            R"({"kind":"Pod","apiVersion":"v1","metadata":{"name":"p","creationTimestamp":)"
            R"("2023-11-14T22:13:20Z","labels":{"a":"b"}},"spec":{"containers":[{"name":"c",)"
            R"("resources":{"limits":{"cpu":"500m"}},"livenessProbe":{"httpGet":{"port":"http"}},)"
            R"("tty":true}],"terminationGracePeriodSeconds":30}})");
}

TEST(ProtobufBody, PassesOverFieldsItDoesNotKnow) {
  const std::string group = number(99 << 3 | 3) + number_field(1, 5) + number(99 << 3 | 4);
  EXPECT_EQ(protobuf(envelope(number_field(77, 5) + bytes_field(78, "x") + group)),
            R"({"kind":"Pod","apiVersion":"v1"})");
}

TEST(ProtobufBody, IsRefusedInGosWords) {
  EXPECT_EQ(protobuf(""), "empty data");
  EXPECT_EQ(protobuf("{}"),
            "provided data does not appear to be a protobuf message, expected prefix [107 56 115 "
            "0]");
  EXPECT_EQ(protobuf(std::string("k8s\0", 4)), "empty body");
  EXPECT_EQ(protobuf(envelope(number_field(1, 5))), "proto: wrong wireType = 0 for field Metadata");
  EXPECT_EQ(protobuf(envelope(number(1 << 3 | 2) + std::string(11, '\xff'))),
            "proto: integer overflow");
  EXPECT_EQ(protobuf(envelope(number(0))), "proto: Pod: illegal tag 0 (wire type 0)");
  EXPECT_EQ(protobuf(envelope("", "Secretary")),
            R"(no kind "Secretary" is registered for version "v1" in scheme )"
            R"("pkg/api/legacyscheme/scheme.go:30")");
}

TEST(ProtobufBody, CutAnywhereIsRefusedOrReadInPart) {
  const std::string whole = envelope(pod_message());
  for (size_t length = 5; length < whole.size(); ++length) {
    const DecodedProtobuf decoded =
        decode_protobuf(std::string_view(whole).substr(0, length), find_api_type("Pod"));
    EXPECT_TRUE(decoded.error == "unexpected EOF" || decoded.value.is_object()) << length;
  }
}

TEST(ProtobufBody, HasNoFormForCustomResources) {
  EXPECT_EQ(decode_protobuf(envelope(""), nullptr).error,
            "object *unstructured.Unstructured does not implement the protobuf marshalling "
            "interface and cannot be encoded to a protobuf message");
}

}  // namespace
}  // namespace drydock::fakekube
