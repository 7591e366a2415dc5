// When the records of transcripts were made, as far as their log lines tell.
//
//   RecordTimes times(folder, records);
//   env.sleep_until(times.earliest(i));   // before record i is replayed
#pragma once

#include <vector>

#include "core/base/json.h"
#include "core/base/time.h"
#include "harness/conformance/grid/version_folder.h"

namespace drydock::harness::conformance::grid {

class RecordTimes {
 public:
  // The day is the one that the manifest in all.json names.
  RecordTimes(const VersionFolder& folder, const std::vector<json::value>& records);

  // The wall clock at the first log line; the replay's time 0.
  WallTime begin() const { return begin_; }
  // Since then: not before the last line that was logged before the record.
  SteadyTime earliest(size_t record) const { return earliest_[record]; }

 private:
  WallTime begin_{};
  std::vector<SteadyTime> earliest_;
};

}  // namespace drydock::harness::conformance::grid
