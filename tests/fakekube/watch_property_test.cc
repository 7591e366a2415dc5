// Random writes, deletions, compactions and watch cuts against a plain model: no watcher misses,
// doubles, reorders or invents a change, and a lister's copy kept by a watch equals the store.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <map>
#include <memory>

#include "fakekube/api/api_server.h"
#include "fakekube/clients/local_client.h"
#include "fakekube/store/object.h"
#include "fakekube/store/store.h"
#include "fakekube/store/watch.h"
#include "sim/simulation.h"

namespace drydock::fakekube {
namespace {

using Model = std::map<std::string, std::string>;  // name -> resourceVersion

json::value object_of(Store& store, const std::string& name, bool labelled) {
  json::value object = json::object();
  json_at(object, {"metadata", "name"}) = name;
  json_at(object, {"metadata", "namespace"}) = "ns";
  if (labelled) json_at(object, {"metadata", "labels", "s"}) = "on";
  set_revision(object, store.next_revision_text());
  return object;
}

// A client that lists, watches, is cut now and then, and keeps a copy.
struct Follower {
  WatchFilter filter;
  Model copy;
  uint64_t seen = 0;
  WatchCursor cursor;
  size_t lists = 0;

  void list(const Store& store) {
    copy.clear();
    for (const auto& [key, object] : store.objects(kConfigMaps))
      if (filter.selector.matches(*object.value))
        copy[key.second] = std::string(metadata_string(*object.value, "resourceVersion"));
    seen = store.revision();
    cursor = store.watch(kConfigMaps, seen);
    ++lists;
  }
  void resume(const Store& store) { cursor = store.watch(kConfigMaps, seen); }

  void drain(const Store& store) {
    if (cursor.expired()) return list(store);
    while (const StoreEvent* raw = cursor.next()) {
      const std::optional<WatchEvent> event = filter.translate(*raw);
      if (!event) continue;
      RC_ASSERT(event->revision > seen);
      seen = event->revision;
      const std::string name(metadata_string(*event->object, "name"));
      const std::string revision(metadata_string(*event->object, "resourceVersion"));
      RC_ASSERT(revision == std::to_string(event->revision));
      switch (event->type) {
        case WatchEventType::kAdded: RC_ASSERT(copy.emplace(name, revision).second); break;
        case WatchEventType::kModified:
          RC_ASSERT(copy.contains(name));
          copy[name] = revision;
          break;
        case WatchEventType::kDeleted: RC_ASSERT(copy.erase(name) == 1U); break;
      }
    }
  }
};

struct World {
  Store store{StoreOptions{.event_history = 12}};
  Model model;           // every object
  Model labelled_model;  // those with the label

  void put(const std::string& name, bool labelled) {
    const Object& object = store.put(kConfigMaps, "ns", name, object_of(store, name, labelled));
    const std::string revision = std::to_string(object.revision);
    model[name] = revision;
    labelled_model.erase(name);
    if (labelled) labelled_model[name] = revision;
  }
  void erase(const std::string& name) {
    if (model.erase(name) == 0) return;
    labelled_model.erase(name);
    const Object* last = store.find(kConfigMaps, "ns", name);
    store.erase(kConfigMaps, "ns", name, with_revision(*last->value, store.next_revision()));
  }
};

RC_GTEST_PROP(WatchProperty, AFollowersCopyIsAlwaysTheTruth, ()) {
  World world;
  Follower all;
  Follower some;
  some.filter.selector = parse_selector(kConfigMaps, "s=on", "").value();
  all.list(world.store);
  some.list(world.store);
  const auto steps = *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 60));
  for (const int step : steps) {
    const std::string name(1, static_cast<char>('a' + step % 3));
    const int action = step / 3 % 10;
    if (action < 3)
      world.put(name, true);
    else if (action < 5)
      world.put(name, false);
    else if (action < 7)
      world.erase(name);
    else if (action == 7)
      all.drain(world.store);
    else if (action == 8)
      some.resume(world.store);
    else
      world.store.compact(world.store.revision() - world.store.revision() % 4);
  }
  for (Follower* follower : {&all, &some}) {
    follower->resume(world.store);
    follower->drain(world.store);
  }
  RC_ASSERT(all.copy == world.model);
  RC_ASSERT(some.copy == world.labelled_model);
}

RC_GTEST_PROP(WatchProperty, AnOldStateIsRebuiltExactly, ()) {
  Store store(StoreOptions{.event_history = 1000});
  std::vector<Model> states(1);
  const auto steps = *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 12));
  for (const int step : steps) {
    const std::string name(1, static_cast<char>('a' + step % 3));
    Model state = states.back();
    if (step < 8) {
      store.put(kConfigMaps, "ns", name, object_of(store, name, false));
      state[name] = std::to_string(store.revision());
    } else if (state.erase(name) == 1) {
      const Object* last = store.find(kConfigMaps, "ns", name);
      store.erase(kConfigMaps, "ns", name, with_revision(*last->value, store.next_revision()));
    } else {
      continue;
    }
    states.push_back(state);
  }
  for (uint64_t revision = 0; revision < states.size(); ++revision) {
    Model rebuilt;
    const Store::Objects objects = store.objects_at(kConfigMaps, revision).value();
    for (const auto& [key, object] : objects)
      rebuilt[key.second] = std::string(metadata_string(*object.value, "resourceVersion"));
    RC_ASSERT(rebuilt == states[revision]);
  }
}

// The same through the API: several servers whose caches lag, freeze and restart, clients that list
// from storage or from a cache, streams that are held, delayed and cut.
namespace api {

using Key = std::pair<std::string, std::string>;  // namespace, name
using Content = std::pair<std::string, bool>;     // resourceVersion, labelled
using State = std::map<Key, Content>;

constexpr int kActions = 16;
constexpr int kNames = 3;
constexpr int kServers = 3;

struct Scope {
  std::string namespace_name;
  bool labelled = false;

  State of(const State& all) const {
    State seen;
    for (const auto& [key, content] : all)
      if ((namespace_name.empty() || key.first == namespace_name) && (!labelled || content.second))
        seen.emplace(key, content);
    return seen;
  }
};

// What every revision was, as the writers were told.
struct History {
  std::map<uint64_t, State> states{{0, {}}};

  State& next(uint64_t revision) { return states[revision] = states.rbegin()->second; }
  const State& at(uint64_t revision) const {
    return std::prev(states.upper_bound(revision))->second;
  }
};

std::pair<Key, Content> content_of(const json::value& object) {
  return {
      {json_string(object, {"metadata", "namespace"}), json_string(object, {"metadata", "name"})},
      {json_string(object, {"metadata", "resourceVersion"}),
       json_string(object, {"metadata", "labels", "s"}) == "on"}};
}

class Client {
 public:
  Client(ApiServer& server, Env& env, const History& history, Scope scope, bool from_cache)
      : server_(server),
        env_(env),
        history_(history),
        client_(server, env, "client"),
        scope_(std::move(scope)),
        from_cache_(from_cache) {}

  void list() {
    ApiCall call;
    call.verb = Verb::kList;
    call.type = &kConfigMaps;
    call.namespace_name = scope_.namespace_name;
    if (scope_.labelled) call.label_selector = "s=on";
    if (from_cache_) call.resource_version = "0";
    call.items_only = true;
    const ApiReply reply = server_.perform(env_, call).value();
    copy_.clear();
    for (const JsonPtr& item : reply.items) copy_.insert(content_of(*item));
    seen_ = reply.revision;
    check("a list");
    watch();
  }

  void watch() {
    watch_ = client_.watch(kConfigMaps, {.namespace_name = scope_.namespace_name,
                                         .label_selector = scope_.labelled ? "s=on" : "",
                                         .revision = seen_});
  }

  // Reads all that there is now, and goes on as a client does when the watch has ended.
  void read() {
    if (watch_ == nullptr) return list();
    Result<WatchEvent> event = watch_->next(env_.now());
    for (; event.ok(); event = watch_->next(env_.now())) apply(*event);
    if (event.code() == Code::kDeadlineExceeded) return;
    if (event.code() == Code::kExpired) return list();
    watch();
  }

  void check_end(const State& truth) {
    if (copy_ != scope_.of(truth)) fail("the copy at the end is not the truth");
  }
  const std::string& failure() const { return failure_; }

 private:
  void apply(const WatchEvent& event) {
    if (event.revision <= seen_) fail("an event is repeated or out of order");
    seen_ = event.revision;
    const auto [key, content] = content_of(*event.object);
    if (content.first != std::to_string(event.revision)) fail("an event shows another revision");
    const bool known = copy_.contains(key);
    if (known == (event.type == WatchEventType::kAdded)) fail("an event of the wrong type");
    if (event.type == WatchEventType::kDeleted)
      copy_.erase(key);
    else
      copy_[key] = content;
    check("an event");
  }

  void check(const std::string& what) {
    if (copy_ != scope_.of(history_.at(seen_)))
      fail("after " + what + " the copy is not the state at " + std::to_string(seen_));
  }
  void fail(const std::string& why) {
    if (failure_.empty()) failure_ = why;
  }

  ApiServer& server_;
  Env& env_;
  const History& history_;
  LocalClient client_;
  Scope scope_;
  bool from_cache_;
  State copy_;
  uint64_t seen_ = 0;
  std::unique_ptr<LocalWatch> watch_;
  std::string failure_;
};

class Play {
 public:
  Play() : env_(simulation_.harness()) {
    StoreOptions options{.event_history = 40, .cached_events = 5, .cached_age = seconds(3)};
    options.compaction_period = seconds(10);
    options.progress_period = seconds(2);
    storage_ = std::make_shared<Storage>(env_, options);
    for (int i = 0; i < kServers; ++i)
      servers_.push_back(std::make_unique<ApiServer>(env_, storage_));
    for (const char* name : {"n1", "n2"}) servers_[0]->create_namespace(name);
    int number = 0;
    for (const auto& server : servers_) {
      const bool from_cache = number++ != 0;
      for (const Scope& scope : {Scope{}, Scope{"n1", false}, Scope{"", true}})
        clients_.push_back(std::make_unique<Client>(*server, env_, history_, scope, from_cache));
    }
  }

  // What went wrong first; "" when nothing did.
  std::string run(const std::vector<int>& steps) {
    const sim::RunEnd end = simulation_.run(
        [&] {
          for (const int step : steps) act(step);
          settle();
        },
        hours(10));
    if (end != sim::RunEnd::kDone) return "stuck: " + simulation_.waiting_report();
    for (const auto& client : clients_)
      if (!client->failure().empty()) return client->failure();
    return failure_;
  }

 private:
  void act(int step) {
    const int action = step % kActions;
    int rest = step / kActions;
    ApiServer& server = *servers_[static_cast<size_t>(rest % kServers)];
    rest /= kServers;
    const Key key{rest % 2 == 0 ? "n1" : "n2",
                  std::string(1, static_cast<char>('a' + rest / 2 % kNames))};
    if (action < 3) return put(server, key, true);
    if (action < 5) return put(server, key, false);
    if (action < 7) return remove(server, key);
    if (action < 10) return clients_[static_cast<size_t>(rest) % clients_.size()]->read();
    if (action == 10) return pause(milliseconds(1 + rest * 100));
    if (action == 11) return server.set_lag(kConfigMaps, milliseconds(rest % 4 * 700));
    if (action == 12) return rest % 2 == 0 ? server.freeze(kConfigMaps) : server.thaw(kConfigMaps);
    if (action == 13) return trouble_streams(server.streams(), rest);
    if (action == 14) return server.restart();
    storage_->store().compact(storage_->store().revision() - static_cast<uint64_t>(rest % 5));
  }

  static void trouble_streams(StreamControl& streams, int what) {
    switch (what % 5) {
      case 0: return streams.hold({.type = &kConfigMaps});
      case 1: return streams.delay({.user_agent = "cli"}, seconds(1));
      case 2: return streams.release_all();
      case 3: return (void)streams.cut({}, StreamEnd::kClean);
      default: return (void)streams.cut({.id = static_cast<uint64_t>(what)}, StreamEnd::kExpired);
    }
  }

  void pause(Duration duration) {
    if (!env_.sleep_for(duration).ok()) failure_ = "cancelled";
  }

  // Creates it, or changes it.
  void put(ApiServer& server, const Key& key, bool labelled) {
    LocalClient client(server, env_, "writer");
    json::value object = json::object();
    json_at(object, {"metadata", "namespace"}) = key.first;
    json_at(object, {"metadata", "name"}) = key.second;
    json_at(object, {"data", "n"}) = std::to_string(++writes_);
    if (labelled) json_at(object, {"metadata", "labels", "s"}) = "on";
    const bool present = history_.states.rbegin()->second.contains(key);
    if (present && writes_ % 2 == 0)
      expect(client.create(kConfigMaps, object).code() == Code::kAlreadyExists, "created twice");
    const Result<JsonPtr> written =
        present ? client.update(kConfigMaps, object) : client.create(kConfigMaps, object);
    if (!written.ok()) return expect(false, written.status().to_string());
    const uint64_t revision = storage_->store().revision();
    history_.next(revision)[key] = {std::to_string(revision), labelled};
  }

  void remove(ApiServer& server, const Key& key) {
    LocalClient client(server, env_, "writer");
    const bool present = history_.states.rbegin()->second.contains(key);
    const Status removed = client.remove(kConfigMaps, key.first, key.second);
    expect(removed.code() == (present ? Code::kOk : Code::kNotFound), removed.to_string());
    if (present) history_.next(storage_->store().revision()).erase(key);
  }

  void settle() {
    for (const auto& server : servers_) {
      server->streams().release_all();
      server->thaw(kConfigMaps);
    }
    pause(seconds(10));
    for (int i = 0; i < 3; ++i)
      for (const auto& client : clients_) client->read();
    for (const auto& client : clients_) client->check_end(history_.states.rbegin()->second);
  }

  void expect(bool holds, const std::string& what) {
    if (!holds && failure_.empty()) failure_ = what;
  }

  sim::Simulation simulation_;
  Env& env_;
  std::shared_ptr<Storage> storage_;
  std::vector<std::unique_ptr<ApiServer>> servers_;
  History history_;
  std::vector<std::unique_ptr<Client>> clients_;
  int writes_ = 0;
  std::string failure_;
};

}  // namespace api

RC_GTEST_PROP(WatchProperty, NoClientOfAnyServerMissesOrInventsAChange, ()) {
  const auto steps = *rc::gen::container<std::vector<int>>(
      rc::gen::inRange(0, api::kActions * api::kServers * 2 * api::kNames * 5));
  RC_ASSERT(api::Play().run(steps) == "");
}

TEST(Store, AnEventIsDeliveredFromTheLogAloneOnceAndInOrder) {
  Store store(StoreOptions{.event_history = 3});
  for (int i = 0; i < 5; ++i) store.put(kConfigMaps, "ns", "a", object_of(store, "a", false));
  EXPECT_EQ(store.floor(kConfigMaps), 2U);
  EXPECT_TRUE(store.watch(kConfigMaps, 1).expired());
  WatchCursor cursor = store.watch(kConfigMaps, 2);
  EXPECT_FALSE(cursor.expired());
  for (uint64_t revision : {3U, 4U, 5U}) EXPECT_EQ(cursor.next()->revision, revision);
  EXPECT_EQ(cursor.next(), nullptr);
}

TEST(Store, ASubscriberHearsOfEachEventUntilItEnds) {
  Store store(StoreOptions{.event_history = 3});
  int calls = 0;
  {
    const Subscription subscription =
        store.subscribe(kConfigMaps, [&calls](const StoreEvent&) { ++calls; });
    store.put(kConfigMaps, "ns", "a", object_of(store, "a", false));
    store.put(kSecrets, "ns", "a", object_of(store, "a", false));
  }
  store.put(kConfigMaps, "ns", "b", object_of(store, "b", false));
  EXPECT_EQ(calls, 1);
}

}  // namespace
}  // namespace drydock::fakekube
