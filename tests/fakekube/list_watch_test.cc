#include <algorithm>

#include "tests/fakekube/api_fixture.h"
#include "tests/fakekube/stream_recorder.h"

namespace drydock::fakekube {
namespace {

class ListWatch : public ApiTest {
 protected:
  void make(const std::string& name, const std::string& label = "") {
    client().create(kConfigMaps, config_map(name, "1", label)).value();
  }
  static std::vector<std::string> names(const Answer& list) {
    std::vector<std::string> all;
    for (const json::value& item : json_array(*list.body, {"items"}))
      all.push_back(json_string(item, {"metadata", "name"}));
    return all;
  }
};

using Names = std::vector<std::string>;

TEST_F(ListWatch, AListIsOrderedAndCarriesTheStoresRevision) {
  run([&] {
    for (const char* name : {"c", "a", "b"}) make(name);
    const Answer list = ask("GET", kMapsPath);
    EXPECT_EQ(names(list), (Names{"a", "b", "c"}));
    EXPECT_EQ(list.revision(), server_.store().revision());
    EXPECT_EQ(json_string(*list.body, {"kind"}), "ConfigMapList");
    EXPECT_EQ(json_find(json_array(*list.body, {"items"})[0], {"kind"}), nullptr);
  });
}

TEST_F(ListWatch, PagesShowTheFirstPagesState) {
  run([&] {
    for (const char* name : {"a", "b", "c"}) make(name);
    const Answer first = ask("GET", std::string(kMapsPath) + "?limit=2");
    EXPECT_EQ(names(first), (Names{"a", "b"}));
    EXPECT_EQ(json_int(*first.body, {"metadata", "remainingItemCount"}), 1);
    make("bb");
    ask("DELETE", std::string(kMapsPath) + "/c");
    const std::string token = json_string(*first.body, {"metadata", "continue"});
    const Answer second = ask("GET", std::string(kMapsPath) + "?limit=2&continue=" + token);
    EXPECT_EQ(names(second), Names{"c"});
    EXPECT_EQ(second.revision(), first.revision());
    EXPECT_EQ(json_string(*second.body, {"metadata", "continue"}), "");
  });
}

TEST_F(ListWatch, ATokenOlderThanTheHistoryIsExpiredWithAFreshOne) {
  run([&] {
    for (const char* name : {"a", "b", "c"}) make(name);
    const Answer first = ask("GET", std::string(kMapsPath) + "?limit=1");
    make("d");
    server_.store().compact(server_.store().revision());
    const std::string token = json_string(*first.body, {"metadata", "continue"});
    const Answer expired = ask("GET", std::string(kMapsPath) + "?limit=1&continue=" + token);
    EXPECT_EQ(expired.code, 410);
    EXPECT_EQ(expired.reason(), "Expired");
    const std::string fresh = json_string(*expired.body, {"metadata", "continue"});
    const Answer rest = ask("GET", std::string(kMapsPath) + "?continue=" + fresh);
    EXPECT_EQ(names(rest), (Names{"b", "c", "d"}));
  });
}

TEST_F(ListWatch, RevisionZeroIgnoresTheLimitAndTheFutureTimesOut) {
  run([&] {
    for (const char* name : {"a", "b"}) make(name);
    EXPECT_EQ(names(ask("GET", std::string(kMapsPath) + "?limit=1&resourceVersion=0")).size(), 2U);
    const SteadyTime before = simulation_.now();
    const Answer future = ask("GET", std::string(kMapsPath) + "?resourceVersion=9999");
    EXPECT_EQ(future.code, 504);
    EXPECT_GE(simulation_.now() - before, seconds(3));
    EXPECT_EQ(*find_header(future.headers, "Retry-After"), "1");
    EXPECT_EQ(ask("GET", std::string(kMapsPath) + "?resourceVersion=abc").code, 400);
    EXPECT_EQ(ask("GET", std::string(kMapsPath) + "/a?resourceVersion=abc").code, 500);
  });
}

TEST_F(ListWatch, AnExactOldRevisionShowsThatState) {
  run([&] {
    make("a");
    const uint64_t then = server_.store().revision();
    make("b");
    ask("DELETE", std::string(kMapsPath) + "/a");
    const Answer old = ask("GET", std::string(kMapsPath) + "?resourceVersionMatch=Exact" +
                                      "&resourceVersion=" + std::to_string(then));
    EXPECT_EQ(names(old), Names{"a"});
    EXPECT_EQ(old.revision(), then);
  });
}

TEST_F(ListWatch, SelectorsFilterAndBadOnesAreNamed) {
  run([&] {
    make("a", "x");
    make("b", "y");
    make("c");
    const auto by_label = [&](const std::string& selector) {
      return names(ask("GET", std::string(kMapsPath) + "?labelSelector=" + selector));
    };
    EXPECT_EQ(by_label("s%3Dx"), Names{"a"});
    EXPECT_EQ(by_label("s!%3Dx"), (Names{"b", "c"}));
    EXPECT_EQ(by_label("s%20in%20(x,y)"), (Names{"a", "b"}));
    EXPECT_EQ(by_label("s%20notin%20(x)"), (Names{"b", "c"}));
    EXPECT_EQ(by_label("!s"), Names{"c"});
    const auto complaint = [&](const std::string& query) {
      return ask("GET", std::string(kMapsPath) + query).message();
    };
    EXPECT_EQ(complaint("?labelSelector=a%20b%3Dc"),
              "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt");
    EXPECT_EQ(complaint("?labelSelector=app%3Da%2C%2C"),
              "found ',', expected: identifier after ','");
    EXPECT_EQ(complaint("?fieldSelector=data.a%3D1"),
              "\"data.a\" is not a known field selector: only \"metadata.name\", "
              "\"metadata.namespace\"");
    EXPECT_EQ(names(ask("GET", std::string(kMapsPath) + "?fieldSelector=metadata.name%3Db")),
              Names{"b"});
  });
}

TEST_F(ListWatch, ADeletedObjectIsSeenByAWatchFromBefore) {
  run([&] {
    make("a");
    const ListResult list = client().list(kConfigMaps, {}).value();
    ask("DELETE", std::string(kMapsPath) + "/a");
    auto watch = client().watch(kConfigMaps, {.revision = list.revision});
    const WatchEvent event = watch->next(simulation_.now()).value();
    EXPECT_EQ(event.type, WatchEventType::kDeleted);
    EXPECT_EQ(event.revision, list.revision + 1);
    EXPECT_EQ(json_string(*event.object, {"metadata", "resourceVersion"}),
              std::to_string(event.revision));
  });
}

TEST_F(ListWatch, AWaitingWatchIsWokenByAWrite) {
  run([&] {
    auto watch = client().watch(kConfigMaps, {.revision = server_.store().revision()});
    simulation_.harness().spawn("writer", [&] {
      EXPECT_TRUE(simulation_.harness().sleep_for(seconds(5)).ok());
      make("a");
    });
    EXPECT_EQ(watch->next(simulation_.now() + seconds(1)).code(), Code::kDeadlineExceeded);
    EXPECT_EQ(watch->next(simulation_.now() + seconds(60))->type, WatchEventType::kAdded);
    EXPECT_LT(simulation_.now().time_since_epoch(), seconds(10));
  });
}

TEST_F(ListWatch, EnteringASelectionIsAddedAndLeavingItIsDeletedWithTheOldContent) {
  run([&] {
    make("a", "on");
    const uint64_t start = server_.store().revision();
    auto watch = client().watch(kConfigMaps, {.label_selector = "s=on", .revision = start});
    const std::string path = std::string(kMapsPath) + "/a";
    merge(path, R"({"data":{"a":"2"}})");
    merge(path, R"({"metadata":{"labels":{"s":"off"}}})");
    merge(path, R"({"data":{"a":"3"}})");
    merge(path, R"({"metadata":{"labels":{"s":"on"}}})");
    EXPECT_EQ(watch->try_next()->type, WatchEventType::kModified);
    const WatchEvent left = watch->try_next().value();
    EXPECT_EQ(left.type, WatchEventType::kDeleted);
    EXPECT_EQ(left.revision, start + 2);
    EXPECT_EQ(json_string(*left.object, {"metadata", "labels", "s"}), "on");
    EXPECT_EQ(json_string(*left.object, {"metadata", "resourceVersion"}),
              std::to_string(start + 2));
    const WatchEvent entered = watch->try_next().value();
    EXPECT_EQ(entered.type, WatchEventType::kAdded);
    EXPECT_EQ(entered.revision, start + 4);
    EXPECT_EQ(watch->try_next(), std::nullopt);
  });
}

TEST_F(ListWatch, AWatchBelowTheFloorIsOneErrorEvent) {
  run([&] {
    make("a");
    make("b");
    server_.store().compact(server_.store().revision());
    auto local = client().watch(kConfigMaps, {.revision = 1});
    EXPECT_EQ(local->next(simulation_.now()).code(), Code::kExpired);
    StreamRecorder stream(simulation_.harness(), server_,
                          std::string(kMapsPath) + "?watch=1&resourceVersion=1");
    EXPECT_TRUE(simulation_.harness().sleep_for(milliseconds(1)).ok());
    ASSERT_EQ(stream.head().status, 200);
    ASSERT_EQ(stream.types(), "ERROR ");
    EXPECT_TRUE(stream.ended());
    EXPECT_EQ(json_int(*stream.lines()[0], {"object", "code"}), 410);
    EXPECT_EQ(json_string(*stream.lines()[0], {"object", "message"}),
              "too old resource version: 1 (" + std::to_string(server_.store().revision()) + ")");
  });
}

TEST_F(ListWatch, AStreamGivesTheStateThenChangesThenABookmarkAndEndsInTime) {
  run([&] {
    make("a");
    StreamRecorder stream(
        simulation_.harness(), server_,
        std::string(kMapsPath) + "?watch=true&allowWatchBookmarks=true&timeoutSeconds=6");
    EXPECT_TRUE(simulation_.harness().sleep_for(seconds(1)).ok());
    make("b");
    EXPECT_TRUE(simulation_.harness().sleep_for(milliseconds(4990)).ok());
    EXPECT_FALSE(stream.ended());
    EXPECT_TRUE(simulation_.harness().sleep_for(milliseconds(10)).ok());
    EXPECT_TRUE(stream.ended());
    EXPECT_EQ(stream.types(), "ADDED ADDED BOOKMARK ");
    EXPECT_EQ(stream.revision_of(2), std::to_string(server_.store().revision()));
  });
}

TEST_F(ListWatch, AWatchFromTheFutureIsSilentUntilItIsReached) {
  run([&] {
    const uint64_t future = server_.store().revision() + 2;
    auto watch = client().watch(kConfigMaps, {.revision = future});
    make("a");
    make("b");
    EXPECT_EQ(watch->try_next(), std::nullopt);
    make("c");
    EXPECT_EQ(watch->try_next()->revision, future + 1);
  });
}

}  // namespace
}  // namespace drydock::fakekube
