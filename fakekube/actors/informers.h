// Informers: an actor's own, possibly lagging copy of some kinds, kept by list and watch; and the
// notice of each change. Level-triggered: what handlers get is a hint, the cache is the state.
//
//   auto informers = std::make_shared<Informers>(env, "scheduler", client);
//   informers->want(kPods, {.field_selector = "spec.nodeName=n1"});
//   informers->on_change(kPods, [&](const JsonPtr& before, const JsonPtr& after) { ... });
//   informers->start();
//   const JsonPtr pod = informers->get(kPods, "ns", "p");   // null when absent
//
// With a local client one task serves all kinds; over the network each kind has its own.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/env.h"
#include "fakekube/actors/actor.h"
#include "fakekube/clients/api_client.h"
#include "fakekube/store/store.h"

namespace drydock::fakekube {

class Reflector;

class Informers : public Actor {
 public:
  using Key = Store::Key;  // namespace, name
  using Objects = std::map<Key, JsonPtr, Store::KeyLess>;
  // `before` null: new; `after` null: gone (`before` is the last state known). A deletion and
  // re-creation that was missed shows as one change between two uids. May not suspend.
  using Handler = std::function<void(const JsonPtr& before, const JsonPtr& after)>;

  Informers(Env& env, std::string name, std::shared_ptr<ApiClient> client);
  ~Informers() override;

  // Before start(): keep this kind. Asking twice is fine when the options are the same.
  void want(const ResourceType& type, const ListOptions& options = {});
  // Before start(), after want(). Called in the order of registration.
  void on_change(const ResourceType& type, Handler handler);
  // After start(), from this actor's own process: keeps one kind more. synced() does not wait for
  // it. Nothing happens when it is kept already. Never suspends.
  void add(const ResourceType& type, Handler handler);
  bool keeps(const ResourceType& type) const;
  // Before start(): called once, when every wanted kind has been listed.
  void on_synced(std::function<void()> callback);

  // Whether every kind that was wanted before start() has been listed once.
  bool synced() const;
  const Objects& objects(const ResourceType& type) const;
  JsonPtr get(const ResourceType& type, std::string_view namespace_name,
              std::string_view name) const;
  // Drops all watches and lists again: for a client whose connections may hang.
  void resync();

 protected:
  void run() override;

 private:
  Reflector& reflector(const ResourceType& type) const;
  void connect(Reflector& kind);
  void drain(Reflector& kind);
  void start_alone(Reflector& kind);
  void run_alone(Reflector& kind);
  SteadyTime advance_all();
  void check_synced();

  std::shared_ptr<ApiClient> client_;
  std::vector<std::unique_ptr<Reflector>> reflectors_;
  std::vector<std::function<void()>> synced_callbacks_;
  std::unique_ptr<Gate> wake_;
  bool woken_ = false;
  bool reported_synced_ = false;
};

}  // namespace drydock::fakekube
