// The garbage collector: deletes what has lost its owners, by uid.
//
//   An object whose every owner is absent (gone, another uid under that name, or in another
//   namespace) is deleted in the background with a uid precondition; if one owner lives, only the
//   dead references are taken away. Foreground: an owner with the foregroundDeletion finalizer
//   waits until the dependants that block it are gone. Orphan: references are removed first, then
//   the finalizer. Each step about 10 ms after its cause.
//
// Owners of kinds that the API doesn't know are taken as living. Behaviour measured on 1.33.
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

class GarbageCollector : public Controller {
 public:
  GarbageCollector(Env& env, std::shared_ptr<ApiClient> client,
                   std::shared_ptr<Informers> informers);

 protected:
  // The key is a uid.
  Status reconcile(const std::string& uid) override;

 private:
  struct Item {
    const ResourceType* type = nullptr;
    std::string namespace_name;
    std::string name;
    std::vector<std::string> owners;  // uids
  };
  enum class OwnerState { kLives, kAbsent, kWaits };  // kWaits: in foreground deletion

  void changed(const ResourceType& type, const JsonPtr& before, const JsonPtr& after);
  void set_item(const ResourceType& type, const json::value& object);
  void drop_item(const std::string& uid);

  Status attempt_to_delete(const Item& item, const json::value& object);
  Result<OwnerState> owner_state(const Item& item, const json::value& object,
                                 const json::value& reference);
  void tell_foreign_namespace(const json::value& object, const json::value& reference,
                              const std::string& namespace_name);
  Status drop_references(const Item& item, const json::value& object,
                         const std::set<std::string>& uids);
  Status finish_foreground(const Item& item, const json::value& object);
  Status finish_orphan(const Item& item, const json::value& object);
  std::vector<std::string> dependents(const std::string& uid) const;

  std::shared_ptr<ApiClient> client_;
  std::shared_ptr<Informers> informers_;
  std::shared_ptr<EventRecorder> events_;
  std::map<std::string, Item> items_;                        // by uid
  std::map<std::string, std::set<std::string>> dependents_;  // owner uid -> uids
};

}  // namespace drydock::fakekube
