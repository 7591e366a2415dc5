// A kind as one API server's watch cache shows it: as storage has it, some time later, or as it was
// when the view was frozen.
//
//   View view(store, env, kPods, store.revision());
//   view.set_lag(milliseconds(200));
//   view.freeze();                       // stale from now on: "an old API server"
//   for (const auto& [key, object] : view.objects()) ...
//   view.thaw();
//
// A view without lag costs nothing: it reads the store. Nothing here suspends.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/base/env.h"
#include "fakekube/store/store.h"

namespace drydock::fakekube {

class View {
 public:
  // A cache whose history begins after `started_at`. All must outlive it.
  View(Store& store, const Env& clock, const ResourceType& type, uint64_t started_at);

  // How long after a write the cache shows it.
  void set_lag(Duration lag);
  Duration lag() const { return lag_; }
  // Stops at the present revision, until thaw(); then the cache is as far as its lag lets it.
  void freeze();
  void thaw();
  bool frozen() const { return frozen_; }
  // As the server's restart: the cache holds the store's present state, and no history before it.
  void restart();

  const ResourceType& type() const { return type_; }
  // What the cache shows now. Valid until the next write or the next call of a View's function.
  const Store::Objects& objects();
  const Object* find(std::string_view namespace_name, std::string_view name);
  // Up to where the cache shows everything.
  uint64_t revision();
  // The oldest revision from which a watch misses nothing.
  uint64_t floor() const;

  // When the cache shows the event, which may be in the past; kForever: not before thaw().
  SteadyTime shows_at(const StoreEvent& event) const;
  // When the cache will show all that was written up to `revision`, which the store has reached.
  SteadyTime reaches(uint64_t revision);

 private:
  bool live() const { return lag_ == Duration::zero() && !frozen_; }
  void copy_store();
  void advance();

  Store& store_;
  const Env& clock_;
  const ResourceType& type_;
  Duration lag_{};
  bool frozen_ = false;
  uint64_t frozen_at_ = 0;
  uint64_t started_at_;
  Store::Objects own_;  // unless live
  WatchCursor cursor_;  // how far `own_` is
  uint64_t own_revision_ = 0;
};

}  // namespace drydock::fakekube
