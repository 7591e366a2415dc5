#include "fakekube/schema/managed_fields.h"
#include "tests/fakekube/apply_fixture.h"

namespace drydock::fakekube {
namespace {

class Managed : public ApplyTest {
 protected:
  std::string managed() { return json_text(*metadata_of(*stored()).if_contains("managedFields")); }
  static std::string entry(std::string_view manager, std::string_view fields,
                           std::string_view time) {
    return R"({"apiVersion":"test.x/v1","fieldsType":"FieldsV1","fieldsV1":)" +
           std::string(fields) + R"(,"manager":")" + std::string(manager) +
           R"(","operation":"Update","time":")" + std::string(time) + R"("})";
  }
};

TEST_F(Managed, ACreateOwnsWhatItSetsAndItsDefaults) {
  create("m1", part(R"("spec":{"color":"red"},"status":{"phase":"x"})"));
  EXPECT_EQ(managed(),
            "[" +
                entry("m1", R"({"f:spec":{".":{},"f:color":{},"f:size":{}}})", server_.now_text()) +
                "]");
}

TEST_F(Managed, ACoreKindHasStructOrderAndNoMarkOfWhatIsAlwaysThere) {
  ApiCall call = call_of(Verb::kCreate, kPersistentVolumeClaims,
                         R"({"metadata":{"name":"a"},"spec":{"accessModes":["ReadWriteOnce"],)"
                         R"("resources":{"requests":{"storage":"1Gi"}}}})");
  call.field_manager = "m1";
  const ApiReply reply = server_.execute(call);
  ASSERT_EQ(reply.code, 201) << status_message(reply);
  EXPECT_EQ(json_text(json_array(*reply.body, {"metadata", "managedFields"})[0]),
            R"({"manager":"m1","operation":"Update","apiVersion":"v1","time":")" +
                server_.now_text() +
                R"(","fieldsType":"FieldsV1","fieldsV1":{"f:spec":{"f:accessModes":{},)"
                R"("f:resources":{"f:requests":{".":{},"f:storage":{}}},"f:volumeMode":{}}}})");
}

TEST_F(Managed, TheUserAgentUpToItsSlashIsTheManager) {
  ApiCall call = call_of(Verb::kCreate, kParts, part(R"("spec":{})"));
  call.user_agent = "operator/v1 (linux) x";
  server_.execute(call);
  EXPECT_EQ(owned_by("operator", "Update"), R"({"f:spec":{".":{},"f:size":{}}})");
  call.name = "b";
  call.user_agent.clear();
  call.body = make_json(
      parse(R"({"apiVersion":"test.x/v1","kind":"Part","metadata":{"name":"b"},"spec":{}})"));
  const ApiReply reply = server_.execute(call);
  EXPECT_EQ(json_string(json_array(*reply.body, {"metadata", "managedFields"})[0], {"manager"}),
            "unknown");
}

TEST_F(Managed, AnUpdateTakesWhatItChangesAndNobodyKeepsWhatItRemoves) {
  create("m1", part(R"("spec":{"color":"red","names":["a"]})"));
  patch("m2", R"({"spec":{"color":"blue","names":null}})");
  EXPECT_EQ(owned_by("m1", "Update"), R"({"f:spec":{".":{},"f:size":{}}})");
  EXPECT_EQ(owned_by("m2", "Update"), R"({"f:spec":{"f:color":{}}})");
}

TEST_F(Managed, ANoOpMovesNoTimeAndMakesNoRevision) {
  create("m1", part(R"("spec":{"color":"red"})"));
  const uint64_t before = revision();
  const std::string owned = managed();
  run([&] {
    ASSERT_TRUE(simulation_.harness().sleep_for(minutes(1)).ok());
    patch("m2", R"({"spec":{"color":"red"}})");
  });
  EXPECT_EQ(revision(), before);
  EXPECT_EQ(managed(), owned);
}

TEST_F(Managed, TheTimeIsThatOfTheLastChange) {
  create("m1", part(R"("spec":{"color":"red"})"));
  const std::string first = server_.now_text();
  run([&] {
    ASSERT_TRUE(simulation_.harness().sleep_for(minutes(1)).ok());
    patch("m1", R"({"spec":{"color":"blue"}})");
  });
  EXPECT_NE(first, server_.now_text());
  EXPECT_EQ(managed(),
            "[" +
                entry("m1", R"({"f:spec":{".":{},"f:color":{},"f:size":{}}})", server_.now_text()) +
                "]");
}

TEST_F(Managed, AStatusWriteIsAnEntryOfItsOwn) {
  create("m1", part(R"("spec":{})"));
  patch("m1", R"({"spec":{"color":"z"},"metadata":{"labels":{"l":"1"}},"status":{"phase":"Up"}})",
        PatchType::kMerge, "status");
  const json::array& list = json_array(*stored(), {"metadata", "managedFields"});
  ASSERT_EQ(list.size(), 2U);
  // Labels are claimed, though this path does not change them; the spec is not.
  EXPECT_EQ(json_text(*json_find(list[1], {"fieldsV1"})),
            R"({"f:metadata":{"f:labels":{".":{},"f:l":{}}},"f:status":{".":{},"f:phase":{}}})");
  EXPECT_EQ(json_string(list[1], {"subresource"}), "status");
  EXPECT_EQ(metadata_of(*stored()).if_contains("labels"), nullptr);
}

TEST_F(Managed, OneEmptyEntryClearsThemAndNoEntryDoesNot) {
  create("m1", part(R"("spec":{})"));
  patch("m1", R"({"metadata":{"managedFields":[]}})");
  EXPECT_NE(metadata_of(*stored()).if_contains("managedFields"), nullptr);
  patch("m1", R"({"metadata":{"managedFields":[{}]}})");
  EXPECT_EQ(metadata_of(*stored()).if_contains("managedFields"), nullptr);
  patch("m1", R"({"spec":{"color":"red"}})");
  EXPECT_EQ(metadata_of(*stored()).if_contains("managedFields"), nullptr);
}

TEST_F(Managed, TheOldestOfMoreThanTenUpdatersBecomeOne) {
  create("m0", part(R"("spec":{"free":{"k0":0}})"));
  run([&] {
    for (int i = 1; i <= 11; ++i) {
      ASSERT_TRUE(simulation_.harness().sleep_for(seconds(1)).ok());
      patch("m" + std::to_string(i), R"({"spec":{"free":{"k)" + std::to_string(i) + R"(":1}}})");
    }
  });
  EXPECT_EQ(json_array(*stored(), {"metadata", "managedFields"}).size(), 10U);
  EXPECT_EQ(owned_by("m2", "Update"), "");
  EXPECT_EQ(owned_by("m3", "Update"), R"({"f:spec":{"f:free":{"f:k3":{}}}})");
  EXPECT_EQ(owned_by("ancient-changes", "Update"),
            R"({"f:spec":{".":{},"f:free":{".":{},"f:k0":{},"f:k1":{},"f:k2":{}},"f:size":{}}})");
}

TEST_F(Managed, MalformedEntriesOfAClientAreIgnored) {
  create("m1", part(R"("spec":{})"));
  const std::string owned = managed();
  patch("m1", R"({"metadata":{"managedFields":[{"manager":"x","operation":"Steal"}]}})");
  EXPECT_EQ(managed(), owned);
}

TEST_F(Managed, ABindingHasNoManager) {
  run([&] {
    const std::string pod =
        R"({"metadata":{"name":"p"},"spec":{"containers":[{"name":"c","image":"i:1"}]}})";
    const Answer before = ask("POST", kPodsPath, pod);
    ASSERT_TRUE(client().bind("ns", "p", "node").ok());
    const Answer after = ask("GET", std::string(kPodsPath) + "/p");
    EXPECT_EQ(json_array(*before.body, {"metadata", "managedFields"}),
              json_array(*after.body, {"metadata", "managedFields"}));
  });
}

class Unmanaged : public ApiTest {
 protected:
  Unmanaged() : ApiTest({.managed_fields = false}) {}
};

TEST_F(Unmanaged, ObjectsCarryNoManagedFields) {
  run([&] {
    ask("POST", kMapsPath,
        R"({"metadata":{"name":"c","managedFields":[{"manager":"x","operation":"Update",)"
        R"("apiVersion":"v1","fieldsType":"FieldsV1","fieldsV1":{"f:data":{}}}]}})");
    const Answer answer = merge(std::string(kMapsPath) + "/c", R"({"data":{"a":"1"}})");
    EXPECT_EQ(metadata_of(*answer.body).if_contains("managedFields"), nullptr);
  });
}

}  // namespace
}  // namespace drydock::fakekube
