#include "fakekube/api/watch_feed.h"

#include <algorithm>
#include <utility>

#include "fakekube/api/api_server.h"
#include "fakekube/api/served_version.h"
#include "fakekube/store/object.h"

namespace drydock::fakekube {
namespace {

// A client may be so long over its buffer before it is cut off.
constexpr Duration kSlowClientPatience = milliseconds(100);

// The event as the version of `type` shows it.
StoreEvent served_event(const ResourceType& type, const StoreEvent& stored) {
  StoreEvent event = stored;
  event.envelope = served_envelope(type, stored.envelope);
  event.object = JsonPtr(event.envelope, json_find(*event.envelope, {"object"}));
  if (stored.previous != nullptr) event.previous = served_view(type, stored.previous);
  return event;
}

}  // namespace

WatchFeed::WatchFeed(ApiServer& server, const ResourceType& type, WatchFilter filter,
                     uint64_t after, std::string user_agent)
    : server_(server),
      type_(type),
      view_(server.view(type)),
      filter_(std::move(filter)),
      cursor_(server.store().watch(type, after)),
      user_agent_(std::move(user_agent)) {
  if (after < view_.floor()) end_ = StreamEnd::kExpired;
  id_ = server.streams().open(*this);
  subscription_ = server.store().subscribe(type, [this](const StoreEvent& event) {
    if (!concerns(event)) return;
    ++unread_;
    wake();
  });
}

WatchFeed::~WatchFeed() {
  server_.streams().close(*this);
  if (self_) *self_ = nullptr;
}

void WatchFeed::begin_with(const Store::Objects& objects) {
  for (auto at = objects.lower_bound(Store::KeyLess::View(filter_.namespace_name, ""));
       at != objects.end(); ++at) {
    if (!filter_.namespace_name.empty() && at->first.first != filter_.namespace_name) break;
    const Object& object = at->second;
    JsonPtr value = served_view(type_, object.value);
    if (!filter_.selector.matches(*value)) continue;
    const bool as_stored = value == object.value && object.envelope != nullptr &&
                           string_at(*object.envelope, {"type"}) == "ADDED";
    initial_.push_back({.type = WatchEventType::kAdded,
                        .object = std::move(value),
                        .revision = object.revision,
                        .envelope = as_stored ? object.envelope : nullptr});
  }
}

bool WatchFeed::concerns(const StoreEvent& event) const {
  if (type_.stored_as == nullptr) return filter_.concerns(event);
  return filter_.concerns(served_event(type_, event));
}

std::optional<WatchEvent> WatchFeed::translate(const StoreEvent& event) const {
  if (type_.stored_as == nullptr) return filter_.translate(event);
  return filter_.translate(served_event(type_, event));
}

std::optional<WatchEvent> WatchFeed::next() {
  if (held()) return std::nullopt;
  if (!initial_.empty()) {
    WatchEvent event = std::move(initial_.front());
    initial_.pop_front();
    return event;
  }
  while (const StoreEvent* event = cursor_.peek()) {
    const SteadyTime at = shows_at(*event);
    if (at > server_.env().now()) {
      if (timer_env_ != nullptr && at != kForever) arm_timer(at);
      return std::nullopt;
    }
    cursor_.next();
    std::optional<WatchEvent> seen = translate(*event);
    if (!seen) continue;
    if (unread_ > 0) --unread_;
    return seen;
  }
  unread_ = 0;
  return std::nullopt;
}

bool WatchFeed::too_slow(size_t buffer) {
  const SteadyTime now = server_.env().now();
  if (unread_ <= buffer)
    over_since_.reset();
  else if (!over_since_)
    over_since_ = now;
  return over_since_ && now - *over_since_ > kSlowClientPatience;
}

bool WatchFeed::passed(uint64_t revision) {
  if (held() || !initial_.empty()) return false;
  const StoreEvent* event = cursor_.peek();
  return event == nullptr || event->revision > revision;
}

std::optional<StreamEnd> WatchFeed::end() const {
  if (end_) return end_;
  if (cursor_.expired()) return StreamEnd::kExpired;
  return std::nullopt;
}

SteadyTime WatchFeed::due() {
  if (held()) return kForever;
  const StoreEvent* event = cursor_.peek();
  return event == nullptr ? kForever : shows_at(*event);
}

std::string WatchFeed::too_old_text() const {
  const uint64_t floor = std::max(view_.floor(), revision());
  return "too old resource version: " + std::to_string(revision()) + " (" + std::to_string(floor) +
         ")";
}

SteadyTime WatchFeed::shows_at(const StoreEvent& event) const {
  const SteadyTime shown = view_.shows_at(event);
  return shown == kForever ? kForever : shown + delay_;
}

void WatchFeed::arm_timer(SteadyTime due) {
  if (std::exchange(armed_, true)) return;
  if (!self_) self_ = std::make_shared<WatchFeed*>(this);
  timer_env_->spawn("watch delivery", [env = timer_env_, self = self_, due] {
    const bool in_time = env->sleep_until(due).ok();
    if (*self == nullptr) return;
    (*self)->armed_ = false;
    if (in_time) (*self)->wake();
  });
}

void WatchFeed::wake() {
  if (wake_) wake_();
}

}  // namespace drydock::fakekube
