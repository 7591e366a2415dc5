#include "tests/fakekube/apply_fixture.h"

namespace drydock::fakekube {
namespace {

class Apply : public ApplyTest {};

TEST_F(Apply, AnAbsentObjectIsCreatedAndOwned) {
  const ApiReply reply = apply("m1", R"({"color":"red"})");
  EXPECT_EQ(reply.code, 201);
  EXPECT_EQ(spec(), R"({"color":"red","size":1})");
  EXPECT_EQ(owned_by("m1", "Apply"), R"({"f:spec":{"f:color":{}}})");
  EXPECT_EQ(metadata_of(*stored()).if_contains("managedFields")->as_array().size(), 1U);
}

TEST_F(Apply, TheSameAgainChangesNothing) {
  apply("m1", R"({"color":"red","names":["a"]})");
  const uint64_t before = revision();
  EXPECT_EQ(apply("m1", R"({"color":"red","names":["a"]})").code, 200);
  EXPECT_EQ(revision(), before);
}

TEST_F(Apply, AManagerIsRequired) {
  const ApiReply reply = apply("", R"({"color":"red"})");
  EXPECT_EQ(reply.code, 422);
  EXPECT_EQ(status_message(reply),
            "PatchOptions.meta.k8s.io \"\" is invalid: fieldManager: Required value: is required "
            "for apply patch");
}

TEST_F(Apply, AnotherValueOfAnOwnedFieldIsAConflict) {
  apply("m1", R"({"color":"red"})");
  const uint64_t before = revision();
  const ApiReply reply = apply("m2", R"({"color":"blue"})");
  EXPECT_EQ(reply.code, 409);
  EXPECT_EQ(status_message(reply),
            "Apply failed with 1 conflict: conflict with \"m1\": .spec.color");
  const json::value& cause = json_array(*reply.body, {"details", "causes"})[0];
  EXPECT_EQ(json_text(cause),
            R"({"reason":"FieldManagerConflict","message":"conflict with \"m1\"",)"
            R"("field":".spec.color"})");
  EXPECT_EQ(revision(), before);
}

TEST_F(Apply, SeveralConflictsAreListedByManager) {
  apply("m2", R"({"bolts":[{"id":"x","length":1}]})");
  apply("m1", R"({"color":"red"})");
  patch("up", R"({"spec":{"size":5}})");
  const ApiReply reply =
      apply("m3", R"({"color":"blue","size":6,"bolts":[{"id":"x","length":2}]})");
  EXPECT_EQ(reply.code, 409);
  EXPECT_EQ(status_message(reply),
            "Apply failed with 3 conflicts: conflicts with \"m1\":\n- .spec.color\n"
            "conflicts with \"m2\":\n- .spec.bolts[id=\"x\"].length\n"
            "conflicts with \"up\" using test.x/v1:\n- .spec.size");
}

TEST_F(Apply, ForceTakesTheField) {
  apply("m1", R"({"color":"red","names":["a"]})");
  EXPECT_EQ(apply("m2", R"({"color":"blue"})", true).code, 200);
  EXPECT_EQ(owned_by("m1", "Apply"), R"({"f:spec":{"f:names":{"v:\"a\"":{}}}})");
  EXPECT_EQ(owned_by("m2", "Apply"), R"({"f:spec":{"f:color":{}}})");
}

TEST_F(Apply, EqualValuesAreShared) {
  apply("m1", R"({"color":"red"})");
  EXPECT_EQ(apply("m2", R"({"color":"red"})").code, 200);
  // Who only joined has no time.
  EXPECT_EQ(json_text(json_array(*stored(), {"metadata", "managedFields"})[0]),
            R"({"apiVersion":"test.x/v1","fieldsType":"FieldsV1",)"
            R"("fieldsV1":{"f:spec":{"f:color":{}}},"manager":"m2","operation":"Apply"})");
  EXPECT_EQ(apply("m1", R"({})").code, 200);
  EXPECT_EQ(spec(), R"({"color":"red","size":1})");
  EXPECT_EQ(owned_by("m1", "Apply"), R"({"f:spec":{}})");
  EXPECT_EQ(owned_by("m2", "Apply"), R"({"f:spec":{"f:color":{}}})");
}

TEST_F(Apply, AFieldThatNobodyAppliesAnyMoreGoesAndDefaultsReturn) {
  apply("m1", R"({"color":"red","size":4,"bolts":[{"id":"x"},{"id":"y"}]})");
  apply("m2", R"({"order":["o"]})");
  EXPECT_EQ(apply("m1", R"({"bolts":[{"id":"y"}]})").code, 200);
  EXPECT_EQ(spec(), R"({"bolts":[{"id":"y"}],"order":["o"],"size":1})");
}

TEST_F(Apply, WhatAnUpdateChangedIsNotGivenUpByTheApplier) {
  apply("m1", R"({"color":"red"})");
  patch("up", R"({"spec":{"color":"blue"}})");
  EXPECT_EQ(owned_by("m1", "Apply"), "");
  EXPECT_EQ(owned_by("up", "Update"), R"({"f:spec":{"f:color":{}}})");
  apply("m1", R"({"size":1})");
  EXPECT_EQ(spec(), R"({"color":"blue","size":1})");
}

TEST_F(Apply, SetsAndKeyedListsAreMergedByTheirItems) {
  apply("m1", R"({"names":["a","b"],"bolts":[{"id":"x","length":1}],"order":["1","2"]})");
  apply("m2", R"({"names":["c"],"bolts":[{"id":"y"},{"id":"x"}]})");
  EXPECT_EQ(spec(), R"({"bolts":[{"id":"y"},{"id":"x","length":1}],"names":["a","b","c"],)"
                    R"("order":["1","2"],"size":1})");
  EXPECT_EQ(owned_by("m2", "Apply"),
            R"({"f:spec":{"f:bolts":{"k:{\"id\":\"x\"}":{".":{},"f:id":{}},)"
            R"("k:{\"id\":\"y\"}":{".":{},"f:id":{}}},"f:names":{"v:\"c\"":{}}}})");
  apply("m1", R"({"order":["1","2"]})");
  EXPECT_EQ(spec(),
            R"({"bolts":[{"id":"y"},{"id":"x"}],"names":["c"],"order":["1","2"],"size":1})");
}

TEST_F(Apply, AnAtomicMapIsOneField) {
  apply("m1", R"({"whole":{"a":"1"}})");
  EXPECT_EQ(owned_by("m1", "Apply"), R"({"f:spec":{"f:whole":{}}})");
  EXPECT_EQ(apply("m2", R"({"whole":{"b":"2"}})").code, 409);
  apply("m2", R"({"whole":{"b":"2"}})", true);
  EXPECT_EQ(spec(), R"({"size":1,"whole":{"b":"2"}})");
}

TEST_F(Apply, AnUnknownFieldIsAServerError) {
  const ApiReply reply = apply("m1", R"({"oops":1})");
  EXPECT_EQ(reply.code, 500);
  EXPECT_EQ(status_message(reply),
            "failed to create typed patch object (/a; test.x/v1, Kind=Part): .spec.oops: field "
            "not declared in schema");
}

TEST_F(Apply, MistakesOfTheConfigurationAreListed) {
  const ApiReply reply = apply("m1", R"({"size":"big","bolts":[{"length":1}],"names":["a","a"]})");
  EXPECT_EQ(status_message(reply),
            "failed to create typed patch object (/a; test.x/v1, Kind=Part): errors:\n"
            "  .spec.size: expected numeric (int or float), got string\n"
            "  .spec.bolts: element 0: associative list with keys has an element that omits key "
            "field \"id\" (and doesn't have default value)\n"
            "  .spec.names: duplicate entries for key [=\"a\"]");
}

TEST_F(Apply, AnotherKindIsRefused) {
  const ApiReply reply =
      apply_body("m1", R"({"apiVersion":"test.x/v1","kind":"Bolt","metadata":{"name":"a"}})");
  EXPECT_EQ(reply.code, 400);
  EXPECT_EQ(status_message(reply), "invalid object type: test.x/v1, Kind=Bolt");
}

TEST_F(Apply, ManagedFieldsMayNotBeApplied) {
  const ApiReply reply = apply_body(
      "m1",
      R"({"apiVersion":"test.x/v1","kind":"Part","metadata":{"name":"a","managedFields":[]}})");
  EXPECT_EQ(reply.code, 400);
  EXPECT_EQ(status_message(reply), "metadata.managedFields must be nil");
}

TEST_F(Apply, AnotherNameIsRefused) {
  const ApiReply reply =
      apply_body("m1", R"({"apiVersion":"test.x/v1","kind":"Part","metadata":{"name":"z"}})");
  EXPECT_EQ(reply.code, 400);
  EXPECT_EQ(status_message(reply),
            "the name of the object (z) does not match the name on the URL (a)");
}

TEST_F(Apply, AStaleResourceVersionIsAConflict) {
  apply("m1", R"({"color":"red"})");
  const ApiReply reply = apply_body(
      "m1",
      R"({"apiVersion":"test.x/v1","kind":"Part","metadata":{"name":"a","resourceVersion":"1"}})");
  EXPECT_EQ(reply.code, 409);
  EXPECT_EQ(status_message(reply),
            "Operation cannot be fulfilled on parts.test.x \"a\": the object has been modified; "
            "please apply your changes to the latest version and try again");
}

TEST_F(Apply, AUidOfNoObjectIsAConflict) {
  const ApiReply reply = apply_body(
      "m1", R"({"apiVersion":"test.x/v1","kind":"Part","metadata":{"name":"a","uid":"u"}})");
  EXPECT_EQ(reply.code, 409);
  EXPECT_EQ(status_message(reply),
            "Operation cannot be fulfilled on parts.test.x \"a\": uid mismatch: the provided "
            "object specified uid u, and no existing object was found");
}

TEST_F(Apply, TheStatusIsAppliedThroughItsOwnPath) {
  apply("m1", R"({"color":"red"})");
  ApiCall call = call_of(Verb::kPatch, kParts, part(R"("status":{"phase":"Up"})"));
  call.patch_type = PatchType::kApply;
  call.field_manager = "ctl";
  call.subresource = "status";
  EXPECT_EQ(server_.execute(call).code, 200);
  EXPECT_EQ(json_string(*stored(), {"status", "phase"}), "Up");
  EXPECT_EQ(owned_by("ctl", "Apply"), R"({"f:status":{"f:phase":{}}})");
  EXPECT_EQ(json_int(*stored(), {"metadata", "generation"}), 1);
  call.name = "none";
  EXPECT_EQ(server_.execute(call).code, 404);
}

TEST_F(Apply, WithoutOwnersAllBelongsToBeforeFirstApply) {
  create("m0", part(R"("spec":{"color":"red"})"));
  patch("m0", R"({"metadata":{"managedFields":[{}]}})");
  EXPECT_EQ(metadata_of(*stored()).if_contains("managedFields"), nullptr);
  const ApiReply reply = apply("m1", R"({"color":"blue"})");
  EXPECT_EQ(reply.code, 409);
  EXPECT_EQ(status_message(reply),
            "Apply failed with 1 conflict: conflict with \"before-first-apply\" using test.x/v1: "
            ".spec.color");
  apply("m1", R"({"color":"blue"})", true);
  EXPECT_EQ(owned_by("before-first-apply", "Update"), R"({"f:spec":{".":{},"f:size":{}}})");
}

TEST_F(Apply, ADryRunStoresNothing) {
  ApiCall call = call_of(Verb::kPatch, kParts, part(R"("spec":{"color":"red"})"));
  call.patch_type = PatchType::kApply;
  call.field_manager = "m1";
  call.dry_run = true;
  const ApiReply reply = server_.execute(call);
  EXPECT_EQ(reply.code, 201);
  EXPECT_EQ(metadata_string(*reply.body, "resourceVersion"), "");
  EXPECT_EQ(server_.store().find(kParts, "ns", "a"), nullptr);
}

TEST_F(Apply, TheLastLabelGoesButNotTheName) {
  apply_body(
      "m1",
      R"({"apiVersion":"test.x/v1","kind":"Part","metadata":{"name":"a","labels":{"l":"1"}}})");
  EXPECT_EQ(apply_body("m1", part(R"("spec":{})")).code, 200);
  EXPECT_EQ(metadata_of(*stored()).if_contains("labels"), nullptr);
  EXPECT_EQ(metadata_string(*stored(), "name"), "a");
}

constexpr const char* kClientSide =
    R"({"apiVersion":"test.x/v1","kind":"Part","metadata":{"name":"a","annotations":{)"
    R"("kubectl.kubernetes.io/last-applied-configuration":)"
    R"("{\"apiVersion\":\"test.x/v1\",\"kind\":\"Part\",\"metadata\":{\"name\":\"a\"},)"
    R"(\"spec\":{\"color\":\"red\"}}"}},"spec":{"color":"red"}})";

TEST_F(Apply, KubectlMovesOnFromItsClientSideApplies) {
  create("kubectl-client-side-apply", kClientSide);
  EXPECT_EQ(apply("kubectl", R"({"color":"blue"})").code, 200);
  EXPECT_EQ(owned_by("kubectl", "Apply"), R"({"f:spec":{"f:color":{}}})");
  EXPECT_EQ(json_string(*stored(), {"metadata", "annotations",
                                    "kubectl.kubernetes.io/last-applied-configuration"}),
            "{\"apiVersion\":\"test.x/v1\",\"kind\":\"Part\",\"metadata\":{\"name\":\"a\"},"
            "\"spec\":{\"color\":\"blue\"}}\n");
}

TEST_F(Apply, OthersDoNotMoveOnFromClientSideApplies) {
  create("kubectl-client-side-apply", kClientSide);
  EXPECT_EQ(apply("helm", R"({"color":"blue"})").code, 409);
}

TEST_F(Apply, KubectlsMigrationOfManagersIsAJsonPatch) {
  create("kubectl-client-side-apply", part(R"("spec":{"color":"red"})"));
  EXPECT_EQ(apply("kubectl", R"({"color":"red"})").code, 200);
  const ApiReply reply =
      patch("kubectl", R"([{"op":"remove","path":"/metadata/managedFields/1"}])", PatchType::kJson);
  EXPECT_EQ(reply.code, 200);
  EXPECT_EQ(owned_by("kubectl-client-side-apply", "Update"), "");
  EXPECT_EQ(owned_by("kubectl", "Apply"), R"({"f:spec":{"f:color":{}}})");
  EXPECT_EQ(apply("kubectl", R"({})").code, 200);
  EXPECT_EQ(spec(), R"({"size":1})");
}

}  // namespace
}  // namespace drydock::fakekube
