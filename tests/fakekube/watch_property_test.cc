// Random writes, deletions, compactions and watch cuts against a plain model: no watcher misses,
// doubles, reorders or invents a change, and a lister's copy kept by a watch equals the store.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <map>

#include "fakekube/store/object.h"
#include "fakekube/store/store.h"
#include "fakekube/store/watch.h"

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
  Store store{12};
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
  Store store(1000);
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

TEST(Store, AnEventIsDeliveredFromTheLogAloneOnceAndInOrder) {
  Store store(3);
  for (int i = 0; i < 5; ++i) store.put(kConfigMaps, "ns", "a", object_of(store, "a", false));
  EXPECT_EQ(store.floor(kConfigMaps), 2U);
  EXPECT_TRUE(store.watch(kConfigMaps, 1).expired());
  WatchCursor cursor = store.watch(kConfigMaps, 2);
  EXPECT_FALSE(cursor.expired());
  for (uint64_t revision : {3U, 4U, 5U}) EXPECT_EQ(cursor.next()->revision, revision);
  EXPECT_EQ(cursor.next(), nullptr);
}

TEST(Store, ASubscriberHearsOfEachEventUntilItEnds) {
  Store store(3);
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
