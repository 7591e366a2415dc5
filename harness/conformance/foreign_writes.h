// Writes of others on the recorded server (its own leases, other clients): not on record, but seen
// in a revision that a list, a bookmark or a request names and no recorded object has.
#pragma once

#include <cstdint>
#include <vector>

#include "harness/conformance/recording.h"

namespace drydock::harness::conformance {

struct ForeignWrite {
  Duration when{};  // since the recording's start
  uint64_t revision = 0;
};

// In order: each shortly after the newest object that is older than it.
std::vector<ForeignWrite> foreign_writes(const std::vector<Record>& records);

}  // namespace drydock::harness::conformance
