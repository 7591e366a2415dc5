// Objects behind a page: a list that ends with a `continue` token tells that more were there, also
// when no record shows them.
//
//   for (Fixture& fixture : objects_behind_pages(records, sights)) ...
#pragma once

#include <vector>

#include "harness/conformance/fixtures.h"
#include "harness/conformance/sights.h"

namespace drydock::harness::conformance {

// As many as the list counts and no record shows: like the page's last object, named after it.
// `sights`: of each record.
std::vector<Fixture> objects_behind_pages(const std::vector<Record>& records,
                                          const std::vector<std::vector<Sight>>& sights);

}  // namespace drydock::harness::conformance
