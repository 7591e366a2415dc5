#include "fakekube/store/view.h"

#include <algorithm>

namespace drydock::fakekube {

View::View(Store& store, const Env& clock, const ResourceType& type, uint64_t started_at)
    : store_(store), clock_(clock), type_(type), started_at_(started_at) {}

void View::set_lag(Duration lag) {
  if (live() && lag != Duration::zero()) copy_store();
  lag_ = lag;
  if (live()) own_.clear();
}

void View::freeze() {
  if (frozen_) return;
  frozen_at_ = revision();
  if (live()) copy_store();
  frozen_ = true;
}

void View::thaw() {
  frozen_ = false;
  if (live()) own_.clear();
}

void View::restart() {
  started_at_ = store_.revision();
  frozen_ = false;
  own_.clear();
  if (!live()) copy_store();
}

const Store::Objects& View::objects() {
  if (live()) return store_.objects(type_);
  advance();
  return own_;
}

const Object* View::find(std::string_view namespace_name, std::string_view name) {
  if (live()) return store_.find(type_, namespace_name, name);
  advance();
  const auto found = own_.find(Store::KeyLess::View(namespace_name, name));
  return found == own_.end() ? nullptr : &found->second;
}

uint64_t View::revision() {
  if (frozen_) return frozen_at_;
  uint64_t revision = started_at_;
  if (live()) {
    revision = std::max(revision, store_.last_revision(type_));
  } else {
    advance();
    revision = std::max(revision, own_revision_);
  }
  const Store::Mark& mark = store_.progress();
  return mark.at + lag_ <= clock_.now() ? std::max(revision, mark.revision) : revision;
}

uint64_t View::floor() const { return std::max(started_at_, store_.floor(type_)); }

SteadyTime View::shows_at(const StoreEvent& event) const {
  if (frozen_ && event.revision > frozen_at_) return kForever;
  return event.at + lag_;
}

SteadyTime View::reaches(uint64_t revision) {
  SteadyTime reached = clock_.now();
  if (live()) return reached;
  advance();
  if (frozen_ && revision > frozen_at_) return kForever;
  WatchCursor ahead = cursor_;
  while (const StoreEvent* event = ahead.next()) {
    if (event->revision > revision) break;
    reached = shows_at(*event);
  }
  return reached;
}

void View::copy_store() {
  own_ = store_.objects(type_);
  own_revision_ = store_.last_revision(type_);
  cursor_ = store_.watch(type_, store_.revision());
}

// Takes in what the cache has come to show since; all at once when the log no longer has it.
void View::advance() {
  if (cursor_.expired()) {
    if (!frozen_) copy_store();
    return;
  }
  while (const StoreEvent* event = cursor_.peek()) {
    if (shows_at(*event) > clock_.now()) return;
    Store::Key key(*event->namespace_name, json_string(*event->object, {"metadata", "name"}));
    if (event->type == StoreEventType::kDelete) {
      own_.erase(key);
    } else {
      own_.insert_or_assign(
          std::move(key),
          Object{.value = event->object, .envelope = event->envelope, .revision = event->revision});
    }
    own_revision_ = event->revision;
    cursor_.next();
  }
}

}  // namespace drydock::fakekube
