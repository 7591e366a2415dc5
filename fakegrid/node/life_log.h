// LifeLog: what a real server logs about its own start and end; of that only one line about the end
// when the node's log is not verbose.
#pragma once

#include <string>

namespace drydock::fakegrid {

class NodeCore;

class LifeLog {
 public:
  explicit LifeLog(const NodeCore& core) : core_(core) {}

  void starts() const;  // before it looks for a cluster
  void joined() const;  // it has its first view
  void leaves() const;  // its caches have left

 private:
  void state_kept(const char* text) const;
  std::string quoted(const std::string& name) const;

  const NodeCore& core_;
};

}  // namespace drydock::fakegrid
