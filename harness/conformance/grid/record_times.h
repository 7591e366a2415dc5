// When the records of transcripts were made, as far as their log lines tell.
//
//   RecordTimes times(folder, records);
//   env.sleep_until(times.start(i));   // before record i is replayed
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
  // Since then: as late as possible, so that what was done in quick succession is again: each
  // record took the time that it says, and was over before what is logged with the next began. Not
  // before the last line that was logged before it.
  SteadyTime start(size_t record) const { return start_[record]; }

 private:
  WallTime begin_{};
  std::vector<SteadyTime> start_;
};

}  // namespace drydock::harness::conformance::grid
