// Several API servers over one storage: caches that lag, freeze and restart, and what storage's own
// troubles do to both.
#include <gtest/gtest.h>

#include "tests/fakekube/api_fixture.h"
#include "tests/fakekube/stream_recorder.h"

namespace drydock::fakekube {
namespace {

constexpr Duration kLag = milliseconds(500);

class SeveralServers : public ApiTest {
 protected:
  SeveralServers() : second_(simulation_.harness(), storage(), ApiServerOptions{}) {}

  std::shared_ptr<Storage> storage() {
    return std::shared_ptr<Storage>(std::shared_ptr<void>(), &server_.storage());
  }
  Env& env() { return simulation_.harness(); }
  void pause(Duration duration) { ASSERT_TRUE(env().sleep_for(duration).ok()); }

  void make(const std::string& name) {
    client().create(kConfigMaps, config_map(name, "1")).value();
  }
  void change(const std::string& name) {
    client().patch(kConfigMaps, "ns", name, parse(R"({"data":{"a":"2"}})")).value();
  }
  // Of the second server.
  Answer ask_second(const std::string& target) {
    const HttpReply reply =
        second_.handle({.method = "GET", .target = target, .headers = {}, .body = {}});
    Answer answer{.code = reply.response.status, .headers = {}, .body = {}, .text = {}};
    if (reply.response.body.is_json()) answer.body = *reply.response.body.json();
    return answer;
  }
  static std::string names(const Answer& list) {
    std::string all;
    for (const json::value& item : json_array(*list.body, {"items"}))
      all += json_string(item, {"metadata", "name"}) + " ";
    return all;
  }
  std::string path(const std::string& query) { return std::string(kMapsPath) + "?" + query; }
  std::string one(const std::string& name, const std::string& query) {
    return std::string(kMapsPath) + "/" + name + "?" + query;
  }

  ApiServer second_;
};

TEST_F(SeveralServers, ShareObjectsRevisionsAndDraws) {
  run([&] {
    make("a");
    EXPECT_EQ(names(ask_second(kMapsPath)), "a ");
    LocalClient other(second_, env(), "test");
    const JsonPtr b = other.create(kConfigMaps, config_map("b", "1")).value();
    EXPECT_EQ(json_string(*b, {"metadata", "resourceVersion"}),
              std::to_string(server_.store().revision()));
    const JsonPtr a = client().get(kConfigMaps, "ns", "a").value();
    EXPECT_NE(json_string(*a, {"metadata", "uid"}), json_string(*b, {"metadata", "uid"}));
  });
}

TEST_F(SeveralServers, ALaggingCacheShowsAWriteLaterThanStorageDoes) {
  run([&] {
    second_.set_lag(kConfigMaps, kLag);
    make("a");
    EXPECT_EQ(names(ask_second(path("resourceVersion=0"))), "");
    EXPECT_EQ(ask_second(one("a", "resourceVersion=0")).code, 404);
    EXPECT_EQ(names(ask_second(kMapsPath)), "a ");
    EXPECT_EQ(ask_second(one("a", "")).code, 200);
    EXPECT_EQ(names(ask("GET", path("resourceVersion=0"))), "a ");
    pause(kLag);
    EXPECT_EQ(names(ask_second(path("resourceVersion=0"))), "a ");
    EXPECT_EQ(ask_second(one("a", "resourceVersion=0")).code, 200);
  });
}

TEST_F(SeveralServers, AReadAtARevisionWaitsForTheCache) {
  run([&] {
    second_.set_lag(kConfigMaps, kLag);
    make("a");
    const std::string revision = std::to_string(server_.store().revision());
    const SteadyTime before = simulation_.now();
    const Answer list = ask_second(path("resourceVersion=" + revision));
    EXPECT_EQ(names(list), "a ");
    EXPECT_EQ(list.revision(), server_.store().revision());
    EXPECT_GE(simulation_.now() - before, kLag - milliseconds(2));
    EXPECT_LE(simulation_.now() - before, kLag + milliseconds(2));
  });
}

TEST_F(SeveralServers, AReadAtARevisionThatTheCacheDoesNotReachIsATimeout) {
  run([&] {
    make("a");
    second_.freeze(kConfigMaps);
    const uint64_t frozen_at = second_.view(kConfigMaps).revision();
    make("b");
    const std::string wanted = std::to_string(server_.store().revision());
    for (const std::string& target :
         {path("resourceVersion=" + wanted), one("b", "resourceVersion=" + wanted)}) {
      const SteadyTime before = simulation_.now();
      const Answer answer = ask_second(target);
      EXPECT_EQ(answer.code, 504);
      EXPECT_EQ(answer.message(), "Timeout: Too large resource version: " + wanted +
                                      ", current: " + std::to_string(frozen_at));
      EXPECT_GE(simulation_.now() - before, seconds(3));
    }
    EXPECT_EQ(names(ask_second(path("resourceVersion=0"))), "a ");
    second_.thaw(kConfigMaps);
    EXPECT_EQ(names(ask_second(path("resourceVersion=" + wanted))), "a b ");
  });
}

TEST_F(SeveralServers, TimeGoesBackForAClientThatChangesToAnOldServer) {
  run([&] {
    make("a");
    second_.freeze(kConfigMaps);
    EXPECT_TRUE(client().remove(kConfigMaps, "ns", "a").ok());
    EXPECT_EQ(names(ask("GET", path("resourceVersion=0"))), "");
    EXPECT_EQ(names(ask_second(path("resourceVersion=0"))), "a ");
  });
}

TEST_F(SeveralServers, AWatchIsFedWithItsServersLagInOrder) {
  run([&] {
    second_.set_lag(kConfigMaps, kLag);
    const std::string from = std::to_string(server_.store().revision());
    StreamRecorder quick(env(), server_, path("watch=1&resourceVersion=" + from));
    StreamRecorder late(env(), second_, path("watch=1&resourceVersion=" + from));
    make("a");
    change("a");
    pause(milliseconds(1));
    EXPECT_EQ(quick.types(), "ADDED MODIFIED ");
    EXPECT_EQ(late.types(), "");
    pause(kLag);
    EXPECT_EQ(late.types(), "ADDED MODIFIED ");
  });
}

TEST_F(SeveralServers, ALocalWatchIsWokenWhenItsCacheHasTheEvent) {
  run([&] {
    second_.set_lag(kConfigMaps, kLag);
    LocalClient late(second_, env(), "test");
    auto watch = late.watch(kConfigMaps, {.revision = server_.store().revision()});
    SteadyTime seen{};
    watch->wake_with([&] {
      if (simulation_.now() >= seen) seen = simulation_.now();
    });
    make("a");
    const SteadyTime written = simulation_.now();
    EXPECT_EQ(watch->try_next(), std::nullopt);
    pause(seconds(1));
    EXPECT_GT(seen, written);
    EXPECT_LE(seen, written + kLag);
    EXPECT_EQ(json_string(*watch->try_next()->object, {"metadata", "name"}), "a");
    make("b");
    const Result<WatchEvent> event = watch->next(simulation_.now() + seconds(1));
    EXPECT_EQ(json_string(*event->object, {"metadata", "name"}), "b");
  });
}

TEST_F(SeveralServers, AFrozenCacheHoldsItsWatchesUntilItThaws) {
  run([&] {
    StreamRecorder stream(env(), second_, path("watch=1"));
    second_.freeze(kConfigMaps);
    make("a");
    pause(minutes(1));
    EXPECT_EQ(stream.types(), "");
    second_.thaw(kConfigMaps);
    pause(milliseconds(1));
    EXPECT_EQ(stream.types(), "ADDED ");
  });
}

TEST_F(SeveralServers, TheLagOfEachKindIsDrawnWithinItsBound) {
  ApiServerOptions options;
  options.cache_lag = seconds(1);
  ApiServer lagging(simulation_.harness(), storage(), options);
  const Duration pods = lagging.view(kPods).lag();
  const Duration claims = lagging.view(kPersistentVolumeClaims).lag();
  EXPECT_LT(pods, seconds(1));
  EXPECT_GT(pods, Duration::zero());
  EXPECT_NE(pods, claims);
}

TEST_F(SeveralServers, ARestartedServerKnowsNoHistoryAndHasCutItsWatches) {
  run([&] {
    make("a");
    const std::string before = std::to_string(server_.store().revision());
    make("b");
    StreamRecorder cut(env(), second_, path("watch=1&resourceVersion=" + before));
    pause(milliseconds(1));
    second_.restart();
    pause(milliseconds(1));
    EXPECT_EQ(cut.types(), "ADDED ");
    EXPECT_TRUE(cut.ended());
    StreamRecorder again(env(), second_, path("watch=1&resourceVersion=" + before));
    pause(milliseconds(1));
    EXPECT_EQ(again.types(), "ERROR ");
    EXPECT_EQ(json_string(*again.lines()[0], {"object", "message"}),
              "too old resource version: " + before + " (" +
                  std::to_string(server_.store().revision()) + ")");
    StreamRecorder other(env(), server_, path("watch=1&resourceVersion=" + before));
    pause(milliseconds(1));
    EXPECT_EQ(other.types(), "ADDED ");
    EXPECT_EQ(names(ask_second(path("resourceVersion=" + before + "&resourceVersionMatch=Exact"))),
              "a ");
  });
}

TEST_F(SeveralServers, AnInitialisingCacheRefusesWhatItCannotLeaveToStorage) {
  run([&] {
    make("a");
    second_.restart(seconds(2));
    for (const std::string& target :
         {path("resourceVersion=0"), path("watch=1"), path("labelSelector=x&limit=5")}) {
      const Answer answer = ask_second(target);
      EXPECT_EQ(answer.code, 429) << target;
      EXPECT_EQ(answer.reason(), "TooManyRequests");
      EXPECT_EQ(answer.message(), "storage is (re)initializing");
    }
    EXPECT_EQ(ask_second(path("limit=5")).code, 200);
    EXPECT_EQ(ask_second(one("a", "resourceVersion=0")).code, 200);
    pause(seconds(2));
    EXPECT_EQ(names(ask_second(path("resourceVersion=0"))), "a ");
  });
}

TEST_F(SeveralServers, AStalledStorageStopsReadsAndWritesButNotCachedLists) {
  run([&] {
    make("a");
    server_.storage().set_stalled(true);
    EXPECT_EQ(names(ask("GET", path("resourceVersion=0"))), "a ");
    EXPECT_EQ(ask("GET", one("a", "resourceVersion=0")).code, 200);
    const SteadyTime before = simulation_.now();
    const Answer write = merge(one("a", ""), R"({"data":{"a":"2"}})");
    EXPECT_EQ(write.code, 504);
    EXPECT_EQ(write.reason(), "Timeout");
    EXPECT_GE(simulation_.now() - before, seconds(34));
    env().spawn("repair", [&] {
      if (env().sleep_for(seconds(5)).ok()) server_.storage().set_stalled(false);
    });
    const SteadyTime asked = simulation_.now();
    EXPECT_EQ(names(ask("GET", kMapsPath)), "a ");
    EXPECT_GE(simulation_.now() - asked, seconds(5));
  });
}

TEST_F(SeveralServers, AStorageWithoutSpaceStoresNothingButDeletes) {
  run([&] {
    make("a");
    server_.storage().set_out_of_space(true);
    const uint64_t before = server_.store().revision();
    for (const Answer& refused : {ask("POST", kMapsPath, R"({"metadata":{"name":"b"}})"),
                                  merge(one("a", ""), R"({"data":{"a":"2"}})")}) {
      EXPECT_EQ(refused.code, 500);
      EXPECT_EQ(refused.reason(), "");
      EXPECT_EQ(refused.message(), "etcdserver: mvcc: database space exceeded");
    }
    EXPECT_EQ(ask("POST", kMapsPath, R"({"metadata":{"name":"a"}})").code, 409);
    EXPECT_EQ(merge(one("a", ""), R"({"data":{"a":"1"}})").code, 200);
    EXPECT_EQ(server_.store().revision(), before);
    EXPECT_EQ(ask("DELETE", one("a", "")).code, 200);
  });
}

TEST_F(SeveralServers, ARewoundStorageIsAsItWasAndSoIsItsCounter) {
  run([&] {
    make("a");
    make("b");
    const uint64_t backup = server_.store().revision();
    change("a");
    EXPECT_TRUE(client().remove(kConfigMaps, "ns", "b").ok());
    make("c");
    const uint64_t before = server_.store().revision();
    StreamRecorder stream(env(), second_, path("watch=1"));
    ASSERT_TRUE(server_.storage().rewind(backup));
    pause(milliseconds(1));
    EXPECT_TRUE(stream.ended());
    EXPECT_EQ(server_.store().revision(), backup);
    EXPECT_EQ(names(ask_second(kMapsPath)), "a b ");
    EXPECT_EQ(json_string(*client().get(kConfigMaps, "ns", "a").value(), {"data", "a"}), "1");
    EXPECT_EQ(ask("GET", path("resourceVersion=" + std::to_string(before))).code, 504);
    make("d");
    EXPECT_EQ(client().get(kConfigMaps, "ns", "d").ok(), true);
    EXPECT_EQ(server_.store().revision(), backup + 1);
  });
}

TEST_F(SeveralServers, WhatIsCompactedCanNotBeRewoundTo) {
  run([&] {
    make("a");
    const uint64_t backup = server_.store().revision();
    make("b");
    server_.store().compact_storage(server_.store().revision());
    EXPECT_FALSE(server_.storage().rewind(backup));
    EXPECT_EQ(names(ask("GET", kMapsPath)), "a b ");
  });
}

}  // namespace
}  // namespace drydock::fakekube
