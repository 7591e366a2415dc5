// Replays a recording against our server and says which answers were as recorded.
//
//   Result<std::vector<Outcome>> outcomes = replay(records, {conf_yaml, infinispan_yaml});
//
// Requests are sent at their recorded moments of virtual time, watches stay open as long as they
// were, and every difference is the first one of its record.
#pragma once

#include <string>
#include <vector>

#include "harness/conformance/outcome.h"
#include "harness/conformance/recording.h"

namespace drydock::harness::conformance {

// One outcome a record, in the file's order. kInvalid: a CRD was refused; kInternal: no progress.
Result<std::vector<Outcome>> replay(const std::vector<Record>& records,
                                    const std::vector<std::string>& crds);

}  // namespace drydock::harness::conformance
