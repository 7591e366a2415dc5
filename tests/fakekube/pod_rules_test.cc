// What admission adds to pods, and what their specs and claims may say.
#include "tests/fakekube/api_fixture.h"

namespace drydock::fakekube {
namespace {

class PodRules : public ApiTest {
 protected:
  Answer make(const std::string& spec) {
    return ask("POST", kPodsPath, R"({"metadata":{"name":"p"},"spec":)" + spec + "}");
  }
  std::string mistake(const std::string& container) {
    return make(R"({"containers":[{"name":"c","image":"i",)" + container + "}]}").message();
  }
  std::string path() const { return std::string(kPodsPath) + "/p"; }
};

TEST_F(PodRules, ATokenVolumeIsMountedUnlessThePodDoesNotWantIt) {
  run([&] {
    const Answer answer = make(R"({"containers":[{"name":"c","image":"i"}]})");
    ASSERT_EQ(answer.code, 201);
    const json::array& volumes = json_array(*answer.body, {"spec", "volumes"});
    ASSERT_EQ(volumes.size(), 1U);
    const std::string name = json_string(volumes[0], {"name"});
    EXPECT_EQ(name.size(), std::string("kube-api-access-").size() + 5);
    EXPECT_EQ(json_array(volumes[0], {"projected", "sources"}).size(), 3U);
    const json::value& container = json_array(*answer.body, {"spec", "containers"})[0];
    const json::array& mounts = json_array(container, {"volumeMounts"});
    ASSERT_EQ(mounts.size(), 1U);
    EXPECT_EQ(json_string(mounts[0], {"name"}), name);
    EXPECT_EQ(json_string(mounts[0], {"mountPath"}),
              "/var/run/secrets/kubernetes.io/serviceaccount");
    const Answer without = ask("POST", kPodsPath,
                               R"({"metadata":{"name":"q"},"spec":{"automountServiceAccountToken":)"
                               R"(false,"containers":[{"name":"c","image":"i"}]}})");
    EXPECT_TRUE(json_array(*without.body, {"spec", "volumes"}).empty());
  });
}

TEST_F(PodRules, QuantitiesAreCanonicalAndLimitsAreRequests) {
  run([&] {
    const Answer answer = make(R"({"containers":[{"name":"c","image":"i","resources":{"limits":)"
                               R"({"cpu":"0.50","memory":"1024Mi"}}}]})");
    const json::value& container = json_array(*answer.body, {"spec", "containers"})[0];
    EXPECT_EQ(json_text(*json_find(container, {"resources", "limits"})),
              R"({"cpu":"500m","memory":"1Gi"})");
    EXPECT_EQ(json_string(container, {"resources", "requests", "cpu"}), "500m");
    EXPECT_EQ(json_string(*answer.body, {"status", "qosClass"}), "Guaranteed");
  });
}

TEST_F(PodRules, AVolumeWithoutASourceIsAScratchVolume) {
  run([&] {
    const Answer answer =
        make(R"({"automountServiceAccountToken":false,"volumes":[{"name":"v"}],"containers":)"
             R"([{"name":"c","image":"i"}]})");
    EXPECT_EQ(json_text(json_array(*answer.body, {"spec", "volumes"})),
              R"([{"name":"v","emptyDir":{}}])");
  });
}

TEST_F(PodRules, APriorityClassGivesItsValueAndMustExist) {
  run([&] {
    const std::string spec =
        R"({"priorityClassName":"high","containers":[{"name":"c","image":"i"}]})";
    EXPECT_EQ(make(spec).message(),
              "pods \"p\" is forbidden: no PriorityClass with name high was found");
    ask("POST", "/apis/scheduling.k8s.io/v1/priorityclasses",
        R"({"metadata":{"name":"high"},"value":7})");
    EXPECT_EQ(json_int(*make(spec).body, {"spec", "priority"}), 7);
  });
}

TEST_F(PodRules, MistakesOfContainersAreNamed) {
  run([&] {
    const std::string head = "Pod \"p\" is invalid: spec.containers[0].";
    EXPECT_EQ(mistake(R"("ports":[{"containerPort":70000}])"),
              head +
                  "ports[0].containerPort: Invalid value: 70000: must be between 1 and 65535, "
                  "inclusive");
    EXPECT_EQ(mistake(R"("ports":[{"containerPort":1,"protocol":"X"}])"),
              head +
                  "ports[0].protocol: Unsupported value: \"X\": supported values: \"SCTP\", "
                  "\"TCP\", \"UDP\"");
    EXPECT_EQ(mistake(R"("env":[{"value":"x"}])"), head + "env[0].name: Required value");
    EXPECT_EQ(mistake(R"("livenessProbe":{"periodSeconds":1})"),
              head + "livenessProbe: Required value: must specify a handler type");
    EXPECT_EQ(mistake(R"("livenessProbe":{"tcpSocket":{"port":1},"successThreshold":2})"),
              head + "livenessProbe.successThreshold: Invalid value: 2: must be 1");
    EXPECT_EQ(mistake(R"("imagePullPolicy":"Perhaps")"),
              head +
                  "imagePullPolicy: Unsupported value: \"Perhaps\": supported values: "
                  "\"Always\", \"IfNotPresent\", \"Never\"");
  });
}

TEST_F(PodRules, ProbesOfInitContainersNeedASidecar) {
  run([&] {
    const std::string init =
        R"("initContainers":[{"name":"i","image":"i","startupProbe":{"tcpSocket":{"port":1}})";
    const std::string main = R"("containers":[{"name":"c","image":"i"}])";
    EXPECT_EQ(make("{" + init + "}]," + main + "}").message(),
              "Pod \"p\" is invalid: spec.initContainers[0].startupProbe: Forbidden: may not be "
              "set for init containers without restartPolicy=Always");
    EXPECT_EQ(make("{" + init + R"(,"restartPolicy":"Always"}],)" + main + "}").code, 201);
  });
}

TEST_F(PodRules, TolerationsMayBeAddedAndDeadlinesShortenedOnly) {
  run([&] {
    ASSERT_EQ(make(R"({"containers":[{"name":"c","image":"i"}]})").code, 201);
    EXPECT_EQ(merge(path(), R"({"spec":{"tolerations":[]}})").message(),
              "Pod \"p\" is invalid: spec.tolerations: Forbidden: existing toleration can not be "
              "modified except its tolerationSeconds");
    EXPECT_EQ(merge(path(), R"({"spec":{"activeDeadlineSeconds":9}})").code, 200);
    EXPECT_EQ(merge(path(), R"({"spec":{"activeDeadlineSeconds":10}})").message(),
              "Pod \"p\" is invalid: spec.activeDeadlineSeconds: Invalid value: 10: must be less "
              "than or equal to previous value");
    EXPECT_EQ(merge(path(), R"({"spec":{"activeDeadlineSeconds":null}})").code, 422);
  });
}

TEST_F(PodRules, AClaimIsCanonicalGrowsWhenBoundAndNeverShrinksBelowItsCapacity) {
  run([&] {
    const std::string claims = "/api/v1/namespaces/ns/persistentvolumeclaims";
    ask("POST", "/apis/storage.k8s.io/v1/storageclasses",
        R"({"metadata":{"name":"s"},"provisioner":"p","allowVolumeExpansion":true})");
    const Answer made = ask("POST", claims,
                            R"({"metadata":{"name":"c"},"spec":{"storageClassName":"s",)"
                            R"("accessModes":["ReadWriteOnce"],"resources":{"requests":)"
                            R"({"storage":"0.5Gi"}}}})");
    EXPECT_EQ(json_string(*made.body, {"spec", "resources", "requests", "storage"}), "512Mi");
    const std::string grow = R"({"spec":{"resources":{"requests":{"storage":"2Gi"}}}})";
    EXPECT_EQ(merge(claims + "/c", grow).code, 422);
    merge(claims + "/c/status", R"({"status":{"phase":"Bound","capacity":{"storage":"512Mi"}}})");
    EXPECT_EQ(merge(claims + "/c", grow).code, 200);
    EXPECT_EQ(merge(claims + "/c", R"({"spec":{"resources":{"requests":{"storage":"1Gi"}}}})").code,
              200);
    EXPECT_EQ(
        merge(claims + "/c", R"({"spec":{"resources":{"requests":{"storage":"1Mi"}}}})").message(),
        "PersistentVolumeClaim \"c\" is invalid: spec.resources.requests.storage: Forbidden: "
        "field can not be less than status.capacity");
  });
}

TEST_F(PodRules, AClassThatIsNewerThanTheCachesOfAdmissionIsNotTheDefaultYet) {
  run([&] {
    const std::string claims = "/api/v1/namespaces/ns/persistentvolumeclaims";
    const auto claim = [&](const std::string& name) {
      const Answer made = ask("POST", claims,
                              R"({"metadata":{"name":")" + name +
                                  R"("},"spec":{"accessModes":["ReadWriteOnce"],"resources":)"
                                  R"({"requests":{"storage":"1Gi"}}}})");
      return json_string(*made.body, {"spec", "storageClassName"});
    };
    ask("POST", "/apis/storage.k8s.io/v1/storageclasses",
        R"({"metadata":{"name":"s","annotations":)"
        R"({"storageclass.kubernetes.io/is-default-class":"true"}},"provisioner":"p"})");
    EXPECT_EQ(claim("early"), "");
    ASSERT_TRUE(simulation_.harness().sleep_for(milliseconds(3)).ok());
    EXPECT_EQ(claim("late"), "s");
  });
}

}  // namespace
}  // namespace drydock::fakekube
