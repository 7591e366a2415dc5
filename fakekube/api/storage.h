// What the API servers of one cluster share, as etcd behind them: the objects and their history,
// who may be asked before a write, the kinds that are served, and all that is drawn once.
//
//   auto storage = std::make_shared<Storage>(env);
//   ApiServer first(env_a, storage), second(env_b, storage);
//   storage->set_stalled(true);   // reads and writes of both hang; lists from a cache go on
//
// Nothing here suspends but wait_while_stalled().
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/base/env.h"
#include "fakekube/api/admission.h"
#include "fakekube/api/resource_types.h"
#include "fakekube/store/store.h"

namespace drydock::fakekube {

class ApiServer;
class CrdController;
class CustomKinds;

// Who met a fault of storage, so far.
struct StorageTroubles {
  int64_t hung = 0;     // calls over HTTP that waited as it was stalled
  int64_t full = 0;     // writes that it had no space for
  int64_t expired = 0;  // watches over HTTP that ended as their history was gone
};

class Storage {
 public:
  // `env`, whose draws and clock it uses, must outlive it.
  explicit Storage(Env& env, const StoreOptions& options = {});
  ~Storage();
  Storage(const Storage&) = delete;
  Storage& operator=(const Storage&) = delete;

  Store& store() { return store_; }
  Env& env() { return env_; }
  Admission& admission() { return admission_; }

  // The kinds that are served: all built-in ones, and those added.
  const std::vector<const ResourceType*>& types() const { return types_; }
  // `type` must outlive the storage. The servers' caches of it begin now.
  void add_type(const ResourceType& type);
  // No kind any more; unknown ones are ignored. Its objects stay: whoever removes a kind deletes
  // them first. Its watches end.
  void remove_type(const ResourceType& type);

  // Those that come from CRDs.
  CustomKinds& custom_kinds() { return *custom_kinds_; }
  // One of the servers over it, for what they do together; null: there is none.
  ApiServer* any_server() { return servers_.empty() ? nullptr : servers_.front(); }

  std::string new_uid();
  // Five characters of generateName's alphabet.
  std::string new_name_suffix();
  std::string next_service_ip();

  // Faults. Stalled: what needs storage hangs until it is over or the request's time is up.
  void set_stalled(bool stalled);
  bool stalled() const { return stalled_; }
  // Out of space: creates and updates are a 500 without reason; deletions succeed.
  void set_out_of_space(bool out_of_space) { out_of_space_ = out_of_space; }
  bool out_of_space() const { return out_of_space_; }
  // As after a restore of storage from a backup made at `revision`: objects and the counter are as
  // they were then, and every server restarts. False: no history of that time any more.
  bool rewind(uint64_t revision);

  StorageTroubles& troubles() { return troubles_; }

  // Suspends the calling task, one of `env`, while stalled. kDeadlineExceeded: still so at `until`.
  Status wait_while_stalled(Env& env, SteadyTime until);

 private:
  friend class ApiServer;

  Env& env_;
  Store store_;
  Admission admission_;
  std::vector<const ResourceType*> types_ = builtin_resource_types();
  std::vector<ApiServer*> servers_;
  std::unique_ptr<CustomKinds> custom_kinds_;
  std::unique_ptr<CrdController> crd_controller_;
  std::vector<Gate*> waiting_;
  uint64_t names_drawn_ = 0;
  uint64_t uids_drawn_ = 0;
  uint64_t service_ips_ = 0;
  bool stalled_ = false;
  bool out_of_space_ = false;
  StorageTroubles troubles_;
};

}  // namespace drydock::fakekube
