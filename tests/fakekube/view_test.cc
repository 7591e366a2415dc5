// History's two ends, and what may be done to the delivery of open watches.
#include <gtest/gtest.h>

#include "tests/fakekube/api_fixture.h"
#include "tests/fakekube/stream_recorder.h"

namespace drydock::fakekube {
namespace {

ApiServerOptions small_cache() {
  ApiServerOptions options;
  options.history.cached_events = 2;
  options.watch_buffer = 3;
  return options;
}

class Views : public ApiTest {
 protected:
  Views() : ApiTest(small_cache()) {}

  Env& env() { return simulation_.harness(); }
  void pause(Duration duration) { ASSERT_TRUE(env().sleep_for(duration).ok()); }
  void make(const std::string& name) {
    client().create(kConfigMaps, config_map(name, "1")).value();
  }
  std::string revision() { return std::to_string(server_.store().revision()); }
  std::string from(const std::string& revision) {
    return std::string(kMapsPath) + "?watch=1&resourceVersion=" + revision;
  }
  Answer exactly_at(const std::string& revision) {
    return ask("GET", std::string(kMapsPath) + "?resourceVersion=" + revision +
                          "&resourceVersionMatch=Exact");
  }
};

TEST_F(Views, ACacheKeepsItsNewestEventsAndAllThatAreYoungerThanItsAge) {
  run([&] {
    const std::string start = revision();
    for (const char* name : {"a", "b", "c"}) make(name);
    EXPECT_FALSE(client().watch(kConfigMaps, {.revision = std::stoull(start)})->try_next() ==
                 std::nullopt);
    pause(seconds(76));
    make("d");
    EXPECT_EQ(server_.store().floor(kConfigMaps), std::stoull(start) + 2);
    StreamRecorder old(env(), server_, from(start));
    StreamRecorder young(env(), server_, from(std::to_string(std::stoull(start) + 2)));
    pause(milliseconds(1));
    EXPECT_EQ(old.types(), "ERROR ");
    EXPECT_EQ(young.types(), "ADDED ADDED ");
  });
}

TEST_F(Views, StorageForgetsWhatWasOldAtTheCompactionBeforeTheLast) {
  run([&] {
    make("a");
    const std::string first = revision();
    make("b");
    const std::string second = revision();
    pause(minutes(5));
    make("c");
    EXPECT_EQ(exactly_at(first).code, 200);
    EXPECT_EQ(json_array(*exactly_at(first).body, {"items"}).size(), 1U);
    pause(minutes(5));
    EXPECT_EQ(exactly_at(first).code, 410);
    EXPECT_EQ(exactly_at(second).code, 200);
    pause(minutes(5));
    EXPECT_EQ(exactly_at(second).code, 410);
    EXPECT_EQ(exactly_at(revision()).code, 200);
    const std::string last = revision();
    client().create(kSecrets, parse(R"({"metadata":{"name":"s","namespace":"ns"}})")).value();
    server_.store().compact_storage(server_.store().revision());
    EXPECT_EQ(exactly_at(last).code, 410) << "also of a kind that has not changed since";
  });
}

TEST_F(Views, ACompactionDoesNotTouchWatchesButContinueTokens) {
  run([&] {
    const std::string start = revision();
    for (const char* name : {"a", "b"}) make(name);
    const Answer page = ask("GET", std::string(kMapsPath) + "?limit=1");
    make("c");
    server_.store().compact_storage(server_.store().revision());
    StreamRecorder stream(env(), server_, from(start));
    pause(milliseconds(1));
    EXPECT_EQ(stream.types(), "ADDED ADDED ADDED ");
    const std::string token = json_string(*page.body, {"metadata", "continue"});
    const Answer rest = ask("GET", std::string(kMapsPath) + "?limit=1&continue=" + token);
    EXPECT_EQ(rest.code, 410);
    EXPECT_NE(json_string(*rest.body, {"metadata", "continue"}), "");
  });
}

TEST_F(Views, AQuietCacheLearnsFromProgressMarksHowFarStorageIs) {
  run([&] {
    make("a");
    client().create(kSecrets, parse(R"({"metadata":{"name":"s","namespace":"ns"}})")).value();
    const uint64_t newest = server_.store().revision();
    EXPECT_EQ(server_.view(kConfigMaps).revision(), newest - 1);
    pause(seconds(5));
    EXPECT_EQ(server_.view(kConfigMaps).revision(), newest);
  });
}

TEST_F(Views, AHeldStreamDeliversNothingAndThenEverything) {
  run([&] {
    StreamRecorder held(env(), server_, from(revision()), "operator/v1");
    StreamRecorder free(env(), server_, from(revision()), "kubelet/v1");
    server_.streams().hold({.type = &kConfigMaps, .user_agent = "operator"});
    make("a");
    StreamRecorder later(env(), server_, std::string(kMapsPath) + "?watch=1", "operator/v1");
    pause(minutes(1));
    EXPECT_EQ(held.types(), "");
    EXPECT_EQ(later.types(), "");
    EXPECT_EQ(free.types(), "ADDED ");
    EXPECT_TRUE(server_.streams().streams().at(0).held);
    server_.streams().release({.type = &kConfigMaps, .user_agent = "operator"});
    pause(milliseconds(1));
    EXPECT_EQ(held.types(), "ADDED ");
    EXPECT_EQ(later.types(), "ADDED ");
  });
}

TEST_F(Views, ADelayedStreamGetsEachChangeThatMuchLater) {
  run([&] {
    server_.streams().delay({.user_agent = "operator"}, seconds(2));
    StreamRecorder stream(env(), server_, from(revision()), "operator");
    make("a");
    pause(seconds(1));
    make("b");
    EXPECT_EQ(stream.types(), "");
    pause(milliseconds(999));
    EXPECT_EQ(stream.names(), "a ");
    pause(milliseconds(1002));
    EXPECT_EQ(stream.names(), "a b ");
    server_.streams().release_all();
    make("c");
    pause(milliseconds(1));
    EXPECT_EQ(stream.names(), "a b c ");
  });
}

TEST_F(Views, ACutStreamEndsInTheWayThatIsAskedFor) {
  run([&] {
    StreamRecorder clean(env(), server_, from(revision()), "a");
    StreamRecorder expired(env(), server_, from(revision()), "b");
    StreamRecorder broken(env(), server_, from(revision()), "c");
    StreamRecorder other(env(), server_, from(revision()), "d");
    StreamControl& streams = server_.streams();
    EXPECT_EQ(streams.cut({.user_agent = "a"}), 1U);
    EXPECT_EQ(streams.cut({.user_agent = "b"}, StreamEnd::kExpired), 1U);
    EXPECT_EQ(streams.cut({.user_agent = "c"}, StreamEnd::kError), 1U);
    EXPECT_EQ(streams.cut({.type = &kPods}), 0U);
    pause(milliseconds(1));
    EXPECT_TRUE(clean.ended() && expired.ended() && broken.ended());
    EXPECT_EQ(clean.types(), "");
    EXPECT_EQ(json_int(*expired.lines().at(0), {"object", "code"}), 410);
    EXPECT_EQ(json_int(*broken.lines().at(0), {"object", "code"}), 500);
    EXPECT_FALSE(other.ended());
    EXPECT_EQ(streams.streams().size(), 1U);
  });
}

TEST_F(Views, ALocalWatchTellsHowItWasCut) {
  run([&] {
    const uint64_t now = server_.store().revision();
    for (const auto& [end, code] : {std::pair(StreamEnd::kClean, Code::kNotFound),
                                    std::pair(StreamEnd::kExpired, Code::kExpired),
                                    std::pair(StreamEnd::kError, Code::kInternal)}) {
      auto watch = client().watch(kConfigMaps, {.revision = now});
      EXPECT_EQ(server_.streams().cut({.user_agent = "test"}, end), 1U);
      EXPECT_EQ(watch->next(simulation_.now() + seconds(1)).code(), code);
    }
  });
}

TEST_F(Views, AClientThatReadsTooSlowlyIsCutOff) {
  run([&] {
    StreamRecorder slow(env(), server_, from(revision()));
    StreamRecorder quick(env(), server_, from(revision()));
    slow.read_slowly(seconds(1));
    for (const char* name : {"a", "b", "c", "d", "e", "f"}) make(name);
    pause(seconds(10));
    EXPECT_TRUE(slow.ended());
    EXPECT_EQ(slow.names(), "a b ");
    EXPECT_EQ(quick.names(), "a b c d e f ");
    EXPECT_FALSE(quick.ended());
  });
}

TEST_F(Views, AWatcherHearsOfSomeWritesBeforeTheWriterHasItsAnswer) {
  run([&] {
    int before = 0;
    StreamRecorder stream(env(), server_, from(revision()));
    for (int i = 0; i < 100; ++i) {
      const SteadyTime asked = simulation_.now();
      make("m" + std::to_string(i));
      if (stream.lines().size() == static_cast<size_t>(i) + 1) ++before;
      EXPECT_EQ(simulation_.now() - asked, server_.options().write_time);
      pause(milliseconds(1));
    }
    EXPECT_GE(before, 45);
    EXPECT_LE(before, 75);
  });
}

class Bookmarks : public ApiTest {
 protected:
  explicit Bookmarks(bool watch_list = false)
      : ApiTest([&] {
          ApiServerOptions options;
          options.watch_list = watch_list;
          return options;
        }()) {}

  void pause(Duration duration) { ASSERT_TRUE(simulation_.harness().sleep_for(duration).ok()); }
  void make(const std::string& name) {
    client().create(kConfigMaps, config_map(name, "1")).value();
  }
  std::unique_ptr<StreamRecorder> open(const std::string& path, const std::string& query) {
    return std::make_unique<StreamRecorder>(simulation_.harness(), server_,
                                            path + "?watch=1&" + query);
  }
};

TEST_F(Bookmarks, ComeEachMinuteAndBeforeTheEndOnceTheCacheGotOn) {
  run([&] {
    make("a");
    const std::string start = std::to_string(server_.store().revision());
    const std::string query =
        "allowWatchBookmarks=true&timeoutSeconds=75&labelSelector=x&resourceVersion=" + start;
    const auto quiet = open(kMapsPath, query);
    pause(seconds(76));
    EXPECT_EQ(quiet->types(), "");
    EXPECT_TRUE(quiet->ended());
    const auto stream = open(kMapsPath, query);
    make("b");
    pause(seconds(59));
    EXPECT_EQ(stream->types(), "");
    pause(seconds(2));
    EXPECT_EQ(stream->types(), "BOOKMARK ");
    pause(seconds(13));
    EXPECT_EQ(stream->types(), "BOOKMARK BOOKMARK ");
    EXPECT_EQ(stream->revision_of(1), std::to_string(server_.store().revision()));
  });
}

TEST_F(Bookmarks, ShowOfBuiltInKindsAnEmptyObjectAndOfCustomOnesOnlyTheRevision) {
  run([&] {
    const std::string query = "allowWatchBookmarks=true&timeoutSeconds=4";
    const auto pods = open(kPodsPath, query);
    const auto backups = open(kBackupsPath, query);
    make("a");
    pause(seconds(1));
    client().create(kSecrets, parse(R"({"metadata":{"name":"s","namespace":"ns"}})")).value();
    pause(seconds(4));
    ASSERT_EQ(pods->types(), "");
    const auto longer = open(kPodsPath, "allowWatchBookmarks=true&timeoutSeconds=10");
    const auto longer_backups = open(kBackupsPath, "allowWatchBookmarks=true&timeoutSeconds=10");
    make("b");
    pause(seconds(11));
    const std::string revision = std::to_string(server_.store().revision());
    ASSERT_EQ(longer->types(), "BOOKMARK ");
    EXPECT_EQ(json_text(*longer->lines()[0]),
              R"({"type":"BOOKMARK","object":{"kind":"Pod","apiVersion":"v1","metadata":)"
              R"({"resourceVersion":")" +
                  revision +
                  R"(","creationTimestamp":null},"spec":{"containers":null},"status":{}}})");
    ASSERT_EQ(longer_backups->types(), "BOOKMARK ");
    EXPECT_EQ(json_text(*longer_backups->lines()[0]),
              R"({"type":"BOOKMARK","object":{"apiVersion":"infinispan.org/v2alpha1",)"
              R"("kind":"Backup","metadata":{"resourceVersion":")" +
                  revision + R"("}}})");
  });
}

class InitialEvents : public Bookmarks {
 protected:
  InitialEvents() : Bookmarks(true) {}
  static constexpr const char* kAsked =
      "sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true";
};

TEST_F(InitialEvents, EndWithAMarkAtTheRevisionOfTheList) {
  run([&] {
    make("a");
    const std::string first = std::to_string(server_.store().revision());
    make("b");
    const std::string newest = std::to_string(server_.store().revision());
    for (const std::string& revision : {std::string(), std::string("0"), first}) {
      const auto stream = open(kMapsPath, std::string(kAsked) + "&resourceVersion=" + revision);
      pause(milliseconds(1));
      EXPECT_EQ(stream->types(), "ADDED ADDED BOOKMARK ") << revision;
      EXPECT_EQ(stream->revision_of(2), newest);
      EXPECT_EQ(json_string(*stream->lines()[2],
                            {"object", "metadata", "annotations", "k8s.io/initial-events-end"}),
                "true");
    }
  });
}

TEST_F(InitialEvents, EndAtStoragesRevisionWhenTheCacheHadToAskForIt) {
  run([&] {
    make("a");
    const auto secret = [&](const std::string& name) {
      client()
          .create(kSecrets, parse(R"({"metadata":{"namespace":"ns","name":")" + name + "\"}}"))
          .value();
      return std::to_string(server_.store().revision());
    };
    const std::string asked = secret("s1");
    const std::string newest = secret("s2");
    const auto stream = open(kMapsPath, std::string(kAsked) + "&resourceVersion=" + asked);
    pause(milliseconds(1));
    ASSERT_EQ(stream->types(), "ADDED BOOKMARK ");
    EXPECT_EQ(stream->revision_of(1), newest);
  });
}

TEST_F(InitialEvents, AreNeverATableWhenTheirEndIsMarked) {
  run([&] {
    const std::string table = "application/json;as=Table;v=v1;g=meta.k8s.io";
    const std::string target = std::string(kMapsPath) + "?watch=1&timeoutSeconds=1&";
    const auto code = [&](const std::string& query, const std::string& accept) {
      return ask("GET", target + query, "", "application/json", accept).code;
    };
    EXPECT_EQ(code(kAsked, table), 406);
    EXPECT_EQ(code(kAsked, table + ",application/json"), 200);
    EXPECT_EQ(code("allowWatchBookmarks=true", table), 406);
    EXPECT_EQ(code("allowWatchBookmarks=true&resourceVersion=1", table), 200);
    EXPECT_EQ(code("sendInitialEvents=true&resourceVersionMatch=NotOlderThan", table), 200);
  });
}

TEST_F(InitialEvents, HaveNoMarkForAClientThatDoesNotTakeBookmarks) {
  run([&] {
    make("a");
    const auto stream = open(kMapsPath, "sendInitialEvents=true&resourceVersionMatch=NotOlderThan");
    pause(milliseconds(1));
    EXPECT_EQ(stream->types(), "ADDED ");
  });
}

TEST_F(InitialEvents, AreLeftOutWhenTheClientSaysSo) {
  run([&] {
    make("a");
    const auto stream =
        open(kMapsPath, "sendInitialEvents=false&resourceVersionMatch=NotOlderThan");
    pause(milliseconds(1));
    EXPECT_EQ(stream->types(), "");
    make("b");
    pause(milliseconds(1));
    EXPECT_EQ(stream->names(), "b ");
  });
}

TEST_F(InitialEvents, OfARevisionNotYetReachedAreAnErrorEventAfterThreeSeconds) {
  run([&] {
    const SteadyTime before = simulation_.now();
    const auto stream = open(kMapsPath, std::string(kAsked) + "&resourceVersion=1000");
    pause(milliseconds(1));
    EXPECT_GE(simulation_.now() - before, seconds(3));
    EXPECT_EQ(stream->types(), "ERROR ");
    EXPECT_EQ(json_int(*stream->lines()[0], {"object", "code"}), 504);
    EXPECT_TRUE(stream->ended());
  });
}

TEST_F(Bookmarks, InitialEventsNeedTheGate) {
  run([&] {
    const Answer refused = ask("GET", std::string(kMapsPath) + "?watch=1&sendInitialEvents=true");
    EXPECT_EQ(refused.code, 422);
    EXPECT_EQ(refused.message(),
              "ListOptions.meta.k8s.io \"\" is invalid: [resourceVersionMatch: Forbidden: "
              "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan, "
              "sendInitialEvents: Forbidden: sendInitialEvents is forbidden for watch unless the "
              "WatchList feature gate is enabled]");
  });
}

}  // namespace
}  // namespace drydock::fakekube
