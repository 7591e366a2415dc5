// Log lines of a case of splits, as far as two runs of one cluster share them.
//
//   lines.ours("node0", line, 2);   // logged in the case's part 2
//   lines.take(record, 2);          // for each record with a line
//   lines.additional(2);            // what ours logged there and nobody recorded
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/json.h"
#include "harness/conformance/grid/cluster.h"

namespace drydock::harness::conformance::grid {

class SplitLines {
 public:
  // `part`: which of the times between the marks of the recording.
  void ours(const std::string& node, const LogLine& line, size_t part);
  // True when ours has the record's line and no earlier record took it; one of the same part first.
  // Lists of members are equal in any order, what a coordinator logs may come from another one, and
  // of a topology in a text only its beginning counts.
  bool take(const json::value& record, size_t part);
  // Lines of ours in that part that no record took and whose message (ISPN...) is recorded
  // somewhere in the case: so the recorder would have kept them.
  std::vector<std::string> additional(size_t part) const;

 private:
  std::map<std::string, std::vector<size_t>> parts_;  // of lines that nobody took
  std::set<std::string> recorded_;                    // messages about caches
};

// Records in the bytes of a .dat file.
int64_t records_in(std::string_view dat);

}  // namespace drydock::harness::conformance::grid
