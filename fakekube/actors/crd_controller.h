// What a real API server does beside its calls when CustomResourceDefinitions change: accepts their
// names, establishes and serves them a moment later; of a deleted one it removes the objects, then
// the definition itself.
//
//   CrdController controller(env, storage);   // one for all servers; idle until a CRD changes
//
// It has a task only while there is something to do, so a world without CRDs pays nothing.
#pragma once

#include <memory>
#include <set>
#include <string>

#include "core/base/env.h"
#include "fakekube/store/store.h"

namespace drydock::fakekube {

class Storage;

class CrdController {
 public:
  // `storage` owns it; the task is cancelled with it.
  CrdController(Env& env, Storage& storage);
  ~CrdController();
  CrdController(const CrdController&) = delete;
  CrdController& operator=(const CrdController&) = delete;

 private:
  struct Work;

  std::shared_ptr<Work> work_;
  Subscription subscription_;
  TaskHandle task_;
};

}  // namespace drydock::fakekube
