// One open watch inside the server: the changes of a kind after a revision, filtered, each once and
// in order, when the server's cache and the stream's faults let them through. The HTTP stream and
// the LocalClient's watch both read one.
//
//   WatchFeed feed(server, kPods, filter, revision, "kubelet");
//   feed.wake_with([&] { gate->notify_all(); });
//   while (!feed.end()) {
//     while (std::optional<WatchEvent> event = feed.next()) send(*event);
//     gate->wait(feed.due());
//   }
//
// Nothing here suspends. The server must outlive it.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/env.h"
#include "fakekube/api/stream_control.h"
#include "fakekube/store/view.h"
#include "fakekube/store/watch.h"

namespace drydock::fakekube {

class ApiServer;

class WatchFeed {
 public:
  // Every change with a revision after `after`.
  WatchFeed(ApiServer& server, const ResourceType& type, WatchFilter filter, uint64_t after,
            std::string user_agent);
  ~WatchFeed();
  WatchFeed(const WatchFeed&) = delete;
  WatchFeed& operator=(const WatchFeed&) = delete;

  // What next() gives first, ADDED each: what a cache or storage holds.
  void begin_with(const Store::Objects& objects);

  // nullopt: nothing now, or it is over (end() tells).
  std::optional<WatchEvent> next();
  // Why there is nothing more to come; nullopt: it goes on.
  std::optional<StreamEnd> end() const;
  // When next() will have something without another write; kForever when that can't be told.
  SteadyTime due();
  // Calls `wake` (may neither suspend, nor write, nor end a feed) whenever next() or end() may have
  // changed.
  void wake_with(std::function<void()> wake) { wake_ = std::move(wake); }
  // Also when due() comes, by a task of `env`, which must outlive the feed: for readers that don't
  // wait for due() themselves.
  void wake_when_due(Env& env) { timer_env_ = &env; }

  // Where the next change is looked for: the revision of the last one, or the start.
  uint64_t revision() const { return cursor_.revision(); }
  // Asked after each change that was sent: whether its client has for some time left more than
  // `buffer` changes unread.
  bool too_slow(size_t buffer);
  // Whether next() gave all up to `revision`, which storage has reached.
  bool passed(uint64_t revision);
  // "too old resource version: 1 (224)".
  std::string too_old_text() const;
  // Whether what it began with was given.
  bool begun() const { return !held() && initial_.empty(); }

 private:
  friend class StreamControl;

  bool held() const { return held_ || end_.has_value(); }
  SteadyTime shows_at(const StoreEvent& event) const;
  bool concerns(const StoreEvent& event) const;
  std::optional<WatchEvent> translate(const StoreEvent& event) const;
  void arm_timer(SteadyTime due);
  void wake();

  ApiServer& server_;
  const ResourceType& type_;
  View& view_;
  WatchFilter filter_;
  WatchCursor cursor_;
  std::deque<WatchEvent> initial_;
  std::string user_agent_;
  std::function<void()> wake_;
  Env* timer_env_ = nullptr;
  std::shared_ptr<WatchFeed*> self_;  // of the timer's task; made when first needed
  uint64_t id_ = 0;
  size_t unread_ = 0;  // changes that came and were not given
  std::optional<SteadyTime> over_since_;
  bool held_ = false;  // by a rule; set by StreamControl
  bool armed_ = false;
  Duration delay_{};
  std::optional<StreamEnd> end_;
  Subscription subscription_;  // last: its callback uses the rest
};

}  // namespace drydock::fakekube
