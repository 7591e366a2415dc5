// Objects that went without a recorded request: what a recording's own tidying up removed. Only of
// objects that were put in place (fixtures.h), so that no missing deletion of ours is covered up.
#pragma once

#include <vector>

#include "harness/conformance/fixtures.h"

namespace drydock::harness::conformance {

struct Removal {
  ApiPath path;
  size_t before = 0;  // index of a record, soon after it was last seen
};

std::vector<Removal> unrecorded_removals(const std::vector<Record>& records,
                                         const std::vector<Fixture>& fixtures);

}  // namespace drydock::harness::conformance
