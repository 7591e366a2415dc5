// What must have been on the recorded server before its first recorded request: objects that an
// answer shows and no recorded request made.
//
//   for (const Fixture& fixture : missing_objects(records)) ...put it into the store...
//
// The first answer that shows such an object whole tells its content; of a patch's answer the patch
// is taken back. Namespaces in which something was created are missing objects, too, and so are
// pods whose logs were read, and what a list counts behind its last page. What a real cluster's
// controllers make by themselves is left to ours.
#pragma once

#include <vector>

#include "harness/conformance/path.h"
#include "harness/conformance/recording.h"

namespace drydock::harness::conformance {

struct Fixture {
  ApiPath path;  // of the object
  json::value object;
  size_t before = 0;   // index of the record before which it has to be there
  bool exact = false;  // as an answer shows it, with its resourceVersion
};

// Ordered by `before`, then as the recorded server wrote them.
std::vector<Fixture> missing_objects(const std::vector<Record>& records);

}  // namespace drydock::harness::conformance
