// Controllers that run alone, with the delays of real ones.
#include <fmt/format.h>

#include "fakekube/actors/controllers.h"
#include "tests/fakekube_actors/test_cluster.h"

namespace drydock::fakekube {
namespace {

json::value config_map(const std::string& name, const std::string& owner_uid,
                       const std::string& name_space = "ns") {
  json::value object =
      json::object{{"apiVersion", "v1"},
                   {"kind", "ConfigMap"},
                   {"metadata", json::object{{"name", name}, {"namespace", name_space}}}};
  if (!owner_uid.empty())
    json_at(object, {"metadata", "ownerReferences"}) = json::array{json::object{
        {"apiVersion", "v1"}, {"kind", "ConfigMap"}, {"name", "owner"}, {"uid", owner_uid}}};
  return object;
}

// An API server and only the named controllers.
struct Alone {
  explicit Alone(const std::vector<std::string_view>& names)
      : server(simulation.add_process("api", "host", "10.0.0.1")),
        client(make_local_client(server, simulation.harness(), "test")) {
    server.create_namespace("ns");
    controllers = start_controllers(server, simulation.add_process("manager", "host", ""), names);
  }
  ~Alone() {
    controllers.reset();
    for (const auto& process : simulation.processes()) simulation.kill(*process);
    simulation.settle();
  }

  void run(std::function<void()> story) {
    EXPECT_EQ(static_cast<int>(simulation.run(std::move(story), hours(3))),
              static_cast<int>(sim::RunEnd::kDone));
  }
  void sleep(Duration duration) { EXPECT_TRUE(simulation.harness().sleep_for(duration).ok()); }
  std::string make(json::value object) {
    const auto created = client->create(kConfigMaps, std::move(object));
    EXPECT_EQ(created.status().to_string(), "Ok");
    return created.ok() ? object_uid(**created) : "";
  }
  size_t count(const ResourceType& type, const std::string& name_space) {
    const auto all = client->list(type, {.namespace_name = name_space});
    return all.ok() ? all->items.size() : 0;
  }

  sim::Simulation simulation{sim::SimulationOptions{}};
  ApiServer server;
  std::shared_ptr<ApiClient> client;
  std::unique_ptr<ControlPlane> controllers;
};

TEST(GarbageCollector, AHundredDependantsTakeAboutFourSeconds) {
  Alone alone({"garbage-collector"});
  alone.run([&] {
    const std::string uid = alone.make(config_map("owner", ""));
    for (int i = 0; i < 100; ++i) alone.make(config_map(fmt::format("child-{}", i), uid));
    alone.sleep(seconds(30));
    ASSERT_EQ(alone.count(kConfigMaps, "ns"), 101U);
    ASSERT_TRUE(alone.client->remove(kConfigMaps, "ns", "owner", {}).ok());
    alone.sleep(seconds(3));
    EXPECT_GT(alone.count(kConfigMaps, "ns"), 10U);
    alone.sleep(seconds(2));
    EXPECT_EQ(alone.count(kConfigMaps, "ns"), 0U);
  });
}

TEST(GarbageCollector, AnOwnerInAnotherNamespaceIsNoneAndAnEventSaysSo) {
  Alone alone({"garbage-collector"});
  alone.server.create_namespace("other");
  alone.run([&] {
    const std::string uid = alone.make(config_map("owner", "", "other"));
    alone.sleep(seconds(1));
    alone.make(config_map("child", uid));
    alone.sleep(milliseconds(50));
    EXPECT_EQ(alone.client->get(kConfigMaps, "ns", "child").code(), Code::kNotFound);
    alone.sleep(seconds(1));
    const auto events = alone.client->list(kEvents, {.namespace_name = "ns"});
    ASSERT_EQ(events->items.size(), 1U);
    const json::value& event = *events->items.front();
    EXPECT_EQ(json_string(event, {"type"}), "Warning");
    EXPECT_EQ(json_string(event, {"reason"}), "OwnerRefInvalidNamespace");
    EXPECT_EQ(json_string(event, {"source", "component"}), "garbage-collector-controller");
    EXPECT_EQ(json_string(event, {"message"}),
              "ownerRef [v1/ConfigMap, namespace: ns, name: owner, uid: " + uid +
                  "] does not exist in namespace \"ns\"");
    EXPECT_EQ(json_find(event, {"involvedObject", "resourceVersion"}), nullptr);
  });
}

json::value thing_definition() {
  return json_parse(R"({"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition",
    "metadata":{"name":"things.tmp.test"},"spec":{"group":"tmp.test","scope":"Namespaced",
    "names":{"plural":"things","kind":"Thing"},"versions":[{"name":"v1","served":true,
    "storage":true,"schema":{"openAPIV3Schema":{"type":"object",
    "x-kubernetes-preserve-unknown-fields":true}}}]}})")
      .value();
}

TEST(GarbageCollector, DependantsThatDoNotBlockTheirOwnerGoWhileItWaits) {
  Alone alone({"garbage-collector"});
  alone.run([&] {
    const std::string uid = alone.make(config_map("owner", ""));
    json::value blocking = config_map("blocking", uid);
    json_at(blocking, {"metadata", "ownerReferences"})
        .as_array()[0]
        .as_object()["blockOwnerDeletion"] = true;
    json_at(blocking, {"metadata", "finalizers"}) = json::array{"a.b/c"};
    alone.make(std::move(blocking));
    alone.make(config_map("other", uid));
    alone.sleep(seconds(1));
    ASSERT_TRUE(
        alone.client->remove(kConfigMaps, "ns", "owner", {.propagation_policy = "Foreground"})
            .ok());
    alone.sleep(seconds(1));
    EXPECT_TRUE(alone.client->get(kConfigMaps, "ns", "owner").ok());
    EXPECT_TRUE(alone.client->get(kConfigMaps, "ns", "blocking").ok());
    EXPECT_EQ(alone.client->get(kConfigMaps, "ns", "other").code(), Code::kNotFound);
  });
}

TEST(GarbageCollector, KnowsANewKindWhenItLooksForKindsAgain) {
  Alone alone({"garbage-collector"});
  alone.run([&] {
    alone.sleep(seconds(5));
    ASSERT_TRUE(alone.client->create(kCustomResourceDefinitions, thing_definition()).ok());
    alone.sleep(seconds(1));
    const ResourceType* things = alone.server.find_type("tmp.test", "v1", "things");
    ASSERT_NE(things, nullptr);
    const auto thing = alone.client->create(
        *things, json::object{{"apiVersion", "tmp.test/v1"},
                              {"kind", "Thing"},
                              {"metadata", json::object{{"name", "t"}, {"namespace", "ns"}}}});
    ASSERT_TRUE(thing.ok());
    json::value child = config_map("child", "gone");
    json_at(child, {"metadata", "ownerReferences"}).as_array()[0] = json::object{
        {"apiVersion", "tmp.test/v1"}, {"kind", "Thing"}, {"name", "no"}, {"uid", "gone"}};
    alone.make(std::move(child));
    ASSERT_TRUE(
        alone.client->remove(*things, "ns", "t", {.propagation_policy = "Foreground"}).ok());
    alone.sleep(seconds(23));
    EXPECT_TRUE(alone.client->get(*things, "ns", "t").ok());
    EXPECT_TRUE(alone.client->get(kConfigMaps, "ns", "child").ok());
    alone.sleep(seconds(2));
    EXPECT_EQ(alone.client->get(*things, "ns", "t").code(), Code::kNotFound);
    EXPECT_EQ(alone.client->get(kConfigMaps, "ns", "child").code(), Code::kNotFound);
  });
}

std::string condition_text(const json::value& name_space, std::string_view type) {
  const json::value* condition = find_condition(name_space, type);
  if (condition == nullptr) return "";
  return json_string(*condition, {"status"}) + " " + json_string(*condition, {"reason"}) + ": " +
         json_string(*condition, {"message"});
}

TEST(NamespaceController, DeletesNothingElseWhileAPodIsLeftAndDoesNotSpeakOfIt) {
  Alone alone({"namespace"});
  alone.run([&] {
    ASSERT_TRUE(alone.client->create(kPods, make_pod("p", "i", R"({"nodeName":"n1"})")).ok());
    alone.make(config_map("free", ""));
    ASSERT_TRUE(alone.client->remove(kNamespaces, "", "ns", {}).ok());
    alone.sleep(seconds(6));
    EXPECT_EQ(alone.count(kConfigMaps, "ns"), 1U);
    const JsonPtr name_space = alone.client->get(kNamespaces, "", "ns").value();
    EXPECT_EQ(condition_text(*name_space, "NamespaceContentRemaining"),
              "False ContentRemoved: All content successfully removed");
    ASSERT_TRUE(alone.client->remove(kPods, "ns", "p", {.grace_period_seconds = 0}).ok());
    alone.sleep(seconds(5));
    EXPECT_EQ(alone.client->get(kNamespaces, "", "ns").code(), Code::kNotFound);
  });
}

TEST(NamespaceController, APodThatOutlivesItsGraceIsAFailure) {
  Alone alone({"namespace"});
  alone.run([&] {
    ASSERT_TRUE(alone.client
                    ->create(kPods, make_pod("p", "i", R"({"nodeName":"n1",
                                 "terminationGracePeriodSeconds":3})"))
                    .ok());
    ASSERT_TRUE(alone.client->remove(kNamespaces, "", "ns", {}).ok());
    alone.sleep(seconds(6));
    const JsonPtr name_space = alone.client->get(kNamespaces, "", "ns").value();
    EXPECT_EQ(condition_text(*name_space, "NamespaceDeletionContentFailure"),
              "True ContentDeletionFailed: Failed to delete all resource types, 1 remaining: "
              "unexpected items still remain in namespace: ns for gvr: /v1, Resource=pods");
  });
}

TEST(NamespaceController, SaysWhatIsLeftAndWaitsForIt) {
  Alone alone({"namespace"});
  alone.run([&] {
    json::value held = config_map("held", "");
    json_at(held, {"metadata", "finalizers"}) = json::array{"a.b/c"};
    alone.make(std::move(held));
    alone.make(config_map("free", ""));
    ASSERT_TRUE(alone.client->remove(kNamespaces, "", "ns", {}).ok());
    alone.sleep(seconds(4));
    EXPECT_EQ(alone.count(kConfigMaps, "ns"), 2U);
    alone.sleep(seconds(2));
    EXPECT_EQ(alone.count(kConfigMaps, "ns"), 1U);
    const JsonPtr name_space = alone.client->get(kNamespaces, "", "ns").value();
    EXPECT_EQ(json_string(*name_space, {"status", "phase"}), "Terminating");
    const auto message = [&](std::string_view type) {
      const json::value* condition = find_condition(*name_space, type);
      return condition == nullptr ? "" : json_string(*condition, {"message"});
    };
    EXPECT_EQ(message("NamespaceContentRemaining"),
              "Some resources are remaining: configmaps. has 1 resource instances");
    EXPECT_EQ(message("NamespaceFinalizersRemaining"),
              "Some content in the namespace has finalizers remaining: a.b/c in 1 resource "
              "instances");
    ASSERT_TRUE(alone.client
                    ->patch(kConfigMaps, "ns", "held",
                            json::object{{"metadata", json::object{{"finalizers", nullptr}}}})
                    .ok());
    alone.sleep(seconds(10));
    EXPECT_EQ(alone.client->get(kNamespaces, "", "ns").code(), Code::kNotFound);
  });
}

TEST(ServiceAccounts, EachNamespaceHasADefaultOneThatComesBack) {
  Alone alone({"serviceaccount"});
  alone.run([&] {
    alone.sleep(milliseconds(200));
    ASSERT_TRUE(alone.client->get(kServiceAccounts, "ns", "default").ok());
    ASSERT_TRUE(alone.client->remove(kServiceAccounts, "ns", "default", {}).ok());
    alone.sleep(milliseconds(50));
    EXPECT_TRUE(alone.client->get(kServiceAccounts, "ns", "default").ok());
  });
}

TEST(Protection, AClaimGoesOnlyWhenNoBoundPodNamesItEvenAnEndedOne) {
  Alone alone({"pvc-protection"});
  alone.run([&] {
    ASSERT_TRUE(alone.client->create(kPersistentVolumeClaims, make_claim("c")).ok());
    ASSERT_TRUE(alone.client
                    ->create(kPods, make_pod("p", "i", R"({"nodeName":"n1","volumes":[
        {"name":"v","persistentVolumeClaim":{"claimName":"c"}}]})"))
                    .ok());
    ASSERT_TRUE(alone.client
                    ->patch_status(kPods, "ns", "p",
                                   json::object{{"status", json::object{{"phase", "Succeeded"}}}})
                    .ok());
    ASSERT_TRUE(alone.client->remove(kPersistentVolumeClaims, "ns", "c", {}).ok());
    alone.sleep(seconds(5));
    EXPECT_TRUE(alone.client->get(kPersistentVolumeClaims, "ns", "c").ok());
    ASSERT_TRUE(alone.client->remove(kPods, "ns", "p", {}).ok());
    alone.sleep(milliseconds(20));
    EXPECT_EQ(alone.client->get(kPersistentVolumeClaims, "ns", "c").code(), Code::kNotFound);
  });
}

TEST(Events, AreGoneAnHourAfterTheirLastWrite) {
  Alone alone({"event-expiry"});
  alone.run([&] {
    json::value event = json::object{
        {"apiVersion", "v1"},
        {"kind", "Event"},
        {"metadata", json::object{{"name", "e"}, {"namespace", "ns"}}},
        {"involvedObject", json::object{{"kind", "Pod"}, {"name", "p"}, {"namespace", "ns"}}},
        {"reason", "Odd"}};
    ASSERT_TRUE(alone.client->create(kEvents, std::move(event)).ok());
    alone.sleep(minutes(50));
    ASSERT_TRUE(alone.client->patch(kEvents, "ns", "e", json::object{{"count", 2}}).ok());
    alone.sleep(minutes(50));
    EXPECT_TRUE(alone.client->get(kEvents, "ns", "e").ok());
    alone.sleep(minutes(11));
    EXPECT_EQ(alone.client->get(kEvents, "ns", "e").code(), Code::kNotFound);
  });
}

}  // namespace
}  // namespace drydock::fakekube
