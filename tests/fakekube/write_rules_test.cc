#include "fakekube/store/store.h"
#include "tests/fakekube/api_fixture.h"

namespace drydock::fakekube {
namespace {

constexpr const char* kBackup =
    R"({"apiVersion":"infinispan.org/v2alpha1","kind":"Backup","metadata":{"name":"b"},)"
    R"("spec":{"cluster":"source"}})";

class WriteRules : public ApiTest {};

TEST_F(WriteRules, OneRevisionCounterServesAllKinds) {
  run([&] {
    const Answer map = ask("POST", kMapsPath, R"({"metadata":{"name":"c"}})");
    const Answer backup = ask("POST", kBackupsPath, kBackup);
    EXPECT_EQ(map.code, 201);
    EXPECT_EQ(backup.code, 201);
    EXPECT_EQ(backup.revision(), map.revision() + 1);
    EXPECT_EQ(ask("GET", kMapsPath).revision(), backup.revision());
  });
}

TEST_F(WriteRules, TheServerSetsWhatTheClientMayNot) {
  run([&] {
    const Answer answer =
        ask("POST", kBackupsPath,
            R"({"apiVersion":"infinispan.org/v2alpha1","kind":"Backup","metadata":{"name":"b",)"
            R"("uid":"1","generation":77,"creationTimestamp":"2001-01-01T00:00:00Z",)"
            R"("deletionTimestamp":"2001-01-01T00:00:00Z"},"spec":{"cluster":"c"},)"
            R"("status":{"phase":"Succeeded"}})");
    ASSERT_EQ(answer.code, 201);
    EXPECT_EQ(json_string(*answer.body, {"metadata", "creationTimestamp"}), "2026-01-01T00:00:00Z");
    EXPECT_EQ(json_string(*answer.body, {"metadata", "uid"}).size(), 36U);
    EXPECT_EQ(answer.generation(), 1);
    EXPECT_EQ(json_find(*answer.body, {"metadata", "deletionTimestamp"}), nullptr);
    EXPECT_EQ(json_find(*answer.body, {"status"}), nullptr);
  });
}

TEST_F(WriteRules, AResourceVersionOnCreateIsA500WithoutReason) {
  run([&] {
    const Answer answer =
        ask("POST", kMapsPath, R"({"metadata":{"name":"rv","resourceVersion":"5"}})");
    EXPECT_EQ(answer.code, 500);
    EXPECT_EQ(answer.message(), "resourceVersion should not be set on objects to be created");
    EXPECT_EQ(answer.reason(), "");
  });
}

TEST_F(WriteRules, AStaleUpdateIsAConflict) {
  run([&] {
    const Answer created = ask("POST", kBackupsPath, kBackup);
    merge(std::string(kBackupsPath) + "/b", R"({"metadata":{"labels":{"a":"1"}}})");
    const Answer stale = ask("PUT", std::string(kBackupsPath) + "/b", json_text(*created.body));
    EXPECT_EQ(stale.code, 409);
    EXPECT_EQ(stale.reason(), "Conflict");
    EXPECT_EQ(stale.message(),
              "Operation cannot be fulfilled on backups.infinispan.org \"b\": the object has been "
              "modified; please apply your changes to the latest version and try again");
  });
}

TEST_F(WriteRules, AWriteThatChangesNothingKeepsTheRevision) {
  run([&] {
    const Answer created = ask("POST", kBackupsPath, kBackup);
    const std::string path = std::string(kBackupsPath) + "/b";
    EXPECT_EQ(merge(path, "{}").revision(), created.revision());
    EXPECT_EQ(merge(path, R"({"spec":{"cluster":"source"}})").revision(), created.revision());
    EXPECT_EQ(ask("PUT", path, json_text(*created.body)).revision(), created.revision());
    EXPECT_EQ(server_.store().revision(), created.revision());
  });
}

TEST_F(WriteRules, GenerationCountsSpecChangesOnly) {
  run([&] {
    ask("POST", kBackupsPath, kBackup);
    const std::string path = std::string(kBackupsPath) + "/b";
    EXPECT_EQ(merge(path, R"({"metadata":{"labels":{"a":"1"}}})").generation(), 1);
    EXPECT_EQ(merge(path + "/status", R"({"status":{"phase":"Running"}})").generation(), 1);
    EXPECT_EQ(merge(path, R"({"spec":{"cluster":"other"}})").generation(), 2);
  });
}

TEST_F(WriteRules, EachPathChangesOnlyItsOwnPart) {
  run([&] {
    ask("POST", kBackupsPath, kBackup);
    const std::string path = std::string(kBackupsPath) + "/b";
    const Answer status = merge(
        path + "/status",
        R"({"metadata":{"labels":{"x":"y"}},"spec":{"cluster":"z"},"status":{"phase":"Running"}})");
    ASSERT_EQ(status.code, 200);
    EXPECT_EQ(json_string(*status.body, {"spec", "cluster"}), "source");
    EXPECT_EQ(json_find(*status.body, {"metadata", "labels"}), nullptr);
    const Answer main = merge(path, R"({"status":{"phase":"Failed"}})");
    EXPECT_EQ(json_string(*main.body, {"status", "phase"}), "Running");
    EXPECT_EQ(main.revision(), status.revision());
  });
}

TEST_F(WriteRules, ACustomResourceNeedsAResourceVersionInAPut) {
  run([&] {
    ask("POST", kBackupsPath, kBackup);
    const Answer answer = ask("PUT", std::string(kBackupsPath) + "/b", kBackup);
    EXPECT_EQ(answer.code, 422);
    EXPECT_EQ(answer.message(),
              "backups.infinispan.org \"b\" is invalid: metadata.resourceVersion: Invalid value: "
              "0x0: must be specified for an update");
    ask("POST", kMapsPath, R"({"metadata":{"name":"c"}})");
    EXPECT_EQ(
        ask("PUT", std::string(kMapsPath) + "/c", R"({"metadata":{"name":"c"},"data":{"k":"v"}})")
            .code,
        200);
  });
}

TEST_F(WriteRules, TheSchemaPrunesAndRequires) {
  run([&] {
    const Answer pruned =
        ask("POST", kBackupsPath,
            R"({"apiVersion":"infinispan.org/v2alpha1","kind":"Backup","metadata":{"name":"p"},)"
            R"("spec":{"cluster":"c","clusterr":"x","resources":{"cache":["a"]}}})");
    ASSERT_EQ(pruned.code, 201);
    EXPECT_EQ(json_text(*json_find(*pruned.body, {"spec"})), R"({"cluster":"c","resources":{}})");
    ASSERT_NE(find_header(pruned.headers, "Warning"), nullptr);
    EXPECT_EQ(*find_header(pruned.headers, "Warning"),
              R"(299 - "unknown field \"spec.clusterr\"")");
    const Answer missing =
        ask("POST", kBackupsPath,
            R"({"apiVersion":"infinispan.org/v2alpha1","kind":"Backup","metadata":{"name":"x"},)"
            R"("spec":{}})");
    EXPECT_EQ(missing.code, 422);
    EXPECT_EQ(missing.message(),
              "Backup.infinispan.org \"x\" is invalid: spec.cluster: Required value");
  });
}

TEST_F(WriteRules, StrictValidationRefusesUnknownFieldsAllAtOnce) {
  run([&] {
    const Answer answer =
        ask("POST", std::string(kBackupsPath) + "?fieldValidation=Strict",
            R"({"apiVersion":"infinispan.org/v2alpha1","kind":"Backup","metadata":{"name":"p"},)"
            R"("spec":{"cluster":"c","clusterr":"x","resources":{"cache":["a"]}}})");
    EXPECT_EQ(answer.code, 400);
    EXPECT_EQ(answer.message(),
              "Backup in version \"v2alpha1\" cannot be handled as a Backup: strict decoding "
              "error: unknown field \"spec.clusterr\", unknown field \"spec.resources.cache\"");
  });
}

TEST_F(WriteRules, ADryRunChangesNothing) {
  run([&] {
    const uint64_t before = server_.store().revision();
    const Answer answer =
        ask("POST", std::string(kMapsPath) + "?dryRun=All", R"({"metadata":{"name":"dry"}})");
    EXPECT_EQ(answer.code, 201);
    EXPECT_EQ(json_find(*answer.body, {"metadata", "resourceVersion"}), nullptr);
    EXPECT_EQ(server_.store().revision(), before);
    EXPECT_EQ(ask("GET", std::string(kMapsPath) + "/dry").code, 404);
  });
}

TEST_F(WriteRules, GeneratedNamesHaveFiveCharactersAndDiffer) {
  run([&] {
    const std::string body = R"({"metadata":{"generateName":"gen-"}})";
    const std::string first = json_string(*ask("POST", kMapsPath, body).body, {"metadata", "name"});
    const std::string second =
        json_string(*ask("POST", kMapsPath, body).body, {"metadata", "name"});
    EXPECT_EQ(first.size(), 9U);
    EXPECT_TRUE(first.starts_with("gen-"));
    EXPECT_NE(first, second);
  });
}

TEST_F(WriteRules, NothingIsCreatedInATerminatingNamespace) {
  run([&] {
    EXPECT_EQ(ask("DELETE", "/api/v1/namespaces/ns").code, 200);
    const Answer answer = ask("POST", kMapsPath, R"({"metadata":{"name":"late"}})");
    EXPECT_EQ(answer.code, 403);
    EXPECT_EQ(answer.message(),
              "configmaps \"late\" is forbidden: unable to create new content in namespace ns "
              "because it is being terminated");
    EXPECT_EQ(client().finalize_namespace(json::object{{"metadata", {{"name", "ns"}}}}).code(),
              Code::kOk);
    EXPECT_EQ(ask("GET", "/api/v1/namespaces/ns").code, 404);
  });
}

TEST_F(WriteRules, AJsonPatchReplacesAnAbsentMemberButFailsOnAFalseTest) {
  run([&] {
    ask("POST", kMapsPath, R"({"metadata":{"name":"c"},"data":{"a":"1"}})");
    const std::string path = std::string(kMapsPath) + "/c";
    const auto patch = [&](std::string_view operations) {
      return ask("PATCH", path, operations, "application/json-patch+json");
    };
    const Answer added = patch(R"([{"op":"replace","path":"/data/b","value":"2"}])");
    EXPECT_EQ(json_string(*added.body, {"data", "b"}), "2");
    const Answer failed = patch(R"([{"op":"test","path":"/data/a","value":"9"}])");
    EXPECT_EQ(failed.code, 422);
    EXPECT_EQ(failed.message(), "the server rejected our request due to an error in our request");
    EXPECT_EQ(patch("{}").code, 400);
  });
}

TEST_F(WriteRules, AnInterceptorMayLoseTheAnswerAfterTheCommit) {
  run([&] {
    server_.set_interceptor([](const ApiCall& call, const ApiServer::Proceed& proceed) {
      ApiReply reply = proceed();
      if (call.verb == Verb::kCreate) reply.code = 504;
      return reply;
    });
    EXPECT_EQ(client().create(kConfigMaps, config_map("c", "1")).code(), Code::kUnavailable);
    server_.set_interceptor(nullptr);
    EXPECT_EQ(client().create(kConfigMaps, config_map("c", "1")).code(), Code::kAlreadyExists);
  });
}

}  // namespace
}  // namespace drydock::fakekube
