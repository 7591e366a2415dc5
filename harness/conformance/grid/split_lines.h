// Log lines of a case of splits, as far as two runs of one cluster share them.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "core/base/json.h"
#include "harness/conformance/grid/cluster.h"

namespace drydock::harness::conformance::grid {

class SplitLines {
 public:
  void ours(const std::string& node, const LogLine& line);
  // True when ours has the record's line and no earlier record took it. Lists of members are equal
  // in any order, what a coordinator logs may come from another one, and of a topology in a text
  // only its beginning counts.
  bool take(const json::value& record);

 private:
  std::map<std::string, int> counts_;
};

// The topology in the text of a line that says a node installed it, in the shape of the recording's
// topologies, with its "cache"; null: it is another line.
json::value topology_in(const LogLine& line);

// Records in the bytes of a .dat file.
int64_t records_in(std::string_view dat);

}  // namespace drydock::harness::conformance::grid
