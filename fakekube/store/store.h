// The object store behind the fake API server: one revision counter for everything, one immutable
// version per write that every reader shares, and a bounded log of events for watches.
//
//   Store store({.event_history = 10'000}, &env);
//   store.put(kPods, "ns", "p", std::move(pod));              // pod: a json::value
//   WatchCursor cursor = store.watch(kPods, revision);        // every event after `revision`
//   while (const StoreEvent* event = cursor.next()) { ... }    // in order, exactly once
//
// It knows no rules of Kubernetes: callers decide what to write. Nothing here suspends.
//
// History has two ends, as on a real cluster. Storage keeps old states for exact lists and continue
// tokens until a compaction (every five minutes, up to what was current at the one before). The API
// servers' watch caches keep events for watches: the newest hundred, and those of the last 75 s.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include "core/base/env.h"
#include "core/base/json.h"
#include "fakekube/api/resource_types.h"

namespace drydock::fakekube {

// A stored version. Shared, immutable. The value lives inside the envelope that a watch sends,
// {"type":"ADDED"|"MODIFIED"|"DELETED","object":value}, so that delivering it copies nothing.
struct Object {
  JsonPtr value;          // with its resourceVersion in metadata
  JsonPtr envelope;       // of the event that the write made; null in old versions
  uint64_t revision = 0;  // of the write that made it
};

struct StoreOptions {
  // Events kept per kind at most, for whatever use.
  size_t event_history = 10'000;
  // A watch cache keeps at least so many events of a kind, and all that are younger than the age.
  // A real one doubles its 100 until it holds 75 seconds.
  size_t cached_events = 100;
  Duration cached_age = seconds(75);
  // At each, what was current at the one before becomes the oldest readable state. 0: never.
  Duration compaction_period = minutes(5);
  // How often a quiet watch cache learns how far storage is, as etcd's progress marks tell it.
  Duration progress_period = seconds(5);
};

enum class StoreEventType { kPut, kDelete };

struct StoreEvent {
  StoreEventType type = StoreEventType::kPut;
  uint64_t revision = 0;
  JsonPtr object;    // what was put; of a deletion: the last state with the deletion's revision
  JsonPtr envelope;  // {"type","object"} as a watch without selector sends it; holds `object`
  JsonPtr previous;  // the version before; null when there was none
  const std::string* namespace_name = nullptr;  // interned by the store; never null
  SteadyTime at{};                              // when it was written
};

class Store;

// A position in one kind's events. Copyable. Several may stand anywhere; none slows a writer down.
class WatchCursor {
 public:
  // The next event after the position, or nullptr when there is none yet. The pointer is valid
  // until the next write to the store. Check expired() first.
  const StoreEvent* next();
  // As next(), but the position stays.
  const StoreEvent* peek();
  // True when the log no longer reaches back to the position: events were lost, start anew.
  bool expired() const;
  // The position: of the last event given, or the start.
  uint64_t revision() const { return revision_; }

 private:
  friend class Store;
  const Store* store_ = nullptr;
  const ResourceType* type_ = nullptr;
  uint64_t revision_ = 0;
  uint64_t index_ = 0;    // absolute index into the kind's log of the next event
  bool too_old_ = false;  // the start was below the floor already
};

// Calls back after each event of one kind until destroyed. The callback runs inside the writer: it
// may wake tasks, but neither suspend, nor write, nor (un)subscribe.
class Subscription {
 public:
  Subscription() = default;
  Subscription(Subscription&& other) noexcept { *this = std::move(other); }
  Subscription& operator=(Subscription&& other) noexcept;
  ~Subscription() { reset(); }
  void reset();

 private:
  friend class Store;
  Store* store_ = nullptr;
  const ResourceType* type_ = nullptr;
  uint64_t id_ = 0;
};

class Store {
 public:
  using Key = std::pair<std::string, std::string>;  // namespace, name; ordered bytewise
  struct KeyLess {
    using is_transparent = void;
    using View = std::pair<std::string_view, std::string_view>;
    static View view(const Key& key) { return {key.first, key.second}; }
    static View view(const View& key) { return key; }
    template <class A, class B>
    bool operator()(const A& a, const B& b) const {
      const View left = view(a);
      const View right = view(b);
      const int namespaces = left.first.compare(right.first);
      return namespaces != 0 ? namespaces < 0 : left.second < right.second;
    }
  };
  using Objects = std::map<Key, Object, KeyLess>;
  using Callback = std::function<void(const StoreEvent&)>;

  // `clock` is not owned and must outlive the store; null: it is always the beginning.
  explicit Store(const StoreOptions& options = {}, const Env* clock = nullptr);
  ~Store();
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  // The revision of the newest write to anything.
  uint64_t revision() const { return revision_; }

  // nullptr: no such object. Valid until the next write.
  const Object* find(const ResourceType& type, std::string_view namespace_name,
                     std::string_view name) const;
  // Every object of the kind, by namespace, then name.
  const Objects& objects(const ResourceType& type) const;

  // Writes `value`, whose metadata.resourceVersion must already say next_revision_text().
  const Object& put(const ResourceType& type, std::string_view namespace_name,
                    std::string_view name, json::value value);
  // Removes the object; `last_state` is what watches see (with next_revision_text() in it). CHECKs
  // that the object exists.
  void erase(const ResourceType& type, std::string_view namespace_name, std::string_view name,
             json::value last_state);
  // What the next write gets.
  uint64_t next_revision() const { return revision_ + 1; }
  // The next revision as printed; its text is made once.
  std::string_view next_revision_text();

  // The kind's objects as they were at `revision`; nullopt when the history does not reach back.
  std::optional<Objects> objects_at(const ResourceType& type, uint64_t revision) const;

  // The revision of the newest write to the kind; 0 when there was none.
  uint64_t last_revision(const ResourceType& type) const;
  // The newest progress mark: every watch cache without lag has got as far as this.
  struct Mark {
    uint64_t revision = 0;
    SteadyTime at{};
  };
  const Mark& progress() const;
  // The oldest revision from which a watch of that kind still misses nothing.
  uint64_t floor(const ResourceType& type) const;
  // The oldest revision that objects_at() answers.
  uint64_t storage_floor(const ResourceType& type) const;
  // A compaction now: states older than `revision` can't be read any more. Watches go on.
  void compact_storage(uint64_t revision);
  // Forgets the events up to `revision` altogether, as a compaction with a restart of all API
  // servers does.
  void compact(uint64_t revision);
  // Everything becomes as it was at `revision`, which is also the counter's new value, as after a
  // restore of storage from a backup: all history is gone, every cursor expired, no event is made.
  // False: the history does not reach back; nothing changed.
  bool rewind(uint64_t revision);

  // Every event of the kind with a revision greater than `revision`.
  WatchCursor watch(const ResourceType& type, uint64_t revision) const;
  Subscription subscribe(const ResourceType& type, Callback callback);

  const StoreOptions& options() const { return options_; }

 private:
  friend class WatchCursor;
  friend class Subscription;

  // By key, of the objects' own entries.
  struct EntryHash {
    using is_transparent = void;
    size_t operator()(const KeyLess::View& key) const;
    size_t operator()(const Objects::value_type* entry) const;
  };
  struct SameEntry {
    using is_transparent = void;
    static KeyLess::View view(const KeyLess::View& key) { return key; }
    static KeyLess::View view(const Objects::value_type* entry) {
      return KeyLess::view(entry->first);
    }
    template <class A, class B>
    bool operator()(const A& a, const B& b) const {
      return view(a) == view(b);
    }
  };

  struct Kind {
    Objects objects;
    // For look-ups beside the tree, whose order lists need.
    std::unordered_set<Objects::value_type*, EntryHash, SameEntry> entries;
    std::deque<StoreEvent> log;
    uint64_t log_start = 0;      // absolute index of log.front()
    uint64_t cached_start = 0;   // absolute index of the oldest event that watch caches have
    uint64_t last = 0;           // revision of the newest event
    uint64_t floor = 0;          // of watches: no event of a revision above it was forgotten
    uint64_t storage_floor = 0;  // the same of exact reads
    std::vector<std::pair<uint64_t, Callback>> subscribers;

    uint64_t log_end() const { return log_start + log.size(); }
    // nullptr: no such object.
    Objects::value_type* entry(std::string_view namespace_name, std::string_view name) const;
    // Of an object that is not there yet.
    Objects::value_type& add_entry(std::string_view namespace_name, std::string_view name);
    void remove_entry(Objects::value_type& entry);
    void replace_objects(Objects others);
  };

  Kind& kind(const ResourceType& type) const;
  const std::string& interned(std::string_view namespace_name);
  static Objects objects_before(const Kind& kind, uint64_t revision);
  void append(Kind& kind, StoreEvent event);
  void trim(Kind& kind) const;
  static void drop_front(Kind& kind);
  // Lets the periodic work of the time up to now happen, before anything is read or written.
  void keep_time() const;
  void compact_to(uint64_t revision) const;

  StoreOptions options_;
  const Env* clock_;
  uint64_t revision_ = 0;
  std::string revision_text_;
  uint64_t revision_text_of_ = 0;
  uint64_t subscriptions_ = 0;
  mutable uint64_t compact_next_ = 0;  // was current at the last compaction
  mutable uint64_t compacted_ = 0;     // the oldest readable revision of kinds without a log
  mutable SteadyTime compaction_due_{};
  mutable Mark progress_;
  mutable SteadyTime now_{};
  std::set<std::string, std::less<>> namespace_names_;
  mutable std::vector<std::unique_ptr<Kind>> kinds_;  // by ResourceType::index; made at first use
};

}  // namespace drydock::fakekube
