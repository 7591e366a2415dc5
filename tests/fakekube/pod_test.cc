#include <map>

#include "tests/fakekube/api_fixture.h"

namespace drydock::fakekube {
namespace {

constexpr const char* kPod =
    R"({"metadata":{"name":"p"},"spec":{"containers":[{"name":"c","image":"img:1"}],)"
    R"("automountServiceAccountToken":false}})";

class Pods : public ApiTest {
 protected:
  Answer make(const char* pod = kPod) { return ask("POST", kPodsPath, pod); }
  std::string path() const { return std::string(kPodsPath) + "/p"; }
};

TEST_F(Pods, DefaultsAreFilledIn) {
  run([&] {
    const Answer answer = make();
    ASSERT_EQ(answer.code, 201);
    const json::value& pod = *answer.body;
    EXPECT_EQ(json_int(pod, {"spec", "terminationGracePeriodSeconds"}), 30);
    EXPECT_EQ(json_string(pod, {"spec", "dnsPolicy"}), "ClusterFirst");
    EXPECT_EQ(json_string(pod, {"spec", "serviceAccountName"}), "default");
    EXPECT_EQ(json_array(pod, {"spec", "tolerations"}).size(), 2U);
    EXPECT_EQ(json_text(*json_find(pod, {"status"})),
              R"({"phase":"Pending","qosClass":"BestEffort"})");
    EXPECT_EQ(json_text(json_array(pod, {"spec", "containers"})),
              R"([{"name":"c","image":"img:1","resources":{},"terminationMessagePath":)"
              R"("/dev/termination-log","terminationMessagePolicy":"File",)"
              R"("imagePullPolicy":"IfNotPresent"}])");
  });
}

TEST_F(Pods, MistakesAreNamed) {
  run([&] {
    const std::map<std::string, std::string> cases = {
        {R"({"metadata":{"name":"x"},"spec":{"containers":[]}})",
         "Pod \"x\" is invalid: spec.containers: Required value"},
        {R"({"metadata":{"name":"x"},"spec":{"containers":[{"name":"a"}]}})",
         "Pod \"x\" is invalid: spec.containers[0].image: Required value"},
        {R"({"metadata":{"name":"x"},"spec":{"containers":[{"name":"a","image":"i","volumeMounts":)"
         R"([{"name":"v","mountPath":"/v"}]}]}})",
         "Pod \"x\" is invalid: spec.containers[0].volumeMounts[0].name: Not found: \"v\""},
        {R"({"metadata":{"name":"x"},"spec":{"containers":[{"name":"a","image":"i","resources":)"
         R"({"limits":{"cpu":"1"},"requests":{"cpu":"2"}}}]}})",
         "Pod \"x\" is invalid: spec.containers[0].resources.requests: Invalid value: \"2\": must "
         "be less than or equal to cpu limit of 1"},
        {R"({"metadata":{"name":"x"},"spec":{"containers":[{"name":"c","image":"i"}],)"
         R"("serviceAccountName":"nobody"}})",
         "pods \"x\" is forbidden: error looking up service account ns/nobody: serviceaccount "
         "\"nobody\" not found"}};
    for (const auto& [pod, message] : cases) EXPECT_EQ(make(pod.c_str()).message(), message);
  });
}

TEST_F(Pods, OnlyDeadlineImageAndTolerationsMayChange) {
  run([&] {
    make();
    EXPECT_EQ(merge(path(), R"({"spec":{"activeDeadlineSeconds":1}})").code, 200);
    EXPECT_EQ(ask("PATCH", path(),
                  R"([{"op":"replace","path":"/spec/containers/0/image",)"
                  R"("value":"img:2"}])",
                  "application/json-patch+json")
                  .code,
              200);
    const Answer refused = merge(path(), R"({"spec":{"restartPolicy":"Never"}})");
    EXPECT_EQ(refused.code, 422);
    EXPECT_TRUE(refused.message().starts_with(
        "Pod \"p\" is invalid: spec: Forbidden: pod updates may not change fields other than "
        "`spec.containers[*].image`,"))
        << refused.message();
    EXPECT_EQ(merge(path(), R"({"spec":{"containers":[]}})").message(),
              "Pod \"p\" is invalid: spec.containers: Forbidden: pod updates may not add or remove "
              "containers");
  });
}

TEST_F(Pods, ABoundPodIsNotBoundAgain) {
  run([&] {
    make();
    const char* binding = R"({"target":{"kind":"Node","name":"node-1"}})";
    EXPECT_EQ(ask("POST", path() + "/binding", binding).code, 201);
    const Answer again = ask("POST", path() + "/binding", binding);
    EXPECT_EQ(again.code, 409);
    EXPECT_EQ(again.message(),
              "Operation cannot be fulfilled on pods/binding \"p\": pod p is already assigned to "
              "node \"node-1\"");
    const Answer pod = ask("GET", path());
    EXPECT_EQ(json_string(*pod.body, {"spec", "nodeName"}), "node-1");
    EXPECT_EQ(json_string(json_array(*pod.body, {"status", "conditions"})[0], {"type"}),
              "PodScheduled");
    EXPECT_EQ(client().list(kPods, {.field_selector = "spec.nodeName=node-1"})->items.size(), 1U);
    EXPECT_EQ(client().list(kPods, {.field_selector = "spec.nodeName="})->items.size(), 0U);
  });
}

TEST_F(Pods, StatusOfAPodTakesLabelsToo) {
  run([&] {
    make();
    const Answer answer =
        merge(path() + "/status", R"({"metadata":{"labels":{"via":"status"}},"spec":)"
                                  R"({"activeDeadlineSeconds":5},"status":{"message":"m"}})");
    EXPECT_EQ(json_string(*answer.body, {"metadata", "labels", "via"}), "status");
    EXPECT_EQ(json_string(*answer.body, {"status", "message"}), "m");
    EXPECT_EQ(json_find(*answer.body, {"spec", "activeDeadlineSeconds"}), nullptr);
  });
}

TEST_F(Pods, AClaimTakesTheDefaultClassAndIsOtherwiseImmutable) {
  run([&] {
    ask("POST", "/apis/storage.k8s.io/v1/storageclasses",
        R"({"metadata":{"name":"std","annotations":)"
        R"({"storageclass.kubernetes.io/is-default-class":"true"}},"provisioner":"x.test/p"})");
    ASSERT_TRUE(simulation_.harness().sleep_for(milliseconds(3)).ok());  // caches of admission
    const char* claims = "/api/v1/namespaces/ns/persistentvolumeclaims";
    const Answer created =
        ask("POST", claims,
            R"({"metadata":{"name":"c"},"spec":{"accessModes":["ReadWriteOnce"],)"
            R"("resources":{"requests":{"storage":"1Gi"}}}})");
    EXPECT_EQ(json_string(*created.body, {"spec", "storageClassName"}), "std");
    EXPECT_EQ(json_string(*created.body, {"spec", "volumeMode"}), "Filesystem");
    const std::string claim = std::string(claims) + "/c";
    EXPECT_EQ(merge(claim, R"({"spec":{"volumeName":"pv-1"}})").code, 200);
    EXPECT_EQ(merge(claim, R"({"spec":{"accessModes":["ReadOnlyMany"]}})").code, 422);
  });
}

}  // namespace
}  // namespace drydock::fakekube
