// What callers of a node do with the grid's entries: finds the owners, asks them, asks again when
// owners changed. Every function may suspend.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "fakegrid/node/core.h"

namespace drydock::fakegrid {

// kNotFound: no such cache on this node. Never null when ok.
Result<const LocalCache*> require_cache(NodeCore& core, std::string_view name);

// Puts entries, each to its segment's primary; repeated until every one is stored.
Status put_entries(NodeCore& core, const std::string& cache, std::vector<EntryPtr> entries,
                   SteadyTime deadline);
// A write or read of one key. A counter's kCounterAdd is not repeated when the answer was lost:
// kConnectionReset, it may have been carried out.
Result<DataReply> ask_owner(NodeCore& core, const std::string& cache, const std::string& key,
                            std::variant<WriteRequest, ReadRequest, ScanRequest> what,
                            SteadyTime deadline);

using VisitEntries = std::function<Status(const std::vector<EntryPtr>&)>;
// Every live entry exactly once; `counted` (may be null): only counts, `visit` is not called.
// `idle_deadline` bounds the time without progress, `deadline` the whole.
Status scan_cache(NodeCore& core, const std::string& cache, const VisitEntries& visit,
                  uint64_t* counted, Duration idle_deadline, SteadyTime deadline);

}  // namespace drydock::fakegrid
