// What a real server says of namespaces, of finalizers and of what goes for all namespaces at once.
#include "tests/fakekube/api_fixture.h"

namespace drydock::fakekube {
namespace {

constexpr const char* kSpaces = "/api/v1/namespaces";
constexpr const char* kSpace = "/api/v1/namespaces/ns";

class NamespaceRules : public ApiTest {};

TEST_F(NamespaceRules, ThePhaseFollowsTheDeletion) {
  run([&] {
    const Answer early =
        merge(std::string(kSpace) + "/status", R"({"status":{"phase":"Terminating"}})");
    EXPECT_EQ(early.code, 422);
    EXPECT_EQ(early.message(),
              "Namespace \"ns\" is invalid: status.Phase: Invalid value: \"Terminating\": may only "
              "be 'Active' if `deletionTimestamp` is empty");
    EXPECT_EQ(ask("DELETE", kSpace).code, 200);
    const Answer late = merge(std::string(kSpace) + "/status", R"({"status":{"phase":"Active"}})");
    EXPECT_EQ(late.code, 422);
    EXPECT_EQ(late.message(),
              "Namespace \"ns\" is invalid: status.Phase: Invalid value: \"Active\": may only be "
              "'Terminating' if `deletionTimestamp` is not empty");
  });
}

TEST_F(NamespaceRules, AFinalizerOfTheSpecHasADomain) {
  run([&] {
    const Answer created =
        ask("POST", kSpaces, R"({"metadata":{"name":"n"},"spec":{"finalizers":["foo"]}})");
    EXPECT_EQ(created.code, 422);
    EXPECT_EQ(created.message(),
              "Namespace \"n\" is invalid: spec.finalizers: Invalid value: \"foo\": name is "
              "neither a standard finalizer name nor is it fully qualified");
    const Answer finalized =
        ask("PUT", std::string(kSpace) + "/finalize",
            R"({"metadata":{"name":"ns"},"spec":{"finalizers":["a/b","foo"]}})");
    EXPECT_EQ(finalized.code, 422);
    EXPECT_EQ(finalized.message(),
              "Namespace \"ns\" is invalid: spec.finalizers[1]: Invalid value: \"foo\": name is "
              "neither a standard finalizer name nor is it fully qualified");
  });
}

TEST_F(NamespaceRules, FinalizeTakesEverythingButTheStatus) {
  run([&] {
    merge(kSpace, R"({"metadata":{"labels":{"old":"1"}}})");
    const Answer answer = ask("PUT", std::string(kSpace) + "/finalize",
                              R"({"metadata":{"name":"ns","labels":{"new":"2"}},
                                  "spec":{"finalizers":["conf.test/x"]},
                                  "status":{"phase":"Terminating"}})");
    EXPECT_EQ(answer.code, 200);
    EXPECT_EQ(json_string(*answer.body, {"metadata", "labels", "new"}), "2");
    EXPECT_EQ(json_string(*answer.body, {"metadata", "labels", "old"}), "");
    EXPECT_EQ(json_string(*answer.body, {"metadata", "labels", "kubernetes.io/metadata.name"}),
              "ns");
    EXPECT_EQ(json_strings(*answer.body, {"spec", "finalizers"}),
              std::vector<std::string>{"conf.test/x"});
    EXPECT_EQ(json_string(*answer.body, {"status", "phase"}), "Active");
    const Answer other =
        ask("PUT", std::string(kSpace) + "/finalize", R"({"metadata":{"name":"other"}})");
    EXPECT_EQ(other.code, 400);
  });
}

TEST_F(NamespaceRules, AFinalizerOfABuiltInKindHasADomain) {
  run([&] {
    const Answer answer = ask("POST", "/api/v1/namespaces/ns/configmaps",
                              R"({"metadata":{"name":"c","finalizers":["a.b/c","nodomain"]}})");
    EXPECT_EQ(answer.code, 422);
    EXPECT_EQ(answer.message(),
              "ConfigMap \"c\" is invalid: metadata.finalizers[1]: Invalid value: \"nodomain\": "
              "name is neither a standard finalizer name nor is it fully qualified");
    const Answer common = ask("POST", "/api/v1/namespaces/ns/configmaps",
                              R"({"metadata":{"name":"c","finalizers":["orphan","kubernetes"]}})");
    EXPECT_EQ(common.code, 201);
  });
}

TEST_F(NamespaceRules, AllNamespacesAtOnceAreOnlyListedAndWatched) {
  run([&] {
    for (const char* method : {"POST", "DELETE"}) {
      const Answer core = ask(method, "/api/v1/configmaps", R"({"metadata":{"name":"c"}})");
      EXPECT_EQ(core.code, 405);
      EXPECT_EQ(core.message(), "the server does not allow this method on the requested resource");
      const Answer custom =
          ask(method, "/apis/infinispan.org/v2alpha1/backups", R"({"metadata":{"name":"b"}})");
      EXPECT_EQ(custom.code, 404);
      EXPECT_EQ(custom.text, "404 page not found\n");
    }
    EXPECT_EQ(ask("GET", "/api/v1/configmaps").code, 200);
    EXPECT_EQ(ask("GET", "/apis/infinispan.org/v2alpha1/backups").code, 200);
  });
}

TEST_F(NamespaceRules, AGracePeriodThatIsNoNumberDeletesNothing) {
  run([&] {
    ask("POST", "/api/v1/namespaces/ns/configmaps", R"({"metadata":{"name":"c"}})");
    const std::string path = "/api/v1/namespaces/ns/configmaps/c";
    const Answer answer = ask("DELETE", path + "?gracePeriodSeconds=x");
    EXPECT_EQ(answer.code, 400);
    EXPECT_EQ(answer.message(), "strconv.ParseInt: parsing \"x\": invalid syntax");
    EXPECT_EQ(ask("GET", path).code, 200);
  });
}

}  // namespace
}  // namespace drydock::fakekube
