// The garbage collector: deletes what has lost its owners, by uid.
//
//   An object whose every owner is absent (gone, another uid under that name, or in another
//   namespace) is deleted in the background with a uid precondition; if one owner lives, only the
//   dead references are taken away. Foreground: an owner with the foregroundDeletion finalizer
//   waits until the dependants that block it are gone; all are deleted at once. Orphan: references
//   are removed first, then the finalizer. Each step about 10 ms after its cause, 40 requests a
//   second after a burst of 30.
//
// It looks at every kind of the server but Events. It asks which kinds there are when it starts and
// every 30 s from then on: until it has asked, objects of a new CRD's kind are not its business,
// neither as dependants nor as owners, and their finalizers stay. An owner of a kind that it
// doesn't know lives, and so does a cluster-scoped object whose owner would be namespaced.
// Behaviour measured on 1.33.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "fakekube/actors/events.h"
#include "fakekube/actors/informers.h"
#include "fakekube/actors/work_queue.h"
#include "fakekube/clients/api_client.h"

namespace drydock::fakekube {

class ApiServer;

class GarbageCollector : public Controller {
 public:
  // `server` only tells which kinds there are.
  GarbageCollector(Env& env, std::shared_ptr<ApiClient> client,
                   std::shared_ptr<Informers> informers, const ApiServer& server);

 protected:
  // The key is a uid, or "" for: it is time to ask which kinds there are.
  Status reconcile(const std::string& uid) override;

 private:
  struct Item {
    const ResourceType* type = nullptr;
    std::string namespace_name;
    std::string name;
    std::vector<std::string> owners;  // uids
  };
  enum class OwnerState { kLives, kAbsent, kWaits, kNotResolvable };  // kWaits: foreground deletion
  struct Owners {
    std::set<std::string> absent;
    std::set<std::string> waiting;
    bool lives = false;
    bool resolvable = true;
  };

  void keep_kinds();
  // How long until it asks again.
  Duration until_discovery() const;
  void changed(const ResourceType& type, const JsonPtr& before, const JsonPtr& after);
  void set_item(const ResourceType& type, const json::value& object);
  void drop_item(const std::string& uid);
  const ResourceType* find_kind(const std::string& api_version, const std::string& kind) const;

  Status process(const std::string& uid);
  Status attempt_to_delete(const Item& item, const json::value& object);
  Result<Owners> classify(const Item& item, const json::value& object);
  Result<OwnerState> owner_state(const Item& item, const json::value& object,
                                 const json::value& reference);
  void tell_foreign_namespace(const json::value& object, const json::value& reference,
                              const std::string& namespace_name);
  Status drop_references(const Item& item, const json::value& object,
                         const std::set<std::string>& uids);
  Status finish_foreground(const Item& item, const json::value& object);
  Status finish_orphan(const Item& item, const json::value& object);
  std::vector<std::string> dependents(const std::string& uid) const;
  // Waits for the right to one more request.
  Status pace();

  std::shared_ptr<ApiClient> client_;
  std::shared_ptr<Informers> informers_;
  const ApiServer& server_;
  std::shared_ptr<EventRecorder> events_;
  SteadyTime started_;
  std::vector<const ResourceType*> known_;                   // all kinds, as last asked for
  std::map<std::string, Item> items_;                        // by uid
  std::map<std::string, std::set<std::string>> dependents_;  // owner uid -> uids
  std::set<std::string> absent_;  // uids known to be gone: not asked for again
  SteadyTime tokens_from_{};      // when the bucket began to fill from empty
};

}  // namespace drydock::fakekube
