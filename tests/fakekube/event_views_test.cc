// Events seen through core/v1 and events.k8s.io/v1.
#include "tests/fakekube/api_fixture.h"

namespace drydock::fakekube {
namespace {

constexpr const char* kOld = "/api/v1/namespaces/ns/events";
constexpr const char* kNew = "/apis/events.k8s.io/v1/namespaces/ns/events";

class EventViews : public ApiTest {
 protected:
  Answer post_new(const std::string& extra) {
    return ask("POST", kNew,
               R"({"apiVersion":"events.k8s.io/v1","kind":"Event",
                   "metadata":{"name":"e","namespace":"ns"},
                   "regarding":{"kind":"Pod","name":"p","namespace":"ns"},"note":"a note")" +
                   extra + "}");
  }
  static constexpr const char* kComplete =
      R"(,"type":"Normal","reason":"R","action":"A","reportingController":"x.test/c",
         "reportingInstance":"c-1","eventTime":"2026-01-01T00:00:00.000000Z")";
};

TEST_F(EventViews, OneIsTheOtherUnderOtherNames) {
  run([&] {
    EXPECT_EQ(post_new(kComplete).code, 201);
    const Answer old = ask("GET", std::string(kOld) + "/e");
    EXPECT_EQ(json_string(*old.body, {"apiVersion"}), "v1");
    EXPECT_EQ(json_string(*old.body, {"message"}), "a note");
    EXPECT_EQ(json_string(*old.body, {"involvedObject", "name"}), "p");
    EXPECT_EQ(json_string(*old.body, {"reportingComponent"}), "x.test/c");
    EXPECT_EQ(json_find(*old.body, {"note"}), nullptr);
    EXPECT_TRUE(json_find(*old.body, {"firstTimestamp"})->is_null());
  });
}

TEST_F(EventViews, AnOldOneShowsItsCountAsDeprecated) {
  run([&] {
    (void)ask("POST", kOld,
              R"({"metadata":{"name":"e"},"involvedObject":{"namespace":"ns","name":"p"},
                  "reason":"R","count":2,"source":{"component":"c"}})");
    const Answer seen = ask("GET", std::string(kNew) + "/e");
    EXPECT_EQ(json_string(*seen.body, {"apiVersion"}), "events.k8s.io/v1");
    EXPECT_EQ(json_int(*seen.body, {"deprecatedCount"}), 2);
    EXPECT_EQ(json_string(*seen.body, {"deprecatedSource", "component"}), "c");
    EXPECT_EQ(json_string(*seen.body, {"regarding", "name"}), "p");
    EXPECT_EQ(json_find(*seen.body, {"reportingInstance"}), nullptr);
  });
}

TEST_F(EventViews, TheNewOneIsStrict) {
  run([&] {
    EXPECT_EQ(post_new(R"(,"type":"Loud")").message(),
              "Event \"e\" is invalid: [eventTime: Required value, type: Invalid value: \"\": has "
              "invalid value: Loud]");
    EXPECT_EQ(post_new(R"(,"type":"Normal","reason":"R","reportingController":"x.test/c",
                          "reportingInstance":"c","eventTime":"2026-01-01T00:00:00.000000Z")")
                  .message(),
              "Event \"e\" is invalid: action: Required value");
    EXPECT_EQ(post_new(std::string(kComplete) + R"(,"deprecatedCount":3)").message(),
              "Event \"e\" is invalid: count: Invalid value: \"\": needs to be unset");
  });
}

TEST_F(EventViews, TheOldOneOnlyWantsTheNamespacesToAgree) {
  run([&] {
    const auto post = [&](const char* path, const char* name, const char* subject) {
      return ask("POST", path,
                 std::string(R"({"metadata":{"name":")") + name + R"("},"type":"Loud",)" +
                     R"("involvedObject":)" + subject + "}");
    };
    EXPECT_EQ(post(kOld, "a", R"({"namespace":"ns"})").code, 201);
    EXPECT_EQ(post(kOld, "b", R"({"name":"n"})").message(),
              "Event \"b\" is invalid: involvedObject.namespace: Invalid value: \"\": does not "
              "match event.namespace");
  });
}

TEST_F(EventViews, EachHasItsOwnFieldSelectors) {
  run([&] {
    (void)post_new(kComplete);
    const auto count = [&](const std::string& target) {
      return json_array(*ask("GET", target).body, {"items"}).size();
    };
    EXPECT_EQ(count(std::string(kNew) + "?fieldSelector=regarding.name%3Dp"), 1U);
    EXPECT_EQ(count(std::string(kNew) + "?fieldSelector=regarding.name%3Dq"), 0U);
    EXPECT_EQ(count(std::string(kOld) + "?fieldSelector=involvedObject.name%3Dp"), 1U);
    EXPECT_EQ(ask("GET", std::string(kOld) + "?fieldSelector=regarding.name%3Dp").code, 400);
  });
}

}  // namespace
}  // namespace drydock::fakekube
