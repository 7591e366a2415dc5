#include "tests/fakekube/api_fixture.h"
#include "tests/fakekube/stream_recorder.h"

namespace drydock::fakekube {
namespace {

constexpr const char* kPod =
    R"({"metadata":{"name":"p"},"spec":{"containers":[{"name":"c","image":"img:1"}]}})";

class Deletion : public ApiTest {
 protected:
  Answer make_pod(const std::string& node) {
    Answer created = ask("POST", kPodsPath, kPod);
    if (node.empty()) return created;
    EXPECT_EQ(client().bind("ns", "p", node).code(), Code::kOk);
    return created;
  }
  std::string pod_path() const { return std::string(kPodsPath) + "/p"; }
};

TEST_F(Deletion, APlainObjectGoesAtOnceAndAnswersWithAStatus) {
  run([&] {
    const Answer created = ask("POST", kMapsPath, R"({"metadata":{"name":"c"}})");
    const Answer answer = ask("DELETE", std::string(kMapsPath) + "/c");
    EXPECT_EQ(answer.code, 200);
    EXPECT_EQ(json_string(*answer.body, {"status"}), "Success");
    EXPECT_EQ(json_string(*answer.body, {"details", "uid"}),
              json_string(*created.body, {"metadata", "uid"}));
    EXPECT_EQ(ask("DELETE", std::string(kMapsPath) + "/c").code, 404);
  });
}

TEST_F(Deletion, FinalizersHoldTheObjectUntilTheLastOneGoes) {
  run([&] {
    ask("POST", kMapsPath, R"({"metadata":{"name":"c","finalizers":["x.test/a"]}})");
    const std::string path = std::string(kMapsPath) + "/c";
    const Answer held = ask("DELETE", path);
    EXPECT_EQ(json_int(*held.body, {"metadata", "deletionGracePeriodSeconds"}, -1), 0);
    EXPECT_EQ(ask("DELETE", path).revision(), held.revision());
    const Answer again = ask("POST", kMapsPath, R"({"metadata":{"name":"c"}})");
    EXPECT_EQ(again.message(), "object is being deleted: configmaps \"c\" already exists");
    auto watch = client().watch(kConfigMaps, {.revision = held.revision()});
    const Answer last = merge(path, R"({"metadata":{"finalizers":null}})");
    EXPECT_EQ(last.code, 200);
    EXPECT_EQ(last.revision(), held.revision());
    EXPECT_EQ(ask("GET", path).code, 404);
    const std::optional<WatchEvent> gone = watch->try_next();
    ASSERT_TRUE(gone.has_value());
    EXPECT_EQ(gone->type, WatchEventType::kDeleted);
    EXPECT_EQ(gone->revision, held.revision() + 1);
    EXPECT_EQ(json_strings(*gone->object, {"metadata", "finalizers"}).size(), 1U);
    EXPECT_EQ(watch->try_next(), std::nullopt);
  });
}

TEST_F(Deletion, NoFinalizerIsAddedWhileDeleting) {
  run([&] {
    ask("POST", kMapsPath, R"({"metadata":{"name":"c","finalizers":["x.test/a"]}})");
    const std::string path = std::string(kMapsPath) + "/c";
    ask("DELETE", path);
    const Answer answer = merge(path, R"({"metadata":{"finalizers":["x.test/a","x.test/c"]}})");
    EXPECT_EQ(answer.code, 422);
    EXPECT_EQ(answer.message(),
              "ConfigMap \"c\" is invalid: metadata.finalizers: Forbidden: no new finalizers can "
              "be added if the object is being deleted, found new finalizers "
              "[]string{\"x.test/c\"}");
    EXPECT_EQ(merge(path, R"({"metadata":{"deletionTimestamp":null}})").code, 200);
    EXPECT_NE(json_find(*ask("GET", path).body, {"metadata", "deletionTimestamp"}), nullptr);
  });
}

TEST_F(Deletion, PreconditionsNameTheKind) {
  run([&] {
    ask("POST", kMapsPath, R"({"metadata":{"name":"c"}})");
    const Answer answer =
        ask("DELETE", std::string(kMapsPath) + "/c",
            R"({"preconditions":{"uid":"11111111-1111-1111-1111-111111111111"}})");
    EXPECT_EQ(answer.code, 409);
    EXPECT_TRUE(answer.message().starts_with(
        "Operation cannot be fulfilled on ConfigMap \"c\": the UID in the precondition "
        "(11111111-1111-1111-1111-111111111111) does not match the UID in record ("))
        << answer.message();
    EXPECT_EQ(ask("GET", std::string(kMapsPath) + "/c").code, 200);
  });
}

TEST_F(Deletion, ForegroundAddsAFinalizerAndBackgroundStripsIt) {
  run([&] {
    ask("POST", kMapsPath, R"({"metadata":{"name":"c"}})");
    const std::string path = std::string(kMapsPath) + "/c";
    const Answer held = ask("DELETE", path + "?propagationPolicy=Foreground");
    EXPECT_EQ(json_strings(*held.body, {"metadata", "finalizers"}),
              std::vector<std::string>{"foregroundDeletion"});
    EXPECT_EQ(ask("DELETE", path, R"({"propagationPolicy":"Background"})").code, 200);
    EXPECT_EQ(ask("GET", path).code, 404);
    EXPECT_EQ(ask("DELETE", path + "?propagationPolicy=Sideways").code, 422);
  });
}

TEST_F(Deletion, AnUnscheduledPodVanishesInTwoRevisions) {
  run([&] {
    const Answer created = make_pod("");
    const Answer answer = ask("DELETE", pod_path());
    EXPECT_EQ(answer.revision(), created.revision() + 2);
    EXPECT_EQ(json_int(*answer.body, {"metadata", "deletionGracePeriodSeconds"}, -1), 0);
    EXPECT_EQ(ask("GET", pod_path()).code, 404);
  });
}

TEST_F(Deletion, AScheduledPodGetsItsGraceAndOnlyAShorterOneCounts) {
  run([&] {
    make_pod("node-1");
    const Answer first = ask("DELETE", pod_path());
    EXPECT_EQ(json_string(*first.body, {"metadata", "deletionTimestamp"}), "2026-01-01T00:00:30Z");
    const Answer longer = ask("DELETE", pod_path() + "?gracePeriodSeconds=60");
    EXPECT_EQ(longer.revision(), first.revision());
    const Answer shorter = ask("DELETE", pod_path() + "?gracePeriodSeconds=5");
    EXPECT_EQ(json_string(*shorter.body, {"metadata", "deletionTimestamp"}),
              "2026-01-01T00:00:05Z");
    const Answer last = ask("DELETE", pod_path(), R"({"gracePeriodSeconds":0})");
    EXPECT_EQ(last.revision(), shorter.revision() + 2);
    EXPECT_EQ(ask("GET", pod_path()).code, 404);
  });
}

TEST_F(Deletion, ANegativeGraceIsASecond) {
  run([&] {
    make_pod("node-1");
    const Answer answer = ask("DELETE", pod_path() + "?gracePeriodSeconds=-5");
    EXPECT_EQ(answer.code, 200);
    EXPECT_EQ(json_int(*answer.body, {"metadata", "deletionGracePeriodSeconds"}), 1);
  });
}

TEST_F(Deletion, TheQueryCountsOnlyWithoutABody) {
  run([&] {
    ask("POST", kMapsPath, R"({"metadata":{"name":"c"}})");
    const std::string path = std::string(kMapsPath) + "/c?propagationPolicy=Foreground";
    EXPECT_EQ(ask("DELETE", path, R"({"propagationPolicy":"Background"})").code, 200);
    EXPECT_EQ(ask("GET", std::string(kMapsPath) + "/c").code, 404);
  });
}

TEST_F(Deletion, OrphanDependentsIsTheOldWordForAPolicy) {
  run([&] {
    ask("POST", kMapsPath, R"({"metadata":{"name":"c"}})");
    const std::string path = std::string(kMapsPath) + "/c";
    const Answer both =
        ask("DELETE", path, R"({"orphanDependents":true,"propagationPolicy":"Orphan"})");
    EXPECT_EQ(both.code, 422);
    EXPECT_EQ(both.message(),
              "DeleteOptions.meta.k8s.io \"\" is invalid: propagationPolicy: Invalid value: "
              "\"Orphan\": orphanDependents and deletionPropagation cannot be both set");
    const Answer held = ask("DELETE", path, R"({"orphanDependents":true})");
    EXPECT_EQ(json_strings(*held.body, {"metadata", "finalizers"}),
              std::vector<std::string>{"orphan"});
  });
}

TEST_F(Deletion, AHookMayForbidIt) {
  run([&] {
    server_.admission().add({.name = "keep.test.x",
                             .type = &kConfigMaps,
                             .operations = {Verb::kDelete},
                             .review = [](const AdmissionReview&) {
                               return AdmissionAnswer{.denial = AdmissionDenial{.message = "no"},
                                                      .mutated = {}};
                             }});
    ask("POST", kMapsPath, R"({"metadata":{"name":"c"}})");
    const Answer answer = ask("DELETE", std::string(kMapsPath) + "/c");
    EXPECT_EQ(answer.code, 400);
    EXPECT_EQ(answer.message(), "admission webhook \"keep.test.x\" denied the request: no");
    EXPECT_EQ(ask("GET", std::string(kMapsPath) + "/c").code, 200);
  });
}

TEST_F(Deletion, AFinishedPodNeedsNoKubelet) {
  run([&] {
    make_pod("node-1");
    merge(pod_path() + "/status", R"({"status":{"phase":"Succeeded"}})");
    ask("DELETE", pod_path());
    EXPECT_EQ(ask("GET", pod_path()).code, 404);
  });
}

TEST_F(Deletion, ACollectionGoesBySelector) {
  run([&] {
    for (const char* name : {"a", "b"})
      client().create(kConfigMaps, config_map(name, "1", "v")).value();
    client().create(kConfigMaps, config_map("z", "1", "w")).value();
    const Answer answer = ask("DELETE", std::string(kMapsPath) + "?labelSelector=s%3Dv");
    EXPECT_EQ(json_array(*answer.body, {"items"}).size(), 2U);
    EXPECT_EQ(client().list(kConfigMaps)->items.size(), 1U);
  });
}

TEST_F(Deletion, AClaimIsHeldByItsProtection) {
  run([&] {
    const char* claims = "/api/v1/namespaces/ns/persistentvolumeclaims";
    const Answer created =
        ask("POST", claims,
            R"({"metadata":{"name":"c"},"spec":{"accessModes":["ReadWriteOnce"],)"
            R"("resources":{"requests":{"storage":"1Gi"}}}})");
    ASSERT_EQ(created.code, 201);
    EXPECT_EQ(json_strings(*created.body, {"metadata", "finalizers"}),
              std::vector<std::string>{"kubernetes.io/pvc-protection"});
    EXPECT_EQ(json_string(*created.body, {"status", "phase"}), "Pending");
    ask("DELETE", std::string(claims) + "/c");
    EXPECT_EQ(ask("GET", std::string(claims) + "/c").code, 200);
  });
}

TEST_F(Deletion, IsOnlyAcceptedWhenTheOldOptionAsksForDependantsAndSomethingHoldsIt) {
  run([&] {
    json::value held = config_map("held", "1");
    json_at(held, {"metadata", "finalizers"}) = json::array{"a.b/c"};
    ask("POST", kMapsPath, json_text(held));
    ask("POST", kMapsPath, json_text(config_map("free", "1")));
    const std::string path = std::string(kMapsPath) + "/";
    EXPECT_EQ(ask("DELETE", path + "free?orphanDependents=false").code, 200);
    EXPECT_EQ(ask("DELETE", path + "held?orphanDependents=false").code, 202);
    EXPECT_EQ(ask("DELETE", path + "held?propagationPolicy=Background").code, 200);
  });
}

TEST_F(Deletion, OfANamespaceHasNoGraceAndThreeCannotBeDeleted) {
  run([&] {
    const Answer going = ask("DELETE", "/api/v1/namespaces/ns");
    EXPECT_EQ(json_string(*going.body, {"status", "phase"}), "Terminating");
    EXPECT_NE(json_find(*going.body, {"metadata", "deletionTimestamp"}), nullptr);
    EXPECT_EQ(json_find(*going.body, {"metadata", "deletionGracePeriodSeconds"}), nullptr);
    for (const char* name : {"default", "kube-system", "kube-public"}) {
      server_.create_namespace(name);
      const Answer refused = ask("DELETE", std::string("/api/v1/namespaces/") + name);
      EXPECT_EQ(refused.code, 403);
      EXPECT_EQ(refused.message(), std::string("namespaces \"") + name +
                                       "\" is forbidden: this namespace may not be deleted");
    }
  });
}

TEST_F(Deletion, OfANamespaceNamesItsPluralWhenAPreconditionFails) {
  run([&] {
    const Answer refused =
        ask("DELETE", "/api/v1/namespaces/ns", R"({"preconditions":{"uid":"other"}})");
    EXPECT_EQ(refused.code, 409);
    EXPECT_EQ(json_string(*refused.body, {"details", "kind"}), "namespaces");
    EXPECT_TRUE(refused.message().starts_with(
        "Operation cannot be fulfilled on namespaces \"ns\": Precondition failed: UID in "
        "precondition: other, UID in object meta: "));
  });
}

TEST_F(Deletion, OfANamespaceEndsWithItsLastFinalizerAndShowsTheStateBefore) {
  run([&] {
    StreamRecorder stream(simulation_.harness(), server_,
                          "/api/v1/namespaces?watch=1&fieldSelector=metadata.name%3Dtwo");
    ask("POST", "/api/v1/namespaces",
        R"({"metadata":{"name":"two"},"spec":{"finalizers":["a.b/c"]}})");
    ask("DELETE", "/api/v1/namespaces/two");
    const Answer half = ask("PUT", "/api/v1/namespaces/two/finalize",
                            R"({"metadata":{"name":"two"},"spec":{"finalizers":["a.b/c"]}})");
    EXPECT_EQ(json_text(*json_find(*half.body, {"spec", "finalizers"})), R"(["a.b/c"])");
    const Answer done = ask("PUT", "/api/v1/namespaces/two/finalize",
                            R"({"metadata":{"name":"two"},"spec":{"finalizers":[]}})");
    EXPECT_EQ(done.code, 200);
    EXPECT_EQ(json_text(*json_find(*done.body, {"spec"})), "{}");
    EXPECT_EQ(ask("GET", "/api/v1/namespaces/two").code, 404);
    ASSERT_TRUE(simulation_.harness().sleep_for(milliseconds(1)).ok());
    ASSERT_EQ(stream.types(), "ADDED MODIFIED MODIFIED DELETED ");
    EXPECT_EQ(json_text(*json_find(*stream.lines()[3], {"object", "spec", "finalizers"})),
              R"(["a.b/c"])");
  });
}

}  // namespace
}  // namespace drydock::fakekube
