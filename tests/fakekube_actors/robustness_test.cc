// What every actor must stand: failing, slow and half-lost API calls, and an API server that forgot
// its history. And what idling costs.
#include <fmt/format.h>

#include "fakekube/actors/events.h"
#include "fakekube/actors/informers.h"
#include "tests/fakekube_actors/test_cluster.h"

namespace drydock::fakekube {
namespace {

ApiReply refusal(int code) {
  ApiReply reply;
  reply.code = code;
  reply.body = make_json(json::object{{"kind", "Status"},
                                      {"apiVersion", "v1"},
                                      {"metadata", json::object()},
                                      {"status", "Failure"},
                                      {"message", "injected"},
                                      {"reason", "ServiceUnavailable"},
                                      {"code", code}});
  return reply;
}

// A whole story: claim, pod, end, deletion by the owner. True when all went well.
void tell_story(TestCluster& cluster) {
  cluster.create(kStorageClasses, make_class("late", "WaitForFirstConsumer"));
  const std::string uid = object_uid(
      cluster.create(kConfigMaps, json_parse(R"({"apiVersion":"v1","kind":"ConfigMap","metadata":
        {"name":"owner","namespace":"ns"}})")
                                      .value()));
  const json::array owners{
      json::object{{"apiVersion", "v1"}, {"kind", "ConfigMap"}, {"name", "owner"}, {"uid", uid}}};
  json::value claim = make_claim("c", R"({"storageClassName":"late"})");
  json_at(claim, {"metadata", "ownerReferences"}) = owners;
  cluster.create(kPersistentVolumeClaims, std::move(claim));
  json::value pod = make_pod("p", "short", R"({"volumes":[{"name":"v",
      "persistentVolumeClaim":{"claimName":"c"}}]})");
  json_at(pod, {"metadata", "ownerReferences"}) = owners;
  cluster.create(std::move(pod));
  ASSERT_TRUE(cluster.wait_phase("p", "Succeeded", minutes(10)));
  ASSERT_TRUE(cluster.remove(kConfigMaps, "owner").ok());
  ASSERT_TRUE(cluster.wait_gone(kPods, "p", minutes(10)));
  ASSERT_TRUE(cluster.wait_gone(kPersistentVolumeClaims, "c", minutes(10)));
  ASSERT_TRUE(cluster.eventually(
      "storage freed", [&] { return cluster.storage.volumes.empty(); }, minutes(10)));
  EXPECT_EQ(cluster.runtime->starts.size(), 1U);
  EXPECT_EQ(cluster.runtime->running, 0);
}

void add_short(TestCluster& cluster) {
  cluster.add_node("n1");
  cluster.images["short"] = [](Program& program) {
    EXPECT_TRUE(program.env.sleep_for(seconds(20)).ok());
    return ExitStatus{};
  };
}

bool is_actor(const ApiCall& call) { return call.user_agent != "test"; }

TEST(Actors, SurviveEveryThirdWriteBeingRefused) {
  TestCluster cluster;
  add_short(cluster);
  int writes = 0;
  cluster.server->set_interceptor([&](const ApiCall& call, const ApiServer::Proceed& proceed) {
    if (is_actor(call) && call.is_write() && ++writes % 3 == 0) return refusal(503);
    return proceed();
  });
  cluster.run([&] { tell_story(cluster); });
  EXPECT_GT(writes, 20);
}

TEST(Actors, SurviveWritesThatHappenedAlthoughTheAnswerSaysOtherwise) {
  TestCluster cluster;
  add_short(cluster);
  int writes = 0;
  cluster.server->set_interceptor([&](const ApiCall& call, const ApiServer::Proceed& proceed) {
    ApiReply reply = proceed();
    if (is_actor(call) && call.is_write() && ++writes % 3 == 0) return refusal(504);
    return reply;
  });
  cluster.run([&] { tell_story(cluster); });
}

TEST(Actors, SurviveConflictsOnEverySecondStatusWrite) {
  TestCluster cluster;
  add_short(cluster);
  int writes = 0;
  cluster.server->set_interceptor([&](const ApiCall& call, const ApiServer::Proceed& proceed) {
    if (is_actor(call) && call.subresource == "status" && ++writes % 2 == 0) return refusal(409);
    return proceed();
  });
  cluster.run([&] { tell_story(cluster); });
}

TEST(Actors, SurviveAnApiServerThatIsAwayForTwoMinutes) {
  TestCluster cluster;
  add_short(cluster);
  bool away = false;
  cluster.server->set_interceptor([&](const ApiCall& call, const ApiServer::Proceed& proceed) {
    return is_actor(call) && away ? refusal(503) : proceed();
  });
  cluster.run([&] {
    cluster.env().spawn("outage", [&] {
      (void)cluster.env().sleep_for(seconds(3));
      away = true;
      (void)cluster.env().sleep_for(minutes(2));
      away = false;
    });
    tell_story(cluster);
  });
}

TEST(Informers, ListAnewWhenTheServerForgotItsHistory) {
  TestCluster cluster({.without = {"garbage-collector"}});
  cluster.add_node("n1");
  cluster.run([&] {
    cluster.create(make_pod("a", "sleeper"));
    ASSERT_TRUE(cluster.wait_phase("a", "Running"));
    const sim::CutId cut = cluster.silence("n1");
    cluster.create(make_pod("b", "sleeper", R"({"nodeName":"n1"})"));
    cluster.sleep(seconds(30));
    cluster.server->store().compact(cluster.server->store().revision());
    cluster.heal(cut);
    EXPECT_TRUE(cluster.wait_phase("b", "Running"));
  });
}

TEST(Informers, SeeADeletionAndReCreationOfOneNameAsTwoObjects) {
  TestCluster cluster;
  cluster.add_node("n1");
  cluster.run([&] {
    cluster.create(make_pod("p", "sleeper"));
    ASSERT_TRUE(cluster.wait_phase("p", "Running"));
    const sim::CutId cut = cluster.silence("n1");
    ASSERT_TRUE(cluster.remove(kPods, "p", {.grace_period_seconds = 0}).ok());
    cluster.create(make_pod("p", "sleeper", R"({"nodeName":"n1"})"));
    cluster.sleep(seconds(20));
    EXPECT_EQ(cluster.runtime->running, 1);
    cluster.server->store().compact(cluster.server->store().revision());
    cluster.heal(cut);
    ASSERT_TRUE(cluster.wait_phase("p", "Running"));
    cluster.sleep(minutes(1));
    EXPECT_EQ(cluster.runtime->running, 1);
    EXPECT_EQ(cluster.runtime->starts.size(), 2U);
  });
}

TEST(Events, RepeatsAreCountedInOneEvent) {
  TestCluster cluster;
  cluster.run([&] {
    const json::value object = cluster.create(make_pod("p", "sleeper", R"({"nodeName":"none"})"));
    auto recorder = std::make_shared<EventRecorder>(cluster.env(), cluster.client, "tester");
    for (int i = 0; i < 5; ++i) recorder->warning(object, "Odd", "it happened");
    cluster.sleep(seconds(1));
    const std::vector<JsonPtr> all = cluster.client->list(kEvents, {}).value().items;
    ASSERT_EQ(all.size(), 1U);
    EXPECT_EQ(json_int(*all[0], {"count"}), 5);
    EXPECT_EQ(json_string(*all[0], {"source", "component"}), "tester");
    for (int i = 0; i < 100; ++i) recorder->normal(object, "Often", "it happened again");
    cluster.sleep(seconds(10));
    int64_t told = 0;
    const std::vector<JsonPtr> later = cluster.client->list(kEvents, {}).value().items;
    for (const JsonPtr& event : later) told += json_int(*event, {"count"});
    EXPECT_EQ(told, 25);  // the burst
  });
}

TEST(Actors, ARepeatedRunGivesTheSameTrace) {
  const auto hash = [] {
    TestCluster cluster;
    add_short(cluster);
    cluster.add_node("n2");
    cluster.run([&] { tell_story(cluster); });
    return cluster.simulation.trace().hash();
  };
  EXPECT_EQ(hash(), hash());
}

}  // namespace
}  // namespace drydock::fakekube
