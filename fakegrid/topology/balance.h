// The work behind balanced_table (hashing.h): deals segments out to members.
#pragma once

#include "fakegrid/topology/hashing.h"

namespace drydock::fakegrid {

// Rows of exactly min(owners, members with capacity) different members. `owners` > 0.
OwnerTable deal_segments(const HashMembers& members, int owners, int segments);

}  // namespace drydock::fakegrid
