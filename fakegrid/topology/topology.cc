#include "fakegrid/topology/topology.h"

#include <algorithm>

#include "fakegrid/topology/murmur.h"

namespace drydock::fakegrid {
namespace {

// Real members draw their points at random; these make the commonest shares of two, three and four
// members come out for the names node0.. and n0.., which is all that was ever measured.
constexpr int32_t kHighSeed = 61;
constexpr int32_t kLowSeed = 62;

}  // namespace

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

HashMembers hash_members_of(const std::vector<Member>& members, const CacheConfig& config) {
  HashMembers out;
  for (const Member& member : members) {
    const bool owns = config.copied_to_all || !member.zero_capacity;
    const int capacity = config.mode == CacheMode::kDistributed ? config.capacity : kFullCapacity;
    out.push_back({.id_high = murmur_of_bytes(member.name, kHighSeed),
                   .id_low = murmur_of_bytes(member.name, kLowSeed),
                   .capacity = owns ? capacity * member.capacity / kFullCapacity : 0});
  }
  return out;
}

std::vector<int> CacheTopology::writers(int segment) const {
  std::vector<int> out = current->owners(segment);
  if (pending == nullptr || pending == current) return out;
  for (const int member : pending->owners(segment))
    if (std::find(out.begin(), out.end(), member) == out.end()) out.push_back(member);
  return out;
}

}  // namespace drydock::fakegrid
