#include "fakegrid/topology/topology.h"

#include <algorithm>

namespace drydock::fakegrid {

int position_of(const std::vector<Member>& members, std::string_view address) {
  for (size_t i = 0; i < members.size(); ++i)
    if (members[i].address == address) return static_cast<int>(i);
  return -1;
}

std::string names_of(const std::vector<Member>& members) {
  std::string text = "[";
  for (const Member& member : members) {
    if (text.size() > 1) text += ", ";
    text += member.name;
  }
  return text + "]";
}

Capacities capacities_of(const std::vector<Member>& members, const CacheConfig& config) {
  Capacities capacities;
  for (const Member& member : members)
    capacities.push_back(config.copied_to_all || !member.zero_capacity);
  return capacities;
}

std::vector<int> CacheTopology::writers(int segment) const {
  std::vector<int> out;
  for (const OwnerTable* table : {current.get(), pending.get()}) {
    if (table == nullptr) continue;
    for (const uint8_t member : table->row(segment))
      if (member != kNobody && std::find(out.begin(), out.end(), member) == out.end())
        out.push_back(member);
  }
  return out;
}

}  // namespace drydock::fakegrid
