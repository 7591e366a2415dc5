#include "fakekube/actors/event_expiry.h"

#include <utility>

#include "fakekube/actors/timings.h"
#include "fakekube/api/api_server.h"
#include "fakekube/store/object.h"

namespace drydock::fakekube {

EventExpiry::EventExpiry(Env& env, ApiServer& server)
    : Actor(env, "event-expiry"), server_(server), wake_(env.make_gate()) {}

void EventExpiry::prepare() {
  for (const auto& [key, object] : server_.store().objects(kEvents))
    leases_.insert({env_.now() + timings::kEventLife, {object.revision, key}});
  subscription_ = server_.store().subscribe(kEvents, [this](const StoreEvent& event) {
    if (event.type != StoreEventType::kPut) return;
    const bool first = leases_.empty();
    leases_.insert(
        {env_.now() + timings::kEventLife,
         {event.revision,
          {*event.namespace_name, std::string(metadata_string(*event.object, "name"))}}});
    if (first) wake_->notify_all();
  });
}

void EventExpiry::run() {
  while (wake_->wait(expire()).code() != Code::kCancelled) {
  }
  subscription_.reset();
}

SteadyTime EventExpiry::expire() {
  Store& store = server_.store();
  while (!leases_.empty() && leases_.begin()->first <= env_.now()) {
    const Due due = leases_.begin()->second;
    leases_.erase(leases_.begin());
    const Object* event = store.find(kEvents, due.key.first, due.key.second);
    if (event == nullptr || event->revision != due.revision) continue;
    json::value last = *event->value;
    set_revision(last, store.next_revision_text());
    store.erase(kEvents, due.key.first, due.key.second, std::move(last));
  }
  return leases_.empty() ? kForever : leases_.begin()->first;
}

}  // namespace drydock::fakekube
