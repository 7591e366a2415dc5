#include "fakegrid/data/key_access.h"

#include <algorithm>
#include <vector>

namespace drydock::fakegrid {

std::string shown_key(std::string_view key) {
  std::string text = "WrappedByteArray[";
  for (const char byte : key) {
    text += '\\';
    text += byte;
  }
  return text + " (" + std::to_string(key.size()) + " bytes)]";
}

Status check_key(const CacheTopology& topology, std::string_view key, bool write) {
  if (!topology.degraded) return ok_status();
  const std::vector<Member>& reachable = topology.reachable();
  const auto there = [&](int owner) {
    const Member& member = (*topology.members)[static_cast<size_t>(owner)];
    return position_of(reachable, member.address) >= 0;
  };
  const std::vector<int> owners =
      topology.current->owners(segment_of(key, topology.config->segments));
  const bool one_is_enough = topology.config->when_split == WhenSplit::kAllowReads && !write;
  const bool allowed = one_is_enough ? std::any_of(owners.begin(), owners.end(), there)
                                     : std::all_of(owners.begin(), owners.end(), there);
  if (allowed) return ok_status();
  return Status(Code::kFailedPrecondition,
                "ISPN000306: Key '" + shown_key(key) +
                    "' is not available. Not all owners are in this partition");
}

}  // namespace drydock::fakegrid
