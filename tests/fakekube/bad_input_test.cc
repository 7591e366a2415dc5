// Bodies and queries that no client should send: each gets its refusal, and the next request of
// somebody else is served.
#include <gtest/gtest.h>

#include <string>

#include "core/base/json.h"
#include "core/base/limits.h"
#include "tests/fakekube/api_fixture.h"

namespace drydock::fakekube {
namespace {

constexpr const char* kJsonPatch = "application/json-patch+json";
constexpr const char* kMergePatch = "application/merge-patch+json";
constexpr const char* kStrategicPatch = "application/strategic-merge-patch+json";
constexpr const char* kApplyPatch = "application/apply-patch+yaml";
constexpr const char* kYaml = "application/yaml";
constexpr const char* kMapPath = "/api/v1/namespaces/ns/configmaps/m";

std::string repeated(std::string_view text, size_t count) {
  std::string all;
  all.reserve(text.size() * count);
  for (size_t i = 0; i < count; ++i) all += text;
  return all;
}

std::string nested(size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); }

class BadInput : public ApiTest {
 protected:
  BadInput() {
    run([&] { EXPECT_EQ(create(R"("m")").code, 201); });
  }

  Answer create(const std::string& name) {
    return ask("POST", kMapsPath, R"({"metadata":{"name":)" + name + R"(},"data":{"a":"1"}})");
  }

  void expect_served() {
    EXPECT_EQ(create("\"good-" + std::to_string(++good_) + "\"").code, 201);
    EXPECT_EQ(ask("GET", kMapPath).code, 200);
  }

  void expect_refused(const Answer& answer, int code, std::string_view reason,
                      std::string_view message) {
    ASSERT_NE(answer.body, nullptr) << answer.text;
    EXPECT_EQ(answer.code, code) << message;
    EXPECT_EQ(answer.reason(), reason) << message;
    EXPECT_EQ(answer.message(), message);
    expect_served();
  }

  static size_t warnings(const Answer& answer) {
    size_t count = 0;
    for (const auto& [name, value] : answer.headers) count += name == "Warning";
    return count;
  }

  int good_ = 0;
};

constexpr std::string_view kUnrecognized =
    "the object provided is unrecognized (must be of type ConfigMap): couldn't get version/kind; "
    "json parse error: ";

TEST_F(BadInput, MalformedJsonIsABadRequestThatShowsWhereItBroke) {
  run([&] {
    const std::string begin(kUnrecognized);
    expect_refused(ask("POST", kMapsPath, R"({"metadata":)"), 400, "BadRequest",
                   begin + R"(unexpected end of JSON input ({"metadata":))");
    expect_refused(ask("POST", kMapsPath, "{'a':1}"), 400, "BadRequest",
                   begin + R"(invalid character '\'' looking for beginning of object key string )"
                           "({'a':1})");
    expect_refused(ask("POST", kMapsPath, R"({"a":1}})"), 400, "BadRequest",
                   begin + R"(invalid character '}' after top-level value ({"a":1}}))");
    expect_refused(merge(kMapPath, R"({"data":)"), 400, "BadRequest",
                   "error decoding patch: unexpected end of JSON input");
    expect_refused(ask("PATCH", kMapPath, "[}", kJsonPatch), 400, "BadRequest",
                   "error decoding patch: invalid character '}' looking for beginning of value");
    expect_refused(ask("DELETE", kMapPath, "{"), 500, "",
                   begin.substr(begin.find("couldn't")) + "unexpected end of JSON input");
  });
}

TEST_F(BadInput, DepthIsLimitedInEveryForm) {
  run([&] {
    const std::string deep = nested(100'000);
    const std::string body = R"({"data":)" + deep + "}";
    expect_refused(
        ask("POST", kMapsPath, body), 400, "BadRequest",
        std::string(kUnrecognized) + R"(exceeded max depth ({"data":[[[[[[[[[[[[[[[[[[[[[[ ...))");
    expect_refused(merge(kMapPath, body), 400, "BadRequest",
                   "error decoding patch: exceeded max depth");
    expect_refused(ask("PATCH", kMapPath, body, kStrategicPatch), 400, "BadRequest",
                   "exceeded max depth");
    expect_refused(ask("PATCH", kMapPath, deep, kJsonPatch), 400, "BadRequest",
                   "error decoding patch: exceeded max depth");
    for (const std::string& yaml : {body, "data: " + deep, repeated("- ", 100'000) + "x",
                                    repeated("{a: ", 100'000), repeated("? ", 100'000)}) {
      EXPECT_EQ(ask("POST", kMapsPath, yaml, kYaml).code, 400);
      EXPECT_EQ(ask("PATCH", std::string(kMapPath) + "?fieldManager=f", yaml, kApplyPatch).code,
                400);
      expect_served();
    }
  });
}

TEST_F(BadInput, WhatIsAsDeepAsItMayBeIsReadInEveryForm) {
  run([&] {
    const std::string body = R"({"x":)" + nested(limits::kMaxJsonDepth - 1) + "}";
    EXPECT_EQ(merge(kMapPath, body).code, 200);
    EXPECT_EQ(ask("PATCH", kMapPath, body, kStrategicPatch).code, 200);
    EXPECT_EQ(ask("PUT", kMapPath,
                  R"({"metadata":{"name":"m"},"x":)" + nested(limits::kMaxJsonDepth - 1) + "}")
                  .code,
              200);
    EXPECT_EQ(ask("PUT", kMapPath, "metadata: {name: m}\nx: " + nested(99), kYaml).code, 200);
    expect_served();
  });
}

TEST_F(BadInput, ABodyOfMoreThanThreeMebibytesIsTooLarge) {
  run([&] {
    const std::string full(limits::kMaxRequestBytes, ' ');
    const std::string message = "Request entity too large: limit is 3145728";
    expect_refused(ask("POST", kMapsPath, full + " "), 413, "RequestEntityTooLarge", message);
    expect_refused(merge(kMapPath, full + " "), 413, "RequestEntityTooLarge", message);
    expect_refused(ask("DELETE", kMapPath, full + " "), 413, "RequestEntityTooLarge", message);
    EXPECT_EQ(ask("POST", kMapsPath, full).code, 400);
    expect_served();
  });
}

TEST_F(BadInput, AnObjectOfMoreThanEtcdTakesIsAnInternalError) {
  run([&] {
    const std::string value(limits::kMaxStoredBytes, 'x');
    const std::string pod =
        R"({"metadata":{"name":"p"},"spec":{"containers":[{"name":"c","image":"i","env":[)"
        R"({"name":"E","value":")" +
        value + R"("}]}]}})";
    expect_refused(ask("POST", kPodsPath, pod), 500, "", "etcdserver: request is too large");
  });
}

TEST_F(BadInput, BytesThatAreNoUtf8AreRepaired) {
  run([&] {
    const Answer made = create("\"r\"}, \"x\xff\": {\"y\": 1");
    EXPECT_EQ(made.code, 201);
    const Answer repaired = merge(kMapPath, "{\"data\":{\"b\":\"\xff\xc3(\"}}");
    EXPECT_EQ(json_string(*repaired.body, {"data", "b"}), "\xEF\xBF\xBD\xEF\xBF\xBD(");
    expect_refused(ask("GET", std::string(kMapsPath) + "?labelSelector=a%3d%3d%3d%ff"), 400,
                   "BadRequest", "unable to parse requirement: found '=', expected: identifier");
    expect_refused(ask("GET", std::string(kMapsPath) + "?fieldSelector=%ff"), 400, "BadRequest",
                   "invalid selector: '\xEF\xBF\xBD'; can't understand '\xEF\xBF\xBD'");
    expect_refused(ask("POST", kMapsPath, "a: \xff", kYaml), 400, "BadRequest",
                   "the object provided is unrecognized (must be of type ConfigMap): error "
                   "converting YAML to JSON: yaml: invalid leading UTF-8 octet (613a20ff)");
  });
}

TEST_F(BadInput, FieldsGivenTwiceAreNamedAHundredTimesAtMost) {
  run([&] {
    std::string data;
    for (int i = 0; i < 20'000; ++i) data += "\"k" + std::to_string(i / 2) + "\":\"\",";
    const std::string body = R"({"metadata":{"name":"d"},"data":{)" + data + R"("z":""}})";
    const Answer warned = ask("POST", kMapsPath, body);
    EXPECT_EQ(warned.code, 201);
    EXPECT_EQ(warnings(warned), 100u);
    EXPECT_EQ(ask("PUT", std::string(kMapsPath) + "/d?fieldValidation=Strict", body).code, 400);
    expect_served();
  });
}

TEST_F(BadInput, ALongPathOfFieldsGivenTwiceIsNotMadeAgainAndAgain) {
  run([&] {
    const std::string body = R"({"metadata":{"name":"d"},")" + std::string(1'000'000, 'p') +
                             R"(":{)" + repeated(R"("a":1,)", 300'000) + R"("a":1}})";
    const Answer warned = ask("POST", kMapsPath, body);
    EXPECT_EQ(warned.code, 201);
    EXPECT_EQ(warnings(warned), 2u);
    expect_served();
  });
}

TEST_F(BadInput, WarningsAreCutToWhatAHeaderMayHold) {
  run([&] {
    std::string unknown;
    for (int i = 0; i < 1'000; ++i)
      unknown += ",\"" + std::string(300, 'u') + std::to_string(i) + "\":1";
    const Answer warned = ask("POST", kMapsPath, R"({"metadata":{"name":"w"})" + unknown + "}");
    EXPECT_EQ(warned.code, 201);
    EXPECT_EQ(warnings(warned), 16u);
    const std::string* first = find_header(warned.headers, "Warning");
    ASSERT_NE(first, nullptr);
    EXPECT_EQ(*first, R"(299 - "unknown field \")" + std::string(241, 'u') + "\"");
  });
}

TEST_F(BadInput, ThousandsOfUnknownFieldsOfACustomResourceAreDropped) {
  run([&] {
    std::string unknown;
    for (int i = 0; i < 50'000; ++i) unknown += ",\"u" + std::to_string(i) + "\":1";
    const Answer made = ask("POST", kBackupsPath,
                            R"({"apiVersion":"infinispan.org/v2alpha1","kind":"Backup",)"
                            R"("metadata":{"name":"b"},"spec":{"cluster":"c")" +
                                unknown + "}}");
    EXPECT_EQ(made.code, 201);
    EXPECT_EQ(json_text(made.body->at("spec")), R"({"cluster":"c"})");
    EXPECT_GT(warnings(made), 100u);  // of 24 to 28 characters each, 4,096 in all
    EXPECT_LT(warnings(made), 170u);
    expect_served();
  });
}

TEST_F(BadInput, AliasesOfYamlMayNotMultiply) {
  run([&] {
    std::string wide = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
    for (int i = 1; i < 12; ++i) {
      const std::string before = "*a" + std::to_string(i - 1);
      wide += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + before +
              repeated(", " + before, 9) + "]\n";
    }
    std::string chain = "a0: &a0 {}\n";
    for (int i = 1; i < 5'000; ++i)
      chain += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " {x: *a" +
               std::to_string(i - 1) + "}\n";
    std::string anchors;
    for (int i = 0; i < 90; ++i) anchors += "[&a" + std::to_string(i) + " ";
    anchors += "[" + repeated("1,", 400'000) + "1]" + std::string(90, ']');
    for (const std::string& bomb : {wide, chain, anchors}) {
      const std::string shown =
          "error converting YAML to JSON: yaml: document contains excessive "
          "aliasing";
      const Answer posted = ask("POST", kMapsPath, bomb, kYaml);
      EXPECT_EQ(posted.code, 400);
      EXPECT_NE(posted.message().find(shown), std::string::npos) << posted.message();
      expect_refused(ask("PATCH", std::string(kMapPath) + "?fieldManager=f", bomb, kApplyPatch),
                     400, "BadRequest", "error decoding YAML: " + shown);
    }
  });
}

TEST_F(BadInput, APatchHasTenThousandOperationsAtMost) {
  run([&] {
    const std::string operation = R"({"op":"test","path":"/data/a","value":"1"})";
    const std::string most = "[" + repeated(operation + ",", 9'999) + operation;
    EXPECT_EQ(ask("PATCH", kMapPath, most + "]", kJsonPatch).code, 200);
    expect_refused(ask("PATCH", kMapPath, most + "," + operation + "]", kJsonPatch), 413,
                   "RequestEntityTooLarge",
                   "Request entity too large: The allowed maximum operations in a JSON patch is "
                   "10000, got 10001");
  });
}

TEST_F(BadInput, OperationsMayNeitherNestNorCopyWithoutEnd) {
  run([&] {
    const std::string why = "the server rejected our request due to an error in our request";
    const std::string nests = R"({"op":"copy","from":"/data","path":"/data/a"})";
    expect_refused(
        ask("PATCH", kMapPath, "[" + repeated(nests + ",", 400) + nests + "]", kJsonPatch), 422,
        "Invalid", why);
    std::string deeper = R"([{"op":"add","path":"/x","value":)" + nested(150) + "}";
    deeper +=
        R"(,{"op":"add","path":"/x)" + repeated("/0", 149) + R"(/-","value":)" + nested(150) + "}]";
    expect_refused(ask("PATCH", kMapPath, deeper, kJsonPatch), 422, "Invalid", why);
    std::string doubles = R"([{"op":"test","path":"/data/a","value":"1"})";
    for (int i = 0; i < 40; ++i)
      doubles += R"(,{"op":"copy","from":"/data","path":"/data/z)" + std::to_string(i) + "\"}";
    expect_refused(ask("PATCH", kMapPath, doubles + "]", kJsonPatch), 422, "Invalid", why);
  });
}

TEST_F(BadInput, PatchesOfManyMembersTakeOnePass) {
  run([&] {
    std::string members;
    std::string nulls;
    std::string finalizers;
    for (int i = 0; i < 20'000; ++i) {
      const std::string key = "\"k" + std::to_string(i) + "\"";
      members += "," + key + ":\"\"";
      nulls += "," + key + ":null";
      finalizers += (i == 0 ? "\"x/k" : ",\"x/k") + std::to_string(i) + "\"";
    }
    EXPECT_EQ(merge(kMapPath, R"({"data":{"b":"2")" + members + "}}").code, 200);
    EXPECT_EQ(merge(kMapPath, R"({"data":{"b":"3")" + nulls + "}}").code, 200);
    EXPECT_EQ(merge(kMapPath, R"({"data":{"b":"2")" + members + "}}").code, 200);
    const Answer small =
        ask("PATCH", kMapPath, R"({"data":{"b":"3")" + nulls + "}}", kStrategicPatch);
    EXPECT_EQ(json_text(small.body->at("data")), R"({"a":"1","b":"3"})");
    EXPECT_EQ(ask("PATCH", kMapPath, R"({"metadata":{"finalizers":[)" + finalizers + "]}}",
                  kStrategicPatch)
                  .code,
              200);
    expect_served();
  });
}

TEST_F(BadInput, ThousandsOfFieldManagersAreReadInOnePass) {
  run([&] {
    std::string managers;
    for (int i = 0; i < 10'000; ++i)
      managers += (i == 0 ? "" : ",") + std::string(R"({"manager":"m)") + std::to_string(i) +
                  R"(","operation":"Update","apiVersion":"v1","fieldsType":"FieldsV1",)" +
                  R"("fieldsV1":{"f:x":{}}})";
    const std::string body =
        R"({"metadata":{"name":"owned","managedFields":[)" + managers + R"(]},"data":{"a":"1"}})";
    EXPECT_EQ(ask("POST", kMapsPath, body).code, 201);
    const Answer changed =
        ask("PATCH", std::string(kMapsPath) + "/owned", R"({"data":{"a":"2"}})", kMergePatch);
    EXPECT_EQ(changed.code, 200);
    EXPECT_EQ(json_array(*changed.body, {"metadata", "managedFields"}).size(), 10u);
    expect_served();
  });
}

TEST_F(BadInput, SelectorsOfAnyLengthAreReadOrRefused) {
  run([&] {
    const std::string list = std::string(kMapsPath) + "?labelSelector=";
    EXPECT_EQ(ask("GET", list + "s+in+(" + repeated("a,", 100'000) + "b)").code, 200);
    EXPECT_EQ(ask("GET", list + "a" + repeated(",a", 100'000)).code, 200);
    expect_refused(ask("GET", list + "a" + repeated(",a", 100'000) + ",("), 400, "BadRequest",
                   "found '(', expected: identifier after ','");
    expect_refused(ask("GET", list + repeated("(", 100'000)), 400, "BadRequest",
                   "found '(', expected: !, identifier, or 'end of string'");
    const std::string fields = std::string(kMapsPath) + "?fieldSelector=";
    EXPECT_EQ(ask("GET", fields + "metadata.name=x" + repeated(",metadata.name=x", 50'000)).code,
              200);
    expect_served();
  });
}

TEST_F(BadInput, ContinueTokensOfAnyLengthAreRefused) {
  run([&] {
    const std::string list = std::string(kMapsPath) + "?limit=1&continue=";
    const std::string begin = "invalid continue token: continue key is not valid: ";
    const Answer digits = ask("GET", list + std::string(1'000'000, 'A'));
    EXPECT_EQ(digits.code, 400);
    EXPECT_EQ(digits.reason(), "BadRequest");
    EXPECT_NE(digits.message().find("continue key is not valid"), std::string::npos)
        << digits.message();
    const Answer strange = ask("GET", list + std::string(1'000'000, '!'));
    EXPECT_EQ(strange.code, 400);
    EXPECT_NE(strange.message().find("illegal base64 data at input byte 0"), std::string::npos);
    const Answer deep = ask("GET", list + repeated("W1tb", 100'000));  // "[[["
    EXPECT_EQ(deep.code, 400);
    EXPECT_NE(deep.message().find("exceeded max depth"), std::string::npos);
    expect_served();
  });
}

TEST_F(BadInput, ThousandsOfQueryParametersAreRead) {
  run([&] {
    std::string target = std::string(kMapsPath) + "?limit=1";
    for (int i = 0; i < 50'000; ++i) target += "&p" + std::to_string(i) + "=" + std::to_string(i);
    const Answer listed = ask("GET", target + "&limit=x");  // of a key the first value counts
    EXPECT_EQ(listed.code, 200);
    EXPECT_EQ(ask("POST", target, R"({"metadata":{"name":"q"}})").code, 201);
    expect_served();
  });
}

// Protobuf by hand.
std::string varint(uint64_t value) {
  std::string text;
  for (; value >= 0x80; value >>= 7) text += static_cast<char>(value | 0x80);
  return text + static_cast<char>(value);
}
std::string field(uint64_t number, const std::string& bytes) {
  return varint(number << 3 | 2) + varint(bytes.size()) + bytes;
}
std::string field(uint64_t number, const char* text) { return field(number, std::string(text)); }
std::string field(uint64_t number, int value) {
  return varint(number << 3) + varint(static_cast<uint64_t>(value));
}

struct ProtobufBody {
  const char* api_version;
  const char* kind;
  std::string object;  // the message

  std::string begin() const {
    return std::string("k8s\0", 4) + field(1, field(1, api_version) + field(2, kind));
  }
  std::string text() const { return begin() + field(2, object); }
};

class BadProtobuf : public BadInput {
 protected:
  Answer send(const std::string& body) { return ask(method_, target_, body, kProtobuf); }

  // What the body is read as; then that each shorter one is refused in order. One that ends with
  // its kind, `begin()`, is whole: an empty object.
  void expect_read(const ProtobufBody& body, int code, const std::string& part,
                   int cut_code = 400) {
    const std::string text = body.text();
    for (size_t length = 1; length < text.size(); ++length) {
      if (length == body.begin().size()) continue;
      const Answer refused = send(text.substr(0, length));
      EXPECT_EQ(refused.code, cut_code) << body.kind << " cut at " << length;
      EXPECT_EQ(refused.reason(), cut_code == 400 ? "BadRequest" : "") << length;
      EXPECT_FALSE(refused.message().empty()) << length;
    }
    const Answer answer = send(text);
    EXPECT_EQ(answer.code, code) << answer.message();
    EXPECT_NE(json_text(*answer.body).find(part), std::string::npos) << json_text(*answer.body);
    expect_served();
  }

  static constexpr const char* kProtobuf = "application/vnd.kubernetes.protobuf";
  std::string method_ = "POST";
  std::string target_;
};

TEST_F(BadProtobuf, APodIsReadWholeOrRefused) {
  run([&] {
    target_ = kPodsPath;
    const std::string limits = field(1, field(1, "cpu") + field(2, field(1, "500m")));
    const std::string container = field(1, "c") + field(2, "image") + field(8, limits);
    const std::string metadata = field(1, "p") + field(11, field(1, "l") + field(2, "v"));
    expect_read({"v1", "Pod", field(1, metadata) + field(2, field(2, container) + field(4, 7))},
                201, R"("resources":{"limits":{"cpu":"500m"},"requests":{"cpu":"500m"}})");
    const Answer pod = ask("GET", std::string(kPodsPath) + "/p");
    EXPECT_EQ(json_string(*pod.body, {"metadata", "labels", "l"}), "v");
    EXPECT_EQ(json_int(*pod.body, {"spec", "terminationGracePeriodSeconds"}), 7);
  });
}

TEST_F(BadProtobuf, AClaimIsReadWholeOrRefused) {
  run([&] {
    target_ = "/api/v1/namespaces/ns/persistentvolumeclaims";
    const std::string requests = field(2, field(1, "storage") + field(2, field(1, "1Gi")));
    const std::string spec = field(1, "ReadWriteOnce") + field(2, requests) + field(5, "fast");
    expect_read({"v1", "PersistentVolumeClaim", field(1, field(1, "c")) + field(2, spec)}, 201,
                R"("spec":{"accessModes":["ReadWriteOnce"],"resources":{"requests":{"storage":)"
                R"("1Gi"}},"storageClassName":"fast")");
  });
}

TEST_F(BadProtobuf, AConfigMapIsReadWholeOrRefused) {
  run([&] {
    target_ = kMapsPath;
    const std::string data = field(2, field(1, "k") + field(2, "v"));
    const std::string binary = field(3, field(1, "b") + field(2, std::string("\0\xff", 2)));
    expect_read({"v1", "ConfigMap", field(1, field(1, "c")) + data + binary}, 201,
                R"("data":{"k":"v"},"binaryData":{"b":"AP8="})");
  });
}

TEST_F(BadProtobuf, ALeaseIsReadWholeOrRefused) {
  run([&] {
    target_ = "/apis/coordination.k8s.io/v1/namespaces/ns/leases";
    const std::string time = field(1, 1'700'000'000) + field(2, 123'456'000);
    const std::string spec = field(1, "me") + field(2, 15) + field(3, time);
    expect_read({"coordination.k8s.io/v1", "Lease", field(1, field(1, "l")) + field(2, spec)}, 201,
                R"("spec":{"holderIdentity":"me","leaseDurationSeconds":15,"acquireTime":)"
                R"("2023-11-14T22:13:20.123456Z"})");
  });
}

TEST_F(BadProtobuf, AnEventIsReadWholeOrRefused) {
  run([&] {
    target_ = "/api/v1/namespaces/ns/events";
    const std::string about = field(1, "Pod") + field(2, "ns") + field(3, "p");
    const std::string event = field(1, field(1, "e") + field(3, "ns")) + field(2, about) +
                              field(3, "Because") + field(4, "of this") + field(8, 3) +
                              field(9, "Normal");
    expect_read({"v1", "Event", event}, 201,
                R"("involvedObject":{"kind":"Pod","namespace":"ns","name":"p"},"reason":)"
                R"("Because","message":"of this")");
  });
}

TEST_F(BadProtobuf, AnAccessReviewIsReadWholeOrRefused) {
  run([&] {
    target_ = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";
    const std::string attributes = field(1, "ns") + field(2, "list") + field(5, "pods");
    expect_read({"authorization.k8s.io/v1", "SelfSubjectAccessReview",
                 field(1, "") + field(2, field(1, attributes))},
                201,
                R"("spec":{"resourceAttributes":{"namespace":"ns","verb":"list","resource":)"
                R"("pods"}},"status":{"allowed":true)");
  });
}

TEST_F(BadProtobuf, DeleteOptionsAreReadWholeOrAnInternalErrorAsOnARealServer) {
  run([&] {
    method_ = "DELETE";
    target_ = kMapPath;
    expect_read({"v1", "DeleteOptions", field(2, field(1, "another"))}, 409,
                "the UID in the precondition (another) does not match", 500);
    expect_read({"v1", "DeleteOptions", field(4, "Background") + field(5, "All")}, 200,
                R"("status":"Success")", 500);
  });
}

TEST_F(BadProtobuf, CustomResourcesHaveNoSuchForm) {
  run([&] {
    target_ = kBackupsPath;
    const ProtobufBody body{"infinispan.org/v2alpha1", "Backup", field(1, field(1, "b"))};
    EXPECT_EQ(send(body.text()).code, 400);
    expect_served();
  });
}

TEST_F(BadProtobuf, LengthsBeyondTheBodyAndGroupsWithoutEndAreRefused) {
  run([&] {
    target_ = kPodsPath;
    const ProtobufBody pod{"v1", "Pod", ""};
    const std::string huge = varint(1 << 3 | 2) + varint(UINT64_MAX >> 1) + "x";
    const std::string negative = varint(1 << 3 | 2) + varint(UINT64_MAX) + "x";
    const std::string groups = repeated(varint(99 << 3 | 3), 1'000'000);
    const std::string endless(1'000, '\xff');
    for (const std::string& message : {huge, negative, groups, endless}) {
      const Answer refused = send(pod.begin() + field(2, message));
      EXPECT_EQ(refused.code, 400);
      EXPECT_EQ(refused.reason(), "BadRequest");
      EXPECT_EQ(send(pod.begin() + message).code, 400);
      expect_served();
    }
  });
}

}  // namespace
}  // namespace drydock::fakekube
