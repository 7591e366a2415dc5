// BackupLock: only one backup (or restore) at a time in a cluster. Real servers keep it in a
// cluster-wide cache that holds no owner (from 15.0.4 on), which is what quirks L19 and L20 are;
// before, its owner was a node, so that a refused operation freed it only on the owner's node.
//
//   BackupLock lock(env, node, options, "backup");
//   Status taken = lock.take("b");       // kAlreadyExists: another one runs
//   ...
//   lock.release("b");
#pragma once

#include <string>
#include <string_view>

#include "core/base/env.h"
#include "fakegrid/node/node.h"
#include "fakegrid/server/server.h"

namespace drydock::fakegrid {

class BackupLock {
 public:
  // `options` must outlive it.
  BackupLock(Env& env, Node& node, const ServerOptions& options, std::string kind)
      : env_(env), node_(node), options_(options), kind_(std::move(kind)) {}

  // May suspend; waits for its turn when the server doesn't refuse (quirk F73). kAlreadyExists; or
  // why the cluster gave no answer.
  Status take(std::string_view operation);
  void release(std::string_view operation);

 private:
  // True: this operation has it now.
  Result<bool> try_take(const std::string& holder);
  std::string holder_of(std::string_view operation) const;
  Result<std::string> current_holder();  // empty: free
  bool left_behind(std::string_view holder) const;
  // Whether an operation that does not hold it may free it all the same (quirk L19).
  Result<bool> frees_others();
  Status clear();
  bool has(Quirk quirk) const { return options_.quirks.has(quirk); }

  Env& env_;
  Node& node_;
  const ServerOptions& options_;
  std::string kind_;
};

}  // namespace drydock::fakegrid
