// The life span of Events: a real API server stores each with a lease of one hour from its last
// write, after which the storage lets it go. Watches see that as a deletion.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "fakekube/actors/actor.h"
#include "fakekube/store/store.h"

namespace drydock::fakekube {

class ApiServer;

class EventExpiry : public Actor {
 public:
  // `server` must outlive the actor's task.
  EventExpiry(Env& env, ApiServer& server);

 protected:
  void prepare() override;
  void run() override;

 private:
  struct Due {
    uint64_t revision = 0;  // of the write that set the lease
    Store::Key key;
  };

  // Erases what is due; when the next one is.
  SteadyTime expire();

  ApiServer& server_;
  std::unique_ptr<Gate> wake_;
  Subscription subscription_;
  std::multimap<SteadyTime, Due> leases_;
};

}  // namespace drydock::fakekube
