// Topologies that nodes install in a case of splits, as far as two runs of one cluster share them:
// ids, phases, rebalances, members, and about how much each of them owns. The order of members is
// chance, and so is who has how many segments of those that somebody left behind.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "core/base/json.h"
#include "harness/conformance/grid/cluster.h"

namespace drydock::harness::conformance::grid {

// The topology in the text of a line that says a node installed it, in the shape of the recording's
// topologies; null: it is another line.
json::value topology_in(const LogLine& line);

class SplitTopologies {
 public:
  // `topology`: of topology_in().
  void ours(const std::string& node, json::value topology);
  // "" when the node installed the recorded one.
  std::string difference(const json::value& record) const;

 private:
  std::map<std::pair<std::string, std::string>, std::vector<json::value>> installed_;  // by cache
};

}  // namespace drydock::harness::conformance::grid
