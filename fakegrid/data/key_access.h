// What callers may do with a key in a part of a split: when-split of its cache and who of its
// owners can be reached decide.
#pragma once

#include <string>
#include <string_view>

#include "core/base/status.h"
#include "fakegrid/topology/topology.h"

namespace drydock::fakegrid {

// kFailedPrecondition (ISPN000306): the cache is degraded and this part lacks owners: with
// ALLOW_READS every one for reads, any one for writes; with DENY_READ_WRITES any one for both.
Status check_key(const CacheTopology& topology, std::string_view key, bool write);

// A key as servers' messages show it: "WrappedByteArray[\k\1 (2 bytes)]".
std::string shown_key(std::string_view key);

}  // namespace drydock::fakegrid
