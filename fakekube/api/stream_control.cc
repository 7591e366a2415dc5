#include "fakekube/api/stream_control.h"

#include <algorithm>

#include "fakekube/api/watch_feed.h"

namespace drydock::fakekube {
namespace {

bool fits(const StreamSelector& selector, const ResourceType& type, std::string_view user_agent,
          uint64_t id) {
  if (selector.type != nullptr && selector.type->index != type.index) return false;
  if (selector.id != 0 && selector.id != id) return false;
  return user_agent.starts_with(selector.user_agent);
}

}  // namespace

size_t StreamControl::cut(const StreamSelector& selector, StreamEnd how) {
  size_t count = 0;
  for (WatchFeed* feed : feeds_) {
    if (feed->end_ || !fits(selector, feed->type_, feed->user_agent_, feed->id_)) continue;
    feed->end_ = how;
    ++count;
    feed->wake();
  }
  return count;
}

void StreamControl::hold(const StreamSelector& selector) {
  rules_.push_back({.selector = selector, .hold = true});
  changed();
}

void StreamControl::delay(const StreamSelector& selector, Duration duration) {
  rules_.push_back({.selector = selector, .delay = duration});
  changed();
}

void StreamControl::release(const StreamSelector& selector) {
  std::erase_if(rules_, [&](const Rule& rule) { return rule.selector == selector; });
  changed();
}

void StreamControl::release_all() {
  rules_.clear();
  changed();
}

std::vector<StreamInfo> StreamControl::streams() const {
  std::vector<StreamInfo> out;
  for (const WatchFeed* feed : feeds_)
    out.push_back({.id = feed->id_,
                   .type = &feed->type_,
                   .user_agent = feed->user_agent_,
                   .revision = feed->revision(),
                   .held = feed->held_});
  return out;
}

uint64_t StreamControl::open(WatchFeed& feed) {
  feed.id_ = ++ids_;
  feeds_.push_back(&feed);
  apply_rules(feed);
  return feed.id_;
}

void StreamControl::close(WatchFeed& feed) { std::erase(feeds_, &feed); }

void StreamControl::apply_rules(WatchFeed& feed) const {
  feed.held_ = false;
  feed.delay_ = Duration::zero();
  for (const Rule& rule : rules_) {
    if (!fits(rule.selector, feed.type_, feed.user_agent_, feed.id_)) continue;
    feed.held_ = feed.held_ || rule.hold;
    feed.delay_ = std::max(feed.delay_, rule.delay);
  }
}

void StreamControl::changed() {
  for (WatchFeed* feed : feeds_) apply_rules(*feed);
  wake_all();
}

void StreamControl::wake_all() {
  for (WatchFeed* feed : feeds_) feed->wake();
}

}  // namespace drydock::fakekube
